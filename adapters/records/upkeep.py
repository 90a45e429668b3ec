"""What a person does to the records as a whole: look at the schema, upgrade it, make a backup, restore one.

A backup of SQLite is the database itself, whole and checked; one of PostgreSQL is an archive of pg_dump. Both hold what
the database holds, patients' data too: they are written readable by their owner only.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from adapters.records.database import Database, address_of
from adapters.records.schema import SCHEMA_VERSION
from adapters.records.upgrade import Migration, migrations
from claims.ports import RecordsError

_SQLITE_HEAD = b"SQLite format 3\0"
_ARCHIVE_HEAD = b"PGDMP"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a database stands: `found` is its schema (None: no tables of ours), `needed` this release's."""

    where: str
    found: int | None
    needed: int
    waiting: tuple[Migration, ...]

    @property
    def current(self) -> bool:
        return self.found == self.needed

    @property
    def newer(self) -> bool:
        """Made by a release after this one."""
        return self.found is not None and self.found > self.needed


def standing(url: str) -> Standing:
    """Changes nothing. Raises RecordsError where the database can't be asked."""
    _must_exist(url)
    with closing(Database(url, look=True)) as database:
        found = database.version()
    waiting = tuple(step for step in migrations() if found is not None and step.version > found)
    return Standing(database.where, found, SCHEMA_VERSION, waiting)


def upgrade(url: str) -> None:
    """Takes every waiting step, or none; makes the tables of an empty PostgreSQL database. Raises RecordsError."""
    _must_exist(url)
    Database(url, upgrading=True).close()


def backup(url: str, to: Path) -> int:
    """Writes one file, workers may go on meanwhile -> its bytes. Raises RecordsError; nothing half done is left."""
    if to.exists():
        raise RecordsError(f"backup: {to} is there already; give a new name, or move it away")
    _must_exist(url)
    address = address_of(url)
    part = to.with_name(to.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if address.get_backend_name() == "sqlite":
            _copy(Path(str(address.database)), part)
            _check(part)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}", address=address)
        part.rename(to)
    except OSError as problem:
        raise RecordsError(f"backup: {to} can't be written: {problem.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return to.stat().st_size


def restore(url: str, source: Path) -> None:
    """Puts a backup where nothing of ours stands yet. Raises RecordsError; a database that is there is left alone."""
    address = address_of(url)
    kind = address.get_backend_name()
    try:
        with source.open("rb") as file:
            head = file.read(len(_SQLITE_HEAD))
    except OSError as problem:
        raise RecordsError(f"restore: {source} can't be read: {problem.strerror}") from None
    if not head.startswith(_SQLITE_HEAD if kind == "sqlite" else _ARCHIVE_HEAD):
        wanted = "an SQLite database" if kind == "sqlite" else "an archive of pg_dump"
        raise RecordsError(f"restore: {source} is not {wanted}, which CLAIMLINE_RECORDS_URL needs")
    if kind == "sqlite":
        _restore_file(source, Path(str(address.database)))
        return
    with closing(Database(url, look=True)) as database:
        if database.version() is not None:
            raise RecordsError(
                f"records {database.where}: not empty; restore into a new database, then change the address"
            )
    _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(source), address=address)


def _restore_file(source: Path, to: Path) -> None:
    if to.exists():
        raise RecordsError(
            f"restore: {to} is there already; stop the workers and move it away first, with its -wal and -shm"
        )
    _check(source)
    part = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(source, part)
        part.rename(to)
    except OSError as problem:
        raise RecordsError(f"restore: {to} can't be written: {problem.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, to: Path) -> None:
    """SQLite's own way of copying a database that is being written to."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database,
            closing(sqlite3.connect(to)) as copy,
        ):
            database.backup(copy)
            # a single file: in WAL mode the copy would be three
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as problem:
        raise RecordsError(f"backup: {source} can't be copied ({type(problem).__name__})") from None


def _check(copy: Path) -> None:
    """A backup that can't be read is none, and this is the moment to hear of it."""
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
            known = database.execute("SELECT version FROM schema_version").fetchone()
    except sqlite3.Error:
        found, known = "unreadable", None
    if found != "ok" or known is None:
        raise RecordsError(f"{copy.name}: is damaged, or no records database; take an older backup") from None


def _run(program: str, *arguments: str, address: URL) -> None:
    """A tool of PostgreSQL's; the password goes by the environment, where no list of processes shows it."""
    path = shutil.which(program)
    if path is None:
        raise RecordsError(f"{program} is not installed (Debian: apt-get install postgresql-client)")
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    done = subprocess.run(
        [path, f"--dbname={plain}", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        # only the kind of error: the rest may repeat what is stored
        lines = [line for line in done.stderr.splitlines() if "error:" in line.casefold()] or ["it said nothing"]
        raise RecordsError(f"{program}: {lines[0].split('DETAIL')[0][:200]}")


def _must_exist(url: str) -> None:
    """Looking makes no file: SQLite would."""
    address = address_of(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        raise RecordsError(f"no records database at {address.database}; a worker makes it when it starts")
