"""A backup is put back and holds what the database held, on SQLite and PostgreSQL; what is in the way is left alone."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from adapters.records import RecordsError, open_records
from adapters.records.schema import SCHEMA_VERSION
from adapters.records.upkeep import backup, restore, standing, upgrade
from claims.claim import Claim
from tests.adapters.records.test_migrations import RELEASED, put
from tests.postgres import bin_of, server

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """Addresses of whole databases: what pg_dump writes names its schema."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        return
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    made: list[str] = []
    tool = bin_of("pg_dump")
    if tool is None:
        pytest.skip("pg_dump is not installed")
    # the server's own tools: an older pg_dump refuses a newer server
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")

    def new() -> str:
        made.append(f"claimline_{uuid.uuid4().hex}")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {made[-1]}"))
        return make_url(server()).set(database=made[-1]).render_as_string(False)

    yield new
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


async def test_a_backup_made_while_a_worker_goes_on_is_put_back(
    fresh: Callable[[], str], tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    url, file = fresh(), tmp_path / "backup"
    records = open_records(url)
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=START)
    drawn = await records.next_control_numbers("p1/c1/1")
    sha256, _ = await records.store_document(b"ISA*00", kind="837P", source="upstream", at=START)
    size = backup(url, file)
    await records.register(practice="p1", claim_id="later", claim=claim(), fingerprint="f2", at=START)
    records.close()

    assert size == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not Path(f"{file}.part").exists()  # noqa: ASYNC240

    elsewhere = fresh()
    restore(elsewhere, file)
    again = open_records(elsewhere, upgrading=False)
    assert await again.known("p1", "c1") is not None
    assert await again.known("p1", "later") is None
    assert await again.load_document(sha256) == b"ISA*00"
    # a number that went out before the backup is not drawn a second time
    assert await again.next_control_numbers("p1/c1/1") == drawn
    assert (await again.next_control_numbers("p1/c1/2")).interchange == drawn.interchange + 1
    again.close()


def test_nothing_is_restored_over_a_database_that_is_there(fresh: Callable[[], str], tmp_path: Path) -> None:
    url, file = fresh(), tmp_path / "backup"
    open_records(url).close()
    backup(url, file)
    with pytest.raises(RecordsError, match=r"is there already|not empty"):
        restore(url, file)
    with pytest.raises(RecordsError, match="give a new name"):
        backup(url, file)
    assert standing(url).current


def test_a_backup_of_an_older_release_is_restored_and_then_upgraded(fresh: Callable[[], str], tmp_path: Path) -> None:
    url, elsewhere, file = fresh(), fresh(), tmp_path / "backup"
    put(url, 1)
    backup(url, file)
    restore(elsewhere, file)
    found = standing(elsewhere)
    assert (found.found, found.needed) == (1, SCHEMA_VERSION)
    assert [step.version for step in found.waiting] == list(range(2, SCHEMA_VERSION + 1))
    upgrade(elsewhere)
    assert standing(elsewhere).current


def test_looking_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="no records database"):
        standing(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/records.db", tmp_path / "backup"
    with sqlite3.connect(file) as database:
        database.executescript((RELEASED / "schema1.sqlite.sql").read_text())
    database.close()
    raw = file.read_bytes()
    file.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(RecordsError, match="damaged"):
        restore(url, file)
    assert not (tmp_path / "records.db").exists()


def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello")
    with pytest.raises(RecordsError, match="is not an SQLite database"):
        restore(f"sqlite:///{tmp_path}/records.db", tmp_path / "x")
    with pytest.raises(RecordsError, match="can't be read"):
        restore(f"sqlite:///{tmp_path}/records.db", tmp_path / "y")


def test_without_postgresqls_tools_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(RecordsError, match="postgresql-client"):
        backup("postgresql://claimline@127.0.0.1:1/records", tmp_path / "backup")
