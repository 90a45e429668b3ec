"""Damaged 837 files: whatever happens to a file on its way, no claim of it is lost in silence."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.adapters.x12.claim_text import GOLDEN_FILES, golden, read

Damage = Callable[[random.Random, str], str]


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text))]


def _lines(change: Callable[[random.Random, list[str]], None]) -> Damage:
    def damage(chance: random.Random, text: str) -> str:
        lines = text.splitlines(keepends=True)
        change(chance, lines)
        return "".join(lines)

    return damage


def _swap(chance: random.Random, lines: list[str]) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _repeat(chance: random.Random, lines: list[str]) -> None:
    at = chance.randrange(len(lines))
    lines.insert(chance.randrange(len(lines)), lines[at])


def _drop(chance: random.Random, lines: list[str]) -> None:
    del lines[chance.randrange(len(lines))]


def _shuffle(chance: random.Random, lines: list[str]) -> None:
    start = chance.randrange(len(lines) - 8)
    part = lines[start : start + 8]
    chance.shuffle(part)
    lines[start : start + 8] = part


def _character(choices: str) -> Damage:
    def damage(chance: random.Random, text: str) -> str:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(choices) + text[at + 1 :]

    return damage


def _long(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + "9" * 5000 + text[at:]


DAMAGES: dict[str, Damage] = {
    "cut off": _cut,
    "segments swapped": _lines(_swap),
    "a segment repeated": _lines(_repeat),
    "a segment dropped": _lines(_drop),
    "segments shuffled": _lines(_shuffle),
    "a character flipped": _character("AZ09*:~^ \n"),
    "a NUL": _character("\0"),
    "a very long element": _long,
    "line ends of another system": lambda chance, text: text.replace("\n", chance.choice(["\r\n", "\r", ""])),
}
TIMES = 40


def _independent_count(text: str) -> int:
    """CLM segments, counted without our reader: the goldens end segments with `~`."""
    return sum(piece.strip("\r\n\0 ").startswith("CLM*") for piece in text.split("~"))


@pytest.mark.parametrize("name", GOLDEN_FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_never_crashes_and_never_loses_a_claim_in_silence(damage: str, name: str) -> None:
    chance = random.Random(f"{damage} {name}")
    start, end = golden(name).index("HL*2*1"), golden(name).index("\nSE*") + 1
    two = golden(name)[:end] + golden(name)[start:end] + golden(name)[end:]
    for time in range(TIMES):
        text = DAMAGES[damage](chance, two)
        claims, problems = read(text)
        refused = [problem for problem in problems if problem.fatal]
        if len(claims) < 2:
            assert problems, (damage, time)
        if len(claims) < _independent_count(text):
            assert refused, (damage, time)
        assert all(claim.patient_control_number for claim in claims)
