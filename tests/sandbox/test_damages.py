"""Damaged files: whatever comes in, the sandbox answers, and accepts exactly what it says it accepts."""

from __future__ import annotations

import random

import pytest

from tests.sandbox.kit import INSTITUTIONAL, PROFESSIONAL, Sandbox, fixture


def damage(text: str, chance: random.Random) -> str:
    """One to four random changes: a character, a piece or a segment changed, dropped, repeated or moved."""
    for _ in range(chance.randint(1, 4)):
        place, lines = chance.randrange(len(text)), text.split("\n")
        line, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                text = text[:place] + chance.choice("*:~^A1\0 ") + text[place + 1 :]
            case 1:
                text = text[:place] + text[place + chance.choice([1, 3, 20]) :]
            case 2:
                text = text[:place] + chance.choice("*:~^A1") + text[place:]
            case 3:
                lines[line], lines[other] = lines[other], lines[line]
                text = "\n".join(lines)
            case 4:
                text = "\n".join(lines[:line] + lines[line + 1 :])
            case 5:
                text = "\n".join([*lines[:line], lines[other], *lines[line:]])
            case _ if chance.random() < 0.3:
                text = text[:place] or text
    return text


@pytest.mark.parametrize("seed", range(4))
async def test_a_damaged_file_is_answered_and_what_is_accepted_is_counted(sandbox: Sandbox, seed: int) -> None:
    chance = random.Random(seed)
    accepted = 0
    for number in range(100):
        name, path = chance.choice([("professional", PROFESSIONAL), ("institutional", INSTITUTIONAL)])
        answer = await sandbox.submit(damage(fixture(name), chance), f"k{number}", path)
        assert answer.status_code in (200, 400)
        accepted += answer.status_code == 200 and answer.json()["x12"] is not None
    listed = (await sandbox.client.get("/sandbox/accepted")).json()["accepted"]
    assert len({a["idempotencyKey"] for a in listed}) == accepted
    sandbox.later()
    assert len(await sandbox.texts("277")) >= accepted
