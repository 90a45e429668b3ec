"""`tell` as a person types it: what it prints, what it says about a story that can't be read, and its exit codes.

What stories come to is tried in tests/stories.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands.tell import read_story, tell_story
from commands.trouble import Unreadable

ROOT = Path(__file__).resolve().parents[2]
PAID = ROOT / "tests" / "stories" / "clean_claim_paid_in_full"
AT = '"at": "2026-03-03T09:00:00-05:00"'


def tell(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "starter.py", "tell", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_json_is_one_object_with_amounts_as_texts() -> None:
    done = tell(str(PAID / "story.jsonl"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert set(told) >= {"steps", "claims", "unmatched", "held"}
    assert told["claims"][0]["ledger"] == {
        "charge": "125.00",
        "paid": "125.00",
        "contractual": "0.00",
        "written_off": "0.00",
        "patient": "0.00",
        "next_payer": "0.00",
        "open": "0.00",
    }


def test_a_story_that_is_not_there_is_exit_code_2_and_one_line() -> None:
    done = tell("no/such/story.jsonl")
    assert done.returncode == 2
    assert "no/such/story.jsonl" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the story is empty"),
        ("{not json", "line 1: is not JSON"),
        ("[1, 2]", "line 1: is no JSON object"),
        ('{"file": "a.837"}', "line 1: `at` is no time with offset"),
        ('{"at": "2026-03-03T09:00:00"}', "line 1: `at` is no time with offset"),
        ('{"at": "yesterday"}', "line 1: `at` is no time with offset"),
        (f'{{{AT}, "file": 7}}', "line 1: `file` is no text"),
        (f'{{{AT}, "file": "a.837", "message": "note"}}', "line 1: has both a file and a message"),
        (f'{{{AT}}}\n{{"at": "2026-03-02T09:00:00-05:00"}}', "line 2: `at` is earlier than the line before"),
        (f'{{"world": "wonderful"}}\n{{{AT}}}', "line 1: there is no world 'wonderful'"),
        (f'{{"zone": "Mars/Phobos"}}\n{{{AT}}}', "line 1: there is no time zone 'Mars/Phobos'"),
        (f'{{{AT}}}\n{{"world": "agreeable"}}', "line 2: the world is set by the first line"),
        (f'{{{AT}, "message": "note"}}', "line 1: there is no claim"),
        (f'{{{AT}, "file": "missing.837"}}', "line 1: no such file: missing.837"),
        ('{"world": "agreeable", "rules": {"colour": "blue"}}\n', "line 1: `rules` changes fields of the payer rules"),
        ('{"world": "agreeable", "rules": {"write_off_tiers": [{"role": "king"}]}}\n', "rules.write_off_tiers.0.role"),
    ],
)
def test_what_is_wrong_with_a_story_is_said_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    story = tmp_path / "story.jsonl"
    story.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match=re.escape(told)):
        tell_story(read_story(story))


def test_a_story_of_a_world_alone_has_nothing_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text('{"world": "agreeable"}\n')
    told = tell_story(read_story(path))
    assert (told.steps, told.claims, told.unmatched, told.held) == ([], [], [], [])


@pytest.mark.parametrize(
    "named", ['"claim": "LK1001", "body": {', '"patient_control_number": "LK1001", "body": {',
              '"body": {"claim": "LK1001", ', '"body": {"patient_control_number": "LK1001", ']
)  # fmt: skip
def test_a_message_may_name_its_claim_in_its_line_or_in_its_body(tmp_path: Path, named: str) -> None:
    path = tmp_path / "story.jsonl"
    claims = ROOT / "tests" / "stories" / "two_claims_and_a_message_to_one" / "claims.837"
    (tmp_path / "claims.837").write_bytes(claims.read_bytes())
    path.write_text(f'{{{AT}, "file": "claims.837"}}\n{{{AT}, "message": "dance", {named}"x": 1}}}}\n')
    told = tell_story(read_story(path))
    assert {one["patient_control_number"]: len(one["refused"]) for one in told.claims}["LK1001"] == 1
    assert sum(len(one["refused"]) for one in told.claims) == 1


def test_a_document_that_is_no_x12_starts_nothing_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear practice, we have paid.", encoding="utf-8")
    story = tmp_path / "story.jsonl"
    story.write_text(f'{{{AT}, "file": "letter.txt"}}\n', encoding="utf-8")
    told = tell_story(read_story(story))
    assert told.claims == []
    assert told.steps == []
    assert told.intake[0]["outcome"] == "unreadable"
    assert told.intake[0]["reason"]


def test_a_damaged_remittance_moves_no_claim_and_is_told(tmp_path: Path) -> None:
    """Cut in the middle of a segment: whatever can't be trusted is held, and the claim waits on."""
    claim = (PAID / "claim.837").read_text(encoding="utf-8")
    payment = (PAID / "payment.835").read_text(encoding="utf-8")
    (tmp_path / "claim.837").write_text(claim, encoding="utf-8")
    (tmp_path / "payment.835").write_text(payment[: payment.index("SE*")], encoding="utf-8")
    story = tmp_path / "story.jsonl"
    story.write_text(
        f'{{"world": "agreeable"}}\n{{{AT}, "file": "claim.837"}}\n'
        '{"at": "2026-03-20T06:30:00-04:00", "file": "payment.835"}\n',
        encoding="utf-8",
    )
    told = tell_story(read_story(story))
    assert told.claims[0]["status"] == "submitted"
    assert [one["reason"] for one in told.held] == ["set 0001 is cut off: the file ends before its SE"]
