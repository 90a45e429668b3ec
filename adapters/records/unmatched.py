"""What found no claim or is held, and what people did about it: matched, taken back, or set aside. Nothing is deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, func, not_, select, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import schema
from adapters.records.upsert import insert_all_once, storable
from claims.base import Instant
from claims.ports import UNREADABLE, RecordsError, UnmatchedItem

Part = tuple[str, str, int | None, int]
"""Set, reference, amount and part: what a part of a remittance is known by in another copy of it."""
Resolution = Literal["", "matched", "set_aside", "superseded"]


class UnmatchedRow(UnmatchedItem):
    """An item with its number and what became of it. `matches` counts how often a match was taken back."""

    ordinal: int
    resolution: Resolution = ""
    matched_to: str = ""
    """`practice/claim_id`"""
    resolved_by: str = ""
    resolved_at: Instant | None = None
    resolved_why: str = ""
    matches: int = 0

    @property
    def id(self) -> str:
        """What people call it: the beginning of its document's hash, and its number there."""
        return f"{self.document[:10]}-{self.ordinal}"

    @property
    def is_held(self) -> bool:
        """Kept back because it can't be trusted, not because it is nobody's."""
        return self.reason.startswith("held: ")

    @property
    def is_unreadable(self) -> bool:
        """Stands for a whole document that the program failed at."""
        return self.position == 0 and self.reason.startswith(UNREADABLE)


def rows(connection: Connection, *, everything: bool, limit: int) -> tuple[UnmatchedRow, ...]:
    """Open ones, oldest first; with `everything`, what was resolved too."""
    table = schema.unmatched
    query = select(table).order_by(table.c.at, table.c.document, table.c.ordinal).limit(limit)
    if not everything:
        query = query.where(table.c.resolution == "")
    return tuple(UnmatchedRow(**row._mapping) for row in connection.execute(query))


def find(connection: Connection, item: str) -> UnmatchedRow | None:
    """By the id that lists show, or with any longer beginning of the document's hash. None where it names no single one."""
    document, dash, ordinal = item.rpartition("-")
    if not dash or len(document) < 6 or not document.isalnum() or not ordinal.isdecimal():
        return None
    table = schema.unmatched
    query = select(table).where(table.c.document.startswith(document), table.c.ordinal == int(ordinal))
    found = connection.execute(query.limit(2)).all()
    return UnmatchedRow(**found[0]._mapping) if len(found) == 1 else None


def take(connection: Connection, item: UnmatchedRow, *, to: str, by: str, at: datetime, where: str) -> None:
    """Marks an open item as matched to a claim, before the claim hears of it: it can then go to no second one.

    The same match again changes nothing. Raises RecordsError where somebody else resolved it meanwhile.
    """
    table = schema.unmatched
    mine = (table.c.document == item.document, table.c.ordinal == item.ordinal)
    taken = connection.execute(
        update(table)
        .where(*mine, table.c.resolution == "")
        .values(resolution="matched", matched_to=to, resolved_by=storable(by), resolved_at=at, resolved_why="")
    )
    if taken.rowcount == 1:
        move(connection, item, to, posted=True)
        return
    if connection.scalar(select(table.c.matched_to).where(*mine, table.c.resolution == "matched")) != to:
        raise RecordsError(f"records {where}: item {item.id} was resolved by somebody else meanwhile")


def give_back(
    connection: Connection, item: UnmatchedRow, *, by: str, why: str, at: datetime, delivered: bool = True
) -> bool:
    """Opens a matched item again -> whether it was matched. `delivered` is false where the claim never took it."""
    table = schema.unmatched
    freed = connection.execute(
        update(table)
        .where(table.c.document == item.document, table.c.ordinal == item.ordinal, table.c.resolution == "matched")
        .values(
            resolution="",
            matched_to="",
            resolved_by=storable(by),
            resolved_at=at,
            resolved_why=storable(why),
            matches=table.c.matches + (1 if delivered else 0),
        )
    )
    if freed.rowcount == 1:
        move(connection, item, posted=False)
    return freed.rowcount == 1


