"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share and SQLAlchemy spells in their dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_once(connection: Connection, table: Table, row: Row) -> bool:
    """Inserts a row unless its key is taken -> whether it was new."""
    # asked for by RETURNING: psycopg's count of rows isn't handed on for an INSERT
    key = next(iter(table.primary_key))
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing().returning(key)
    return connection.execute(statement).first() is not None


def insert_all_once(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts those rows whose keys are free."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))
