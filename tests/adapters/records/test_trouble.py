"""A database that can't be used is said to be so, in one line that shows nothing of what is stored."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.records import RecordsError, SqlRecords, open_records
from adapters.records.schema import SCHEMA_VERSION
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import JournalEntry
from claims.views import ClaimView


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"SSN 078-05-1120 " * 400)
    with pytest.raises(RecordsError, match="no database") as refusal:
        open_records(f"sqlite:///{path}")
    assert "078-05-1120" not in "".join(traceback.format_exception(refusal.value))
    assert path.read_bytes().startswith(b"SSN")


def test_a_newer_schema_is_refused_with_both_numbers(sqlite_url: str, tmp_path: Path) -> None:
    open_records(sqlite_url).close()
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(RecordsError, match=rf"schema 99; this one knows {SCHEMA_VERSION}"):
        open_records(sqlite_url)


def test_somebody_elses_database_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()
    with pytest.raises(RecordsError, match="of its own"):
        open_records(sqlite_url)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("no address", "not a database address"),
        ("mysql://root:hunter2@host/claims", "neither SQLite nor PostgreSQL"),
        ("sqlite://", "needs a file"),
        ("sqlite:////proc/nowhere/records.db", "can't be opened"),
        ("postgresql://claimline:hunter2@127.0.0.1:1/records", r"doesn't answer|install psycopg"),
    ],
)
def test_an_address_that_can_not_be_used_is_refused_in_words(address: str, says: str) -> None:
    with pytest.raises(RecordsError, match=says) as refusal:
        open_records(address)
    assert "hunter2" not in str(refusal.value)


async def test_a_locked_database_is_waited_for_and_then_named(
    sqlite_url: str, tmp_path: Path, claim: Callable[..., Claim], start: datetime
) -> None:
    records = open_records(sqlite_url, busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordsError, match="another program holds it") as refusal:
        await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    assert refusal.value.transient
    assert "Doe" not in "".join(traceback.format_exception(refusal.value))
    assert await records.known("p1", "c1") is None  # readers never wait for a writer
    other.execute("ROLLBACK")
    other.close()
    assert await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start) is None
    records.close()


async def test_a_damaged_database_is_named_without_its_content(
    sqlite_url: str, tmp_path: Path, start: datetime
) -> None:
    records = open_records(sqlite_url)
    await records.store_document(b"x" * 200_000, kind="835", source="stedi", at=start)
    records.close()
    path = tmp_path / "records.db"
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\x7f" * (len(raw) - 4096)
    path.write_bytes(bytes(raw))

    async def use() -> None:
        damaged = open_records(sqlite_url)
        try:
            await damaged.documents()
        finally:
            damaged.close()

    with pytest.raises(RecordsError, match=r"damaged|missing"):
        await use()


def test_the_file_is_readable_by_its_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    records = open_records(sqlite_url)
    asyncio.run(records.move_cursor("stedi", datetime.fromisoformat("2026-03-02T00:00:00+00:00")))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    records.close()
    assert modes == dict.fromkeys(modes, 384)
    assert "records.db-wal" in modes


async def test_a_row_of_another_release_is_named_without_its_content(
    sqlite_url: str, tmp_path: Path, claim: Callable[..., Claim], start: datetime
) -> None:
    records = open_records(sqlite_url)
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute("""UPDATE claims SET view = '{"patient": "Jane Doe"}'""")
    connection.close()
    with pytest.raises(RecordsError, match="stored ClaimView can't be read") as refusal:
        await records.list_claims()
    assert "Doe" not in "".join(traceback.format_exception(refusal.value))
    records.close()


async def test_one_write_that_fails_takes_none_of_its_neighbours_with_it(
    sqlite_url: str,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    records = open_records(sqlite_url)
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(1)], view=view(), index=entry())

    def write(claim_id: str) -> Coroutine[Any, Any, None]:
        return records.write_steps(
            practice="p1",
            claim_id=claim_id,
            entries=[step(1, event="coded")],
            view=view(claim_id),
            index=entry(claim_id),
        )

    # they wait together, and the second is about a document that nobody stored
    missing = records.finish_document("0" * 64, delivered=0, unmatched=(), problems=())
    answers = await asyncio.gather(write("c2"), missing, write("c3"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None), RecordsError, type(None)]
    kept = [[e.event for e in await records.journal("p1", claim_id)] for claim_id in ("c1", "c2", "c3")]
    assert kept == [["note_added"], ["coded"], ["coded"]]
    records.close()


async def test_a_slow_call_never_holds_up_the_event_loop(records: SqlRecords) -> None:
    go_on = threading.Event()
    slow = asyncio.create_task(records._database.read(lambda _: go_on.wait(10)))
    await records.known("p1", "c1")  # answered while the other call is still under way
    assert not slow.done()
    go_on.set()
    assert await slow


async def test_records_opened_twice_in_one_process_keep_their_log_when_another_process_leaves(
    sqlite_url: str, tmp_path: Path, start: datetime
) -> None:
    first = open_records(sqlite_url)
    await first.store_document(b"one", kind="835", source="carrier", at=start)
    second = open_records(sqlite_url)
    other = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM documents'); c.close()"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", other, tmp_path / "records.db"], check=True)
    assert (tmp_path / "records.db-wal").exists()
    await first.store_document(b"two", kind="835", source="carrier", at=start)
    second.close()
    first.close()
    with sqlite3.connect(tmp_path / "records.db") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (2,)
