"""The audit log's chain: whatever is done to an entry afterwards is found, and the entry is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.audit import START, Entry, faults, follow
from adapters.keys import KeyRing, Keys

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = Keys(KeyRing.new(AT))


def chain(count: int = 5, keys: Keys | None = KEYS) -> list[Entry]:
    made: list[Entry] = []
    for number in range(1, count + 1):
        last = (made[-1].sequence, made[-1].hash) if made else (0, START)
        made.append(
            follow(
                last,
                at=AT + timedelta(minutes=number),
                actor="biller-1",
                action="act",
                subject=f"claim/p1/c{number}",
                detail="write_off 3",
                keys=keys,
            )
        )
    return made


def rebuilt(entries: list[Entry], at: int, **fields: str) -> list[Entry]:
    """What somebody makes who can write to the database and knows how the chain is made, but has no key."""
    made = entries[: at - 1]
    for entry in entries[at - 1 :]:
        old = entry.model_copy(update=fields if entry.sequence == at else {})
        last = (made[-1].sequence, made[-1].hash) if made else (0, START)
        forged = follow(
            last, at=old.at, actor=old.actor, action="act", subject=old.subject, detail=old.detail, keys=None
        )
        made.append(forged.model_copy(update={"key_id": old.key_id, "seal": old.seal}))
    return made


def test_a_chain_that_nobody_touched_is_whole() -> None:
    assert faults(chain(), last=5, keys=KEYS) == ()
    assert faults(chain(keys=None), last=5) == ()
    assert faults([], last=0) == ()


@pytest.mark.parametrize(
    ("tampered", "at", "reason"),
    [
        (lambda c: [*c[:2], c[2].model_copy(update={"actor": "biller-2"}), *c[3:]], 3, "was changed"),
        (lambda c: [*c[:2], c[2].model_copy(update={"at": AT}), *c[3:]], 3, "was changed"),
        (lambda c: [*c[:2], *c[3:]], 3, "missing: 3"),
        (lambda c: c[2:], 1, "missing: 1 to 2"),
        (lambda c: c[:3], 4, "missing at the end: 4 to 5"),
        (lambda c: [], 1, "missing at the end: 1 to 5"),
        (lambda c: [c[0], c[2], c[1], *c[3:]], 2, "missing: 2"),
        (lambda c: rebuilt(c, 3, actor="biller-2"), 3, "its seal is not ours"),
        (
            lambda c: [*c[:4], c[4].model_copy(update={"key_id": "", "seal": ""})],
            5,
            "has no seal, though entries before it have",
        ),
        (
            lambda c: [
                *c[:1],
                c[1].model_copy(update={"subject": c[2].subject}),
                c[2].model_copy(update={"subject": c[1].subject}),
                *c[3:],
            ],
            2,
            "was changed",
        ),
    ],
    ids=[
        "actor",
        "time",
        "taken out",
        "the first two",
        "the last two",
        "all",
        "swapped",
        "rebuilt",
        "unsealed",
        "moved",
    ],
)
def test_whatever_is_done_to_an_entry_is_found_and_named(
    tampered: Callable[[list[Entry]], list[Entry]], at: int, reason: str
) -> None:
    found = faults(tampered(chain()), last=5, keys=KEYS)
    assert (found[0].sequence, found[0].reason) == (at, reason)


def test_without_a_key_ring_a_rebuilt_chain_is_found_by_a_head_that_was_noted_elsewhere() -> None:
    honest = chain(keys=None)
    forged = rebuilt(honest, 2, actor="nobody")
    assert faults(forged, last=5) == ()
    (found,) = faults(forged, last=5, heads=[(4, honest[3].hash)])
    assert (found.sequence, found.reason) == (4, "is not the one that was noted elsewhere")
    (gone,) = faults(honest[:3], last=3, heads=[(5, honest[4].hash)])
    assert gone.reason == "missing at the end: 4 to 5"


def test_entries_of_a_retired_key_stand_by_the_chain() -> None:
    assert faults(chain(), last=5, keys=Keys(KeyRing.new(AT))) == ()
