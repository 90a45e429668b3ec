"""A clearinghouse that answers 503 for a day slows its own claims and nobody else's. On the time-skipping server."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.names import carrier_queue
from adapters.carriers.stedi import Stedi
from sandbox.clock import stamp
from sandbox.faults import Fault
from sandbox.web import create_app
from tests.workflows.kit import BIN, KEY, World, claim_of, registered, until_status
from tests.workflows.paper import paper
from tests.workflows.test_messages import CODES
from worker import build_worker
from workflows.namespace import ensure_search_attributes

CLAIMS = ("a1", "a2", "a3")
TRIES = 160
"""Of one claim in 23 hours: waits of 1, 2, 4 ... 512 s are 10 tries in 1,023 s; then one every 600 s, and
(23 x 3,600 - 1,023) / 600 = 136 more. 147 with the first; a few more where the skipped clock stood still for a call."""


class Counting(httpx.AsyncBaseTransport):
    """The sandbox on a wire that counts submissions, by idempotency key."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.tries: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "submission" in request.url.path:
            self.tries[request.headers["idempotency-key"]] += 1
        return await self.inner.handle_async_request(request)


@pytest.fixture
async def calendar() -> AsyncIterator[WorkflowEnvironment]:
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=pydantic_data_converter
    )
    await ensure_search_attributes(env.client)
    yield env
    await env.shutdown()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[World]:
    """Another clearinghouse, and what stands on record beside it."""
    folder = tmp_path / "other"
    folder.mkdir()
    made = World(folder, *paper())
    yield made
    await made.close()


async def test_others_go_on_while_one_clearinghouse_is_down_for_a_day(
    calendar: WorkflowEnvironment, queue: str, world: World, other: World
) -> None:
    wire = Counting(httpx.ASGITransport(app=create_app(world.house, KEY)))
    down = Stedi(
        KEY,
        healthcare="http://sandbox/2024-04-01",
        core="http://sandbox/2023-08-01",
        acknowledgements=frozenset({"277CA"}),
        transport=wire,
        clock=world.clock.now,
    )
    month = stamp(world.clock.now() + timedelta(days=30))
    world.house.faults.arm(Fault(fault="down", path="raw-x12-submission", until=month))
    parts = replace(world.parts(), carrier=down)
    theirs = f"{queue}-theirs"
    async with (
        build_worker(calendar.client, parts, task_queue=queue, build="test", blink=0.05, carrier_at_once=2),
        build_worker(calendar.client, other.parts(), task_queue=theirs, build="test", blink=0.05),
    ):
        assert carrier_queue(queue) != carrier_queue(theirs)
        now = await calendar.get_current_time()
        for number in CLAIMS:
            sent = registered(claim_of("SBXPAID", number.upper()), number, payer_rules="default", at=now)
            await until_status(await world.start(calendar.client, sent, queue), "submitting")
        visit = registered(claim_of("SBXPAID", "A9", coded=False), "a9", coded=False, payer_rules="default", at=now)
        coding = await world.start(calendar.client, visit, queue)
        await until_status(coding, "awaiting_coding")

        for hour, number in ((0, "b1"), (12, "b2"), (23, "b3")):
            gone = await calendar.get_current_time() - now
            await calendar.sleep(max(timedelta(0), timedelta(hours=hour) - gone))
            at = await calendar.get_current_time()
            sent = registered(claim_of("SBXPAID", number.upper()), number, payer_rules="default", at=at)
            await until_status(await other.start(calendar.client, sent, theirs), "submitted")
            # at that moment the first one's still wait
            assert {(await world.until(one, "submitting")).status for one in CLAIMS} == {"submitting"}
        # nor does the work of its own people stand still
        await coding.signal("code", CODES)
        await until_status(coding, "submitting")

        assert len(wire.tries) >= len(CLAIMS)
        assert max(wire.tries.values()) <= TRIES, wire.tries
        world.house.faults.disarm()
        await calendar.sleep(timedelta(minutes=15))
        for number in (*CLAIMS, "a9"):
            await world.until(number, "submitted", "clearinghouse_accepted")
        accepted = Counter(row["patientControlNumber"] for row in world.house.store.accepted())
        assert accepted == {"A1": 1, "A2": 1, "A3": 1, "A9": 1}
    await down.close()
