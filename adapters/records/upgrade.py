"""From one release's tables to the next: each upgrade adds, none removes, and all happen in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Table, inspect, text, update

from adapters.records.schema import deposits, metadata, provider_entries, remittances, schema_version, unmatched


def _to_2(connection: Connection) -> None:
    """Remittances, the provider's ledger, deposits; and what became of unmatched items."""
    metadata.create_all(connection, tables=[remittances, provider_entries, deposits])
    _add(
        connection,
        unmatched,
        {
            "part": "0",
            "remittance": "''",
            "resolution": "''",
            "matched_to": "''",
            "resolved_by": "''",
            "resolved_at": None,
            "resolved_why": "''",
            "matches": "0",
        },
    )


def _to_3(connection: Connection) -> None:
    """Who dealt with an entry of the provider's ledger; there already where the table was made just now."""
    there = {column["name"] for column in inspect(connection).get_columns(provider_entries.name)}
    if "done_by" not in there:
        _add(connection, provider_entries, {"done_by": "''", "done_at": None, "done_why": "''"})


def _add(connection: Connection, table: Table, columns: Mapping[str, str | None]) -> None:
    """Adds columns, each with what older rows have there (None: nothing)."""
    for name, default in columns.items():
        kind = table.c[name].type.compile(connection.dialect)
        rest = "" if default is None else f" NOT NULL DEFAULT {default}"
        connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}{rest}"))


UPGRADES: dict[int, Callable[[Connection], None]] = {1: _to_2, 2: _to_3}
"""By the version that they start from."""


def upgrade(connection: Connection) -> None:
    """Brings the tables to this release, step by step; a version that no step starts from is left alone."""
    found = connection.scalar(schema_version.select())
    while found in UPGRADES:
        UPGRADES[found](connection)
        found += 1
        connection.execute(update(schema_version).values(version=found))
