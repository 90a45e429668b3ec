"""Every story under tests/stories is told through the pure core and must end as its expected.json says.

expected.json is a subset: only what it names is compared. `at`, `due`: the beginning is enough; `reason`, `refused`,
`rule`, `source`: a part is enough. Lists (`tasks`, `refused`, `submissions`, `held`, ...) have to agree in number;
`deadlines` and `steps` may have more than what is named, `only_deadlines` names all kinds that are armed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands.tell import read_story, tell_story

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STORIES = sorted(path.parent for path in HERE.glob("*/story.jsonl"))
BEGINS = ("at", "due")
CONTAINS = ("reason", "refused", "rule", "source")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_story_ends_as_it_must(story: Path) -> None:
    expected = json.loads((story / "expected.json").read_text(encoding="utf-8"))
    told = json.loads(json.dumps(tell_story(read_story(story / "story.jsonl")).as_json()))
    wrong = differences(expected, told)
    if wrong:
        steps = [f"  {s['at'][:16]} {s['event']} {s['from']} -> {s['to']} {s['refused']}" for s in told["steps"]]
        parts = [expected["about"], expected.get("why", ""), *wrong, "as told:", *steps]
        pytest.fail("\n".join(part for part in parts if part), pytrace=False)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_money_of_a_story_always_sums(story: Path) -> None:
    """charge = paid + contractual + written off + patient + next payer + open, whatever the story."""
    for claim in tell_story(read_story(story / "story.jsonl")).claims:
        amounts = {name: int(amount.replace(".", "")) for name, amount in claim["ledger"].items()}
        assert amounts.pop("charge") == sum(amounts.values()), claim["ledger"]


def test_an_open_claim_of_any_story_has_a_deadline_or_a_task() -> None:
    for story in STORIES:
        for claim in tell_story(read_story(story / "story.jsonl")).claims:
            assert claim["stage"] == "closed" or claim["deadlines"] or claim["tasks"], story.name


def test_the_stories_are_those_of_the_book() -> None:
    command = [sys.executable, "tools/make_stories.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def differences(expected: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """What was told otherwise than expected, one line each."""
    wrong: list[str] = []
    wrong += in_order("steps", expected.get("steps", []), told["steps"])
    for name in ("claims", "accounts", "unmatched", "held", "intake"):
        if name not in expected:
            continue
        if len(expected[name]) != len(told[name]):
            wrong.append(f"{name}: expected {len(expected[name])}, told {len(told[name])}: {told[name]}")
            continue
        for one, other in zip(expected[name], told[name], strict=True):
            where = other.get("patient_control_number") or other.get("reference") or other.get("claim") or name
            wrong += (
                claim_differences(where, one, other) if name in ("claims", "accounts") else differs(where, one, other)
            )
    return wrong


def claim_differences(where: str, expected: dict[str, Any], told: dict[str, Any]) -> list[str]:
    wrong: list[str] = []
    for name, value in expected.items():
        if name == "only_deadlines":
            kinds = sorted({deadline["kind"] for deadline in told["deadlines"]})
            if kinds != sorted(value):
                wrong.append(f"{where} deadlines: expected only {sorted(value)}, told {kinds}")
        elif name == "deadlines":
            for deadline in value:
                if not any(not differs("", deadline, other) for other in told["deadlines"]):
                    armed = [f"{x['kind']} {x['subject']} {x['due']}" for x in told["deadlines"]]
                    wrong.append(f"{where} deadlines: expected {deadline}, told {armed}")
        elif isinstance(value, list):
            if len(value) != len(told[name]):
                wrong.append(f"{where} {name}: expected {value}, told {told[name]}")
            else:
                pairs = zip(value, told[name], strict=True)
                wrong += [line for one, other in pairs for line in differs(f"{where} {name}", one, other)]
        else:
            wrong += differs(where, {name: value}, told)
    return wrong


def differs(where: str, expected: dict[str, Any], told: dict[str, Any]) -> list[str]:
    wrong = []
    for name, value in expected.items():
        got = told.get(name)
        if isinstance(value, dict) and isinstance(got, dict):
            wrong += differs(f"{where} {name}", value, got)
        elif not same(name, value, got):
            wrong.append(f"{where} {name}: expected {value!r}, told {got!r}")
    return wrong


def same(name: str, expected: Any, told: Any) -> bool:
    if isinstance(expected, str) and isinstance(told, str):
        if name in BEGINS:
            return told.startswith(expected)
        if name in CONTAINS and expected:
            return expected in told
    return bool(expected == told)


def in_order(name: str, expected: list[dict[str, Any]], told: list[dict[str, Any]]) -> list[str]:
    """Each expected step is found after the one before it."""
    rest = iter(told)
    for step in expected:
        if not any(not differs("", step, other) for other in rest):
            return [f"{name}: {step} was not told (in this order)"]
    return []
