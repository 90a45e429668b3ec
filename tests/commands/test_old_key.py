"""From when on an old key sealed nothing: an act that could not be noted never lets a key go that something needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from adapters.audit import START, Entry, follow
from adapters.keys import KeyRing, Keys
from commands.old_key import INSTEAD_OF, NOTICED, put_aside

DAY = timedelta(days=1)
BEGAN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class Rotations:
    """A ring whose first key nobody noted; every act after it is a day later, and noted or not."""

    def __init__(self) -> None:
        self.at = self.written = BEGAN
        self.ring = KeyRing.new(BEGAN)
        self.acts: list[Entry] = []

    def new(self) -> str:
        self._next(self.ring.with_new(self.at + DAY))
        made = self.ring.keys[-1].id
        self._note(made, "added")
        return made

    def rotate(self, to: str, *, noted: bool = True) -> None:
        was = self.ring.active
        self._next(self.ring.rotated(to))
        if noted:
            self._note(to, f"{INSTEAD_OF}{was}")

    def aside(self, key: str) -> datetime | None:
        return put_aside(self.acts, key, self.ring, self.written)

    def _next(self, ring: KeyRing) -> None:
        self.at += DAY
        self.ring, self.written = ring, self.at

    def _note(self, key: str, detail: str) -> None:
        last = (self.acts[-1].sequence, self.acts[-1].hash) if self.acts else (0, START)
        self.acts.append(
            follow(
                last, at=self.at, actor="ops", action="keys", subject=f"key/{key}", detail=detail, keys=Keys(self.ring)
            )
        )


def test_a_key_that_was_put_aside_sealed_nothing_since_then() -> None:
    one = Rotations()
    first, second = one.ring.active, one.new()
    one.rotate(second)
    one.new()
    assert one.aside(first) == BEGAN + 2 * DAY + NOTICED


def test_a_key_that_was_only_added_sealed_nothing_while_the_file_is_as_it_was_then() -> None:
    one = Rotations()
    assert one.aside(one.new()) is None


def test_a_key_that_later_rotations_passed_over_sealed_nothing() -> None:
    one = Rotations()
    never, second = one.new(), one.new()
    one.rotate(second)
    one.rotate(one.new())
    assert one.aside(never) is None


@pytest.mark.parametrize("noted", [(False, False), (False, True), (True, False)])
def test_a_rotation_that_was_not_noted_is_no_proof_that_the_key_never_sealed(noted: Sequence[bool]) -> None:
    """Added on the third day, active from the fifth to the sixth."""
    one = Rotations()
    second, third = one.new(), one.new()
    one.rotate(second, noted=noted[0])
    one.rotate(third, noted=noted[1])
    assert one.aside(second) == BEGAN + 4 * DAY + NOTICED


def test_a_gap_in_the_log_is_none_that_a_later_note_closes() -> None:
    one = Rotations()
    second, third = one.new(), one.new()
    one.rotate(second, noted=False)
    one.rotate(third, noted=False)
    one.rotate(one.new())
    assert one.aside(second) == BEGAN + 6 * DAY + NOTICED


def test_a_key_that_was_made_the_active_one_again_is_not_aside_since_the_first_time() -> None:
    one = Rotations()
    first, second = one.ring.active, one.new()
    one.rotate(second)
    one.rotate(first)
    one.rotate(second, noted=False)
    assert one.aside(first) == BEGAN + 4 * DAY + NOTICED


def test_a_key_that_the_log_does_not_know_is_aside_since_the_file_was_written_last() -> None:
    one = Rotations()
    first, second = one.ring.active, one.new()
    one.rotate(second, noted=False)
    assert one.aside(first) == BEGAN + 2 * DAY + NOTICED
