"""What activities ask the X12 writer for: one envelope for an installation, fresh numbers for a document."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.x12.documents import Partners, X12Documents
from claims.claim import Name, Payer, Person, Provider
from claims.ports import CannotWrite, ControlNumbers
from claims.questions import EligibilityQuestion, StatusQuestion
from tests.adapters.x12.claim_text import golden, one

PARTNERS = Partners(
    sender_id="AB123",
    receiver_id="CLEARING",
    submitter_name="HUDSON BILLING",
    submitter_contact="PAT",
    submitter_phone="5185550100",
    receiver_name="CLEARING HOUSE",
    acknowledge=True,
)
DOCUMENTS = X12Documents(PARTNERS, zone="America/New_York")
NUMBERS = ControlNumbers(interchange=41, group=41, set="000000041")
AT = datetime(2026, 3, 3, 2, 15, tzinfo=UTC)
"""21:15 on the second of March in New York."""
VISIT = one(golden("professional_office_visit.x12"))
PLAN = Payer(name="PLAINS HEALTH PLAN", payer_id="PLN01")
CLINIC = Provider(
    role="billing",
    name=Name(organization=True, last="PRAIRIE CLINIC"),
    id_qualifier="XX",
    identifier="1999999984",
    tax_id="470000000",
    tax_id_qualifier="EI",
)
JANE = Person(name=Name(last="DOE", first="JANE"), birth_date=date(1985, 5, 15), gender="F")


def elements(x12: str, segment: str) -> list[str]:
    return next(row for row in x12.replace("\n", "").split("~") if row.startswith(f"{segment}*")).split("*")


def test_a_claim_leaves_under_its_numbers_at_the_practices_own_time_and_passes_the_gate() -> None:
    x12 = DOCUMENTS.write_claim(VISIT, NUMBERS, AT)
    isa = elements(x12, "ISA")
    assert (isa[6].strip(), isa[8].strip()) == ("AB123", "CLEARING")
    assert isa[9:11] == ["260302", "2115"]
    assert isa[13:16] == ["000000041", "1", "T"]
    assert elements(x12, "GS")[6] == "41"
    assert elements(x12, "ST")[2] == "000000041"
    assert DOCUMENTS.gate(x12) == []
    assert DOCUMENTS.write_claim(VISIT, NUMBERS, AT) == x12


def test_questions_pass_the_gate_too() -> None:
    covered = EligibilityQuestion(trace="c1-e1", payer=PLAN, provider=CLINIC, subscriber=JANE, member_id="MEM1")
    where = StatusQuestion(
        trace="c1-s1",
        payer=PLAN,
        provider=CLINIC,
        subscriber=JANE,
        member_id="MEM1",
        patient_control_number="ACCT1",
        charge_cents=12_000,
        service_from=date(2026, 2, 27),
    )
    assert DOCUMENTS.gate(DOCUMENTS.write_eligibility(covered, NUMBERS, AT)) == []
    assert DOCUMENTS.gate(DOCUMENTS.write_status(where, NUMBERS, AT)) == []


def test_a_number_that_would_change_on_the_way_is_refused_by_its_place() -> None:
    claim = VISIT.model_copy(update={"patient_control_number": "SECRET*7"})
    with pytest.raises(CannotWrite) as raised:
        DOCUMENTS.write_claim(claim, NUMBERS, AT)
    assert raised.value.where == "CLM01"
    assert "SECRET" not in str(raised.value)
