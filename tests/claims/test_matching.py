"""Whose each part of a document is: numbers decide, and every part ends up delivered, unmatched or held."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.deliveries import IndexEntry, Routing, SubmissionKey
from claims.documents import (
    ClaimPayment,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OtherSet,
    ParsedDocument,
    ParsedSet,
    ProviderAdjustment,
    Remittance,
    SetAcknowledgement,
    StatusReport,
)
from claims.matching import needed_numbers, route
from tests.claims.kit import START, adjustments, status_line


def entry(claim_id: str, number: str, **more: Any) -> IndexEntry:
    values: dict[str, Any] = {
        "practice": "p",
        "claim_id": claim_id,
        "patient_control_number": number,
        "payer_ids": ("PAYER1",),
        "member_ids": (f"M{claim_id}",),
        "service_from": date(2026, 3, 2),
        "charge_cents": 12500,
        "submissions": (
            SubmissionKey(
                submission=1,
                interchange_control_number="000000007",
                group_control_number="7",
                set_control_number=f"{claim_id:0>4}",
            ),
        ),
    }
    return IndexEntry.model_validate({**values, **more})


INDEX = (
    entry("1", "LK1", payer_claim_control_numbers=("ICN1",), traces=("c1-4",)),
    entry("2", "LK2", submissions=()),
    entry("3", "SAME", line_control_numbers=("A-1", "A-2")),
    entry("4", "SAME", line_control_numbers=("B-1",), service_from=date(2026, 3, 9), submissions=()),
)


def document(*sets: Any, **more: Any) -> ParsedDocument:
    return ParsedDocument(
        sha256="a" * 64, sets=tuple(ParsedSet(parsed=one, segment=3 + i, **more) for i, one in enumerate(sets))
    )


def routed(*sets: Any, **more: Any) -> Routing:
    return route(document(*sets, **more), INDEX, at=START)


def clp(number: str, paid: int = 9000, *texts: str, segment: int = 10, **more: Any) -> ClaimPayment:
    return ClaimPayment(
        segment=segment,
        patient_control_number=number,
        status_code="1",
        charge_cents=12500,
        paid_cents=paid,
        adjustments=adjustments(*(texts or (f"CO-45:{12500 - paid}",))),
        **more,
    )


def era(*claims: ClaimPayment, plb: tuple[ProviderAdjustment, ...] = (), total: int | None = None) -> Remittance:
    paid = sum(one.paid_cents for one in claims) - sum(one.amount_cents for one in plb)
    return Remittance(
        control_number="0001",
        trace_number="T1",
        payer="PLAN",
        payer_id="PAYER1",
        payment_cents=paid if total is None else total,
        paid_on=date(2026, 3, 20),
        claims=claims,
        provider_adjustments=plb,
    )


@pytest.mark.parametrize(
    ("payment", "claim", "why"),
    [
        (clp("LK1"), "1", "our own number"),
        (clp("OTHER", payer_claim_control_number="ICN1"), "1", "the payer's number"),
        (clp("OTHER", member_id="M2", service_from=date(2026, 3, 2)), "2", "member, day and charge"),
        (clp("OTHER", member_id="M2", service_from=date(2026, 3, 3)), "", "another day is another claim"),
        (clp("OTHER", service_from=date(2026, 3, 2)), "", "a day and an amount alone are nobody's"),
        (clp("SAME", service_from=date(2026, 3, 9)), "4", "one number, told apart by the day"),
        (clp("SAME"), "", "one number, nothing to tell them apart"),
        (clp(""), "", "no number at all"),
    ],
)
def test_a_claim_payment_finds_its_claim_by_numbers(payment: ClaimPayment, claim: str, why: str) -> None:
    found = routed(era(payment))
    assert [d.claim_id for d in found.deliveries] == ([claim] if claim else []), why
    assert len(found.unmatched) == (0 if claim else 1)


def test_every_cent_of_a_remittance_is_delivered_unmatched_or_held() -> None:
    """90.00 + 80.00 delivered, 70.00 nobody's, 60.00 doesn't balance: 300.00."""
    payments = (clp("LK1"), clp("LK2", 8000), clp("NOBODY", 7000), clp("LK1", 6000, "CO-45:1"))
    found = routed(era(*payments))
    assert _cash(found) == (17000, 7000, 6000)
    assert [(h.claim_id, h.amount_cents) for h in found.held] == [("1", 6000)]
    assert "64.99" in found.held[0].reason, "125.00 - 0.01 - 60.00"


def _cash(found: Routing) -> tuple[int, int, int]:
    return (
        sum(d.event.payment.paid_cents for d in found.deliveries if d.event.kind == "remittance_received"),
        sum(u.amount_cents or 0 for u in found.unmatched if u.set == "835"),
        sum(h.amount_cents or 0 for h in found.held),
    )


PAYMENTS = st.builds(
    clp,
    st.sampled_from(("LK1", "LK2", "SAME", "NOBODY", "")),
    st.integers(min_value=-12500, max_value=12500),
    segment=st.integers(min_value=1, max_value=400),
    payer_claim_control_number=st.sampled_from(("", "ICN1", "ICN9")),
    member_id=st.sampled_from(("", "M1", "M2")),
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(PAYMENTS, max_size=6), st.booleans())
def test_no_cent_is_lost_whatever_comes(payments: list[ClaimPayment], odd: bool) -> None:
    if odd and payments:
        payments[0] = payments[0].model_copy(update={"adjustments": ()})
    found = routed(era(*payments))
    assert sum(_cash(found)) == sum(one.paid_cents for one in payments)
    assert len(found.deliveries) + len(found.unmatched) + len(found.held) == len(payments)


def test_a_remittance_that_does_not_add_up_is_held_whole() -> None:
    """90.00 of claims, a payment of 89.00: nothing of it is posted."""
    found = routed(era(clp("LK1"), total=8900))
    assert not found.deliveries
    assert [h.amount_cents for h in found.held] == [8900]


def test_two_payments_that_read_alike_are_two() -> None:
    events = [d.event for d in routed(era(clp("LK1"), clp("LK1", segment=20))).deliveries]
    assert [x.occurrence for x in events if x.kind == "remittance_received"] == [0, 1]
    assert len({x.id for x in events}) == 2


def test_a_recovery_that_names_a_claim_reaches_it_and_other_adjustments_reach_nobody() -> None:
    plb = (
        ProviderAdjustment(reason="WO", reference="ICN1", amount_cents=4000),
        ProviderAdjustment(reason="WO", reference="GONE", amount_cents=1000),
        ProviderAdjustment(reason="L6", reference="", amount_cents=-50),
        ProviderAdjustment(reason="FB", reference="ICN1", amount_cents=-100),
    )
    found = routed(era(clp("LK2"), plb=plb))
    taken = [d.event for d in found.deliveries if d.event.kind == "takeback_received"]
    assert [(x.amount_cents, x.reference) for x in taken] == [(4000, "ICN1")]
    assert [(u.set, u.reference, u.amount_cents) for u in found.unmatched] == [("835 PLB", "GONE", 1000)]


def test_the_claims_payer_id_is_told_only_where_the_claim_knows_it() -> None:
    for payer, told in (("PAYER1", "PAYER1"), ("999999", "")):
        found = routed(era(clp("LK1")).model_copy(update={"payer_id": payer}))
        assert [d.event.payer_id for d in found.deliveries if d.event.kind == "remittance_received"] == [told]


def report(kind: str, *statuses: Any, **more: Any) -> StatusReport:
    return StatusReport(set=kind, control_number="1", statuses=statuses, **more)  # type: ignore[arg-type]


def test_a_277ca_and_a_277_find_their_claims_by_number_or_trace() -> None:
    acknowledged = routed(report("277CA", status_line("A2:20", number="LK1"), sender="PR"))
    assert [(d.claim_id, d.event.kind) for d in acknowledged.deliveries] == [("1", "claim_acknowledged")]
    traced = status_line("P1:20", number="").model_copy(update={"trace": "c1-4"})
    answered = routed(report("277", traced))
    assert [(d.claim_id, d.event.kind) for d in answered.deliveries] == [("1", "status_reported")]
    assert len(routed(report("277CA", status_line("A2:20", number="GONE"))).unmatched) == 1


def test_a_rejection_of_a_whole_batch_reaches_every_claim_below_it() -> None:
    whole = status_line("A3:21", number="").model_copy(update={"level": "provider"})
    found = routed(report("277CA", whole, sender="AY", provider_claims=((8, ("LK1", "LK2")),)))
    assert [d.claim_id for d in found.deliveries] == ["1", "2"]
    lost = routed(report("277CA", whole, sender="AY"))
    assert [u.reason.partition(",")[0] for u in lost.unmatched] == ["rejected as a whole"]


def test_a_999_reaches_the_claims_that_travelled_in_the_group() -> None:
    sets = (SetAcknowledgement(set="837", control_number="0001", disposition="R", codes=("5",)),)
    answer = FunctionalAcknowledgement(control_number="1", group_control_number="07", disposition="P", sets=sets)
    found = routed(answer)
    assert [(d.claim_id, d.event.accepted) for d in found.deliveries if d.event.kind == "submission_acknowledged"] == [
        ("1", False)
    ]
    whole = routed(answer.model_copy(update={"sets": (), "disposition": "R"}))
    assert [d.claim_id for d in whole.deliveries] == ["1", "3"]
    assert len(routed(answer.model_copy(update={"group_control_number": "99"})).unmatched) == 1


def test_a_ta1_reaches_the_claims_of_its_interchange() -> None:
    found = routed(InterchangeAcknowledgement(interchange_control_number="7", disposition="R", note="025"))
    assert [(d.claim_id, d.event.accepted) for d in found.deliveries if d.event.kind == "submission_acknowledged"] == [
        ("1", False),
        ("3", False),
    ]
    assert len(routed(InterchangeAcknowledgement(interchange_control_number="8", disposition="A")).unmatched) == 1


def test_a_271_is_found_by_our_trace_before_the_member_id() -> None:
    traced = routed(EligibilityAnswer(traces=("c1-4",), member_id="M2", active=True))
    assert [d.claim_id for d in traced.deliveries] == ["1"]
    known = routed(EligibilityAnswer(traces=("x",), member_id="M2", active=True))
    assert [d.claim_id for d in known.deliveries] == ["2"]
    assert len(routed(EligibilityAnswer(active=True)).unmatched) == 1


def test_what_can_t_be_trusted_or_is_no_answer_is_held_with_its_reason() -> None:
    cut = route(document(era(clp("LK1")), held="cut off"), INDEX, at=START)
    assert [h.reason for h in cut.held] == ["cut off"]
    assert not cut.deliveries
    other = routed(OtherSet(set="837D", control_number="1", reason="dental"))
    assert [(h.set, h.reason) for h in other.held] == [("837D", "dental")]


def test_what_is_looked_up_is_every_number_once() -> None:
    numbers = needed_numbers(document(era(clp("LK1"), clp("LK1", segment=20, member_id="M1")), era(clp(""))))
    assert numbers.patient_control_numbers == ("LK1",)
    assert numbers.member_ids == ("M1",)
    assert numbers.payer_claim_control_numbers == ()


def test_the_same_document_twice_makes_the_same_events() -> None:
    first, second = (routed(era(clp("LK1"))), routed(era(clp("LK1"))))
    assert first == second
