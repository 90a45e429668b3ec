"""What people and machines send by hand: read or refused, recorded, and never in the way of the claim."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from activities.names import CLAIM
from tests.workflows.kit import World, claim_of, registered, until

CODES = {"diagnoses": ["I10"], "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}], "by": "coder-1"}


def raw(text: bytes, encoding: bytes = b"json/plain") -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding}, data=text))


async def test_signals_that_cant_be_read_are_recorded_and_the_claim_goes_on(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        await handle.signal("no_such_message", {"a": 1})
        await handle.signal("pay", raw(b"{nope"))
        await handle.signal("pay", raw(b"\xff\xfe\x00", b"binary/plain"))
        await handle.signal("pay", args=[{"amount": "1.00"}, {"amount": "2.00"}])
        await handle.signal("hold", "not an object")
        await handle.signal("note")
        await handle.signal("deliver", {"events": [{"kind": "claim_registered"}, 7]})
        await handle.signal("deliver", "nothing")
        seen = await until(handle, lambda state: "a delivery is" in str(state["refused"][-1:]))
        told = [(one["message"], one["reason"]) for one in seen["refused"]]
        assert [message for message, _ in told[:5]] == ["no_such_message", "pay", "pay", "pay", "hold"]
        assert "no message of this name" in told[0][1]
        assert told[1][1] == "the body is not JSON"
        assert "2 arguments came" in told[3][1]
        assert [reason.partition(" can't")[0] for _, reason in told[-3:-1]] == ["event 1", "event 2"]
        await handle.signal("code", CODES)
        await world.until("c1", "submitted")


async def test_an_update_that_is_not_possible_is_refused_at_once_and_leaves_no_event(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        # The records know before the workflow task is over; a query waits for its end.
        await handle.query("summary")
        before = len((await handle.fetch_history()).events)
        for name, body, why in (
            ("appeal", {"reason": "x", "by": "b"}, "denied"),
            ("pay", {"amount": "twelve"}, "amount"),
            ("fly", {}, "no message of this name"),
        ):
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await handle.execute_update(name, body)
            assert isinstance(refused.value.cause, ApplicationError)
            assert why in refused.value.cause.message
        assert len((await handle.fetch_history()).events) == before
        assert (await handle.query("summary"))["refused"] == []


async def test_the_same_update_twice_is_one_event(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        first = await handle.execute_update("note", {"text": "called", "by": "b"}, id="note-1")
        assert await handle.execute_update("note", {"text": "called", "by": "b"}, id="note-1") == first
        assert len((await handle.query("state"))["notes"]) == 1


async def test_a_cancelled_claim_goes_on_and_says_why(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        await handle.cancel()
        seen = await until(handle, lambda state: bool(state["refused"]))
        assert seen["refused"][0]["message"] == "cancel"
        await handle.signal("code", CODES)
        await world.until("c1", "submitted")


async def test_a_workflow_started_with_no_claim_fails_with_the_reason(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        with pytest.raises(WorkflowFailureError) as failed:
            await client.execute_workflow(CLAIM, {"claim": "?"}, id=f"claim/{queue}", task_queue=queue)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "NotAClaim"


async def test_queries_tell_where_the_claim_is_and_what_may_be_done(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        assert (await handle.query("why_here"))["who_acts"] == "coder"
        assert "code" in {one["message"] for one in await handle.query("allowed_actions")}
        assert {one["kind"] for one in await handle.query("deadlines")} >= {"coding", "filing"}
        assert (await handle.query("ledger"))["charge"] == "125.00"
        assert next(one["event"] for one in await handle.query("timeline")) == "claim_registered"
