"""From one release's tables to the next: each upgrade adds, none removes, and all happen in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text, update

from adapters.records.schema import deposits, metadata, provider_entries, remittances, schema_version, unmatched


def _to_2(connection: Connection) -> None:
    """Remittances, the provider's ledger, deposits; and what became of unmatched items."""
    metadata.create_all(connection, tables=[remittances, provider_entries, deposits])
    defaults = {"part": "0", "matches": "0", "resolved_at": None}
    for name in (
        "part",
        "remittance",
        "resolution",
        "matched_to",
        "resolved_by",
        "resolved_at",
        "resolved_why",
        "matches",
    ):
        kind = unmatched.c[name].type.compile(connection.dialect)
        default = defaults.get(name, "''")
        rest = "" if default is None else f" NOT NULL DEFAULT {default}"
        connection.execute(text(f"ALTER TABLE unmatched ADD COLUMN {name} {kind}{rest}"))


UPGRADES: dict[int, Callable[[Connection], None]] = {1: _to_2}
"""By the version that they start from."""


def upgrade(connection: Connection) -> None:
    """Brings the tables to this release, step by step; a version that no step starts from is left alone."""
    found = connection.scalar(schema_version.select())
    while found in UPGRADES:
        UPGRADES[found](connection)
        found += 1
        connection.execute(update(schema_version).values(version=found))
