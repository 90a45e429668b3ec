"""A second look that this program, its reader or its records fail at: no part is lost between the queue and its claim."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, update
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.delivery import DeliveryActivities
from activities.orders import DeliveryReport, DocumentReference
from activities.post import Post
from activities.reading import Reader
from adapters.records import schema
from adapters.x12.parse import parse
from claims.documents import ParsedDocument
from commands.app import main
from tests.workflows.kit import PRACTICE, World, claim_of, registered, replay
from tests.workflows.test_poison import chokes_on
from tests.workflows.test_second_looks import PAYS, TAKES, deliver, handle_of, steps
from worker import build_worker

CLAIM = f"{PRACTICE}/c1"


def activities(world: World, client: Client, queue: str, read: Reader = parse) -> DeliveryActivities:
    return DeliveryActivities(world.records, read, Post(client, world.records, task_queue=queue, blink=0))


async def on_its_way(world: World, client: Client, queue: str, raw: bytes, kind: str) -> DocumentReference:
    """The document of a part that a look took from the queue; then the worker ended."""
    early = await deliver(world, client, queue, raw)
    await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
    await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
    await world.records.looks.learn({(PRACTICE, "c1"): {"HB99"}})
    left = await world.records.looks.left_over(early.sha256)
    (part,) = (one for one in left.parts if one.set == kind)
    assert await world.records.looks.place(part, CLAIM)
    return early


async def content(world: World, sha256: str, raw: bytes) -> None:
    """What the records hold of the document from now on."""
    engine = create_engine(world.records_url)
    table = schema.documents
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.sha256 == sha256).values(raw=raw))
    await asyncio.to_thread(engine.dispose)


async def due(world: World) -> list[str]:
    return [one[0] for one in await world.records.looks.due(10)]


async def test_a_payment_on_its_way_whose_look_the_program_fails_at_is_with_people_until_an_upgrade_reads_it(
    client: Client, queue: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """125.00 billed, 90.00 paid: first nobody's, then on its way, unmatched again while the reader fails, then posted."""
    async with world.worker(client, queue):
        early = await on_its_way(world, client, queue, PAYS, "835")
    broken = replace(world.parts(), read=chokes_on("000000907"))
    async with build_worker(client, broken, task_queue=queue, build="two", blink=0.05):
        await world.inbox(client, queue)
        report: DeliveryReport = await handle_of(client, early).result()
    assert report.trouble.startswith("ProgramFault: KeyError")
    await replay(await handle_of(client, early).fetch_history())
    payment, whole = await world.records.unmatched_rows()
    assert (payment.reference, payment.matched_to, whole.is_unreadable) == ("TEST1001", "", True)
    (cash,) = await world.records.remittances()
    assert (cash.posted_cents, cash.unmatched_cents) == (0, 9000)
    assert await due(world) == []

    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", client.service_client.config.target_host)
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_TASK_QUEUE", queue)
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", world.records_url)
    monkeypatch.setenv("CLAIMLINE_DATA", str(world.folder))
    async with build_worker(client, world.parts(), task_queue=queue, build="three", blink=0.05):
        assert await asyncio.to_thread(main, ["reread", whole.id]) == 0
        found: DeliveryReport = await handle_of(client, early).result()
        assert (found.trouble, found.found_later) == ("", 1)
        assert (await world.until("c1", "closed")).paid_cents == 9000
    assert await world.records.unmatched() == ()
    (cash,) = await world.records.remittances()
    assert (cash.posted_cents, cash.unmatched_cents) == (9000, 0)


async def test_a_part_that_a_changed_reader_finds_no_more_is_open_again(
    client: Client, queue: str, world: World
) -> None:
    def without_recoveries(raw: bytes) -> ParsedDocument:
        return parse(raw.replace(b"PLB*1999999984*20261231*WO>HB99*40~", b""))

    async with world.worker(client, queue):
        early = await on_its_way(world, client, queue, TAKES, "835 PLB")
        changed = activities(world, client, queue, without_recoveries)
        assert (await ActivityEnvironment().run(changed.deliver_document, early)).found_later == 0
        (item,) = (one for one in await world.records.unmatched_rows() if one.set == "835 PLB")
        assert (item.reference, item.matched_to, item.matches) == ("HB99", "", 0)
        assert item.resolved_why == (
            "was on its way to claim prac1/c1, which may have it: this release finds no such part in its document"
        )
        assert await steps(world, "takeback_received") == 0


async def test_a_document_that_is_damaged_for_now_stays_due_until_the_backup_is_restored(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        early = await on_its_way(world, client, queue, TAKES, "835 PLB")
        delivery = activities(world, client, queue)
        await content(world, early.sha256, b"damaged")
        with pytest.raises(ApplicationError, match="damaged") as trouble:
            await ActivityEnvironment().run(delivery.deliver_document, early)
        assert trouble.value.type == "DocumentDamaged"
        assert await due(world) == [early.sha256]
        await content(world, early.sha256, TAKES)
        assert (await ActivityEnvironment().run(delivery.deliver_document, early)).found_later == 1
        assert await due(world) == []


async def test_a_look_at_a_document_that_was_erased_ends_and_people_have_its_parts(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        early = await on_its_way(world, client, queue, TAKES, "835 PLB")
        await content(world, early.sha256, b"")
        summary = await ActivityEnvironment().run(activities(world, client, queue).prove_document, early)
        assert (summary.done, summary.sets) == (True, ())
        await world.inbox(client, queue)
        report: DeliveryReport = await handle_of(client, early).result()
        assert (report.trouble, report.already_done, report.found_later) == ("", True, 0)
        (item,) = (one for one in await world.records.unmatched_rows() if one.set == "835 PLB")
        assert item.resolved_why.endswith("its document was erased, its time had passed")
        (entry,) = await world.records.provider_entries()
        assert (entry.claim_id, entry.needs_person) == ("", True)
        assert await due(world) == []
