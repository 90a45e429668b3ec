"""A guarantor's account on the time-skipping server: two cycles of statements in seconds, with what is stored of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.names import account_workflow_id
from tests.workflows.kit import BIN, PRACTICE, World, claim_of, registered, replay, until_status
from workflows.namespace import ensure_search_attributes

GUARANTOR = "guarantor1"


@pytest.fixture
async def calendar() -> AsyncIterator[WorkflowEnvironment]:
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=pydantic_data_converter
    )
    await ensure_search_attributes(env.client)
    yield env
    await env.shutdown()


async def today(calendar: WorkflowEnvironment) -> date:
    now: datetime = await calendar.get_current_time()
    return now.astimezone(ZoneInfo("America/New_York")).date()


async def left_to_the_patient(
    calendar: WorkflowEnvironment, queue: str, world: World, claim_id: str, cents: int
) -> WorkflowHandle[Any, Any]:
    """A claim of $125.00 of which the plan leaves this much to the patient (PR-1); the rest it pays."""
    claim = claim_of("SBXPAID", f"PA{claim_id.upper()}")
    event = registered(claim, claim_id, payer_rules="default", at=await calendar.get_current_time())
    handle = await world.start(calendar.client, event.model_copy(update={"guarantor": GUARANTOR}), queue)
    await until_status(handle, "submitted")
    payment = {
        "segment": 10,
        "patient_control_number": claim.patient_control_number,
        "status_code": "1",
        "charge_cents": 12_500,
        "paid_cents": 12_500 - cents,
        "payer_claim_control_number": f"PC{claim_id}",
        "adjustments": [{"group": "PR", "reason": "1", "amount_cents": cents}],
    }
    body = {
        "document": "d" * 64,
        "trace_number": f"T{claim_id}",
        "payer_id": "SBXPAID",
        "paid_on": (await today(calendar)).isoformat(),
        "payment": payment,
    }
    await handle.signal("remittance_received", body)
    await until_status(handle, "paid", "zero_paid_patient_resp")
    return handle


async def account_when(
    calendar: WorkflowEnvironment, true: Callable[[dict[str, Any]], bool], seconds: float = 20
) -> dict[str, Any]:
    """The account's summary as soon as `true` holds of it."""
    handle = calendar.client.get_workflow_handle(account_workflow_id(PRACTICE, GUARANTOR))
    end, seen = time.monotonic() + seconds, {}
    while time.monotonic() < end:
        try:
            seen = await handle.query("summary")
            if true(seen):
                return seen
        except RPCError:
            pass  # the account has not begun yet
        await asyncio.sleep(0.02)
    raise AssertionError(f"never came to pass: {seen}")


def sent(count: int) -> Callable[[dict[str, Any]], bool]:
    return lambda seen: len(seen["statements"]) == count


async def test_two_cycles_of_statements_over_the_claims_of_one_guarantor(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    """20.00 and 30.00 are asked for three times and paid together; 15.00 of a later visit begin a cycle of their own."""
    async with world.worker(calendar.client, queue):
        account = calendar.client.get_workflow_handle(account_workflow_id(PRACTICE, GUARANTOR))
        first = await left_to_the_patient(calendar, queue, world, "c1", 2_000)
        second = await left_to_the_patient(calendar, queue, world, "c2", 3_000)
        await account_when(calendar, lambda seen: seen["balance"] == "50.00" and not seen["statements"])
        for number, notice in enumerate(("first", "reminder", "final"), 1):
            await calendar.sleep(timedelta(days=30 if number > 1 else 2))
            seen = await account_when(calendar, sent(number))
            last = seen["statements"][-1]
            assert (last["notice"], last["amount"]) == (notice, "50.00")
            assert "09:00:00" <= last["on"][11:19] < "21:00:00"
        for handle in (first, second):
            assert (await until_status(handle, "patient_billing"))["ledger"]["patient"] in ("20.00", "30.00")
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await account.execute_update("collections", {"hand_over": True, "by": "supervisor-1"})
        assert isinstance(refused.value.cause, ApplicationError)
        assert "120 days after the first statement" in refused.value.cause.message

        told = await account.execute_update("account_pay", {"amount": "50.00", "method": "card", "by": "desk-1"})
        assert told["balance_cents"] == 0
        for handle in (first, second):
            await until_status(handle, "closed")
        await account_when(calendar, lambda seen: seen["standing"] == "settled")
        await calendar.sleep(timedelta(days=40))

        third = await left_to_the_patient(calendar, queue, world, "c3", 1_500)
        await calendar.sleep(timedelta(days=2))
        seen = await account_when(calendar, sent(4))
        assert (seen["statements"][-1]["notice"], seen["statements"][-1]["amount"]) == ("first", "15.00")
        await calendar.sleep(timedelta(days=30))
        seen = await account_when(calendar, sent(5))
        assert seen["statements"][-1]["notice"] == "reminder"
        await account.execute_update("account_pay", {"amount": "15.00", "method": "check", "by": "desk-1"})
        await until_status(third, "closed")

        pages = [one for one in await world.records.documents() if one.kind == "statement"]
        assert {one["document"] for one in seen["statements"]} == {one.sha256 for one in pages}
        (view,) = await world.records.list_accounts(everything=True)
        assert (view.account, view.balance_cents, view.statements) == (GUARANTOR, 0, 5)
        steps = await world.records.account_steps(PRACTICE, GUARANTOR)
        assert [one.sequence for one in steps] == list(range(1, len(steps) + 1))
        await replay(await account.fetch_history())
        await replay(await first.fetch_history())


async def test_an_account_that_owed_nothing_for_long_ends_and_comes_back_for_a_late_balance(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    """Ninety days without a balance; what it knew of its guarantor is there again when a claim reports."""
    async with world.worker(calendar.client, queue):
        first = await left_to_the_patient(calendar, queue, world, "c1", 2_000)
        await calendar.sleep(timedelta(days=2))
        await account_when(calendar, sent(1))
        handle = calendar.client.get_workflow_handle(account_workflow_id(PRACTICE, GUARANTOR))
        await handle.execute_update("account_pay", {"amount": "20.00", "by": "desk-1"})
        await until_status(first, "closed")
        await account_when(calendar, lambda seen: seen["standing"] == "settled")
        run = (await handle.describe()).run_id
        await calendar.sleep(timedelta(days=95))
        async with asyncio.timeout(20):
            await calendar.client.get_workflow_handle(handle.id, run_id=run).result()
        await left_to_the_patient(calendar, queue, world, "c2", 1_000)
        seen = await account_when(calendar, lambda seen: seen["balance"] == "10.00")
        assert len(seen["statements"]) == 1
        assert (await handle.describe()).run_id != run


async def test_whatever_is_sent_to_an_account_is_refused_and_never_stops_it(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    async with world.worker(calendar.client, queue):
        await left_to_the_patient(calendar, queue, world, "c1", 2_000)
        await account_when(calendar, lambda seen: seen["balance"] == "20.00")
        handle = calendar.client.get_workflow_handle(account_workflow_id(PRACTICE, GUARANTOR))
        await handle.signal("nonsense", {"a": 1})
        await handle.signal("account_pay", "not an object")
        await handle.signal("account_pay", args=[{"amount": "1.00"}, 2])
        await handle.signal("deliver", {"events": [{"kind": "balance_reported"}]})
        seen = await account_when(calendar, lambda seen: len(seen["refused"]) == 4)
        assert "no message of this name" in seen["refused"][0]["reason"]
        assert seen["balance"] == "20.00"
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("account_pay", {"amount": "much"})
