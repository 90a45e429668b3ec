"""A payment matched to the wrong claim is taken off it: as if it had never come. Every claim is 125.00."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import events as e
from claims.posting import Ledger, ledger
from claims.views import index_entry
from tests.claims.kit import (
    DENIED,
    FROM_SECOND,
    PAID,
    PARTIAL,
    SHARED,
    TABLES,
    Life,
    life,
    payment,
    reversed_of,
    status_line,
    two_payers,
)


def book(one: Life) -> Ledger:
    return ledger(one.state, TABLES)


def take_off(one: Life, number: int = -1, *, by: str = "biller-1", reason: str = "another patient's") -> str:
    """The refusal, empty where it was taken."""
    key = one.state.payments[number].key
    return one.do(e.PaymentUnmatched, payment=key, trace_number="T1", by=by, reason=reason).refused


def test_a_closed_claim_waits_for_its_payer_again_when_its_payment_was_another_claims() -> None:
    one = life().accepted().paid(payment(9000, "CO-45:3500", icn="HB7"))
    assert one.state.closed
    assert take_off(one) == ""
    assert one.state.status == "pending_payer"
    assert one.state.payments == ()
    assert (book(one).paid, book(one).contractual, book(one).open) == (0, 0, 12500)
    assert {x.kind for x in one.state.deadlines} >= {"inquiry", "missing_remittance"}
    assert one.state.submissions[-1].outcome == "accepted"
    # what comes under the other claim's number must not come here
    assert one.state.submissions[-1].payer_claim_control_number == ""


def test_a_number_that_an_acknowledgement_or_a_status_answer_told_stays_when_a_payment_under_it_is_taken_off() -> None:
    for told in (
        {"kind": e.ClaimAcknowledged, "document": "d", "sender": "PR", "status": status_line("A2:20", icn="HB9")},
        {"kind": e.StatusReported, "document": "d", "status": status_line("P1:20", icn="HB9")},
    ):
        one = life().sent()
        assert one.do(**told).refused == ""  # type: ignore[arg-type]
        one.paid(payment(12500, icn="HB9"))
        assert take_off(one) == ""
        assert index_entry(one.state).payer_claim_control_numbers == ("HB9",)
        assert one.state.submissions[-1].payer_claim_control_number == "HB9"


def test_so_does_one_that_was_told_after_the_payment_in_an_answer_that_was_refused() -> None:
    one = life().sent().paid(payment(12500, icn="HB9"))
    assert "changes nothing" in one.do(e.StatusReported, document="d", status=status_line("F1:65", icn="HB9")).refused
    assert take_off(one) == ""
    assert index_entry(one.state).payer_claim_control_numbers == ("HB9",)


def test_one_that_only_the_payment_told_goes_with_it() -> None:
    one = life().sent().paid(payment(12500, icn="HB9"))
    assert take_off(one) == ""
    assert index_entry(one.state).payer_claim_control_numbers == ()


def test_it_is_kept_who_took_it_off_and_why() -> None:
    one = life().accepted().paid()
    take_off(one, by="biller-7", reason="of the sister claim")
    (note,) = one.state.notes
    assert note.by == "biller-7"
    assert "T1" in note.text
    assert "of the sister claim" in note.text


@pytest.mark.parametrize(("by", "reason"), [("", "a reason"), ("biller-1", ""), ("biller-1", "  ")])
def test_nobody_takes_a_payment_off_without_a_name_and_a_reason(by: str, reason: str) -> None:
    one = life().accepted().paid()
    assert "a name and a reason" in take_off(one, by=by, reason=reason)
    assert one.state.closed


def test_a_payment_that_is_not_here_can_not_be_taken_off() -> None:
    one = life().accepted().paid()
    taken = one.do(e.PaymentUnmatched, payment="nothing", reason="another patient's")
    assert taken.refused == "this claim has no such payment"


def test_the_payment_that_stands_beside_it_decides_again() -> None:
    # 70.00 + 35.00 contractual + 20.00 deductible stands; a payment of another claim came on top
    one = life().accepted().paid(SHARED).paid(payment(12500), trace="T2", on=date(2026, 4, 2))
    assert take_off(one) == ""
    assert (book(one).paid, book(one).contractual, book(one).patient, book(one).open) == (7000, 3500, 2000, 0)
    assert one.state.status in ("paid", "patient_billing")


def test_a_denial_that_was_another_claims_leaves_no_denial_work_behind() -> None:
    one = life().accepted().paid(DENIED)
    assert take_off(one) == ""
    assert one.state.denial is None
    assert not [task for task in one.state.tasks if task.type == "work_denial"]
    assert not [x for x in one.state.deadlines if x.kind == "appeal"]


def test_a_claim_that_was_never_sent_is_sent_after_all() -> None:
    one = life()
    one.paid()
    assert take_off(one) == ""
    assert one.state.status == "reopened"
    assert [task.type for task in one.state.tasks] == ["review_payment"]
    assert "filing" in {x.kind for x in one.state.deadlines}


def test_what_was_built_on_a_decision_comes_off_first() -> None:
    appealed = life(approvals=()).denied()
    appealed.do(e.AppealRequested, reason="records")
    assert "on its way out" in take_off(appealed)
    appealed.do(e.AppealSent, effect=appealed.in_flight("send_appeal"), level=1)
    assert "appealed" in take_off(appealed)
    reversed_ = life().accepted().paid().paid(reversed_of(PAID), trace="T2")
    assert "reversal" in take_off(reversed_, 0)
    assert take_off(reversed_, 1) == ""
    assert take_off(reversed_, 0) == ""


def test_the_second_payers_wrong_payment_leaves_the_first_ones_decision() -> None:
    one = life(two_payers()).accepted().paid(SHARED, payer_id="PAYER1")
    one.paid(FROM_SECOND, payer_id="PAYER2", trace="T2")
    assert take_off(one) == ""
    # 70.00 + 35.00 contractual, 20.00 for the second payer again
    assert (book(one).paid, book(one).contractual, book(one).next_payer, book(one).open) == (7000, 3500, 2000, 0)


def test_a_patient_who_was_billed_by_mistake_is_a_task() -> None:
    one = life().accepted().paid(SHARED)
    one.do(e.StatementSent, effect=one.in_flight("report_patient_balance"), amount_cents=2000)
    assert take_off(one) == ""
    assert "statement" in {task.category for task in one.state.tasks}


def test_a_recovery_matched_to_the_wrong_claim_is_given_back() -> None:
    one = life().accepted().paid()
    one.do(e.TakebackReceived, document="d", trace_number="T9", reason="WO", reference="HB1", amount_cents=4000)
    assert book(one).open == 4000
    (takeback,) = one.state.takebacks
    assert one.do(e.PaymentUnmatched, payment=takeback.key, reason="another patient's").refused == ""
    assert book(one).open == 0
    assert one.state.closed


PAYMENTS = st.sampled_from((PAID, SHARED, DENIED, PARTIAL, payment(12500)))


@settings(deadline=None)
@given(stands=st.lists(PAYMENTS, max_size=2), wrong=PAYMENTS)
def test_taken_off_the_ledger_is_as_if_the_payment_had_never_come(stands: list[object], wrong: object) -> None:
    one, other = life().accepted(), life().accepted()
    for number, right in enumerate(stands):
        for each in (one, other):
            each.paid(right, trace=f"T{number}", on=date(2026, 4, 1 + number))  # type: ignore[arg-type]
    one.paid(wrong, trace="WRONG", on=date(2026, 4, 20))  # type: ignore[arg-type]
    assert take_off(one) == ""
    assert book(one) == book(other)
    # and matched again it posts again
    one.paid(wrong, trace="WRONG", on=date(2026, 4, 20))  # type: ignore[arg-type]
    assert len(one.state.payments) == len(stands) + 1
