"""Money that goes back: whose it is, who may send it, how long there is, and what settles it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claims import events as e
from claims.credits import Credit, PayerCredit, credit_of, outstanding, owed_to
from claims.money_views import credit as credit_view
from claims.payer_rules import ApprovalTier
from claims.posting import ledger
from claims.refunds import Refund, to_payers_cents
from claims.views import ledger_view, summary
from tests.claims.kit import (
    FROM_SECOND,
    PAID,
    SHARED,
    START,
    TABLES,
    ZONE,
    Life,
    claim,
    coverage,
    life,
    payment,
    reversed_of,
    two_payers,
)

MEDICARE = claim(coverage(payer="MCPTB", indicator="MB"))


def overpaid_by_the_patient(cents: int = 5000, **rules: object) -> Life:
    """SHARED leaves 20.00 to the patient."""
    one = life(**rules)
    one.do(e.PatientPaid, amount_cents=cents)
    return one.accepted().paid(SHARED)


def paid_twice(**rules: object) -> Life:
    """90.00 and 35.00 are the charge; 90.00 come again under another number."""
    one = life(**rules).accepted().paid(PAID)
    return one.paid(payment(9000, "CO-45:3500", icn="ICN2"), trace="T2")


def medicare_paid() -> Life:
    one = life(MEDICARE).accepted()
    return one.paid(PAID, payer_id="MCPTB")


def due(one: Life, name: str = "overpayment") -> str:
    found = next((x for x in one.state.deadlines if x.id == name), None)
    return found.due.astimezone(ZoneInfo(ZONE)).isoformat()[:16] if found else ""


# whose it is


def test_what_the_patient_paid_beyond_her_share_is_hers() -> None:
    """50.00 paid, 20.00 owed."""
    assert credit_of(overpaid_by_the_patient().state, TABLES) == Credit(patient_cents=3000)


def test_the_same_payment_twice_is_the_payers() -> None:
    assert credit_of(paid_twice().state, TABLES) == Credit(payers=(PayerCredit(coverage=0, cents=9000),))


def test_the_patient_comes_before_the_payers() -> None:
    """50.00 paid, 20.00 owed, and the plan's 70.00 twice: 30.00 are hers, 70.00 the plan's."""
    one = overpaid_by_the_patient()
    one.paid(payment(7000, "CO-45:3500", "PR-1:2000", icn="ICN2"), trace="T2")
    assert credit_of(one.state, TABLES) == Credit(patient_cents=3000, payers=(PayerCredit(coverage=0, cents=7000),))
    assert -ledger(one.state, TABLES).open == 10000


def test_a_second_payers_money_is_the_second_payers() -> None:
    """70.00, 35.00 contractual, and 20.00 each of the second payer and of the patient: 20.00 too much, hers."""
    one = life(two_payers()).accepted().paid(SHARED)
    one.do(e.PatientPaid, amount_cents=2000)
    one.paid(FROM_SECOND, trace="S1", payer_id="PAYER2")
    assert credit_of(one.state, TABLES) == Credit(patient_cents=2000)


def test_what_was_written_off_and_then_paid_is_no_refund() -> None:
    """125.00 written off, then 90.00 and 35.00: the write-off is to be taken back, and nobody may be refunded."""
    one = life(approvals=()).denied()
    one.do(e.WrittenOff, amount_cents=12500, reason="old")
    one.paid(PAID, trace="T2")
    assert credit_of(one.state, TABLES) == Credit(given_up_cents=12500)
    assert owed_to(one.state, TABLES, "payer", 0) == 0
    assert "take the write-off back" in next(t.reason for t in one.state.tasks if t.type == "refund")
    one.do(e.WriteOffReverted, write_off="")
    assert one.state.status == "closed"


def test_a_share_that_was_forgiven_for_want_is_paid_back_one_given_up_as_bad_debt_is_not() -> None:
    """Her 20.00 are given up, then she pays 20.00."""
    for category, hers, given_up in (("financial_assistance", 2000, 0), ("bad_debt", 0, 2000)):
        one = life(approvals=()).accepted().paid(SHARED)
        one.do(e.WrittenOff, amount_cents=2000, reason="r", category=category, bucket="patient")
        one.do(e.PatientPaid, amount_cents=2000)
        assert credit_of(one.state, TABLES) == Credit(patient_cents=hers, given_up_cents=given_up)


def test_a_credit_tells_ids_and_amounts_and_no_name() -> None:
    one = paid_twice()
    assert credit_view(one.state, TABLES)["payers"] == {"PAYER1": "90.00"}
    assert "SAMPLE" not in str(ledger_view(one.state, TABLES))


# who may, and how much


def test_a_refund_of_any_amount_waits_where_the_practice_asks_for_a_second_person() -> None:
    one = overpaid_by_the_patient(approvals=("refund",))
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="paid too much")
    assert one.state.status == "awaiting_approval"
    assert one.state.refunds == ()
    one.do(e.ApprovalDecided, approved=True, by="biller-1")
    assert one.steps[-1].refused == "who asked for it can't approve it"
    one.approved()
    assert one.state.status == "refund_pending"
    assert (one.state.refunds[0].by, one.state.refunds[0].approved_by) == ("biller-1", "supervisor-1")
    assert ledger(one.state, TABLES).open == -3000, "nothing has left yet"


def test_tiers_name_who_approves_a_refund() -> None:
    tiers = (ApprovalTier(over_cents=2000), ApprovalTier(over_cents=2900, role="manager", approvers=("owner-1",)))
    one = overpaid_by_the_patient(approvals=("refund",), refund_tiers=tiers)
    one.do(e.RefundRequested, to="patient", amount_cents=2000, reason="part")
    assert one.state.status == "refund_pending", "20.00 are in nobody's tier"
    one = overpaid_by_the_patient(approvals=("refund",), refund_tiers=tiers)
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="all")
    assert [t.owner for t in one.state.tasks if t.type == "approve"] == ["manager"]
    one.approved()
    assert one.steps[-1].refused == "this amount is approved by one of owner-1"
    one.do(e.ApprovalDecided, approved=True, by="owner-1")
    assert one.state.refunds[0].approved_by == "owner-1"


def test_a_refund_that_is_split_needs_whom_the_whole_one_needs() -> None:
    """Over 20.00 a second person agrees. 15.00 leave alone, 15.00 more within thirty days are 30.00; later they aren't."""
    rules: dict[str, Any] = {"approvals": ("refund",), "refund_tiers": (ApprovalTier(over_cents=2000),)}
    one = overpaid_by_the_patient(**rules)
    one.do(e.RefundRequested, to="patient", amount_cents=1500, reason="part")
    one.do(e.RefundSent, reference="CHK-1")
    one.do(e.RefundRequested, to="patient", amount_cents=1500, reason="rest")
    assert one.state.status == "awaiting_approval"
    assert next(t.reason for t in one.state.tasks if t.type == "approve").startswith("refund of 15.00 after 15.00")
    one = overpaid_by_the_patient(**rules)
    one.do(e.RefundRequested, to="patient", amount_cents=1500, reason="part")
    one.do(e.RefundReverted, reason="wrong address")
    one.do(e.RefundRequested, to="patient", amount_cents=1500, reason="part")
    assert one.state.status == "refund_pending", "what came back is not gone"
    one.do(e.RefundSent, reference="CHK-1")
    one.now += timedelta(days=30)
    one.do(e.RefundRequested, to="patient", amount_cents=1500, reason="rest")
    assert one.state.status == "refund_pending"


