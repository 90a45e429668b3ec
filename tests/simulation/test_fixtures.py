"""Every bug that the simulation found stays told: its shrunken story breaks no rule any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.tables.loader import load_tables
from simulation.auditor import Finding
from simulation.story import read, shrink, tell
from simulation.town import live

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_bug_that_was_found_stays_mended(path: Path) -> None:
    assert tell(read(path, load_tables()), load_tables()) == ()


def test_a_life_can_be_told_without_its_world() -> None:
    """What came from outside is enough: deadlines pass by themselves, and the claim ends the same."""
    life = live(1, 3, load_tables())
    assert tell(life.tape, load_tables()) == ()


def test_a_story_shrinks_to_what_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a whole life, only the note is left when a note is what the rule is about."""
    from simulation import auditor

    def no_notes(a: auditor.Auditor, s: auditor.Seen) -> list[str]:
        return ["a note"] if s.kind == "note_added" else []

    monkeypatch.setattr(auditor, "RULES", (no_notes,))
    life = next(one for number in range(50) if (one := live(1, number, load_tables())).findings)
    assert life.findings == (Finding("no notes", "a note"),)
    left = shrink(life.tape, "no notes", load_tables())
    assert [event.kind for event in left] == ["claim_registered", "note_added"]
