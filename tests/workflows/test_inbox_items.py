"""One document that a carrier lists and can't hand out keeps no other waiting; a carrier that is away is asked again later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.inbox import InboxActivities, kind_of
from sandbox.faults import Fault
from tests.workflows.kit import World, claim_of, registered


async def test_an_item_that_cant_be_had_waits_for_the_next_round_and_its_neighbours_dont(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        for number in ("IT1", "IT2"):
            await world.start(client, registered(claim_of("SBXPAID", number), number, payer_rules="default"), queue)
            await world.until(number, "submitted")
    world.clock.advance(2)
    inbox = InboxActivities(world.carrier, world.records, world.post(client, queue))
    world.house.faults.arm(Fault(fault="server_error", path="/input", times=1))
    first = await ActivityEnvironment().run(inbox.fetch_documents)
    assert first.trouble.startswith("Unavailable: item of set ")
    assert first.listed == first.new + first.known + 1
    assert first.new >= 2
    second = await ActivityEnvironment().run(inbox.fetch_documents)
    assert (second.trouble, second.new + second.known) == ("", second.listed)
    listed = await world.carrier.poll(since=world.clock.now() - timedelta(days=1))
    assert len(listed.items) == first.listed
    assert all([await world.records.fetched(world.carrier.name, item.id) for item in listed.items])


async def test_a_carrier_that_hands_out_nothing_is_away(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        for number in ("IT3", "IT4"):
            await world.start(client, registered(claim_of("SBXPAID", number), number, payer_rules="default"), queue)
            await world.until(number, "submitted")
    world.clock.advance(2)
    inbox = InboxActivities(world.carrier, world.records, world.post(client, queue))
    world.house.faults.arm(Fault(fault="server_error", path="/input", times=50))
    with pytest.raises(ApplicationError, match="Unavailable"):
        await ActivityEnvironment().run(inbox.fetch_documents)
    assert await world.records.cursor(world.carrier.name) is None


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"ISA*00*GS*HP*~ST*835*0001~BPR*I~", "835"),
        (b"ISA|00|\nGS|HN|\nST|277|0001|005010X214\n", "277"),
        (b"ISA*00*~TA1*000000905*260309*1200*A*000~IEA*0*1~", "TA1"),
        (b"%PDF-1.7 ST*835*", ""),
        (b"PK\x03\x04", ""),
        (b"", ""),
    ],
)
def test_a_carrier_that_tells_no_kind_is_helped_by_the_first_set(raw: bytes, kind: str) -> None:
    assert kind_of(raw) == kind
