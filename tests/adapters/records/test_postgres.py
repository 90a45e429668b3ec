"""What PostgreSQL does otherwise than SQLite: writers side by side, a snapshot for each statement, zones, refusals."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from adapters.records import RecordsError, open_records
from adapters.records.database import Database
from claims.cash import Accounting
from claims.claim import Claim
from claims.deposits import Deposit
from tests.postgres import schemas

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def url() -> Iterator[str]:
    with schemas() as places:
        yield places.new()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, busy_seconds=0.2)
    yield opened
    opened.close()


def with_option(url: str, option: str) -> str:
    address = make_url(url)
    return address.update_query_dict({"options": f"{address.query['options']} {option}"}).render_as_string(False)


async def test_a_deposit_and_its_remittance_that_come_at_once_on_two_machines_pair(url: str) -> None:
    here, there = open_records(url), open_records(url)
    pairs = 25
    for number in range(pairs):
        sha256, _ = await here.store_document(f"{number}".encode(), kind="835", source="sandbox", at=START)
        cash = Accounting(
            key=f"k{number}",
            segment=3,
            trace_number=f"90{number}",
            payer="ACME",
            payer_id="PAYER1",
            method="ACH",
            paid_on=date(2026, 3, 2),
            payment_cents=12_125,
            posted_cents=12_125,
        )
        money = Deposit(trace_number=f"90{number}", amount_cents=12_125, payer="PAYER1", on=date(2026, 3, 3), at=START)
        await asyncio.gather(
            here.finish_document(sha256, delivered=1, unmatched=(), problems=(), remittances=(cash,)),
            there.add_deposits([money]),
        )
    assert sum(bool(row.paired_with) for row in await here.remittances()) == pairs
    assert sum(bool(row.paired_with) for row in await there.deposits()) == pairs
    here.close()
    there.close()


async def test_instants_come_back_in_utc_whatever_the_servers_zone(url: str, claim: Callable[..., Claim]) -> None:
    records = open_records(with_option(url, "-c TimeZone=America/New_York"))
    await records.store_document(b"x", kind="835", source="sandbox", at=START)
    (found,) = await records.documents()
    # 14:00 UTC is 09:00 in New York: the same instant, but another day near midnight
    assert found.stored_at.isoformat() == "2026-03-02T14:00:00+00:00"
    records.close()


def value(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT value FROM sequences WHERE name = 'a'")) or 0)


def setting(to: int, name: str = "a") -> Callable[[Connection], None]:
    statement = "INSERT INTO sequences VALUES (:name, :to) ON CONFLICT (name) DO UPDATE SET value = :to"
    return lambda connection: connection.execute(text(statement), {"name": name, "to": to}) and None


async def test_one_read_sees_one_moment_though_others_write_meanwhile(database: Database) -> None:
    await database.write(setting(1))
    looked, written = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[int, int]:
        first = value(connection)
        looked.set()
        written.wait(10)
        return first, value(connection)

    reading = asyncio.create_task(database.read(twice))
    await asyncio.to_thread(looked.wait, 10)
    await database.write(setting(2))
    written.set()
    assert await reading == (1, 1)
    assert await database.read(value) == 2


async def test_a_reader_can_not_write(database: Database) -> None:
    with pytest.raises(RecordsError, match="takes no writes"):
        await database.read(setting(1))


async def test_a_row_that_somebody_holds_is_waited_for_and_then_named(database: Database, url: str) -> None:
    await database.write(setting(1))
    other = create_engine(url)
    with other.begin() as connection:
        setting(2)(connection)
        with pytest.raises(RecordsError, match="another transaction holds") as refusal:
            await database.write(setting(3))
    assert refusal.value.transient
    await database.write(setting(3))
    assert await database.read(value) == 3
    other.dispose()


async def test_of_two_writers_that_wait_for_each_other_one_is_tried_again(url: str) -> None:
    database = Database(with_option(url, "-c deadlock_timeout=20ms"))
    for name in ("a", "b"):
        await database.write(setting(0, name))
    both, tries = threading.Barrier(2), []

    def crosswise(first: str, second: str, to: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            tries.append(first)
            setting(to, first)(connection)
            if tries.count(first) == 1 and len(tries) <= 2:
                both.wait(10)
            setting(to, second)(connection)

        return work

    await asyncio.gather(database.write(crosswise("a", "b", 1)), database.write(crosswise("b", "a", 2)))
    assert len(tries) == 3  # two went, and the one that was rolled back went again
    assert await database.read(value) in (1, 2)
    database.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"database": "nowhere"}, "no database of this name"),
        ({"username": "nobody_here"}, "refuses this user"),
        ({"host": "127.0.0.1", "port": 1, "query": {}}, "doesn't answer"),
    ],
)
def test_a_server_that_lets_nobody_in_is_said_with_what_to_do(url: str, change: dict[str, object], says: str) -> None:
    address = make_url(url).set(**change).render_as_string(False)  # type: ignore[arg-type]
    with pytest.raises(RecordsError, match=says):
        open_records(address)


async def test_a_server_that_was_away_is_found_again(database: Database, url: str) -> None:
    await database.write(setting(1))
    mine = await database.read(lambda connection: connection.scalar(text("SELECT pg_backend_pid()")))
    other = create_engine(url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        # what a restart or a failover of the server does to a connection
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    assert await database.read(value) == 1
    other.dispose()
