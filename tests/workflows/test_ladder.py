"""Medicare's whole ladder, to the court, on the time-skipping server: more than a year of it in seconds."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from claims.claim import Claim
from tests.workflows.kit import BIN, World, claim_of, registered, replay, until_status
from workflows.namespace import ensure_search_attributes

LADDER = ((1, "redetermination", 125), (2, "reconsideration", 185), (3, "hearing", 65), (4, "council review", 65))
"""Level, name, and days from the notice to the last day: 5 of presumed receipt, and 120, 180, 60, 60 (42 CFR 405.942,
405.962, 405.1014, 405.1102)."""
COURT = (5, "judicial review", 65)
YEAR_2026 = date(2026, 1, 1)


@pytest.fixture
async def calendar() -> AsyncIterator[WorkflowEnvironment]:
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=pydantic_data_converter
    )
    await ensure_search_attributes(env.client)
    yield env
    await env.shutdown()


def charged(cents: int) -> Claim:
    claim = claim_of("SBXPAID")
    line = claim.lines[0].model_copy(update={"charge_cents": cents})
    return claim.model_copy(update={"charge_cents": cents, "lines": (line,)})


async def today(calendar: WorkflowEnvironment) -> date:
    now: datetime = await calendar.get_current_time()
    return now.astimezone(ZoneInfo("America/New_York")).date()


async def denied(calendar: WorkflowEnvironment, queue: str, world: World, cents: int) -> WorkflowHandle[Any, Any]:
    """A claim of this charge that Medicare denied as a whole for necessity (CO-50)."""
    event = registered(charged(cents), "c1", payer_rules="medicare", at=await calendar.get_current_time())
    handle = await world.start(calendar.client, event, queue)
    await until_status(handle, "submitted")
    world.clock.advance(300)  # the sandbox has decided: it takes appeals of what it decided only
    payment = {
        "segment": 10,
        "patient_control_number": event.claim.patient_control_number,
        "status_code": "1",
        "charge_cents": cents,
        "paid_cents": 0,
        "payer_claim_control_number": "MC1",
        "adjustments": [{"group": "CO", "reason": "50", "amount_cents": cents}],
    }
    body = {
        "document": "d" * 64,
        "trace_number": "T1",
        "payer_id": "SBXPAID",
        "paid_on": (await today(calendar)).isoformat(),
        "payment": payment,
    }
    await handle.signal("remittance_received", body)
    await until_status(handle, "denied")
    return handle


async def climb(
    calendar: WorkflowEnvironment, handle: WorkflowHandle[Any, Any], level: int, name: str, days: int
) -> None:
    """Files a level twenty days after its notice, and hears forty days later that the denial stands."""
    notice = await today(calendar)
    await calendar.sleep(timedelta(days=20))
    told = await handle.execute_update("file_appeal", {"reason": "records show necessity", "by": "biller-1"})
    last_day = notice + timedelta(days=days)
    assert (told["level"], told["name"], told["last_day"]) == (level, name, last_day.isoformat())
    if told["status"] == "awaiting_approval":
        assert any("approval" in one for one in told["missing"])
        await handle.execute_update("approve", {"by": "supervisor-1"})
    await until_status(handle, "appeal_filed")
    await calendar.sleep(timedelta(days=40))
    noticed = (await today(calendar)).isoformat()
    body = {"level": level, "outcome": "upheld", "notice_on": noticed, "by": "biller-1"}
    await handle.execute_update("decide_appeal", body)
    await until_status(handle, "appeal_upheld")


async def test_the_whole_ladder_is_climbed_to_the_court_in_seconds(
    calendar: WorkflowEnvironment, queue: str, world: World
) -> None:
    """$2,000.00 are in controversy: enough for a hearing ($200) and for the court ($1,960) in 2026."""
    started = time.monotonic()
    async with world.worker(calendar.client, queue):
        handle = await denied(calendar, queue, world, 200_000)
        for rung in LADDER:
            await climb(calendar, handle, *rung)
        await climb(calendar, handle, *COURT)
        seen = await handle.query("summary")
        assert [(a["level"], a["outcome"]) for a in seen["appeals"]] == [(n, "upheld") for n in range(1, 6)]
        assert all(a["filed"] for a in seen["appeals"])
        (task,) = [t for t in seen["tasks"] if t["type"] == "review_write_off"]
        assert "level 5 upheld the denial and is the last" in task["reason"]
        # five levels of sixty days each, and nothing was written off by all that time
        assert seen["ledger"]["open"] == "2000.00"
        packets = [one for one in await world.records.documents() if one.kind == "packet"]
        told = [json.loads(await world.records.load_document(one.sha256)) for one in packets]
        assert sorted(one["level"] for one in told) == [1, 2, 3, 4, 5]
        letters = {one.sha256 for one in await world.records.documents() if one.kind == "appeal"}
        assert {one["letter"] for one in told} == letters
        first = told[0]
        assert (first["amount"], first["codes"], first["remittance"]) == ("2000.00", ["CO-50"], "d" * 64)
        assert first["claim"]["payer_claim_control_number"] == "MC1"
        await replay(await handle.fetch_history())
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("cents", "levels", "needed", "said"),
    [
        (19_999, 2, "200.00", "hearing needs 200.00 in controversy, 199.99 are"),
        (195_999, 4, "1960.00", "judicial review needs 1960.00 in controversy, 1959.99 are"),
    ],
)
async def test_a_cent_too_little_ends_the_ladder_and_says_why(
    calendar: WorkflowEnvironment, queue: str, world: World, cents: int, levels: int, needed: str, said: str
) -> None:
    """Federal Register 2025-21879: $200 for a hearing and $1,960 for the court, for requests from 2026-01-01."""
    assert await today(calendar) >= YEAR_2026
    async with world.worker(calendar.client, queue):
        handle = await denied(calendar, queue, world, cents)
        for rung in LADDER[:levels]:
            await climb(calendar, handle, *rung)
        seen = await handle.query("summary")
        (task,) = [t for t in seen["tasks"] if t["type"] == "review_write_off"]
        assert said in task["reason"]
        assert not [d for d in seen["deadlines"] if d["kind"] == "appeal"]
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update("file_appeal", {"reason": "more records", "by": "biller-1"})
        assert isinstance(refused.value.cause, ApplicationError)
        assert f"needs {needed.partition('.')[0]} dollars in controversy" in refused.value.cause.message
