"""The audit log in the database: appended to, listed and checked; nothing here changes or removes an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from adapters.audit import START, Action, Entry, Fault, faults, follow
from adapters.keys import Keys
from adapters.records import schema
from adapters.records.upsert import insert_once, storable
from claims.accounts.views import AccountEntry
from claims.actors import by_a_person
from claims.base import Value
from claims.ports import JournalEntry

_NAME = "audit"
_LONGEST = 120


class Act(Value):
    """What is to be noted: who did which kind of thing to what."""

    actor: str
    action: Action
    subject: str
    detail: str = ""


def acts_of(subject: str, steps: Iterable[JournalEntry | AccountEntry]) -> list[Act]:
    """What people did to a claim or account, whichever way it came: each step names its actor."""
    return [
        Act(
            actor=step.by,
            action="refused" if step.refused else "act",
            subject=subject,
            detail=f"{step.event} {step.sequence}",
        )
        for step in steps
        if by_a_person(step.event, step.by)
    ]


def append(connection: Connection, acts: Sequence[Act], *, at: datetime, keys: Keys | None) -> None:
    """Adds them in their order. Other writers wait for their turn at the chain's end."""
    if not acts:
        return
    table, sequences = schema.audit, schema.sequences
    insert_once(connection, sequences, {"name": _NAME, "value": 0})
    of_ours = sequences.c.name == _NAME
    last = int(connection.scalar(select(sequences.c.value).where(of_ours).with_for_update()) or 0)
    digest = connection.scalar(select(table.c.hash).where(table.c.sequence == last)) or START
    rows = []
    for act in acts:
        words = {name: storable(getattr(act, name))[:_LONGEST] for name in ("actor", "subject", "detail")}
        entry = follow((last, digest), at=at, action=act.action, keys=keys, **words)
        last, digest = entry.sequence, entry.hash
        rows.append(entry.model_dump())
    connection.execute(insert(table), rows)
    connection.execute(update(sequences).where(of_ours).values(value=last))


def entries(
    connection: Connection,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    limit: int = 200,
) -> tuple[Entry, ...]:
    """Newest first."""
    table = schema.audit
    query = select(table).order_by(table.c.sequence.desc()).limit(limit)
    for column, wanted in ((table.c.actor, actor), (table.c.action, action)):
        if wanted is not None:
            query = query.where(column == wanted)
    if subject is not None:
        query = query.where(table.c.subject.contains(subject, autoescape=True))
    return tuple(Entry(**row._mapping) for row in connection.execute(query))


def verify(
    connection: Connection, keys: Keys | None, heads: Sequence[tuple[int, str]]
) -> tuple[int, str, tuple[Fault, ...]]:
    """How many entries there are, the hash of the last, and what is wrong with them."""
    table, sequences = schema.audit, schema.sequences
    last = int(connection.scalar(select(sequences.c.value).where(sequences.c.name == _NAME)) or 0)
    rows = [Entry(**row._mapping) for row in connection.execute(select(table).order_by(table.c.sequence))]
    return len(rows), rows[-1].hash if rows else START, faults(rows, last=last, keys=keys, heads=heads)
