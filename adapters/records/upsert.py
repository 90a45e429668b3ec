"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share and SQLAlchemy spells in their dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

Row = Mapping[str, Any]


@cache
def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Made once: building and hashing a statement takes SQLAlchemy longer than SQLite takes to carry it out."""
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return statement.on_conflict_do_nothing()


@cache
def _insert_returning(dialect: str, table: Table) -> ReturningInsert[Any]:
    return _insert(dialect, table).returning(next(iter(table.primary_key)))


def insert_once(connection: Connection, table: Table, row: Row) -> bool:
    """Inserts a row unless its key is taken -> whether it was new."""
    # asked for by RETURNING: psycopg's count of rows isn't handed on for an INSERT
    return connection.execute(_insert_returning(connection.dialect.name, table), dict(row)).first() is not None


def insert_all_once(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts those rows whose keys are free."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table), list(rows))


def storable(text: str) -> str:
    """A text that both databases take: damaged files bring NULs and halves of characters along."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
