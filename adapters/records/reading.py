"""What lists, pages and worklists are served from. Everything here only reads, and shows no protected data."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from sqlalchemy import Connection, Select, and_, func, or_, select, tuple_

from adapters.records import index, schema
from adapters.records.cipher import Cipher
from adapters.records.claims import journal_entry
from claims.base import Day, Instant, Value
from claims.documents import Problem
from claims.ports import JournalEntry, RecordsError, UnmatchedItem
from claims.views import ClaimView


class NotACursor(RecordsError):
    """What was given as a list's cursor is none."""


class ClaimPage(Value):
    """Claims in the order of their registration; `next_cursor` brings the next page, None at the end."""

    claims: tuple[ClaimView, ...]
    next_cursor: str | None = None


class TaskRow(Value):
    """One open task with what a worklist shows of its claim. Amounts in cents."""

    practice: str
    claim_id: str
    patient_control_number: str
    payer: str
    status: str
    service_from: Day | None
    open_cents: int
    id: str
    type: str
    category: str
    owner: str
    assignee: str
    due: Instant
    pended_until: Instant | None
    blocks_submission: bool
    reason: str


class Totals(Value):
    """How many claims, and their money in cents; what was charged is the sum of all the others."""

    claims: int = 0
    charge_cents: int = 0
    paid_cents: int = 0
    contractual_cents: int = 0
    written_off_cents: int = 0
    patient_cents: int = 0
    next_payer_cents: int = 0
    open_cents: int = 0


class StageTotals(Value):
    """The totals of all claims, and of each stage that has any."""

    all: Totals
    by_stage: dict[str, Totals]


class StoredDocument(Value):
    """A document as listed, without its content. `done_at` None: not yet delivered."""

    sha256: str
    kind: str
    source: str
    size: int
    stored_at: Instant
    done_at: Instant | None
    delivered: int
    problems: tuple[Problem, ...]


def list_claims(
    connection: Connection,
    *,
    practice: str | None,
    stage: str | None,
    status: str | None,
    payer: str | None,
    needs_action: bool | None,
    owner: str | None,
    limit: int,
    cursor: str | None,
) -> ClaimPage:
    table = schema.claims
    order = (table.c.registered_at, table.c.practice, table.c.claim_id)
    query = select(table.c.view, *order).order_by(*order).limit(limit + 1)
    exact = {"practice": practice, "stage": stage, "status": status, "needs_action": needs_action, "owner": owner}
    for name, wanted in exact.items():
        if wanted is not None:
            query = query.where(table.c[name] == wanted)
    if payer is not None:
        query = query.where(or_(table.c.payer_id == payer, func.lower(table.c.payer) == payer.lower()))
    if cursor is not None:
        query = query.where(tuple_(*order) > tuple_(*_open_cursor(cursor), types=[column.type for column in order]))
    rows = connection.execute(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = _cursor(last.registered_at, last.practice, last.claim_id) if last is not None else None
    return ClaimPage(
        claims=tuple(ClaimView.model_validate_json(row.view) for row in rows[:limit]), next_cursor=following
    )


def _cursor(*parts: datetime | str) -> str:
    plain = json.dumps([part.isoformat() if isinstance(part, datetime) else part for part in parts])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _open_cursor(cursor: str) -> tuple[datetime, str, str]:
    try:
        at, practice, claim_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), str(practice), str(claim_id)
    except (ValueError, TypeError, binascii.Error):
        raise NotACursor("not a cursor of this list; start again without one") from None


def find_claims(connection: Connection, reference: str, practice: str | None, cipher: Cipher) -> tuple[ClaimView, ...]:
    """By claim id, `practice/claim_id` or patient control number (a submission's own too)."""
    table, numbers = schema.claims, schema.claim_numbers
    by_number = select(numbers.c.practice, numbers.c.claim_id).where(
        numbers.c.kind == "patient", numbers.c.value.in_(cipher.blinds(index.plain(reference)))
    )
    ways = [
        table.c.claim_id == reference,
        tuple_(table.c.practice, table.c.claim_id).in_(by_number),
    ]
    if "/" in reference:
        of, _, claim_id = reference.partition("/")
        ways.append(and_(table.c.practice == of, table.c.claim_id == claim_id))
    query = select(table.c.view).where(or_(*ways)).order_by(table.c.registered_at, table.c.practice, table.c.claim_id)
    if practice is not None:
        query = query.where(table.c.practice == practice)
    return tuple(ClaimView.model_validate_json(view) for view in connection.scalars(query))


