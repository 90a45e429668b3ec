"""A PostgreSQL for tests: the one that CLAIMLINE_TEST_POSTGRES names, else a private cluster of the installed binaries.

The cluster lives in a temporary folder, answers on a socket in it and ends with the tests' process. PostgreSQL refuses
to run as root, so where the tests do, it runs as `postgres` or `nobody`. Where no binaries are, `server` says so by
skipping the test that asked.
"""

from __future__ import annotations

import atexit
import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from commands.processes import die_with_parent

ABSENT = "PostgreSQL is not installed (Debian: apt-get install postgresql) and CLAIMLINE_TEST_POSTGRES names none"
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
"""What is tested is never the machine's loss of power."""


def bin_of(name: str) -> Path | None:
    """The newest installed binary of that name: Debian keeps servers off the PATH."""
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = shutil.which(name)
    return there[-1] if there else Path(found) if found else None


@cache
def server() -> str:
    """The address of a server on which tests may make databases and schemas. Skips where there is none."""
    if named := os.environ.get("CLAIMLINE_TEST_POSTGRES"):
        return named
    initdb, postgres = bin_of("initdb"), bin_of("postgres")
    if initdb is None or postgres is None:
        pytest.skip(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="claimline-postgres-"))
    user = _unprivileged()
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = folder / "data"
    subprocess.run(
        [str(initdb), "-D", str(data), "-U", "claimline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        **_as(user),
    )
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [str(postgres), "-D", str(data), "-k", str(folder), "-c", "listen_addresses=", *_FAST],
            stdout=log,
            stderr=log,
            cwd=folder,
            preexec_fn=die_with_parent(os.getpid(), signal.SIGQUIT),
            **_as(user),
        )
    atexit.register(_stop, running, folder)
    address = f"postgresql+psycopg://claimline@/postgres?host={folder}"
    _until_it_answers(address, running, folder / "log")
    return address


@contextmanager
def schemas() -> Iterator[_Schemas]:
    """Addresses of empty schemas, all dropped at the end."""
    made = _Schemas(server())
    try:
        yield made
    finally:
        made.drop()


class _Schemas:
    """Empty places on one server; `new()` gives the address of the next."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.names: list[str] = []
        self.engine = create_engine(at, isolation_level="AUTOCOMMIT")

    def new(self) -> str:
        self.names.append(f"claimline_test_{uuid.uuid4().hex}")
        with self.engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {self.names[-1]}"))
        address = make_url(self.at).update_query_dict({"options": f"-csearch_path={self.names[-1]}"})
        return address.render_as_string(hide_password=False)

    def drop(self) -> None:
        with self.engine.connect() as connection:
            for name in self.names:
                connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        self.engine.dispose()


def _unprivileged() -> str | None:
    """Whom the server runs as where the tests run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _as(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _until_it_answers(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(address)
    end = time.monotonic() + 30
    while True:
        try:
            with engine.connect():
                break
        except OperationalError:
            if running.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"PostgreSQL did not start: {log.read_text()[-500:]}") from None
            select.select([], [], [], 0.02)
    engine.dispose()


def _stop(running: subprocess.Popen[bytes], folder: Path) -> None:
    running.send_signal(signal.SIGQUIT)
    running.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


@cache
def _for_this_process() -> _Schemas:
    made = _Schemas(server())
    atexit.register(made.drop)
    return made


def records_url(folder: Path) -> str:
    """Where a test's records live: a file in its folder, or with CLAIMLINE_TEST_RECORDS=postgresql a schema of its own."""
    if os.environ.get("CLAIMLINE_TEST_RECORDS") == "postgresql":
        return _for_this_process().new()
    return f"sqlite:///{folder / 'records.db'}"


@contextmanager
def nobody_writes(url: str) -> Iterator[None]:
    """Somebody else holds the records while the block runs."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
        else:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql(
                "LOCK TABLE journal, claims, submissions, control_numbers IN ACCESS EXCLUSIVE MODE"
            )
        yield
        connection.exec_driver_sql("ROLLBACK")
    engine.dispose()
