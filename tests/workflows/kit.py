"""What the workflow tests share: a Temporal dev server, a world (the sandbox clearinghouse in process), and claims."""

from __future__ import annotations

import asyncio
import json
import sysconfig
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Replayer

from activities.names import CLAIM, INBOX, claim_workflow_id
from activities.orders import InboxReport
from activities.post import Post
from adapters.carriers.stedi import Stedi
from adapters.records.records import SqlRecords, open_records
from adapters.tables.loader import load_tables
from adapters.x12.parse import parse
from claims.claim import Claim
from claims.encounter import read_json
from claims.events import ClaimRegistered, PatientPaid
from claims.findings import Finding
from claims.lifecycle import begin
from claims.payer_rules import Wait, rules_for
from claims.ports import UnmatchedItem
from claims.views import ClaimView, view
from commands.workers import Workers
from sandbox.clearinghouse import Clearinghouse
from sandbox.clock import ManualClock
from sandbox.store import Store
from sandbox.web import create_app
from tests.postgres import records_url
from worker import WORKFLOWS, Parts, build_worker, runner
from workflows import attributes
from workflows.words import start_summary

BIN = Path(sysconfig.get_path("scripts"))
KEY = "test-key"
PRACTICE = "prac1"
TABLES = load_tables(sandbox=True)


def claim_of(payer: str, number: str = "TEST1001", *, coded: bool = True) -> Claim:
    """A visit of $125.00 two weeks ago at Lakeside; made up, like everyone in it."""
    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    line: dict[str, Any] = {"service_from": day, "charge": "125.00", "units": "1"}
    encounter: dict[str, Any] = {
        "patient_control_number": number,
        "type": "professional",
        "coded": coded,
        "place_of_service": "11",
        "billing": {
            "npi": "1999999984",
            "last": "LAKESIDE FAMILY PRACTICE",
            "taxonomy": "207Q00000X",
            "tax_id": "201234567",
            "address": {"line1": "12 HARBOR ST", "city": "MADISON", "state": "WI", "postal_code": "537030012"},
        },
        "patient": {
            "last": "SAMPLE",
            "first": "ROBIN",
            "birth_date": "1980-05-17",
            "gender": "F",
            "address": {"line1": "9 PIER RD", "city": "MADISON", "state": "WI", "postal_code": "53703"},
        },
        "coverages": [{"payer_id": payer, "payer_name": payer, "member_id": "M1234567", "filing_indicator": "CI"}],
        "diagnoses": ["I10"] if coded else [],
        "lines": [line | ({"procedure": "99213", "diagnoses": [1]} if coded else {"description": "Office visit"})],
    }
    claims, problems = read_json(json.dumps(encounter).encode())
    assert not problems, problems
    return claims[0].claim


def registered(
    claim: Claim,
    claim_id: str,
    *,
    coded: bool = True,
    payer_rules: str = "",
    seconds: dict[str, int] | None = None,
    at: datetime | None = None,
) -> ClaimRegistered:
    """A registration under the rules of the claim's payer, or under those of that name; `seconds` shortens waits."""
    named = {rules.name: rules for rules in TABLES.payer_rules}
    asked = {"approvals": ("appeal", "void")}
    rules = tuple(
        named[payer_rules].model_copy(update=asked)
        if payer_rules
        else rules_for(TABLES.payer_rules, c.payer.payer_id, c.filing_indicator)
        for c in claim.coverages
    )
    short = {key: Wait(amount=amount, unit="seconds", source="test") for key, amount in (seconds or {}).items()}
    rules = tuple(one.model_copy(update={"waits": {**one.waits, **short}}) for one in rules)
    return ClaimRegistered(
        at=at or datetime.now(UTC),
        id=f"register/{claim_id}",
        practice=PRACTICE,
        claim_id=claim_id,
        source="json",
        claim=claim,
        coded=coded,
        payer_rules=rules,
        tables_version=TABLES.version,
    )


def no_findings(claim: Claim, rules: object, today: date) -> tuple[Finding, ...]:
    """The edits have their own tests; a workflow needs their verdict only."""
    return ()