def journal(connection: Connection, practice: str, claim_id: str) -> tuple[JournalEntry, ...]:
    table = schema.journal
    query = select(table).where(table.c.practice == practice, table.c.claim_id == claim_id).order_by(table.c.sequence)
    return tuple(journal_entry(row._mapping) for row in connection.execute(query))


def list_tasks(
    connection: Connection,
    *,
    practice: str | None,
    owner: str | None,
    type: str | None,
    category: str | None,
    assignee: str | None,
    payer: str | None,
    stage: str | None,
    due_before: datetime | None,
    put_off: bool,
    limit: int,
) -> tuple[TaskRow, ...]:
    task, claim = schema.tasks, schema.claims
    query = (
        select(
            *(column for column in task.c if column.name != "task_id"),
            task.c.task_id.label("id"),
            claim.c.patient_control_number,
            claim.c.payer,
            claim.c.status,
            claim.c.service_from,
            claim.c.open_cents,
        )
        .join(claim, and_(claim.c.practice == task.c.practice, claim.c.claim_id == task.c.claim_id))
        .order_by(task.c.due, task.c.practice, task.c.claim_id, task.c.task_id)
        .limit(limit)
    )
    exact = {"practice": practice, "owner": owner, "type": type, "category": category, "assignee": assignee}
    for name, wanted in exact.items():
        if wanted is not None:
            query = query.where(task.c[name] == wanted)
    if payer is not None:
        query = query.where(or_(claim.c.payer_id == payer, func.lower(claim.c.payer) == payer.lower()))
    if stage is not None:
        query = query.where(claim.c.stage == stage)
    if not put_off:
        query = query.where(task.c.pended_until.is_(None))
    if due_before is not None:
        query = query.where(task.c.due < due_before)
    return tuple(TaskRow(**row._mapping) for row in connection.execute(query))


_AMOUNTS = ("charge", "paid", "contractual", "written_off", "patient", "next_payer", "open")


def totals(connection: Connection, practice: str | None) -> StageTotals:
    table = schema.claims
    sums = [func.coalesce(func.sum(table.c[f"{name}_cents"]), 0).label(f"{name}_cents") for name in _AMOUNTS]
    query: Select[tuple[object, ...]] = select(table.c.stage, func.count().label("claims"), *sums).group_by(
        table.c.stage
    )
    if practice is not None:
        query = query.where(table.c.practice == practice)
    by_stage = {}
    for row in connection.execute(query.order_by(table.c.stage)):
        numbers = {name: int(value) for name, value in row._mapping.items() if name != "stage"}
        by_stage[row.stage] = Totals(**numbers)
    together = {name: sum(getattr(t, name) for t in by_stage.values()) for name in Totals.model_fields}
    return StageTotals(all=Totals(**together), by_stage=by_stage)


def list_unmatched(connection: Connection, limit: int) -> tuple[UnmatchedItem, ...]:
    table = schema.unmatched
    columns = [table.c[name] for name in UnmatchedItem.model_fields]
    query = select(*columns).where(table.c.resolution == "").limit(limit)
    query = query.order_by(table.c.at, table.c.document, table.c.ordinal)
    return tuple(UnmatchedItem(**row._mapping) for row in connection.execute(query))


def list_documents(
    connection: Connection, *, kind: str | None, done: bool | None, limit: int
) -> tuple[StoredDocument, ...]:
    """Newest first."""
    table = schema.documents
    columns = [column for column in table.c if column.name != "raw"]
    query = select(*columns).order_by(table.c.stored_at.desc(), table.c.sha256).limit(limit)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if done is not None:
        query = query.where(table.c.done_at.is_not(None) if done else table.c.done_at.is_(None))
    return tuple(
        StoredDocument(**{**row._mapping, "problems": tuple(Problem(**p) for p in json.loads(row.problems))})
        for row in connection.execute(query)
    )
