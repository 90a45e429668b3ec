"""A remittance on a real server: posted, unmatched, held and provider level; matched by hand, and taken back."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow

from activities.names import INBOX_SCHEDULE, document_workflow_id
from activities.orders import DeliveryReport, DocumentReference
from adapters.http.serving import serving
from adapters.http.webhook import PATH, create_app
from commands.app import main
from tests.workflows.kit import World, claim_of, registered, replay
from workflows.namespace import ensure_schedule, wake_inbox
from workflows.remittance import RemittanceWorkflow

# 125.00 = 90.00 + 35.00 contractual, under a number that is nobody's; a claim of 50.00 that is off by 1.00; and at
# provider level 40.00 taken for a claim that nobody knows, 1.25 interest paid. 90.00 + 20.00 - 40.00 + 1.25 = 71.25
SEGMENTS = (
    "ST*835*0001",
    "BPR*I*71.25*C*ACH*CCP*01*999999992*DA*123*1512345678**01*999988880*DA*98765*20260309",
    "TRN*1*EFT7001*1512345678",
    "DTM*405*20260309",
    "N1*PR*SBX SILENT PLAN*PI*SBXSILENT",
    "N3*1 PLAZA",
    "N4*MADISON*WI*53703",
    "PER*BL*HELP*TE*8005551212",
    "N1*PE*LAKESIDE FAMILY PRACTICE*XX*1999999984",
    "LX*1",
    "CLP*OLD77*1*125*90**12*HB77*11*1",
    "CAS*CO*45*35",
    "NM1*QC*1*DOE*JANE****MI*X999",
    "CLP*OLD78*1*50*20**12*HB78*11*1",
    "CAS*CO*45*29",
    "NM1*QC*1*DOE*JANE****MI*X999",
    "PLB*1999999984*20261231*WO>HB99*40*L6*-1.25",
)


def remittance(control: str = "000000905") -> bytes:
    body = [*SEGMENTS, f"SE*{len(SEGMENTS) + 1}*0001"]
    isa = f"ISA*00*          *00*          *ZZ*SBXPAYER       *ZZ*LAKESIDE       *260309*1200*^*00501*{control}*0*T*>"
    gs = "GS*HP*SBXPAYER*LAKESIDE*20260309*1200*1*X*005010X221A1"
    return "~".join([isa, gs, *body, "GE*1*1", f"IEA*1*{control}", ""]).encode()


async def deliver(world: World, client: Client, queue: str, raw: bytes) -> DeliveryReport:
    at = datetime.now(UTC)
    sha256, _ = await world.records.store_document(raw, kind="835", source="sandbox", at=at)
    document = DocumentReference(sha256=sha256, set="835", source="sandbox", received_at=at, size=len(raw))
    await world.post(client, queue).start_document(document)
    handle = client.get_workflow_handle_for(RemittanceWorkflow.run, document_workflow_id(sha256))
    report: DeliveryReport = await handle.result()
    await replay(await handle.fetch_history())
    return report


class Desk:
    """The command line of a biller, against the server and the database of the test."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def __call__(self, *words: str, code: int = 0) -> Any:
        self._capsys.readouterr()
        assert await asyncio.to_thread(main, [*words, "--json"]) == code
        told = self._capsys.readouterr()
        return json.loads(told.out) if code == 0 else told.err


