"""`python -m simulation`: what it takes, what it prints, and what it says when a rule is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation import auditor
from simulation.__main__ import FIXED, FRESH, main, seeds_of


def test_seeds_are_ranges_and_numbers() -> None:
    assert seeds_of("1..3,9") == [1, 2, 3, 9]
    assert seeds_of("")[: len(FIXED)] == list(FIXED)
    assert len(seeds_of("")) == len(FIXED) + FRESH


def test_a_run_says_how_much_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1..2", "--claims", "5", "--jobs", "1"]) == 0
    told = capsys.readouterr().out
    assert "2 seeds, 10 claims" in told
    assert "0 claims broke a rule" in told
    assert "where claims ended" in told


def test_a_failing_seed_names_itself_and_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def nobody_takes_notes(a: auditor.Auditor, s: auditor.Seen) -> list[str]:
        return ["a note"] if s.kind == "note_added" else []

    monkeypatch.setattr(auditor, "RULES", (nobody_takes_notes,))
    assert main(["--seeds", "1", "--claims", "25", "--jobs", "1", "--keep", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    (kept,) = tmp_path.iterdir()
    story = json.loads(kept.read_text(encoding="utf-8"))
    assert f"python -m simulation --seeds 1 --claim {story['claim']}" in told
    assert f"python -m simulation retell {kept}" in told
    assert [event["kind"] for event in story["events"]] == ["claim_registered", "note_added"]
    assert main(["retell", str(kept)]) == 1


def test_seeds_that_are_none_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "one"]) == 2
    assert "1..1000" in capsys.readouterr().err