def test_an_approved_refund_never_exceeds_what_is_owed_by_then() -> None:
    """30.00 asked for; while they await approval her check for 50.00 bounces: nothing is owed to her any more."""
    one = overpaid_by_the_patient(approvals=("refund",))
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="paid too much")
    one.do(e.PatientPaid, amount_cents=-5000)
    one.approved()
    assert one.state.refunds == ()
    assert ledger(one.state, TABLES).patient == 2000
    assert one.state.status not in ("refund_pending", "awaiting_approval")


def test_a_refund_nobody_approves_gives_nothing_back_and_stays_a_task() -> None:
    one = overpaid_by_the_patient(approvals=("refund",))
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="paid too much")
    one.days(16)
    assert one.state.refunds == ()
    assert one.state.status == "overpayment_review"
    assert "refund" in [t.type for t in one.state.tasks] or one.state.deadlines


def test_what_waits_to_be_sent_is_owed_no_second_time() -> None:
    one = overpaid_by_the_patient()
    one.do(e.RefundRequested, to="patient", amount_cents=2000, reason="part")
    one.do(e.RefundRequested, to="patient", amount_cents=1001, reason="more")
    assert one.steps[-1].refused == "only 10.00 are owed to the patient, not 10.01"
    one.do(e.RefundRequested, to="patient", amount_cents=1000, reason="rest")
    assert sorted(t.category for t in one.state.tasks if t.type == "refund") == ["send 1", "send 2"]
    one.do(e.RefundSent, reference="CHK-1")
    one.do(e.RefundSent, reference="CHK-2")
    assert one.state.status == "closed"
    assert ledger(one.state, TABLES).paid == 9000


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reference": " "}, "number of its check"),
        ({"reference": "CHK-1", "sent_on": date(2099, 1, 1)}, "future"),
        ({"reference": "CHK-1", "refund": "nothing"}, "no such refund"),
    ],
)
def test_a_sending_that_says_too_little_is_refused(fields: dict[str, object], why: str) -> None:
    one = overpaid_by_the_patient()
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="too much")
    one.do(e.RefundSent, **fields)
    assert why in one.steps[-1].refused