@pytest.fixture
def desk(client: Client, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", client.service_client.config.target_host)
    monkeypatch.setenv("CLAIMLINE_DATA", str(world.folder))
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", world.records_url)
    return Desk(capsys)


async def test_a_payment_of_nobody_is_matched_by_hand_and_taken_back(
    client: Client, queue: str, world: World, desk: Desk
) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        report = await deliver(world, client, queue, remittance())
        (cash,) = report.remittances
        assert (cash.payment_cents, cash.posted_cents, cash.held_cents) == (7125, 0, 2000)
        assert (cash.unmatched_cents, cash.provider_cents) == (9000, -3875)

        (listed,) = await desk("remittances")
        amounts = [listed[name] for name in ("payment", "posted", "held", "unmatched", "provider_level", "difference")]
        assert amounts == ["71.25", "0.00", "20.00", "90.00", "-38.75", "0.00"]
        assert listed["deposit_due"] == "2026-03-13"  # Monday 9 March and four business days

        parts = {one["reference"]: one for one in await desk("unmatched")}
        assert set(parts) == {"OLD77", "OLD78", "HB99"}
        assert parts["OLD78"]["held"]
        assert "1.00 unexplained" in parts["OLD78"]["reason"]
        assert "never posted" in await desk("match", parts["OLD78"]["id"], "TEST1001", "--by", "b-1", code=1)

        item = parts["OLD77"]["id"]
        await desk("match", item, "TEST1001", "--by", "b-1")
        paid = await world.until("c1", "closed")
        assert (paid.paid_cents, paid.contractual_cents) == (9000, 3500)
        steps = len(await world.records.journal("prac1", "c1"))
        assert (await desk("match", item, "TEST1001", "--by", "b-1"))["status"] == "closed"
        assert len(await world.records.journal("prac1", "c1")) == steps
        (listed,) = await desk("remittances")
        assert (listed["posted"], listed["unmatched"], listed["difference"]) == ("90.00", "0.00", "0.00")

        # the same remittance in another envelope posts nothing and is counted once
        await deliver(world, client, queue, remittance("000000906"))
        assert len(await desk("remittances")) == 1
        assert {one["reference"] for one in await desk("unmatched")} == {"OLD78", "HB99"}

        await desk("unmatch", item, "--by", "b-2", "--reason", "of the sister claim")
        back = await world.until("c1", "pending_payer")
        assert (back.paid_cents, back.open_cents) == (0, 12500)
        (listed,) = await desk("remittances")
        assert (listed["posted"], listed["unmatched"]) == ("0.00", "90.00")
        taken = [(one.event, one.by) for one in await world.records.journal("prac1", "c1")]
        assert ("payment_unmatched", "b-2") in taken
        assert "not matched" in await desk("unmatch", item, "--by", "b-2", "--reason", "again", code=1)

        await desk("match", item, "TEST1001", "--by", "b-1")
        assert (await world.until("c1", "closed")).paid_cents == 9000

        await desk("match", parts["HB99"]["id"], "TEST1001", "--by", "b-1")
        assert (await world.until("c1", "reopened")).open_cents == 4000
        ledger = {one["code"]: one for one in await desk("provider-ledger")}
        assert (ledger["WO"]["amount"], ledger["WO"]["claim"]) == ("40.00", "prac1/c1")
        assert (ledger["L6"]["amount"], ledger["L6"]["claim"]) == ("-1.25", None)
        await desk("settle-entry", ledger["L6"]["id"], "--by", "b-1", "--reason", "booked")
        assert {one["code"]: one["done_by"] for one in await desk("provider-ledger")} == {"WO": None, "L6": "b-1"}


async def test_a_deposit_pairs_with_its_remittance(client: Client, queue: str, world: World, desk: Desk) -> None:
    async with world.worker(client, queue):
        await deliver(world, client, queue, remittance())
    bank = world.folder / "bank.csv"
    bank.write_text(
        "Date,Trace,Amount,Payer\n2026-03-10,EFT7001,71.25,1512345678\n03/11/2026,EFT9,5.00,60054\n", encoding="utf-8"
    )
    assert await desk("deposits", str(bank)) == {"deposits": 2, "new": 2, "known": 0}
    assert (await desk("deposits", str(bank)))["known"] == 2
    (listed,) = await desk("remittances")
    assert listed["deposit"]["date"] == "2026-03-10"
    assert listed["deposit_due"] is None
    told = {one["trace_number"]: one for one in await desk("deposits")}
    assert told["EFT7001"]["paired_with"] == listed["key"]
    # Wednesday 11 March and four business days
    assert told["EFT9"]["remittance_due"] == "2026-03-17"
    assert told["EFT9"]["remittance_late"]


async def first_round(client: Client) -> None:
    """Until the round that a new schedule begins with is over: the next one would come a day later."""
    schedule = client.get_schedule_handle(INBOX_SCHEDULE)
    for _ in range(500):
        if begun := (await schedule.describe()).info.recent_actions:
            break
        await asyncio.sleep(0.02)
    action = begun[0].action
    assert isinstance(action, ScheduleActionExecutionStartWorkflow)
    await client.get_workflow_handle(action.workflow_id).result()


async def test_a_webhook_wakes_the_inbox_between_its_rounds(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        await ensure_schedule(client, poll_seconds=86_400, task_queue=queue)
        await first_round(client)
        world.clock.advance(10)
        async with (
            serving(create_app(lambda: wake_inbox(client), ()), "127.0.0.1:0") as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as carrier,
        ):
            assert (await carrier.post(PATH, content=b"{}")).status_code == 204
        await world.until("c1", "closed")
