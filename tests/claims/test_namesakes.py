"""Several claims under one number, even under one payer's number: told apart by lines and days, else nobody's."""

from __future__ import annotations

from datetime import date

import pytest

from claims.deliveries import IndexEntry
from claims.documents import ClaimPayment, ParsedDocument, ParsedSet, PaymentLine, Remittance
from claims.matching import route
from claims.namesakes import told_apart
from tests.claims.kit import START

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def entry(claim_id: str, day: date | None = MONDAY, charge: int = 12500, **more: object) -> IndexEntry:
    """A claim under the number SAME and the payer's number ICN; lines of 100.00 and 25.00 unless said otherwise."""
    values: dict[str, object] = {
        "practice": "p",
        "claim_id": claim_id,
        "patient_control_number": "SAME",
        "payer_claim_control_numbers": ("ICN",),
        "service_from": day,
        "charge_cents": charge,
        "lines": (("99213", 10000), ("93000", 2500)),
        "line_control_numbers": (f"{claim_id}-1", f"{claim_id}-2"),
    }
    return IndexEntry.model_validate(values | more)


def line(procedure: str = "", charge: int = 0, control: str = "", day: date | None = None) -> PaymentLine:
    return PaymentLine(
        procedure=procedure, charge_cents=charge, paid_cents=charge, control_number=control, service_from=day
    )


def paid(*lines: PaymentLine, day: date | None = None, charge: int = 12500, segment: int = 10) -> ClaimPayment:
    return ClaimPayment(
        segment=segment,
        patient_control_number="SAME",
        payer_claim_control_number="ICN",
        status_code="1",
        charge_cents=charge,
        paid_cents=charge,
        service_from=day,
        lines=lines,
    )


SAME_DAY = [entry("a"), entry("b", charge=9000, lines=(("99214", 9000),))]
TWO_DAYS = [entry("a"), entry("b", day=TUESDAY)]
TWINS = [entry("a"), entry("b")]


@pytest.mark.parametrize(
    ("payment", "candidates", "claim"),
    [
        (paid(line(control="b-1")), TWINS, "b"),
        (paid(day=TUESDAY), TWO_DAYS, "b"),
        (paid(line("99213", 10000, day=TUESDAY)), TWO_DAYS, "b"),
        (paid(day=MONDAY), SAME_DAY, "a"),
        # the day is both claims', the charge (a part of it) is neither's: the line is one's
        (paid(line("99214", 9000), day=MONDAY, charge=9000), SAME_DAY, "b"),
        (paid(line("93000", 2500), day=MONDAY, charge=2500), SAME_DAY, "a"),
        # a payer that leaves the dates out
        (paid(line("99214", 9000), charge=9000), SAME_DAY, "b"),
        # a reversal has the lines with their signs turned
        (paid(line("99214", -9000), charge=-9000), SAME_DAY, "b"),
        (paid(), TWINS, ""),
        (paid(day=MONDAY), TWINS, ""),
        (paid(line("99213", 10000), line("93000", 2500), day=MONDAY), TWINS, ""),
        # a charge alone tells nothing
        (paid(charge=9000), SAME_DAY, ""),
        (paid(line(control="x-1")), TWINS, ""),
    ],
)
def test_claims_under_one_number_are_told_apart_by_lines_and_days(
    payment: ClaimPayment, candidates: list[IndexEntry], claim: str
) -> None:
    found, why = told_apart(payment, candidates)
    assert (found.claim_id if found else "") == claim
    assert bool(why) is not bool(claim)


@pytest.mark.parametrize(
    ("payment", "ours"),
    [
        (paid(), True),
        (paid(day=MONDAY, charge=2500), True),
        (paid(day=TUESDAY), True),
        (paid(line(control="a-2"), day=TUESDAY, charge=2500), True),
        (paid(line("93000", 2500), day=TUESDAY, charge=2500), True),
        (paid(line("99215", 20000), day=TUESDAY, charge=20000), False),
        (paid(day=TUESDAY, charge=20000), False),
    ],
)
def test_a_number_of_one_claim_may_be_meant_for_another(payment: ClaimPayment, ours: bool) -> None:
    found, why = told_apart(payment, [entry("a")])
    assert (found is not None) is ours
    assert ("one claim has this number" in why) is not ours


def test_two_payments_under_one_number_are_never_folded_into_the_one_claim_that_is_known_here() -> None:
    # 125.00 of Monday is ours; 200.00 of Tuesday under the same two numbers is a visit that was never handed over
    payments = (paid(day=MONDAY), paid(line("99215", 20000), day=TUESDAY, charge=20000, segment=20))
    set_ = Remittance(control_number="1", trace_number="T1", payer="ACME", payment_cents=32500, claims=payments)
    document = ParsedDocument(sha256="d" * 64, sets=(ParsedSet(parsed=set_, segment=3),))
    found = route(document, [entry("a")], at=START)
    assert [d.claim_id for d in found.deliveries] == ["a"]
    assert [(u.position, u.amount_cents) for u in found.unmatched] == [(20, 20000)]