def set_aside(connection: Connection, item: UnmatchedRow, *, by: str, why: str, at: datetime) -> bool:
    """A person answers for it: it is nobody's here. Its cash stays counted as unmatched or held."""
    table = schema.unmatched
    closed = connection.execute(
        update(table)
        .where(table.c.document == item.document, table.c.ordinal == item.ordinal, table.c.resolution == "")
        .values(resolution="set_aside", resolved_by=storable(by), resolved_at=at, resolved_why=storable(why))
    )
    return closed.rowcount == 1


def unreadable_no_more(connection: Connection, document: str, at: datetime) -> int:
    """Closes what a document's earlier failures left in the list -> the number of its next item."""
    table = schema.unmatched
    connection.execute(
        update(table)
        .where(_whole(document), table.c.resolution == "")
        .values(resolution="superseded", resolved_at=at, resolved_why="read again")
    )
    return _next(connection, document)


def unreadable(connection: Connection, item: UnmatchedItem) -> None:
    """Lists a document that was delivered once and can't be read any more, unless it is in the list."""
    table = schema.unmatched
    there = select(table.c.ordinal).where(_whole(item.document), table.c.resolution == "").limit(1)
    if connection.execute(there).first() is None:
        insert_all_once(connection, table, [{"ordinal": _next(connection, item.document), **as_row(item)}])


def was_delivered(connection: Connection, document: str) -> bool:
    """Whether it was read once and left parts over, whatever became of them."""
    table = schema.unmatched
    parts = select(table.c.ordinal).where(table.c.document == document, not_(_whole(document)))
    return connection.execute(parts.limit(1)).first() is not None


def as_row(item: UnmatchedItem) -> dict[str, Any]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in item.model_dump().items()}


def _whole(document: str) -> ColumnElement[bool]:
    """Items that stand for a whole document which the program failed at; compare `is_unreadable`."""
    table = schema.unmatched
    return and_(table.c.document == document, table.c.position == 0, table.c.reason.startswith(UNREADABLE))


def _next(connection: Connection, document: str) -> int:
    table = schema.unmatched
    last = connection.scalar(select(func.max(table.c.ordinal)).where(table.c.document == document))
    return 0 if last is None else last + 1


def found_later(
    connection: Connection,
    remittance: str,
    still_open: Iterable[Part],
    homes: Mapping[Part, str],
    at: datetime,
) -> None:
    """A later copy of a remittance found claims for what its first copy had left: those items are open no longer.

    `still_open` is what the later copy left too; `homes` is the claim of each part that it delivered.
    """
    table, left = schema.unmatched, Counter(still_open)
    query = select(table).where(table.c.remittance == remittance, table.c.resolution == "")
    for row in connection.execute(query.order_by(table.c.ordinal)).all():
        item = UnmatchedRow(**row._mapping)
        what = (item.set, item.reference, item.amount_cents, item.part)
        if item.is_held or left[what] > 0:
            left[what] -= 1
            continue
        to, why = homes.get(what, ""), "a later copy of the remittance found its claim"
        found = connection.execute(
            update(table)
            .where(table.c.document == item.document, table.c.ordinal == item.ordinal, table.c.resolution == "")
            .values(resolution="matched", matched_to=to, resolved_at=at, resolved_why=why)
        )
        if found.rowcount == 1:
            # else somebody else did so since the list was read, and its cash was moved then (PostgreSQL)
            move(connection, item, to, posted=True)


def move(connection: Connection, item: UnmatchedRow, to: str = "", *, posted: bool) -> None:
    """Its cash moves between unmatched and posted; a recovery's ledger entry names the claim, or names none again."""
    if not item.remittance:
        return
    practice, _, claim_id = to.partition("/")
    if item.part:
        entries = schema.provider_entries
        connection.execute(
            update(entries)
            .where(entries.c.remittance == item.remittance, entries.c.position == item.part)
            .values(practice=practice, claim_id=claim_id, needs_person=not posted)
        )
        return
    table = schema.remittances
    amount = (item.amount_cents or 0) * (1 if posted else -1)
    connection.execute(
        update(table)
        .where(table.c.key == item.remittance)
        .values(posted_cents=table.c.posted_cents + amount, unmatched_cents=table.c.unmatched_cents - amount)
    )
