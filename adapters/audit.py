"""The audit log as a chain: every entry carries the hash of the one before, so that none can be changed, taken out or moved.

With a key ring each hash is sealed (HMAC) besides: who can write to the database, and has no key, can't make a new chain.
No protected data: who, what kind of act, on which claim or document, when.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from adapters.keys import Keys, UnknownKey
from claims.base import Instant, Value

Action = Literal["act", "read", "decode", "encode", "keys", "hold", "erase", "refused"]
START = "0" * 64
"""What the first entry follows."""


class Entry(Value):
    """One act. `subject` is a workflow id, a document's hash or the name of a thing; `detail` a verb, a code or a count."""

    sequence: int
    at: Instant
    actor: str
    action: str
    subject: str
    detail: str = ""
    previous: str
    hash: str
    key_id: str = ""
    seal: str = ""
    """HMAC-SHA256 of `hash` under that key; empty where there was no key ring."""


class Fault(Value):
    """What is wrong with the chain, and at which entry."""

    sequence: int
    reason: str


def follow(
    last: tuple[int, str], *, at: datetime, actor: str, action: Action, subject: str, detail: str, keys: Keys | None
) -> Entry:
    """The entry after `last` (its sequence and hash; (0, START) for the first)."""
    sequence, previous = last[0] + 1, last[1]
    at = at.astimezone(UTC)
    digest = _hash(sequence, at, actor, action, subject, detail, previous)
    key_id, seal = "", ""
    if keys is not None:
        key_id = keys.ring.active
        seal = _seal(keys, key_id, digest)
    return Entry(
        sequence=sequence,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        previous=previous,
        hash=digest,
        key_id=key_id,
        seal=seal,
    )


def faults(
    entries: Iterable[Entry], *, last: int, keys: Keys | None = None, heads: Sequence[tuple[int, str]] = ()
) -> tuple[Fault, ...]:
    """Everything that was changed, taken out or moved; empty where the chain is whole.

    `last` is the sequence that was given out last. `heads` are ends of the chain that were noted elsewhere.
    """
    found: list[Fault] = []
    noted = dict(heads)
    expected, previous, sealed = 1, START, False
    for entry in entries:
        if entry.sequence != expected:
            gap = f"{expected}" if entry.sequence == expected + 1 else f"{expected} to {entry.sequence - 1}"
            missing = entry.sequence > expected
            found.append(Fault(sequence=expected, reason=f"missing: {gap}" if missing else "out of order"))
        elif entry.previous != previous:
            found.append(Fault(sequence=entry.sequence, reason="does not follow the entry before it"))
        sealed = sealed or bool(entry.key_id)
        found += [Fault(sequence=entry.sequence, reason=reason) for reason in _wrong(entry, keys, sealed)]
        if noted.get(entry.sequence, entry.hash) != entry.hash:
            found.append(Fault(sequence=entry.sequence, reason="is not the one that was noted elsewhere"))
        expected, previous = entry.sequence + 1, entry.hash
    end = max([last, *noted], default=0)
    if expected <= end:
        found.append(Fault(sequence=expected, reason=f"missing at the end: {expected} to {end}"))
    return tuple(found)


def _wrong(entry: Entry, keys: Keys | None, sealed: bool) -> list[str]:
    wrong = []
    if entry.hash != _hash(
        entry.sequence, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous
    ):
        wrong.append("was changed")
    if sealed and not entry.key_id:
        wrong.append("has no seal, though entries before it have")
    if entry.key_id and keys is not None:
        try:
            if not hmac.compare_digest(entry.seal, _seal(keys, entry.key_id, entry.hash)):
                wrong.append("its seal is not ours")
        except UnknownKey:
            pass  # a retired key's entries stand by the chain alone
    return wrong


def _hash(sequence: int, at: datetime, actor: str, action: str, subject: str, detail: str, previous: str) -> str:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    words = json.dumps([sequence, moment, actor, action, subject, detail, previous], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _seal(keys: Keys, key_id: str, digest: str) -> str:
    return hmac.new(keys.derived(key_id, "audit"), digest.encode(), hashlib.sha256).hexdigest()