def test_a_check_that_is_out_counts_though_the_credit_went_another_way_meanwhile() -> None:
    """The refund was withdrawn because the payer took its 90.00 back; the check had left all the same."""
    one = paid_twice()
    one.do(e.RefundRequested, to="payer", amount_cents=9000, reason="paid twice")
    key = one.state.refunds[0].key
    one.take(
        e.TakebackReceived(
            at=one.now, id="wo", document="d", trace_number="T9", reason="WO", reference="ICN2", amount_cents=9000
        )
    )
    assert one.state.status == "closed"
    assert one.state.refunds[0].reverted_by == "claimline"
    one.do(e.RefundSent, reference="CHK-1", refund=key)
    assert ledger(one.state, TABLES).open == 9000
    assert one.state.status == "reopened"
    assert "review_payment" in [t.type for t in one.state.tasks]


def test_a_reversal_of_the_second_payment_settles_the_credit() -> None:
    one = paid_twice()
    one.paid(reversed_of(payment(9000, "CO-45:3500", icn="ICN2")), trace="T3", on=date(2026, 4, 3))
    assert one.state.status == "closed"
    assert outstanding(one.state, TABLES) == 0
    assert one.state.overpayment is not None
    assert one.state.overpayment.settled_at is not None


def test_an_acknowledged_refund_counts_once() -> None:
    """Two of 25.00 and one of 10.00 sent, one 25.00 acknowledged: 35.00 are still ours to count."""

    def refund(key: str, cents: int) -> Refund:
        return Refund(key=key, to="payer", amount_cents=cents, by="b", at=START, sent_at=START)

    assert to_payers_cents((refund("a", 2500), refund("b", 2500), refund("c", 1000)), (2500,)) == 3500


# the clock


def test_the_clock_counts_from_identification_and_no_later_event_moves_it() -> None:
    """Found on Friday 2026-03-13; sixty days are 2026-05-12."""
    one = overpaid_by_the_patient()
    assert one.now.date() == date(2026, 3, 13)
    assert due(one) == "2026-05-12T23:59"
    one.days(10)
    one.do(e.PatientPaid, amount_cents=500)
    one.do(e.NoteAdded, text="letter sent")
    assert due(one) == "2026-05-12T23:59"


def test_warnings_come_on_days_thirty_forty_five_and_fifty_five() -> None:
    one = overpaid_by_the_patient()
    days = [due(one, f"overpayment:warn-{n}") for n in (30, 45, 55)]
    assert days == ["2026-04-12T08:00", "2026-04-27T08:00", "2026-05-07T08:00"]
    one.days(61)
    task = next(t for t in one.state.tasks if t.type == "refund")
    assert (task.owner, task.escalated) == ("supervisor", True)


def test_a_date_that_a_person_moved_stays_where_no_law_says_otherwise() -> None:
    one = overpaid_by_the_patient()
    to = datetime(2026, 6, 1, 8, tzinfo=ZoneInfo(ZONE))
    one.do(e.DeadlineExtended, deadline="overpayment", to=to, reason="the patient is abroad until June")
    assert not one.steps[-1].refused
    one.do(e.PatientPaid, amount_cents=500)
    assert due(one) == "2026-06-01T08:00"


def test_medicares_sixty_days_are_nobodys_to_extend() -> None:
    one = medicare_paid()
    one.do(e.OverpaymentIdentified, amount_cents=3000, reason="audit")
    to = datetime(2026, 12, 1, 8, tzinfo=ZoneInfo(ZONE))
    one.do(e.DeadlineExtended, deadline="overpayment", to=to, reason="busy")
    assert "no later than 2026-05-12T23:59:59" in one.steps[-1].refused
    assert "401.305" in one.steps[-1].refused


def test_a_correction_of_the_claim_stops_no_clock() -> None:
    one = paid_twice()
    was = due(one)
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    assert one.state.status == "scrubbing"
    assert due(one) == was


