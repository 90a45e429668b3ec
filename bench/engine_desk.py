"""What the engine's benchmarks share: a Temporal server of their own, an instant clearinghouse, claims, and a bare peer.

The bare peer is a workflow that does the same engine work in the same order - local and normal activities, signals, an
update, timers, upserts - and decides nothing.
"""

from __future__ import annotations

import asyncio
import json
import sysconfig
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.fairness import SERVER, of_practice
from activities.names import CLAIM, claim_workflow_id
from adapters.correspondence import TypstLetters
from adapters.opening import documents_of
from adapters.records.records import SqlRecords, open_records
from adapters.settings import Settings
from adapters.tables.loader import load_tables
from adapters.x12.parse import parse
from bench.bell import BELL
from claims.claim import Claim
from claims.documents import ClaimPayment, PaymentLine, Problem, StatusCode, StatusLine
from claims.encounter import read_json
from claims.events import AnyEvent, ClaimAcknowledged, ClaimRegistered, RemittanceReceived, SubmissionAcknowledged
from claims.findings import Finding
from claims.lifecycle import begin
from claims.payer_rules import PayerRules, Wait, rules_for
from claims.ports import InboundPage, SubmissionAnswer
from claims.views import view
from worker import CONVERTER, Parts
from workflows import attributes
from workflows.namespace import ensure_search_attributes
from workflows.words import start_summary

PRACTICE = "bench"
PAYER = "SBXPAID"
CHARGE = 12_500
TABLES = load_tables(sandbox=True)
ANSWER_271 = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *261124*1200*^*00501*000000001*0*P*:~"
    "GS*HB*PAYER*PRACTICE*20261124*1200*1*X*005010X279A1~ST*271*0001*005010X279A1~BHT*0022*11*1*20261124*1200~"
    "HL*1**20*1~NM1*PR*2*PAYER*****PI*SBXPAID~HL*2*1*21*1~NM1*1P*2*PRACTICE*****XX*1999999984~HL*3*2*22*0~"
    "NM1*IL*1*SAMPLE*ROBIN****MI*M1234567~EB*1**30~SE*10*0001~GE*1*1~IEA*1*000000001~"
)


class InstantCarrier:
    """A clearinghouse that takes everything at once: what is measured is the product, not its counterpart."""

    name = "instant"
    acknowledgements = frozenset({"999", "277CA"})

    async def submit(self, x12: str, *, claim_type: str, idempotency_key: str) -> SubmissionAnswer:
        return SubmissionAnswer(accepted=True, reference=idempotency_key)

    async def ask_eligibility(self, x12: str) -> str:
        return ANSWER_271

    async def ask_status(self, x12: str) -> str:
        return ""

    async def poll(self, *, since: datetime, page: str | None = None) -> InboundPage:
        return InboundPage(items=())

    async def fetch(self, item_id: str) -> bytes:
        raise LookupError(item_id)

    async def let_go(self, item_id: str) -> None:
        return

    async def find_submission(self, patient_control_number: str, *, idempotency_key: str = "") -> bool | None:
        return None

    async def send_correspondence(
        self, *, kind: Literal["appeal", "documents"], fields: dict[str, str], idempotency_key: str
    ) -> str | None:
        return idempotency_key


class Watched:
    """The records as they are; whoever waits for a claim's status is told when the journal has it."""

    def __init__(self, records: SqlRecords) -> None:
        self._records = records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    async def write_steps(self, **batch: Any) -> None:
        await self._records.write_steps(**batch)
        BELL.ring(batch["claim_id"], batch["entries"][-1].sequence)
        BELL.ring(batch["claim_id"], batch["view"].status)

    async def archive(self, state: Any) -> None:
        await self._records.archive(state)
        BELL.ring(state.claim_id, "archived")


@dataclass
class Desk:
    """An open bench: a server with its database in a file, as the stack on one machine has it."""

    client: Client
    folder: Path
    records: Watched
    queue: str = field(default_factory=lambda: f"bench-{uuid.uuid4().hex[:8]}")

    def parts(self, *, written: bool = True) -> Parts:
        """`written`: claims are scrubbed, written as X12 and let through the gate; else all three are instant."""
        documents: Any = documents_of(Settings(_env_file=None))
        scrubber: Any = no_findings
        if not written:
            documents = InstantDocuments()
        return Parts(
            carrier=InstantCarrier(),
            records=cast(Any, self.records),
            documents=documents,
            letters=TypstLetters(),
            read=parse,
            scrubber=scrubber,
            tables=TABLES,
        )


class InstantDocuments:
    """A writer and a gate that cost nothing."""

    def write_claim(self, claim: Claim, numbers: object, at: datetime) -> str:
        return "ISA"

    def gate(self, x12: str) -> Sequence[Problem]:
        return ()

    def write_eligibility(self, question: object, numbers: object, at: datetime) -> str:
        return "ISA"

    def write_status(self, question: object, numbers: object, at: datetime) -> str:
        return "ISA"


