"""Second looks beside other writers: each order of two of them is forced by a row or a turn that a third one holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from adapters.records import SqlRecords, open_records
from adapters.records.turns import take_turns
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import JournalEntry
from claims.views import ClaimView
from tests.adapters.records.test_cash import account, finish, item
from tests.adapters.records.test_second_looks import START, due, left_over, steps_of
from tests.postgres import schemas

TOLD = {("p1", "c1"): {"HB99"}}


@pytest.fixture
def url() -> Iterator[str]:
    with schemas() as places:
        yield places.new()


@pytest.fixture
def here(url: str) -> Iterator[SqlRecords]:
    opened = open_records(url, clock=lambda: START)
    yield opened
    opened.close()


@pytest.fixture
def there(url: str) -> Iterator[SqlRecords]:
    """The same records, seen from another machine."""
    opened = open_records(url, clock=lambda: START)
    yield opened
    opened.close()


@contextmanager
def held(url: str, hold: Callable[[Connection], object]) -> Iterator[Connection]:
    """A third one's transaction, until the block ends."""
    engine = create_engine(url)
    with engine.begin() as connection:
        hold(connection)
        yield connection
    engine.dispose()


def row_of(table: str, document: str) -> Callable[[Connection], object]:
    statement = text(f"SELECT * FROM {table} WHERE document = :document FOR UPDATE")
    return lambda connection: connection.execute(statement, {"document": document}).one()


async def until(holder: Connection, waiting: int, *tasks: asyncio.Task[Any]) -> None:
    """Until so many others of this database wait for a lock, or one of the tasks is through."""
    count = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    for _ in range(50_000):
        if any(task.done() for task in tasks) or (holder.scalar(count) or 0) >= waiting:
            return
        await asyncio.sleep(0)
    raise AssertionError("nobody waits and nobody is through")


@pytest.mark.parametrize("together", [False, True])
async def test_a_document_that_is_finished_while_another_one_tells_its_number_is_never_missed(
    records: SqlRecords, claim: Callable[..., Claim], together: bool
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    first = await left_over(records)
    if together:
        second, _ = await asyncio.gather(left_over(records, "two"), records.looks.learn(TOLD))
    else:
        await records.looks.learn(TOLD)
        second = await left_over(records, "two")
    assert sorted(await due(records)) == sorted([first, second])


async def test_a_document_whose_number_is_told_and_not_yet_written_for_good_is_not_missed(
    here: SqlRecords,
    there: SqlRecords,
    url: str,
    claim: Callable[..., Claim],
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    await here.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    first = await left_over(here)
    await here.looks.learn(TOLD)
    await steps_of(here, step, view, entry(payer_claim_control_numbers=()), 1)
    with held(url, row_of("second_looks", first)) as holder:
        learning = asyncio.create_task(here.looks.learn(TOLD))
        await until(holder, 1, learning)
        # the number is written, and nobody else sees it yet
        finishing = asyncio.create_task(left_over(there, "two"))
        await until(holder, 2, learning, finishing)
    await learning
    second = await finishing
    # the claim's own step has nothing new to tell
    await steps_of(here, step, view, entry(payer_claim_control_numbers=("HB99",)), 2)
    assert sorted(await due(here)) == sorted([first, second])


async def test_who_tells_a_number_sees_the_document_that_was_finished_a_moment_before(
    here: SqlRecords, there: SqlRecords, url: str, claim: Callable[..., Claim]
) -> None:
    await here.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    first = await left_over(here)
    with held(url, lambda connection: take_turns(connection, "looks")) as holder:
        finishing = asyncio.create_task(left_over(there, "two"))
        await until(holder, 1, finishing)
        # it has written what it waits for, and waits for its turn: next comes who tells the number
        learning = asyncio.create_task(here.looks.learn(TOLD))
        await until(holder, 2, learning, finishing)
    second = await finishing
    assert sorted(one[0] for one in await learning) == sorted([first, second])
    assert sorted(await due(here)) == sorted([first, second])


async def test_two_that_tell_numbers_of_the_same_documents_never_wait_for_each_other(
    here: SqlRecords, there: SqlRecords, url: str, claim: Callable[..., Claim]
) -> None:
    """Claim by claim: the first one would take what waits for HB1, then for HB2; the other one the reverse."""
    for number in range(4):
        await here.register(
            practice="p1", claim_id=f"c{number}", claim=claim(f"PCN-{number}"), fingerprint="f", at=START
        )
    one, other = await left_over(here, "one", number="HB1"), await left_over(here, "two", number="HB2")
    for told in ({("p1", "c0"): {"HB1", "HB2"}}, {("p1", "c2"): {"HB1", "HB2"}}):
        await here.looks.learn(told)
    low = min(one, other)
    first, last = ("HB1", "HB2") if low == one else ("HB2", "HB1")
    with held(url, row_of("second_looks", low)) as holder:
        # in the order of the claims this one takes the later document first
        crosswise = asyncio.create_task(here.looks.learn({("p1", "c0"): {last}, ("p1", "c1"): {first}}))
        await until(holder, 1, crosswise)
        free = text("SELECT count(*) FROM (SELECT * FROM second_looks FOR UPDATE SKIP LOCKED) AS free")
        with held(url, lambda _: None) as another:
            assert another.scalar(free) == 1, "it holds the later document while it waits for the earlier one"
    await crosswise


async def test_a_payment_that_a_look_and_a_later_copy_find_at_once_is_posted_once(
    here: SqlRecords, there: SqlRecords, url: str
) -> None:
    """90.00 posted and 50.00 unmatched: 140.00 and nothing, whoever comes second."""
    first = await finish(here, "one", (account(),), (item(""),))
    await here.open_document_again(first)
    (part,) = (await here.looks.left_over(first)).parts
    with held(url, row_of("unmatched", first)) as holder:
        placing = asyncio.create_task(here.looks.place(part, "p1/c1"))
        await until(holder, 1, placing)
        copying = asyncio.create_task(finish(there, "two", (account(),)))
        await until(holder, 2, placing, copying)
    assert await placing
    await copying
    (cash,) = await here.remittances()
    assert (cash.posted_cents, cash.unmatched_cents) == (14000, 0)
    (row,) = await here.unmatched_rows(everything=True)
    assert (row.resolution, row.matched_to) == ("matched", "p1/c1")
