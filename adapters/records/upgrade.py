"""From one release's tables to the next, by alembic: steps only forward, all of them in one transaction.

`schema_version` holds one number, which every release can read and which alone says how far a database is; alembic's own
table is made after it before the steps are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select

from adapters.records.schema import SCHEMA_VERSION, schema_version

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: the schema version that it leads to, and what it brings."""

    version: int
    brings: str


def version_of(connection: Connection) -> int | None:
    """The schema of these tables; None where there are none of ours."""
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.scalar(select(schema_version.c.version))


def upgrade(connection: Connection) -> None:
    """Takes every step from the tables' version to this release's. Tables that are up to date are left alone."""
    # Loaded here: alembic takes a third of a second, and most starts find nothing to do.
    from alembic import command

    config = _config(connection)
    command.stamp(config, revision_of(version_of(connection) or 0), purge=True)
    command.upgrade(config, "head")
    connection.execute(schema_version.delete())
    connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))


def migrations() -> tuple[Migration, ...]:
    """Every step there is, in order."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(MIGRATIONS))
    steps = [Migration(int(step.revision), str(step.doc).rstrip(".")) for step in script.walk_revisions()]
    return tuple(sorted(steps, key=lambda step: step.version))


def revision_of(version: int) -> str:
    """Alembic's name of a schema version: four digits; `base` where there is none yet."""
    return f"{version:04d}" if version else "base"


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