@pytest.mark.parametrize(
    ("begins", "ends", "last"),
    [
        (0, 30, "2026-06-30"),  # 60 + 30 days from 04-01
        (10, 40, "2026-06-30"),  # the same thirty days, later
        (0, None, "2026-11-27"),  # never ended: 60 + 180
        (170, None, "2026-06-10"),  # begun on day 170: ten days are left of the 180; 60 + 10
    ],
)
def test_an_investigation_adds_its_days_and_never_more_than_to_day_one_hundred_and_eighty(
    begins: int, ends: int | None, last: str
) -> None:
    one = medicare_paid()
    one.advance(datetime(2026, 4, 1, 9, tzinfo=ZoneInfo(ZONE)))
    one.do(e.OverpaymentIdentified, amount_cents=3000, reason="audit")
    one.days(begins)
    one.do(e.OverpaymentInvestigated, reason="same code elsewhere")
    if ends is not None:
        one.days(ends - begins)
        one.do(e.OverpaymentInvestigated, ended=True)
    assert one.state.overpayment is not None
    if begins < 60:
        assert due(one)[:10] == last
    else:
        assert due(one) == "", "the sixty days were over before it began"


def test_a_payer_without_a_rule_for_it_suspends_nothing() -> None:
    one = paid_twice()
    one.do(e.OverpaymentInvestigated, reason="same code elsewhere")
    assert "let no investigation suspend" in one.steps[-1].refused


def test_what_was_received_more_than_six_years_ago_need_not_be_returned() -> None:
    """Received on 2026-03-20: on 2032-03-20 it still is, the day after it isn't."""
    for day, refused in ((20, False), (21, True)):
        one = medicare_paid()
        one.advance(datetime(2032, 3, day, 9, tzinfo=ZoneInfo(ZONE)))
        one.do(e.OverpaymentIdentified, amount_cents=3000, reason="audit")
        assert bool(one.steps[-1].refused) is refused


def test_nobody_returns_more_than_payers_have_paid() -> None:
    one = medicare_paid()
    one.do(e.OverpaymentIdentified, amount_cents=9001, reason="audit")
    assert "payers have paid 90.00" in one.steps[-1].refused


def test_an_identified_overpayment_keeps_the_claim_open_until_it_is_back() -> None:
    one = medicare_paid()
    assert one.state.status == "closed"
    one.do(e.OverpaymentIdentified, amount_cents=3000, reason="audit")
    one.do(e.ClosingRequested)
    assert "30.00 have to go back" in one.steps[-1].refused
    one.do(e.RefundRequested, to="payer", amount_cents=3000, reason="audit")
    one.do(e.RefundSent, reference="EFT-1", method="eft")
    assert ledger(one.state, TABLES).open == 3000
    assert not any(x.kind == "overpayment" for x in one.state.deadlines)
    assert summary(one.state, TABLES)["overpayment"]["settled"]


# demands


def test_a_demand_has_the_payers_three_dates_and_no_clock_of_ours() -> None:
    """From the letter of 2026-06-01: day 15, day 30 and, in the morning, day 41."""
    one = medicare_paid()
    one.advance(datetime(2026, 6, 3, 9, tzinfo=ZoneInfo(ZONE)))
    one.do(e.RefundDemanded, amount_cents=4000, letter_on=date(2026, 6, 1), reference="AR-1")
    names = ("rebuttal", "stay", "recoupment")
    assert [due(one, f"overpayment:{name}") for name in names] == [
        "2026-06-16T23:59",
        "2026-07-01T23:59",
        "2026-07-12T08:00",
    ]
    assert due(one) == ""


def test_a_withdrawn_demand_leaves_nothing_behind() -> None:
    one = medicare_paid()
    one.do(e.RefundDemanded, amount_cents=4000, reference="AR-1")
    one.do(e.DemandAnswered, answer="dispute", reason="records")
    one.do(e.DemandAnswered, answer="withdrawn", reason="payer's letter")
    assert one.state.status == "closed"
    assert [x.kind for x in one.state.deadlines] == ["linger"]


def test_a_refund_that_came_back_has_the_clock_of_the_day_it_was_found() -> None:
    one = overpaid_by_the_patient()
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="too much")
    one.do(e.RefundSent, reference="CHK-1")
    assert one.state.status == "closed"
    one.advance(one.now + timedelta(days=20))
    one.do(e.RefundReverted, reason="address unknown")
    assert one.state.status == "overpayment_review"
    assert due(one) == "2026-05-12T23:59"


def test_a_bounced_check_of_the_patient_is_no_refund() -> None:
    one = overpaid_by_the_patient()
    one.do(e.PatientPaid, amount_cents=-3000)
    assert one.state.status == "closed"
    assert one.state.refunds == ()