@dataclass
class World:
    """The outside of the product: a clearinghouse on the wire, its clock moved by hand, and an empty database."""

    folder: Path
    documents: Any
    letters: Any
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime.now(UTC)))

    def __post_init__(self) -> None:
        self.house = Clearinghouse(Store(), self.clock)
        self.records_url = records_url(self.folder)
        self.records: SqlRecords = open_records(self.records_url, busy_seconds=0.2)
        self.carrier = self.stedi(KEY)

    async def move_to(self, records_url: str) -> None:
        """Another database for what follows."""
        self.records.close()
        self.records_url = records_url
        self.records = open_records(records_url, busy_seconds=0.2)

    def stedi(self, key: str) -> Stedi:
        root = "http://sandbox"
        return Stedi(
            key,
            healthcare=f"{root}/2024-04-01",
            core=f"{root}/2023-08-01",
            acknowledgements=frozenset({"TA1", "999", "277CA"}),
            correspondence_path="/sandbox/correspondence",
            lists_submissions=True,
            transport=httpx.ASGITransport(app=create_app(self.house, KEY)),
            clock=self.clock.now,
        )

    def parts(self) -> Parts:
        return Parts(
            carrier=self.carrier,
            records=self.records,
            documents=self.documents,
            letters=self.letters,
            read=parse,
            scrubber=no_findings,
            tables=TABLES,
        )

    def worker(self, client: Client, task_queue: str, build: str = "test", blink: float = 0.1) -> Workers:
        return build_worker(client, self.parts(), task_queue=task_queue, build=build, blink=blink)

    async def start(self, client: Client, event: ClaimRegistered, task_queue: str) -> WorkflowHandle[Any, Any]:
        """What intake does: register, then start."""
        await self.records.register(
            practice=event.practice,
            claim_id=event.claim_id,
            claim=event.claim,
            fingerprint=event.fingerprint,
            at=event.at,
        )
        workflow_id = claim_workflow_id(event.practice, event.claim_id)
        first = begin(event, TABLES).state
        return await client.start_workflow(
            CLAIM,
            event,
            id=workflow_id,
            task_queue=task_queue,
            static_summary=start_summary(event),
            search_attributes=attributes.as_typed(attributes.of_view(view(first, TABLES))),
        )

    def post(self, client: Client, task_queue: str) -> Post:
        return Post(client, self.records, task_queue=task_queue)

    def patient_paid(self, identity: str, amount_cents: int) -> PatientPaid:
        return PatientPaid(at=datetime.now(UTC), id=identity, by="desk-1", amount_cents=amount_cents)

    async def until_unmatched(self, *sets: str, seconds: float = 20) -> tuple[UnmatchedItem, ...]:
        """Everything unmatched, as soon as it has parts of all these sets."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = await self.records.unmatched()
            if set(sets) <= {one.set for one in found}:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"unmatched are {[one.set for one in found]}, not {sets}")

    async def until_run(self, handle: WorkflowHandle[Any, Any], *, other_than: str | None, seconds: float = 20) -> None:
        """Until the workflow has continued as new."""
        end = time.monotonic() + seconds
        while (await handle.describe()).run_id == other_than:
            assert time.monotonic() < end, "the workflow did not continue as new"
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self.carrier.close()
        self.records.close()

    async def until(self, claim_id: str, *status: str, seconds: float = 20) -> ClaimView:
        """The claim's read model as soon as it is in one of these statuses. Nothing is asked of the workflow itself."""
        end = time.monotonic() + seconds
        seen = ""
        while time.monotonic() < end:
            for look in await self.records.claim(f"{PRACTICE}/{claim_id}"):
                seen = look.status
                if look.status in status:
                    return look
            await asyncio.sleep(0.02)
        steps = [f"{one.event} -> {one.after} {one.refused}" for one in await self.records.journal(PRACTICE, claim_id)]
        raise AssertionError(f"{claim_id} is {seen}, not {' or '.join(status)}: {steps}")

    async def inbox(self, client: Client, task_queue: str, later: float = 0) -> InboxReport:
        """`later` seconds pass at the clearinghouse, then one round of the inbox."""
        self.clock.advance(later)
        report: InboxReport = await client.execute_workflow(
            INBOX, id=f"inbox-{uuid.uuid4().hex}", task_queue=task_queue, result_type=InboxReport
        )
        return report


async def until(
    handle: WorkflowHandle[Any, Any], true: Callable[[dict[str, Any]], bool], seconds: float = 20
) -> dict[str, Any]:
    """The claim's summary as soon as `true` holds of it; asked again every few milliseconds, by query."""
    end = time.monotonic() + seconds
    seen: dict[str, Any] = {}
    while time.monotonic() < end:
        try:
            seen = await handle.query("summary")
            if true(seen):
                return seen
        except RPCError:
            pass  # the workflow's first task has not run yet
        await asyncio.sleep(0.02)
    raise AssertionError(f"never came to pass; the claim is {seen.get('status')}, refused: {seen.get('refused')}")


async def replay(history: WorkflowHistory) -> None:
    """The code of today takes the same decisions over this history."""
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=runner())
    await replayer.replay_workflow(history)


async def until_status(handle: WorkflowHandle[Any, Any], *status: str) -> dict[str, Any]:
    return await until(handle, lambda seen: seen["status"] in status)
