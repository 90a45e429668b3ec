"""Taking turns on PostgreSQL, whose writers run side by side; SQLite has one writer anyway.

A row's lock is enough where both writers change that row. What compares rows of two tables, or looks whether a row is
there, needs a lock by name.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, text

_LOCKS = {"schema": 0x636C61696D, "cash": 0x636C61696E, "looks": 0x636C61696F}
"""Keys of pg_advisory_xact_lock: any fixed numbers that nobody else uses."""


def take_turns(connection: Connection, at: Literal["schema", "cash", "looks"], *, shared: bool = False) -> None:
    """Until the transaction ends, no other one of this database is past this line with the same name.

    Those that share pass beside each other, never beside one that doesn't.
    """
    if connection.dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {lock}(:key)"), {"key": _LOCKS[at]})
