"""Control numbers of outgoing envelopes: drawn once, never used again."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from adapters.records import schema
from adapters.records.upsert import insert_once
from claims.ports import ControlNumbers, RecordsError

_NAME = "interchange"
_LAST = 999_999_999
"""ISA13 is nine digits (X12.5), and ST02 is at most nine."""
_LAST_DRAWN = select(schema.sequences.c.value).where(schema.sequences.c.name == _NAME).with_for_update()
_DRAW = update(schema.sequences).where(schema.sequences.c.name == _NAME)
_DRAWN = select(schema.control_numbers).where(schema.control_numbers.c.key == bindparam("of_key"))
_KEEP = insert(schema.control_numbers)


def next_control_numbers(connection: Connection, key: str, where: str) -> ControlNumbers:
    """The numbers of `key`, drawn on its first call.

    One number serves as ISA13, GS06 and ST02, so that whatever an acknowledgement quotes leads to the envelope.
    """
    # the row's lock puts concurrent callers in a line (PostgreSQL); SQLite has one writer anyway
    last = connection.scalar(_LAST_DRAWN)
    if last is None:
        insert_once(connection, schema.sequences, {"name": _NAME, "value": 0})
        last = connection.scalar(_LAST_DRAWN)
    known = connection.execute(_DRAWN, {"of_key": key}).one_or_none()
    if known is not None:
        return ControlNumbers(interchange=known.interchange, group=known.group, set=known.set)
    number = int(last or 0) + 1
    if number > _LAST:
        raise RecordsError(f"records {where}: all nine-digit control numbers are used; start a new sender id")
    connection.execute(_DRAW, {"value": number})
    numbers = ControlNumbers(interchange=number, group=number, set=f"{number:09d}")
    connection.execute(_KEEP, {"key": key, **numbers.model_dump()})
    return numbers
