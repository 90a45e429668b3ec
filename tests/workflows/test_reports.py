"""What a patient's account is told, and how: once, whatever becomes of the answer, and never of what may not have happened."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from activities.names import account_workflow_id
from activities.post import Post
from claims.effects import ReportPatientBalance
from commands.processes import free_port
from sandbox.faults import Fault
from tests.claims.kit import SHARED, life
from tests.workflows.kit import PRACTICE, World, claim_of, registered, replay
from tests.workflows.test_worker_killed import answering, process
from workflows.books import overtaken

GUARANTOR = "guarantor1"
KILLED = 6
SHARE_CENTS = 3848
"""sandbox/payers/share.toml: a deductible of $25.00, and 20 % of the rest of the $92.40 that 99213 is allowed."""


def ordered(history: WorkflowHistory) -> int:
    """How often the report went out as a normal activity."""
    orders = [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]
    return orders.count("report_patient_balance")


async def heard(world: World, account: str = GUARANTOR) -> list[str]:
    """Balances that the account took, as its journal tells them."""
    steps = await world.records.account_steps(PRACTICE, account)
    return [one.summary for one in steps if one.event == "balance_reported"]


def report(number: int, sequence: int) -> ReportPatientBalance:
    (asked,) = life().accepted().paid(SHARED).steps[-1].effects
    assert isinstance(asked, ReportPatientBalance)
    balance = asked.balance.model_copy(update={"sequence": sequence})
    return asked.model_copy(update={"id": f"balance-{number}", "balance": balance})


def test_of_reports_that_are_asked_for_together_the_newest_goes_out() -> None:
    """Unless the claim still waits for an older one: a person had it tried again, and its answer is due as well."""
    old, new = report(1, 9), report(2, 10)
    assert overtaken([old, new], [new]) == {"balance-1"}
    assert overtaken([old, new], [old, new]) == frozenset()
    assert overtaken([old], []) == frozenset()
    assert overtaken([], []) == frozenset()


@contextmanager
def answers_lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The account gets its first report, and the claim's worker never hears that it did."""
    send, lost = Post.report, list[str]()

    async def report_and_fail(self: Post, practice: str, effect: ReportPatientBalance, *rest: Any) -> None:
        await send(self, practice, effect, *rest)
        if not lost:
            lost.append(effect.id)
            raise ConnectionError("the answer is lost")

    with monkeypatch.context() as patch:
        patch.setattr(Post, "report", report_and_fail)
        yield lost


async def test_a_report_whose_answer_is_lost_is_ordered_in_the_history_and_counts_once(
    client: Client, queue: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answers_lost(monkeypatch) as lost:
        async with world.worker(client, queue):
            event = registered(claim_of("SBXSHARE"), "c1", payer_rules="default")
            handle = await world.start(client, event.model_copy(update={"guarantor": GUARANTOR}), queue)
            await world.until("c1", "submitted")
            await world.inbox(client, queue, later=10)
            seen = await world.until("c1", "paid")
            await until_step(world, "c1", "patient_balance_reported")
            history = await handle.fetch_history()
            account = client.get_workflow_handle(account_workflow_id(PRACTICE, GUARANTOR))
            await account.execute_update("account_note", {"text": "nothing else", "by": "desk-1"})
            taken = await heard(world)
    assert seen.patient_cents == SHARE_CENTS
    assert len(lost) == 1
    assert ordered(history) == 1
    assert taken == ["TEST1001: $38.48"]
    await replay(history)


async def until_step(world: World, claim_id: str, event: str) -> None:
    """Until the claim's journal has it."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if event in [one.event for one in await world.records.journal(PRACTICE, claim_id)]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{event} never came")


async def test_while_an_answer_may_still_come_first_a_report_is_ordered_in_the_history(
    client: Client, queue: str, world: World
) -> None:
    """The payer is being asked where the claim is, and gives no answer for long: that answer would be taken before."""
    async with world.worker(client, queue):
        event = registered(claim_of("SBXSHARE"), "c1", payer_rules="default")
        handle = await world.start(client, event.model_copy(update={"guarantor": GUARANTOR}), queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=2)
        await world.until("c1", "payer_accepted")
        world.house.faults.arm(Fault(fault="server_error", path="claimstatus", times=1000))
        await handle.execute_update("inquire", {"by": "biller-1"})
        await world.inbox(client, queue, later=10)
        await world.until("c1", "paid")
        await until_step(world, "c1", "patient_balance_reported")
        history = await handle.fetch_history()
        assert ordered(history) == 1
        await replay(history)


async def test_a_worker_killed_while_it_tells_accounts_of_shares_tells_each_of_them_once(
    client: Client, queue: str, world: World
) -> None:
    """The first share is in the journal just before its account is told; there the worker dies, and others are on their way."""
    port = free_port(18765, set())
    sandbox = f"http://127.0.0.1:{port}"
    settings = {
        "CLAIMLINE_TEMPORAL_ADDRESS": client.service_client.config.target_host.replace("localhost", "127.0.0.1"),
        "CLAIMLINE_TEMPORAL_TASK_QUEUE": queue,
        "CLAIMLINE_RECORDS_URL": world.records_url,
        "CLAIMLINE_CARRIER_URL": sandbox,
        "CLAIMLINE_POLL_SECONDS": "1",
        "CLAIMLINE_STICKY_SECONDS": "2",
        "CLAIMLINE_LOG_LEVEL": "error",
    }
    names = [f"c{number}" for number in range(KILLED)]
    with process("-m", "sandbox", "--port", str(port), "--speed", "4", SANDBOX_LOG="error"):
        await answering(sandbox)
        with process("worker.py", **settings) as first:
            for name in names:
                event = registered(claim_of("SBXSHARE", f"SHARE{name}"), name, payer_rules="default")
                await world.start(client, event.model_copy(update={"guarantor": f"g{name}"}), queue)
            await world.until("c0", "paid", seconds=90)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with process("worker.py", **settings) as second:
            for name in names:
                await world.until(name, "paid", seconds=90)
                await until_step(world, name, "patient_balance_reported")
                account = client.get_workflow_handle(account_workflow_id(PRACTICE, f"g{name}"))
                told = await account.execute_update("account_note", {"text": "counted", "by": "desk-1"})
                assert told["balance_cents"] == SHARE_CENTS
                assert await heard(world, f"g{name}") == [f"SHARE{name}: $38.48"]
                await replay(await client.get_workflow_handle(f"claim/{PRACTICE}/{name}").fetch_history())
            second.send_signal(signal.SIGTERM)
            assert second.wait(15) == 0
        async with httpx.AsyncClient(headers={"authorization": "sandbox-key"}) as web:
            accepted = (await web.get(f"{sandbox}/sandbox/accepted")).json()["accepted"]
    assert sorted(row["patientControlNumber"] for row in accepted) == sorted(f"SHARE{name}" for name in names)
