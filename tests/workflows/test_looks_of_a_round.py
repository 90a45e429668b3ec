"""Which second looks a round of the inbox begins: each has its turn, and none keeps a new document waiting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.inbox import LOOKS, InboxActivities
from activities.orders import DocumentReference
from claims.ports import UnmatchedItem
from sandbox.faults import Fault
from tests.workflows.kit import PRACTICE, World, claim_of, registered

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class Begins:
    """Notes what is begun; the server refuses those documents. Nothing of it ever gets done."""

    def __init__(self, refused: Collection[str] = ()) -> None:
        self.refused = refused
        self.looks: list[str] = []

    async def start_document(self, document: DocumentReference, *, again: bool = False) -> bool:
        if document.sha256 in self.refused:
            raise RPCError("no", RPCStatusCode.UNAVAILABLE, b"")
        if again:
            self.looks.append(document.sha256)
        return True


async def due(world: World, count: int) -> list[str]:
    """Documents with a recovery of HB99, a minute apart, all of which are to be looked at."""
    event = registered(claim_of("SBXSILENT", "OTHER"), "other", payer_rules="default")
    await world.records.register(
        practice=PRACTICE, claim_id="other", claim=event.claim, fingerprint=event.fingerprint, at=event.at
    )
    made = []
    for number in range(count):
        at = START + timedelta(minutes=number)
        sha256, _ = await world.records.store_document(b"%d" % number, kind="835", source="sandbox", at=at)
        part = UnmatchedItem(document=sha256, position=3, part=1, set="835 PLB", reference="HB99", reason="x", at=at)
        awaited = {("payer", "HB99")}
        await world.records.finish_document(sha256, delivered=0, unmatched=[part], problems=(), awaited=awaited)
        made.append(sha256)
    await world.records.looks.learn({(PRACTICE, "other"): {"HB99"}})
    return made


async def test_looks_that_come_to_nothing_every_time_keep_no_other_waiting(world: World) -> None:
    made = await due(world, LOOKS + 2)
    begins = Begins()
    inbox = InboxActivities(world.carrier, world.records, begins)
    await ActivityEnvironment().run(inbox.fetch_documents)
    assert begins.looks == made[:LOOKS]
    await ActivityEnvironment().run(inbox.fetch_documents)
    # the last two, then from the first on again; nothing twice in one round
    assert begins.looks[LOOKS:] == [*made[LOOKS:], *made[: LOOKS - 2]]


async def test_a_look_that_the_server_refuses_is_said_and_passed_over_in_the_next_round(world: World) -> None:
    made = await due(world, 3)
    begins = Begins(refused=made[:1])
    inbox = InboxActivities(world.carrier, world.records, begins)
    first = await ActivityEnvironment().run(inbox.fetch_documents)
    assert (first.trouble, begins.looks) == ("RPCError: unavailable at a second look", [])
    await ActivityEnvironment().run(inbox.fetch_documents)
    assert begins.looks == made[1:]


async def test_new_documents_are_fetched_though_no_look_can_be_begun(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXPAID", "IT1"), "IT1", payer_rules="default"), queue)
        await world.until("IT1", "submitted")
    world.clock.advance(2)
    begins = Begins(refused=await due(world, 2))
    report = await ActivityEnvironment().run(InboxActivities(world.carrier, world.records, begins).fetch_documents)
    assert report.new >= 1
    assert (report.trouble, begins.looks) == ("RPCError: unavailable at a second look", [])
    assert await world.records.cursor(world.carrier.name) is not None


async def test_a_carrier_that_is_away_keeps_no_look_waiting(world: World) -> None:
    made = await due(world, 2)
    begins = Begins()
    world.house.faults.arm(Fault(fault="server_error", path="/polling", times=50))
    with pytest.raises(ApplicationError, match="Unavailable"):
        await ActivityEnvironment().run(InboxActivities(world.carrier, world.records, begins).fetch_documents)
    assert begins.looks == made
