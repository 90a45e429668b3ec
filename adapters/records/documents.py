"""Raw documents by their SHA-256, what became of them, and how far each carrier's list has been fetched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from adapters.records import cash, schema
from adapters.records.cipher import Cipher
from adapters.records.second_looks import ask, await_numbers
from adapters.records.unmatched import Part, as_row, found_later, unreadable_no_more, was_delivered
from adapters.records.upsert import insert_all_once, insert_once, storable
from claims.cash import Accounting, Placed
from claims.documents import Problem
from claims.ports import DocumentErased, RecordsError, UnmatchedItem


def store(
    connection: Connection, raw: bytes, *, kind: str, source: str, at: datetime, cipher: Cipher
) -> tuple[str, bool]:
    sha256 = hashlib.sha256(raw).hexdigest()
    known = connection.scalar(select(schema.documents.c.sha256).where(schema.documents.c.sha256 == sha256))
    if known is not None:
        return sha256, False
    row = {
        "sha256": sha256,
        "kind": kind,
        "source": source,
        "raw": cipher.seal(raw, about=f"document/{sha256}"),
        "size": len(raw),
        "stored_at": at,
    }
    return sha256, insert_once(connection, schema.documents, row)


def load(connection: Connection, sha256: str, cipher: Cipher, where: str) -> bytes:
    sealed = connection.scalar(select(schema.documents.c.raw).where(schema.documents.c.sha256 == sha256))
    if sealed is None:
        raise RecordsError(f"records {where}: no document {sha256[:12]}; is this the database it was stored in?")
    if not sealed:
        raise DocumentErased(f"records {where}: document {sha256[:12]} was erased, its time had passed")
    raw = cipher.unseal(bytes(sealed), about=f"document/{sha256}")
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise RecordsError(f"records {where}: document {sha256[:12]} is damaged; restore a backup")
    return raw


def waiting(connection: Connection, source: str) -> tuple[tuple[str, str, int, datetime], ...]:
    """Hash, kind, bytes and arrival of what came from `source` and was not taken yet, oldest first."""
    table = schema.documents
    rows = connection.execute(
        select(table.c.sha256, table.c.kind, table.c.size, table.c.stored_at)
        .where(table.c.source == source, table.c.done_at.is_(None))
        .order_by(table.c.stored_at, table.c.sha256)
        .limit(500)
    )
    return tuple((row.sha256, row.kind, row.size, row.stored_at) for row in rows)


def done(connection: Connection, sha256: str) -> bool:
    column = schema.documents.c.done_at
    return connection.scalar(select(column).where(schema.documents.c.sha256 == sha256)) is not None


def finish(
    connection: Connection,
    sha256: str,
    *,
    delivered: int,
    unmatched: Sequence[UnmatchedItem],
    problems: Sequence[Problem],
    remittances: Sequence[Accounting],
    placed: Sequence[Placed],
    awaited: Collection[tuple[str, str]],
    cipher: Cipher,
    at: datetime,
    where: str,
) -> None:
    """The first time counts: a second finish of the same document changes nothing.

    Of an 835 set that another document brought before, nothing is recorded again.
    """
    table = schema.documents
    finished = connection.execute(
        update(table)
        .where(table.c.sha256 == sha256, table.c.done_at.is_(None))
        .values(done_at=at, delivered=delivered, problems=json.dumps([p.model_dump(mode="json") for p in problems]))
    )
    if finished.rowcount == 1:
        repeated = cash.record(connection, sha256, remittances, at)
        first = unreadable_no_more(connection, sha256, at)
        rows = [
            {"ordinal": ordinal, **as_row(item)}
            for ordinal, item in enumerate(unmatched, first)
            if item.remittance not in repeated
        ]
        insert_all_once(connection, schema.unmatched, rows)
        if rows:
            await_numbers(connection, sha256, awaited, cipher)
        for key in repeated:
            left = [(i.set, storable(i.reference), i.amount_cents, i.part) for i in unmatched if i.remittance == key]
            homes: dict[Part, str] = {
                (p.set, storable(p.reference), p.amount_cents, p.part): p.claim for p in placed if p.remittance == key
            }
            found_later(connection, key, left, homes, at)
        cash.supersede(connection, remittances, at)
    elif connection.scalar(select(table.c.sha256).where(table.c.sha256 == sha256)) is None:
        raise RecordsError(f"records {where}: no document {sha256[:12]} to finish")


def open_again(connection: Connection, sha256: str) -> tuple[str, str, int, datetime] | None:
    """A document that was set aside is to be read again -> its kind, source, bytes and arrival; None: there is none.

    Until that succeeds its item stays in the list. One whose parts were delivered once is looked at again, for what it
    left over: delivered anew, it would bring to its claims what people did otherwise with.
    """
    table = schema.documents
    if was_delivered(connection, sha256):
        ask(connection, [sha256])
    else:
        connection.execute(update(table).where(table.c.sha256 == sha256).values(done_at=None))
    row = connection.execute(
        select(table.c.kind, table.c.source, table.c.size, table.c.stored_at).where(table.c.sha256 == sha256)
    ).first()
    return None if row is None else (row.kind, row.source, row.size, row.stored_at)


def fetched(connection: Connection, carrier: str, item_id: str) -> str | None:
    table = schema.items
    found = select(table.c.sha256).where(table.c.carrier == carrier, table.c.item_id == item_id)
    return connection.scalar(found)


def remember_item(connection: Connection, carrier: str, item_id: str, sha256: str) -> None:
    insert_once(connection, schema.items, {"carrier": carrier, "item_id": item_id, "sha256": sha256})


def cursor(connection: Connection, carrier: str) -> datetime | None:
    table = schema.cursors
    return connection.scalar(select(table.c.moved_to).where(table.c.carrier == carrier))


def move_cursor(connection: Connection, carrier: str, to: datetime) -> None:
    """A cursor only moves forward, so that late and repeated moves lose nothing."""
    table = schema.cursors
    if not insert_once(connection, table, {"carrier": carrier, "moved_to": to}):
        connection.execute(update(table).where(table.c.carrier == carrier, table.c.moved_to < to).values(moved_to=to))
