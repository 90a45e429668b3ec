"""The way to the database: an engine, threads for its calls, and one transaction for each piece of work.

On SQLite all writes go through one thread and begin with BEGIN IMMEDIATE, so that a writer waits at the start and
never fails in the middle; other processes wait on `busy_timeout`. Writes that wait together share one commit, because
it is the disk's flush that takes the time.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from adapters.records.cipher import Cipher
from adapters.records.errors import explain, sqlstate
from adapters.records.schema import SCHEMA_VERSION, metadata, schema_version
from adapters.records.sealed import seal_with
from adapters.records.turns import take_turns
from adapters.records.upgrade import upgrade, version_of
from claims.ports import RecordsError

T = TypeVar("T")

_WRITING = {"writing": True}


_SHARED_COMMIT = 50
"""How many writes share a commit; the last of them waits for all."""

_TRIES = 4
"""How often a write that PostgreSQL rolled back so that another one could go on is tried in all."""
_OTHERS_WENT_FIRST = frozenset({"40001", "40P01"})
"""SQLSTATE: serialization_failure, deadlock_detected."""


class _Spoiled(Exception):
    """One of several writes that share a transaction failed."""


class Database:
    """An open records database. `busy_seconds` is how long a call waits for another writer.

    Older tables are upgraded where `upgrading` says so; by default on SQLite alone, whose one program this is. With
    `look` nothing is made, upgraded or refused.
    """

    def __init__(
        self, url: str, *, busy_seconds: float = 15.0, upgrading: bool | None = None, look: bool = False
    ) -> None:
        address = address_of(url)
        self.where = _shown(address)
        self._busy_seconds = busy_seconds
        self._sqlite = address.get_backend_name() == "sqlite"
        # PostgreSQL shows each statement another moment unless it is asked for one; SQLite shows one anyway
        self._snapshot = {} if self._sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._upgrading = self._sqlite if upgrading is None else upgrading
        self._engine = self._make_engine(address)
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="records-read")
        self._writers = ThreadPoolExecutor(1 if self._sqlite else 4, thread_name_prefix="records-write")
        self._waiting: deque[tuple[Callable[[Connection], Any], Future[Any]]] = deque()
        try:
            if not look:
                self._prepare()
        except BaseException:
            self.close()
            raise

    async def read(self, work: Callable[[Connection], T]) -> T:
        """`work` in a thread, in one transaction that sees one moment of the data."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._run, self._reading, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """`work` in a thread, in a transaction that is kept whole or not at all.

        `work` may be run a second time, after the first was rolled back.
        """
        if not self._sqlite:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._writers, self._run, self._writing, work, _TRIES)
        future: Future[T] = Future()
        self._waiting.append((work, future))
        self._writers.submit(self._write_waiting)
        return await asyncio.wrap_future(future)

    def seal_with(self, cipher: Cipher) -> None:
        """Columns of sealed types are sealed by it from now on."""
        seal_with(self._engine.dialect, cipher)

    def close(self) -> None:
        """Waits for calls under way, then closes the connections."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    def _write_waiting(self) -> None:
        batch: list[tuple[Callable[[Connection], Any], Future[Any]]] = []
        while self._waiting and len(batch) < _SHARED_COMMIT:
            work, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                batch.append((work, future))
        if len(batch) > 1 and self._write_together(batch):
            return
        for work, future in batch:
            try:
                future.set_result(self._run(self._writing, work))
            except Exception as problem:  # whatever it is, the caller gets it
                future.set_exception(problem)

    def _write_together(self, batch: Sequence[tuple[Callable[[Connection], Any], Future[Any]]]) -> bool:
        """Whether all are settled; where one of them fails, nothing is kept and each has to go alone."""

        def all_of_them(connection: Connection) -> list[Any]:
            try:
                return [work(connection) for work, _ in batch]
            except Exception as problem:
                raise _Spoiled from problem

        try:
            results = self._run(self._writing, all_of_them)
        except _Spoiled:
            return False
        except RecordsError as problem:
            for _, future in batch:
                future.set_exception(problem)
            return True
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)
        return True

    def _run(self, transaction: Callable[[], Any], work: Callable[[Connection], T], tries: int = 1) -> T:
        try:
            with transaction() as connection:
                return work(connection)
        except (SQLAlchemyError, sqlite3.Error, OSError) as problem:
            if tries > 1 and sqlstate(problem) in _OTHERS_WENT_FIRST:
                return self._run(transaction, work, tries - 1)
            # `from None`: the driver's message may repeat values, and a traceback shows the whole chain.
            raise explain(problem, self.where) from None
        except ValidationError as problem:
            raise RecordsError(
                f"records {self.where}: a stored {problem.title} can't be read ({problem.error_count()} fields differ);"
                " it was written by another release"
            ) from None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(**self._snapshot) as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(**_WRITING) as connection, connection.begin():
            yield connection

    def _make_engine(self, address: URL) -> Engine:
        if self._sqlite:
            _make_private(Path(str(address.database)), self.where)
        try:
            if not self._sqlite:
                return self._make_postgres(address)
            engine = create_engine(address, hide_parameters=True, pool_size=6, max_overflow=0)
        except NoSuchModuleError:
            raise RecordsError(f"records {self.where}: this kind of database is not known") from None
        except ModuleNotFoundError as missing:
            raise RecordsError(f"records {self.where}: its driver is missing; install {missing.name}") from None
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine

    def _make_postgres(self, address: URL) -> Engine:
        """As patient with other writers as SQLite is, and silent about a server that is gone for no longer than that."""
        waits = f"-c lock_timeout={int(self._busy_seconds * 1000)} -c idle_in_transaction_session_timeout=60000"
        options = f"{address.query.get('options', '')} {waits}".strip()
        given = {
            "options": options,
            "connect_timeout": max(2, int(self._busy_seconds)),
            "application_name": "claimline",
        }
        return create_engine(
            address,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=8,
            connect_args=given | {name: value for name, value in address.query.items() if name != "options"},
        )

    def _on_connect(self, connection: sqlite3.Connection, _record: object) -> None:
        # autocommit mode of the driver: transactions are begun by `_on_begin` alone
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(self._busy_seconds * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # a control number must outlive a power cut
        self._switch_to_wal(connection)

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        """SQLite answers a switch of the journal mode with BUSY at once, whatever `busy_timeout` says: wait here."""
        until = time.monotonic() + self._busy_seconds
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _prepare(self) -> None:
        """Creates the tables of an empty database, upgrades an older one; refuses what isn't ours or is newer than this."""
        if self.version() is None:
            self._run(self._writing, self._create)
        if self._older() and self._upgrading:
            self._run(self._writing, self._upgrade)
        if self._older():
            raise RecordsError(
                f"records {self.where}: its tables are older than this release (schema {self.version()}; needed is "
                f"{SCHEMA_VERSION}); stop the workers, back it up, then run: python starter.py records upgrade"
            )
        found = self.version()
        if found != SCHEMA_VERSION:
            raise RecordsError(
                f"records {self.where}: made by another Claimline (schema {found}; this one knows {SCHEMA_VERSION});"
                " use the release that made it, or a newer one"
            )

    def ask(self, work: Callable[[Connection], T]) -> T:
        """`read` for callers without an event loop."""
        return self._run(self._reading, work)

    def version(self) -> int | None:
        """The schema of the tables there are; None where there are none of ours."""
        return self.ask(version_of)

    def _older(self) -> bool:
        return 0 < (self.version() or 0) < SCHEMA_VERSION

    def _upgrade(self, connection: Connection) -> None:
        """One process takes the steps, others wait and find nothing left to do."""
        take_turns(connection, "schema")
        if (version_of(connection) or 0) < SCHEMA_VERSION:
            upgrade(connection)

    def _create(self, connection: Connection) -> None:
        take_turns(connection, "schema")
        names = set(inspect(connection).get_table_names())
        if schema_version.name in names:
            return
        ours = names & set(metadata.tables)
        if ours or (names and self._sqlite):
            raise RecordsError(f"records {self.where}: a database of something else; give Claimline one of its own")
        metadata.create_all(connection)
        connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def address_of(url: str) -> URL:
    """Of a database that we know. Raises RecordsError, in which no password stands."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise RecordsError(
            "records: not a database address; write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
        ) from None
    backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise RecordsError(f"records {_shown(address)}: neither SQLite nor PostgreSQL")
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.database in {None, "", ":memory:"}:
        raise RecordsError("records sqlite: needs a file, as in sqlite:///records.db; nothing is kept in memory")
    return address.set(drivername="sqlite")


def _shown(address: URL) -> str:
    return address.set(query={}).render_as_string(hide_password=True)


def _make_private(path: Path, where: str) -> None:
    """Creates the file readable by its owner only (SQLite gives its WAL the same mode); it holds patients' data.

    One that is there is never opened here: closing it would drop every lock that this process's connections have on it,
    and another process that leaves would delete their WAL as its last user (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if not os.access(path, os.R_OK | os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return  # somebody else was faster
    except OSError as problem:
        raise RecordsError(
            f"records {where}: the file can't be opened ({problem.strerror}); check the folder and its permissions"
        ) from None
