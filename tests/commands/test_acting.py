"""How people write messages on the command line, and what is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from claims.messages import MESSAGES
from commands.acting import read_fields
from commands.app import build
from commands.trouble import Unreadable


@pytest.mark.parametrize(
    ("verb", "words", "sent"),
    [
        ("note", ["called the plan"], {"text": "called the plan"}),
        ("note", ["code 5 = denied"], {"text": "code 5 = denied"}),
        ("pay", ["25.00"], {"amount": "25.00"}),
        ("pay", ["amount=25.00", "method=card"], {"amount": "25.00", "method": "card"}),
        ("pay", ["--amount", "25.00", "--method=card"], {"amount": "25.00", "method": "card"}),
        ("hold", ["documents", "reason=waiting for the note"], {"kind": "documents", "reason": "waiting for the note"}),
        ("decide_appeal", ["upheld", "--notice-on", "2026-03-02"], {"outcome": "upheld", "notice_on": "2026-03-02"}),
        ("task", ["task-1", "take"], {"task": "task-1", "action": "take"}),
        ("override_eligibility", ["--self-pay"], {"self_pay": True}),
        ("correct", ["member_id=0012"], {"member_id": "0012"}),
        ("code", ["diagnoses=E119,I10"], {"diagnoses": ["E119", "I10"]}),
        ("code", ['lines=[{"number": 1, "pointers": [1]}]'], {"lines": [{"number": 1, "pointers": [1]}]}),
    ],
)
def test_fields_are_written_as_words_options_or_pairs(verb: str, words: list[str], sent: dict[str, Any]) -> None:
    assert read_fields(verb, words) == sent


def test_a_body_may_stand_in_a_file_and_words_go_over_it(tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_text('{"level": 1, "reason": "old"}')
    assert read_fields("appeal", ["reason=new"], f"@{path}") == {"level": 1, "reason": "new"}


@pytest.mark.parametrize(
    ("verb", "words", "body", "said"),
    [
        ("appeal", ["because"], "", "no FIELD=VALUE"),
        ("code", ["lines=[{"], "", "not JSON"),
        ("code", [], "[1]", "JSON object"),
        ("code", [], "{", "not JSON"),
        ("code", [], "@/nowhere/body.json", "can't be read"),
    ],
)
def test_what_cant_be_read_is_told_before_anything_is_sent(verb: str, words: list[str], body: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_fields(verb, words, body)


def test_every_message_of_people_has_a_verb() -> None:
    verbs = {command.name for command in build().registered_commands}
    assert {name.replace("_", "-") for name, message in MESSAGES.items() if message.for_people} <= verbs
