"""A clearinghouse that hangs holds up what waits on it, in a queue of its own, and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
from temporalio.client import Client

from activities.names import carrier_queue
from adapters.carriers.stedi import Stedi
from sandbox.web import create_app
from tests.workflows.kit import KEY, World, claim_of, registered, until_status
from tests.workflows.test_messages import CODES
from worker import build_worker


class Hanging(httpx.AsyncBaseTransport):
    """The sandbox on a wire that takes submissions and says nothing until it is let go."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.asked = 0
        self.first = asyncio.Event()
        self.let_go = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "submission" in request.url.path:
            self.asked += 1
            self.first.set()
            await self.let_go.wait()
        return await self.inner.handle_async_request(request)


async def test_a_clearinghouse_that_hangs_slows_only_its_own_queue(client: Client, queue: str, world: World) -> None:
    wire = Hanging(httpx.ASGITransport(app=create_app(world.house, KEY)))
    hanging = Stedi(
        KEY,
        healthcare="http://sandbox/2024-04-01",
        core="http://sandbox/2023-08-01",
        acknowledgements=frozenset({"277CA"}),
        transport=wire,
        clock=world.clock.now,
    )
    parts = replace(world.parts(), carrier=hanging)
    async with build_worker(client, parts, task_queue=queue, build="test", blink=0.05, carrier_at_once=1):
        sent = registered(claim_of("SBXPAID", "HANG1"), "c1", payer_rules="default")
        waiting = await world.start(client, sent, queue)
        await until_status(waiting, "submitting")
        await asyncio.wait_for(wire.first.wait(), 20)

        # a coder's work on another claim goes through scrubbing meanwhile, and then waits its turn
        coded = registered(claim_of("SBXPAID", "HANG2", coded=False), "c2", coded=False, payer_rules="default")
        other = await world.start(client, coded, queue)
        await until_status(other, "awaiting_coding")
        await other.signal("code", CODES)
        await until_status(other, "submitting")
        assert wire.asked == 1

        queues = {
            event.activity_task_scheduled_event_attributes.activity_type.name: (
                event.activity_task_scheduled_event_attributes.task_queue.name
            )
            async for event in waiting.fetch_history_events()
            if event.HasField("activity_task_scheduled_event_attributes")
        }
        assert queues["transmit_claim"] == carrier_queue(queue)

        wire.let_go.set()
        await world.until("c1", "submitted")
        await world.until("c2", "submitted")
    await hanging.close()
