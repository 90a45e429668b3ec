"""Everything at rest sealed anew by the active key: after a rotation, and once over records from before the first key.

Done in small transactions while everything runs; who was cut off goes on where he was, for what is done is seen to be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, Text, bindparam, func, not_, or_, select, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import index, schema, second_looks
from adapters.records.cipher import TEXT_MARK, RingCipher, header
from adapters.records.sealed import SealedDate, SealedText
from claims.matching import IndexEntry

BATCH = 200
Place = Callable[[Any], str]

_BLOBS: dict[str, tuple[str, Place]] = {
    "documents": ("raw", lambda row: f"document/{row['sha256']}"),
    "submissions": ("claim", lambda row: f"submission/{row['practice']}/{row['claim_id']}/{row['submission']}"),
    "claims": ("index_entry", lambda row: f"index/{row['practice']}/{row['claim_id']}"),
    "archives": ("state", lambda row: f"archive/{row['practice']}/{row['claim_id']}"),
}
"""What each blob is bound to, as the rooms that write them have it."""


def tables() -> tuple[Table, ...]:
    """Those that hold anything sealed."""
    return tuple(one for one in schema.metadata.sorted_tables if one.name in _BLOBS or _texts(one))


def _texts(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if isinstance(column.type, SealedText | SealedDate)]


def _of_another_key(table: Table, key_id: str) -> ColumnElement[bool]:
    """Rows in which anything is in clear, or sealed by another key than this one."""
    ours = header(key_id)
    wrong: list[ColumnElement[bool]] = []
    for column in _texts(table):
        plain = type_coerce(column, Text)
        wrong.append(
            plain.is_not(None) & (plain != "") & not_(plain.startswith(f"{TEXT_MARK}{key_id}:", autoescape=True))
        )
    if table.name in _BLOBS:
        blob = table.c[_BLOBS[table.name][0]]
        wrong.append((func.length(blob) > 0) & (func.substr(blob, 1, len(ours)) != ours))
    return or_(*wrong)


def left(connection: Connection, table: Table, key_id: str) -> int:
    """How many rows still wait."""
    return connection.scalar(select(func.count()).select_from(table).where(_of_another_key(table, key_id))) or 0


def sealed_by(connection: Connection, key_id: str) -> int:
    """How many rows have anything that this key sealed."""
    ours, count = header(key_id), 0
    for table in tables():
        there = [
            type_coerce(column, Text).startswith(f"{TEXT_MARK}{key_id}:", autoescape=True) for column in _texts(table)
        ]
        if table.name in _BLOBS:
            there.append(func.substr(table.c[_BLOBS[table.name][0]], 1, len(ours)) == ours)
        count += connection.scalar(select(func.count()).select_from(table).where(or_(*there))) or 0
    return count


def reseal(connection: Connection, table: Table, cipher: RingCipher) -> int:
    """One batch of a table -> how many rows it had; zero: nothing is left."""
    query = select(table).where(_of_another_key(table, cipher.active)).limit(BATCH).with_for_update()
    rows = connection.execute(query).all()
    for row in rows:
        connection.execute(_statement(table), _anew(table, row, cipher))
        if table is schema.claims:
            blob = cipher.unseal(bytes(row.index_entry), about=_BLOBS["claims"][1](row._mapping))
            index.replace_numbers(connection, IndexEntry.model_validate_json(blob), cipher)
    if table is schema.unmatched:
        # what they wait for is written anew by the look, which has the numbers in clear
        second_looks.ask(connection, sorted({row.document for row in rows if not row.resolution}))
    return len(rows)


def _statement(table: Table) -> Any:
    changed = [column.name for column in _texts(table)]
    if table.name in _BLOBS:
        changed.append(_BLOBS[table.name][0])
    mine = [column == bindparam(f"of_{column.name}", type_=column.type) for column in table.primary_key]
    return (
        update(table)
        .where(*mine)
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in changed})
    )


def _anew(table: Table, row: Row[Any], cipher: RingCipher) -> dict[str, Any]:
    """Read by whatever key it has, written by the active one: columns by their types, the blob here."""
    values = {f"of_{column.name}": row._mapping[column.name] for column in table.primary_key}
    values |= {f"new_{column.name}": row._mapping[column.name] for column in _texts(table)}
    if table.name in _BLOBS:
        name, place = _BLOBS[table.name]
        sealed, about = bytes(row._mapping[name]), place(row._mapping)
        values[f"new_{name}"] = cipher.seal(cipher.unseal(sealed, about=about), about=about) if sealed else sealed
    return values
