"""The world fails: the carrier, the records, the worker. The claim waits, asks again, or is parked; it is sent once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import Client

from sandbox.clock import stamp
from sandbox.faults import Fault
from tests.postgres import nobody_writes
from tests.workflows.kit import World, claim_of, registered, replay, until, until_status

CODES = {"diagnoses": ["I10"], "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}], "by": "coder-1"}
SUBMISSION = "raw-x12-submission"


@pytest.mark.parametrize("fault", ["server_error", "too_many_requests", "conflict", "drop_reply", "drop_request"])
async def test_a_failing_clearinghouse_gets_the_claim_once(
    client: Client, queue: str, world: World, fault: str
) -> None:
    world.house.faults.arm(Fault.model_validate({"fault": fault, "path": SUBMISSION}))
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        accepted = world.house.store.accepted()
        assert [row["patientControlNumber"] for row in accepted] == ["TEST1001"]
        await replay(await handle.fetch_history())


async def test_a_wrong_key_parks_the_claim_until_somebody_recovers_it(client: Client, queue: str, world: World) -> None:
    right, world.carrier = world.carrier, world.stedi("wrong-key")
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        seen = await world.until("c1", "blocked_on_failure")
        assert "AuthenticationFailed" in seen.tasks[0].reason
    await world.carrier.close()
    world.carrier = right
    async with world.worker(client, queue):
        await handle.execute_update("recover", {"action": "retry", "by": "boss"})
        await world.until("c1", "submitted")


async def test_an_inbox_round_without_a_carrier_ends_well_and_the_next_one_asks_again(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        world.house.faults.arm(Fault(fault="server_error", path="polling", times=3))
        assert (await world.inbox(client, queue, later=2)).trouble == "Unavailable"
        await world.inbox(client, queue)
        await world.until("c1", "payer_accepted")


async def test_a_journal_that_cant_be_written_holds_effects_back_never_the_inbox(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        event = registered(claim_of("SBXPAID", coded=False), "c1", coded=False, payer_rules="default")
        handle = await world.start(client, event, queue)
        await world.until("c1", "awaiting_coding")
        with nobody_writes(world.records_url):
            await handle.signal("note", {"text": "while locked", "by": "b"})
            await handle.signal("code", CODES)
            await until_status(handle, "scrubbing", "submitting")
            assert world.house.store.accepted() == []
        await world.until("c1", "submitted")
        steps = await world.records.journal("prac1", "c1")
        assert [step.sequence for step in steps] == list(range(1, len(steps) + 1))


async def test_a_new_version_of_the_program_takes_over_with_everything_in_flight(
    client: Client, queue: str, world: World
) -> None:
    down = Fault(fault="down", path="eligibility", until=stamp(world.clock.now() + timedelta(hours=1)))
    world.house.faults.arm(down)
    async with world.worker(client, queue, build="one"):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await until_status(handle, "eligibility_pending")
        first = (await handle.describe()).run_id
    async with world.worker(client, queue, build="two"):
        again = client.get_workflow_handle(handle.id)
        await again.signal("note", {"text": "after the upgrade", "by": "b"})
        await until(again, lambda _: True)
        await world.until_run(again, other_than=first)
        world.house.faults.disarm()
        await world.until("c1", "submitted")
        timeline = await again.query("timeline")
        assert [one["event"] for one in timeline[:3]] == ["claim_registered", "note_added", "eligibility_answered"]
        old = await client.get_workflow_handle(handle.id, run_id=first).fetch_history()
        await replay(old)
        await replay(await again.fetch_history())
