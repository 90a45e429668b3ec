"""Weeks pass in moments: deadlines ring, wake the claim and do what they say. On the time-skipping server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from claims.payer_rules import Wait
from sandbox.clock import stamp
from sandbox.faults import Fault
from tests.workflows.kit import BIN, World, claim_of, registered, replay, until, until_status
from workflows.namespace import ensure_search_attributes


@pytest.fixture
async def calendar() -> AsyncIterator[WorkflowEnvironment]:
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=pydantic_data_converter
    )
    await ensure_search_attributes(env.client)
    yield env
    await env.shutdown()


async def test_a_payer_that_stays_silent_is_chased_and_the_filing_limit_is_told(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    async with world.worker(calendar.client, queue):
        event = registered(claim_of("SBXPAID"), "c1", payer_rules="default", at=await calendar.get_current_time())
        handle = await world.start(calendar.client, event, queue)
        await until_status(handle, "submitted")
        await calendar.sleep(timedelta(days=20))
        tasks = {task["type"] for task in (await handle.query("summary"))["tasks"]}
        assert "chase_acknowledgement" in tasks
        passed = [one["summary"] for one in await handle.query("timeline") if one["event"] == "deadline_passed"]
        assert passed[0] == "acknowledgement:999; opened task-1 chase_acknowledgement"
        # 90 calendar days from the service, two weeks before the start (default.toml: filing)
        await calendar.sleep(timedelta(days=80))
        seen = await handle.query("summary")
        assert "filing_limit" in {task["type"] for task in seen["tasks"]}
        # asked after two weeks, the payer said that it has the claim (P1): nothing goes out a second time
        assert [s["number"] for s in seen["submissions"]] == [1]
        await replay(await handle.fetch_history())


async def test_a_claim_of_which_nobody_confirmed_receipt_goes_out_once_more_before_its_limit(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    async with world.worker(calendar.client, queue):
        event = registered(claim_of("SBXPAID"), "c1", payer_rules="default", at=await calendar.get_current_time())
        never = Wait(amount=300, unit="calendar_days", source="test: nobody asks")
        waits = {**event.payer_rules[0].waits, "inquiry_first": never, "follow_up": never}
        rules = (event.payer_rules[0].model_copy(update={"waits": waits}),)
        handle = await world.start(calendar.client, event.model_copy(update={"payer_rules": rules}), queue)
        await until_status(handle, "submitted")
        # service 14 days before the start, 90 days to file, 15 days of warning: day 61 (docs/decisions/0007)
        await calendar.sleep(timedelta(days=60))
        assert len((await handle.query("summary"))["submissions"]) == 1
        await calendar.sleep(timedelta(days=2))
        seen = await until(handle, lambda now: [s["outcome"] for s in now["submissions"]] == ["transmitted"] * 2)
        (note,) = seen["notes"]
        assert note["text"].startswith("sent again by itself, 15 days before the last day to file")
        assert len(world.house.store.accepted()) == 2
        (step,) = [x for x in await world.records.journal("prac1", "c1") if "sent again by itself" in x.summary]
        assert (step.event, step.by) == ("deadline_passed", "")
        # the limit itself passes: no third one
        await calendar.sleep(timedelta(days=60))
        assert len((await handle.query("summary"))["submissions"]) == 2
        await replay(await handle.fetch_history())


async def test_a_visit_that_nobody_codes_is_escalated_after_two_business_days(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    async with world.worker(calendar.client, queue):
        event = registered(
            claim_of("SBXPAID", coded=False),
            "c1",
            coded=False,
            payer_rules="default",
            at=await calendar.get_current_time(),
        )
        handle = await world.start(calendar.client, event, queue)
        await until_status(handle, "awaiting_coding")
        await calendar.sleep(timedelta(hours=12))
        assert [t["owner"] for t in (await handle.query("summary"))["tasks"]] == ["coder"]
        await calendar.sleep(timedelta(days=7))
        assert [t["owner"] for t in (await handle.query("summary"))["tasks"]] == ["supervisor"]


async def test_a_closed_claim_lingers_for_late_events_then_its_state_is_stored(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    async with world.worker(calendar.client, queue):
        event = registered(
            claim_of("SBXPAID", coded=False),
            "c1",
            coded=False,
            payer_rules="default",
            at=await calendar.get_current_time(),
        )
        handle = await world.start(calendar.client, event, queue)
        await until_status(handle, "awaiting_coding")
        await handle.execute_update("void", {"reason": "registered in error", "by": "biller-1"})
        await until_status(handle, "voided", "closed")
        assert await world.records.archived("prac1", "c1") is None
        # linger of default.toml is a year
        await calendar.sleep(timedelta(days=370))
        await handle.result()
        stored = await world.records.archived("prac1", "c1")
        assert stored is not None
        assert stored.archived


async def test_a_clearinghouse_that_is_away_for_a_day_is_asked_before_anything_is_sent_again(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    back = stamp(world.clock.now() + timedelta(days=30))
    world.house.faults.arm(Fault(fault="down", path="raw-x12-submission", until=back))
    async with world.worker(calendar.client, queue):
        event = registered(claim_of("SBXPAID"), "c1", payer_rules="default", at=await calendar.get_current_time())
        handle = await world.start(calendar.client, event, queue)
        await until_status(handle, "submitting")
        world.clock.advance(120)
        # the carrier remembers a key for 24 hours; the last try ends ten minutes before
        await calendar.sleep(timedelta(hours=23))
        await until_status(handle, "submitting")
        await calendar.sleep(timedelta(hours=2))
        seen = await until(handle, lambda now: now["status"] == "submission_unknown" and bool(now["tasks"]))
        assert {task["type"] for task in seen["tasks"]} >= {"find_submission"}
        steps = [one["event"] for one in await handle.query("timeline")]
        assert steps.index("submission_found") == steps.index("transmission_unknown") + 1
        # nothing goes out by itself once the carrier is back: a person decides
        world.house.faults.disarm()
        await calendar.sleep(timedelta(hours=12))
        assert world.house.store.accepted() == []
        await handle.execute_update("submit", {"reason": "the carrier has nothing", "by": "biller-1"})
        await until_status(handle, "submitted")
        assert len(world.house.store.accepted()) == 1
