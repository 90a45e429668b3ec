"""What operations watch, counted in the read model: numbers alone, of no practice, payer, claim or person by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from sqlalchemy import ColumnElement, Connection, Table, func, select

from adapters.records import schema
from claims.state import DeadlineKind
from claims.status import Stage
from claims.tables import Owner

NEAR_FILING = timedelta(days=7)
"""From here on a filing deadline is near: a business week to correct and send."""
KINDS = tuple(kind for kind in get_args(DeadlineKind) if kind not in ("task", "linger"))
OWNERS = get_args(Owner)
_STUCK = ("submission_unknown", "blocked_on_failure")
"""Statuses in which a claim waits for a person because a step kept failing."""


class Gauge(NamedTuple):
    """One number. `name` is as Prometheus shows it; units end it (`_cents`, `_seconds`)."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: int


DESCRIPTIONS = {
    "claimline_claims": "Claims by stage",
    "claimline_claims_open_cents": "What is neither paid, adjusted, written off nor the patient's, by stage",
    "claimline_claims_needing_action": "Claims in which a person's turn it is",
    "claimline_claims_stuck": "Claims parked because a step kept failing, by status",
    "claimline_deadlines_overdue": "Deadlines that have passed and that nothing has answered, by kind",
    "claimline_filing_deadlines_near": "Filing deadlines within the next seven days",
    "claimline_tasks_open": "Open tasks by owner",
    "claimline_tasks_overdue": "Open tasks that were due, by owner",
    "claimline_task_overdue_longest_seconds": "How long ago the task that is overdue longest was due",
    "claimline_unmatched_items": "Parts of documents that found no claim or are held",
    "claimline_unmatched_cents": "Their amounts together",
    "claimline_unmatched_oldest_seconds": "Age of the oldest of them",
    "claimline_documents_waiting": "Documents fetched and not yet delivered",
    "claimline_documents_waiting_oldest_seconds": "Age of the oldest of them",
}


def measure(connection: Connection, now: datetime) -> tuple[Gauge, ...]:
    """Every gauge, also those that are zero: one that is gone looks like a worker that is gone."""
    return (*_claims(connection), *_deadlines(connection, now), *_tasks(connection, now), *_documents(connection, now))


def _claims(connection: Connection) -> Iterator[Gauge]:
    table = schema.claims
    open_cents = func.coalesce(func.sum(table.c.open_cents), 0)
    rows = connection.execute(select(table.c.stage, func.count(), open_cents).group_by(table.c.stage))
    found = {stage: (int(claims), int(cents)) for stage, claims, cents in rows}
    for stage in sorted({*Stage, *found}):
        claims, cents = found.get(stage, (0, 0))
        yield Gauge("claimline_claims", (("stage", stage),), claims)
        yield Gauge("claimline_claims_open_cents", (("stage", stage),), cents)
    needing = _count(connection, table, table.c.needs_action.is_(True))
    yield Gauge("claimline_claims_needing_action", (), needing)
    for status in _STUCK:
        yield Gauge(
            "claimline_claims_stuck", (("status", status),), _count(connection, table, table.c.status == status)
        )


def _deadlines(connection: Connection, now: datetime) -> Iterator[Gauge]:
    table = schema.deadlines
    query = select(table.c.kind, func.count()).where(table.c.due < now).group_by(table.c.kind)
    found = {kind: int(count) for kind, count in connection.execute(query)}
    for kind in sorted({*KINDS, *found}):
        yield Gauge("claimline_deadlines_overdue", (("kind", kind),), found.get(kind, 0))
    near = (table.c.kind == "filing", table.c.due >= now, table.c.due < now + NEAR_FILING)
    yield Gauge("claimline_filing_deadlines_near", (), _count(connection, table, *near))


def _tasks(connection: Connection, now: datetime) -> Iterator[Gauge]:
    table = schema.tasks
    everything = _by_owner(connection)
    late = _by_owner(connection, table.c.due < now)
    for owner in sorted({*OWNERS, *everything}):
        yield Gauge("claimline_tasks_open", (("owner", owner),), everything.get(owner, 0))
        yield Gauge("claimline_tasks_overdue", (("owner", owner),), late.get(owner, 0))
    first = connection.scalar(select(func.min(table.c.due)))
    yield Gauge("claimline_task_overdue_longest_seconds", (), _age(first, now))


def _by_owner(connection: Connection, *only: ColumnElement[bool]) -> dict[str, int]:
    table = schema.tasks
    query = select(table.c.owner, func.count()).where(*only).group_by(table.c.owner)
    return {owner: int(count) for owner, count in connection.execute(query)}


def _documents(connection: Connection, now: datetime) -> Iterator[Gauge]:
    items, documents = schema.unmatched, schema.documents
    amount = func.coalesce(func.sum(items.c.amount_cents), 0)
    count, cents, oldest = connection.execute(
        select(func.count(), amount, func.min(items.c.at)).where(items.c.resolution == "")
    ).one()
    yield Gauge("claimline_unmatched_items", (), int(count))
    yield Gauge("claimline_unmatched_cents", (), int(cents))
    yield Gauge("claimline_unmatched_oldest_seconds", (), _age(oldest, now))
    fetched = documents.c.sha256.in_(select(schema.items.c.sha256))
    waiting, since = connection.execute(
        select(func.count(), func.min(documents.c.stored_at)).where(fetched, documents.c.done_at.is_(None))
    ).one()
    yield Gauge("claimline_documents_waiting", (), int(waiting))
    yield Gauge("claimline_documents_waiting_oldest_seconds", (), _age(since, now))


def _count(connection: Connection, table: Table, *only: ColumnElement[bool]) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(*only)) or 0)


def _age(since: datetime | None, now: datetime) -> int:
    """Whole seconds; none where there is nothing, or it lies ahead."""
    return max(0, int((now - since).total_seconds())) if since else 0
