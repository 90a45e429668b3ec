"""A clean claim from its start to its close, on a real server, against the sandbox clearinghouse."""

from __future__ import annotations

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.workflows.kit import World, claim_of, registered
from worker import WORKFLOWS, runner


def told(history: Any) -> str:
    lines = []
    for event in history.events:
        name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
        what = ""
        if event.HasField("marker_recorded_event_attributes"):
            data = event.marker_recorded_event_attributes.details
            what = str([(k, v.payloads[0].data[:120]) for k, v in data.items() if k == "data"])
        lines.append(f"{event.event_id:3} {name} {event.ByteSize()} {what}")
    return "\n".join(lines)


async def test_a_clean_claim_is_sent_paid_stated_and_closed(client: Client, queue: str, world: World) -> None:
    claim = claim_of("SBXSHARE")
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim, "c1", payer_rules="default", seconds={"linger": 1}), queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=2)
        await world.until("c1", "payer_accepted")
        await world.inbox(client, queue, later=10)
        view = await world.until("c1", "patient_billing")
        amount = view.patient_cents
        print(await handle.execute_update("pay", {"amount_cents": amount, "by": "desk-1"}, id="pay-1"))
        import asyncio

        try:
            print(await asyncio.wait_for(handle.result(), 8))
        except TimeoutError:
            print(await asyncio.wait_for(handle.query("timeline"), 5))
            print((await asyncio.wait_for(handle.query("state"), 5))["deadlines"])
        history = await handle.fetch_history()
    print(told(history))
    print(len(history.events), sum(e.ByteSize() for e in history.events))
    await Replayer(
        workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=runner()
    ).replay_workflow(history)
