"""Claims, looks and steps to write into a real SQLite file, and into a real PostgreSQL where there is one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.keys import KeyRing, Keys
from adapters.records import SqlRecords, open_records
from adapters.records.cipher import RingCipher
from claims.claim import Claim, Coverage, Name, Payer, Person, Provider, ServiceLine
from claims.matching import IndexEntry
from claims.payer_rules import FilingLimit, PayerRules, Wait
from claims.ports import JournalEntry
from claims.views import ClaimView, DeadlineView, TaskView
from tests.postgres import schemas

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def start() -> datetime:
    return START


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.db"


@pytest.fixture
def keys() -> Keys:
    return Keys(KeyRing.new(START))


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Addresses where nothing stands yet, one for each call."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        return
    with schemas() as places:
        yield places.new


@pytest.fixture
def url(fresh: Callable[[], str]) -> str:
    return fresh()


@pytest.fixture(params=["in clear", "sealed"])
async def records(request: pytest.FixtureRequest, url: str, keys: Keys) -> AsyncIterator[SqlRecords]:
    cipher = RingCipher(keys) if request.param == "sealed" else None
    opened = open_records(url, cipher=cipher, clock=lambda: START)
    yield opened
    opened.close()


@pytest.fixture
def claim() -> Callable[..., Claim]:
    def make(number: str = "PCN-1", member: str = "MEM 123-45") -> Claim:
        patient = Person(name=Name(last="Doe", first="Jane"), birth_date=date(1980, 1, 2))
        return Claim(
            type="professional",
            patient_control_number=number,
            charge_cents=12_000,
            billing=Provider(role="billing", name=Name(organization=True, last="Practice"), identifier="1999999984"),
            patient=patient,
            coverages=(
                Coverage(
                    order="primary",
                    payer=Payer(name="Aetna", payer_id="60054"),
                    subscriber=patient,
                    member_id=member,
                ),
            ),
            lines=(ServiceLine(number=1, procedure="99213", charge_cents=12_000, service_from=date(2026, 2, 27)),),
        )

    return make


@pytest.fixture
def step() -> Callable[..., JournalEntry]:
    def make(sequence: int, **fields: object) -> JournalEntry:
        values: dict[str, object] = {
            "sequence": sequence,
            "at": START + timedelta(hours=sequence),
            "event": "note_added",
            "event_id": f"e{sequence}",
            "before": "submitted",
            "after": "submitted",
            "effects": ("inquire_status",),
        }
        return JournalEntry.model_validate(values | fields)

    return make


@pytest.fixture
def view() -> Callable[..., ClaimView]:
    def make(claim_id: str = "c1", sequence: int = 1, **fields: object) -> ClaimView:
        at = START + timedelta(hours=sequence)
        values: dict[str, object] = {
            "practice": "p1",
            "claim_id": claim_id,
            "patient_control_number": f"PCN-{claim_id}",
            "payer": "Aetna",
            "payer_id": "60054",
            "stage": "submitted",
            "status": "submitted",
            "since": at,
            "charge_cents": 12_000,
            "paid_cents": 7_000,
            "contractual_cents": 2_000,
            "written_off_cents": 100,
            "patient_cents": 900,
            "next_payer_cents": 0,
            "open_cents": 2_000,
            "service_from": date(2026, 2, 27),
            "registered_at": START,
            "changed_at": at,
            "needs_action": True,
            "owner": "biller",
            "tasks": (
                TaskView(
                    id=f"t{sequence}",
                    type="follow_up",
                    owner="biller",
                    due=at + timedelta(days=3),
                    reason="no answer after 277CA",
                ),
            ),
            "deadlines": (
                DeadlineView(
                    id=f"d{sequence}", kind="follow_up", due=at, rule="10 business days", source="payer manual"
                ),
            ),
        }
        return ClaimView.model_validate(values | fields)

    return make


@pytest.fixture
def entry() -> Callable[..., IndexEntry]:
    def make(claim_id: str = "c1", **fields: object) -> IndexEntry:
        values: dict[str, object] = {
            "practice": "p1",
            "claim_id": claim_id,
            "patient_control_number": f"PCN-{claim_id}",
        }
        return IndexEntry.model_validate(values | fields)

    return make


@pytest.fixture
def payer_rules() -> PayerRules:
    year = Wait(amount=1, unit="years", source="made for tests")
    return PayerRules(name="default", version="1", filing=FilingLimit(limit=year), waits={})