def no_findings(claim: Claim, rules: object, today: date) -> tuple[Finding, ...]:
    return ()


@asynccontextmanager
async def open_desk(converter: Any = CONVERTER) -> AsyncIterator[Desk]:
    """A fresh server and fresh records, gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        env = await WorkflowEnvironment.start_local(
            data_converter=converter,
            dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
            dev_server_database_filename=str(folder / "temporal.db"),
            dev_server_log_level="never",
            dev_server_extra_args=[
                *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"),
                *(part for name, value in SERVER.items() for part in ("--dynamic-config-value", f"{name}={value}")),
                *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
            ],
        )
        await ensure_search_attributes(env.client)
        records = open_records(f"sqlite:///{folder / 'records.db'}")
        try:
            yield Desk(env.client, folder, Watched(records))
        finally:
            records.close()
            await env.shutdown()


# A clean claim's life


def claim_of(number: str) -> Claim:
    """A visit of $125.00 two weeks ago; made up, like everyone in it."""
    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    encounter: dict[str, Any] = {
        "patient_control_number": number,
        "type": "professional",
        "coded": True,
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
        "coverages": [{"payer_id": PAYER, "payer_name": PAYER, "member_id": "M1234567", "filing_indicator": "CI"}],
        "diagnoses": ["I10"],
        "lines": [{"service_from": day, "charge": "125.00", "units": "1", "procedure": "99213", "diagnoses": [1]}],
    }
    claims, problems = read_json(json.dumps(encounter).encode())
    assert not problems, problems
    return claims[0].claim


def registered(claim_id: str, *, linger: int = 1, practice: str = PRACTICE) -> ClaimRegistered:
    """A registration under the default rules; the closed claim lingers for `linger` seconds."""
    claim = claim_of(claim_id.upper())
    default: PayerRules = rules_for(TABLES.payer_rules, "", "")
    waits = {**default.waits, "linger": Wait(amount=linger, unit="seconds", source="bench")}
    rules = default.model_copy(update={"waits": waits})
    return ClaimRegistered(
        at=datetime.now(UTC),
        id=f"registered/{claim_id}",
        practice=practice,
        claim_id=claim_id,
        source="json",
        claim=claim,
        payer_rules=(rules,),
        tables_version=TABLES.version,
    )


def acknowledgements(claim_id: str) -> list[AnyEvent]:
    """999 and both 277CAs, as they come in one poll."""
    now = datetime.now(UTC)

    def status(category: str, entity: str) -> StatusLine:
        codes = (StatusCode(category=category, status="20", entity=entity),)
        return StatusLine(segment=25, level="claim", codes=codes, trace=claim_id.upper())

    return [
        SubmissionAcknowledged(
            at=now, id=f"{claim_id}/999", document="9" * 64, source="999", submission=1, accepted=True
        ),
        ClaimAcknowledged(
            at=now, id=f"{claim_id}/ay", document="a" * 64, sender="AY", status=status("A1", "AY"), submission=1
        ),
        ClaimAcknowledged(
            at=now, id=f"{claim_id}/pr", document="b" * 64, sender="PR", status=status("A2", "PR"), submission=1
        ),
    ]


def remittance(claim_id: str) -> RemittanceReceived:
    """The payer pays all of it."""
    line = PaymentLine(procedure="99213", charge_cents=CHARGE, paid_cents=CHARGE)
    payment = ClaimPayment(
        segment=10,
        patient_control_number=claim_id.upper(),
        status_code="1",
        charge_cents=CHARGE,
        paid_cents=CHARGE,
        payer_claim_control_number=f"P{claim_id.upper()}",
        lines=(line,),
    )
    return RemittanceReceived(
        at=datetime.now(UTC),
        id=f"{claim_id}/835",
        document="c" * 64,
        trace_number=f"T{claim_id}",
        payer_id=PAYER,
        paid_on=datetime.now(UTC).date(),
        payment=payment,
    )


async def start_claim(desk: Desk, event: ClaimRegistered, *, fair: bool = True) -> Any:
    """What intake does: register, then start; without `fair` as if all were of one practice."""
    await desk.records.register(
        practice=event.practice, claim_id=event.claim_id, claim=event.claim, fingerprint="", at=event.at
    )
    first = begin(event, TABLES).state
    return await desk.client.start_workflow(
        CLAIM,
        event,
        id=claim_workflow_id(event.practice, event.claim_id),
        task_queue=desk.queue,
        static_summary=start_summary(event),
        search_attributes=attributes.as_typed(attributes.of_view(view(first, TABLES))),
        priority=of_practice(event.practice if fair else "all"),
    )


async def in_flight(names: Sequence[str], live: Callable[[str], Any], at_once: int) -> None:
    """Every name through `live`, so many at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(name: str) -> None:
        async with gate:
            await live(name)

    await asyncio.gather(*(one(name) for name in names))
