"""Claims without a fault, to start from, and the tables they are scrubbed with. Everything is made up.

The NPI is CMS's own example; how its check digit comes about is worked out in test_scrub.py.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from claims.claim import (
    Address,
    Adjustment,
    Admission,
    Claim,
    Coverage,
    HealthCode,
    LineDecision,
    Name,
    Payer,
    Person,
    PriorDecision,
    Provider,
    ServiceLine,
)
from claims.payer_rules import FilingLimit, PayerRules, Wait
from claims.tables import AdjustmentReason, Tables

TODAY = date(2026, 11, 24)
SERVED = date(2026, 11, 2)
NPI = "1234567893"
OTHER_NPI = "1245319599"
MBI = "1EG4TE5MK73"  # the example on CMS's specimen Medicare card


def reason(code: str, until: str = "") -> AdjustmentReason:
    return AdjustmentReason(
        code=code, label="-", reason_class="contractual", remedy="review", owner="biller", until=until, source="test"
    )


def wait(amount: int, unit: str) -> Wait:
    return Wait(amount=amount, unit=unit, source="test")  # type: ignore[arg-type]


def rules(**changes: Any) -> PayerRules:
    """Ninety calendar days to file, warned of from fifteen days ahead."""
    values: dict[str, Any] = {
        "name": "example",
        "version": "1",
        "payer_ids": ("60054",),
        "filing": FilingLimit(limit=wait(90, "calendar_days")),
        "waits": {},
    }
    return PayerRules(**{**values, **changes})


TABLES = Tables(
    version="1",
    reasons={code: reason(code) for code in ("1", "2", "3", "23", "45", "97", "253")}
    | {"17": reason("17", "2009-07-01"), "57": reason("57", "2007-06-30")},
    remarks={},
    holidays=frozenset({date(2026, 11, 26)}),
    payer_rules=(),
)

HOME = Address(line1="12 ELM ST", city="SPRINGFIELD", state="IL", postal_code="627010001")
CLINIC = Address(line1="400 OAK AVE", city="SPRINGFIELD", state="IL", postal_code="627020400")
PATIENT = Person(name=Name(last="DOE", first="JANE"), birth_date=date(1980, 5, 6), gender="F", address=HOME)


def coverage(**changes: Any) -> Coverage:
    values: dict[str, Any] = {
        "order": "primary",
        "payer": Payer(name="EXAMPLE HEALTH", payer_id="60054"),
        "subscriber": PATIENT,
        "member_id": "W123456789",
        "filing_indicator": "CI",
    }
    return Coverage(**{**values, **changes})


def billing(**changes: Any) -> Provider:
    values: dict[str, Any] = {
        "role": "billing",
        "name": Name(organization=True, last="OAK CLINIC"),
        "id_qualifier": "XX",
        "identifier": NPI,
        "taxonomy": "207Q00000X",
        "tax_id": "123456789",
        "tax_id_qualifier": "EI",
        "address": CLINIC,
    }
    return Provider(**{**values, **changes})


def provider(role: str, **changes: Any) -> Provider:
    values: dict[str, Any] = {
        "role": role,
        "name": Name(last="ROE", first="RICHARD"),
        "id_qualifier": "XX",
        "identifier": OTHER_NPI,
    }
    return Provider(**{**values, **changes})


def line(number: int = 1, **changes: Any) -> ServiceLine:
    values: dict[str, Any] = {
        "number": number,
        "procedure": "99213",
        "charge_cents": 15000,
        "pointers": (1,),
        "service_from": SERVED,
        "service_to": SERVED,
    }
    return ServiceLine(**{**values, **changes})


def dx(code: str, qualifier: str = "ABF", *rest: str) -> HealthCode:
    return HealthCode(qualifier=qualifier, code=code, rest=rest)


def value(code: str, amount: str) -> HealthCode:
    """A value code: HI*BE:80:::4."""
    return HealthCode(qualifier="BE", code=code, rest=("", "", amount))


def professional(**changes: Any) -> Claim:
    """An office visit and a strep test, two diagnoses, paid by one commercial payer."""
    values: dict[str, Any] = {
        "type": "professional",
        "patient_control_number": "PAT-1001",
        "charge_cents": 17500,
        "facility_code": "11",
        "facility_qualifier": "B",
        "indicators": ("Y", "A", "Y", "Y"),
        "billing": billing(),
        "patient": PATIENT,
        "coverages": (coverage(),),
        "codes": (dx("J029", "ABK"), dx("I10")),
        "providers": (provider("rendering"),),
        "lines": (line(1, pointers=(1, 2)), line(2, procedure="87880", modifiers=("QW",), charge_cents=2500)),
    }
    return Claim(**{**values, **changes})


def room(number: int = 1, **changes: Any) -> ServiceLine:
    values: dict[str, Any] = {
        "number": number,
        "revenue_code": "0120",
        "procedure_qualifier": "",
        "charge_cents": 400000,
        "unit": "DA",
        "quantity": "4",
    }
    return ServiceLine(**{**values, **changes})


def institutional(**changes: Any) -> Claim:
    """A hospital stay of four nights for pneumonia, Medicare Part A, discharged home."""
    values: dict[str, Any] = {
        "type": "institutional",
        "patient_control_number": "STAY-2001",
        "charge_cents": 475000,
        "facility_code": "11",
        "facility_qualifier": "A",
        "indicators": ("", "A", "Y", "Y"),
        "billing": billing(name=Name(organization=True, last="OAK HOSPITAL"), taxonomy="282N00000X"),
        "patient": PATIENT.model_copy(update={"birth_date": date(1950, 1, 2)}),
        "coverages": (
            coverage(
                payer=Payer(name="MEDICARE", payer_id="00131"),
                member_id=MBI,
                filing_indicator="MA",
                subscriber=PATIENT.model_copy(update={"birth_date": date(1950, 1, 2)}),
            ),
        ),
        "codes": (
            dx("J189", "ABK", "", "", "", "", "", "", "Y"),
            dx("R509", "ABJ"),
            dx("I10", "ABF", "", "", "", "", "", "", "Y"),
            value("80", "4"),
        ),
        "statement_from": date(2026, 10, 20),
        "statement_to": date(2026, 10, 24),
        "admission": Admission(type="1", source="1", patient_status="01"),
        "providers": (provider("attending"),),
        "lines": (room(), room(2, revenue_code="0250", charge_cents=75000, unit="UN", quantity="12")),
        "carried": (("DTP", "435", "DT", "202610201430"),),
    }
    return Claim(**{**values, **changes})


def outpatient(**changes: Any) -> Claim:
    """An emergency visit with a chest film, one day, commercial."""
    values: dict[str, Any] = {
        "facility_code": "13",
        "charge_cents": 90000,
        "patient": PATIENT,
        "coverages": (coverage(),),
        "codes": (dx("S61011A", "ABK"), dx("W260XXA", "ABN")),
        "statement_from": SERVED,
        "statement_to": SERVED,
        "admission": Admission(type="1", source="1", patient_status="01"),
        "lines": (
            room(
                1,
                revenue_code="0450",
                procedure_qualifier="HC",
                procedure="99283",
                charge_cents=60000,
                unit="UN",
                quantity="1",
                service_from=SERVED,
            ),
            room(
                2,
                revenue_code="0320",
                procedure_qualifier="HC",
                procedure="71046",
                charge_cents=30000,
                unit="UN",
                quantity="1",
                service_from=SERVED,
            ),
        ),
        "carried": (),
    }
    return institutional(**{**values, **changes})


def secondary(**changes: Any) -> Claim:
    """The office visit again, to the second payer: the first allowed 120.00 + 25.00, and paid all but 29.00 of it.

    Line 1: 150.00 = paid 96.00 + CO45 30.00 + PR2 24.00. Line 2: 25.00 = paid 20.00 + PR2 5.00. Paid 116.00.
    """
    decided = date(2026, 11, 12)
    first = LineDecision(
        payer_id="00882",
        paid_cents=9600,
        procedure="HC:99213",
        quantity="1",
        decided_on=decided,
        adjustments=(
            Adjustment(group="CO", reason="45", amount_cents=3000),
            Adjustment(group="PR", reason="2", amount_cents=2400),
        ),
    )
    second = LineDecision(
        payer_id="00882",
        paid_cents=2000,
        procedure="HC:87880",
        quantity="1",
        decided_on=decided,
        adjustments=(Adjustment(group="PR", reason="2", amount_cents=500),),
    )
    values: dict[str, Any] = {
        "coverages": (
            coverage(order="secondary"),
            coverage(
                payer=Payer(name="FIRST HEALTH", payer_id="00882"),
                member_id="F55",
                prior=PriorDecision(paid_cents=11600),
            ),
        ),
        "lines": (
            line(1, pointers=(1, 2), decisions=(first,)),
            line(2, procedure="87880", modifiers=("QW",), charge_cents=2500, decisions=(second,)),
        ),
    }
    return professional(**{**values, **changes})


def person(**changes: Any) -> Any:
    return PATIENT.model_copy(update=changes)


def at(**changes: Any) -> Address:
    return HOME.model_copy(update=changes)


def one_line(**changes: Any) -> Claim:
    """A claim of one line, whose charge is the claim's."""
    only = line(**changes)
    return professional(lines=(only,), charge_cents=only.charge_cents)


def of_patient(who: Any) -> Claim:
    return professional(patient=who, coverages=(coverage(subscriber=who),))


MEDICARE = {"payer": Payer(name="MEDICARE", payer_id="00882"), "filing_indicator": "MB"}
AUTO = ("Y", "A", "Y", "Y", "", "AA:::IL")
