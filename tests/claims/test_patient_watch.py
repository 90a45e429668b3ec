"""What a claim does while its patient's account is silent: it says what is missing, and nothing where nothing is."""

from __future__ import annotations

from datetime import timedelta

from claims import events as e
from claims.state import Deadline
from tests.claims.kit import SHARED, Life, life, payment, remittance, reversed_of


def _stated() -> Life:
    """A deductible of 20.00 (125.00 less 70.00 paid and 35.00 contractual), and its first statement is out."""
    one = life().accepted().paid(SHARED)
    one.do(e.StatementSent, effect=one.in_flight("report_patient_balance"), amount_cents=2000)
    return one


def _watch(one: Life) -> Deadline:
    return next(x for x in one.state.deadlines if x.kind == "statement")


def test_an_account_that_sends_nothing_in_time_is_a_task_with_the_amount() -> None:
    one = _stated().days(60)
    (task,) = one.state.tasks
    assert (task.type, task.owner) == ("collect_patient_balance", "biller")
    assert task.reason.startswith("20.00 are the patient's, and her account sent nothing in time")


def test_the_task_says_where_the_account_stood_last() -> None:
    one = _stated()
    one.do(e.AccountStanding, standing="final_notice", until=one.now + timedelta(days=30))
    one.days(60)
    assert "her account stands at final notice and sent nothing in time" in one.state.tasks[0].reason


def test_nothing_is_missing_while_nothing_may_be_asked_for() -> None:
    """The payer takes its decision back: 20.00 are withheld until it sends another."""
    one = _stated()
    due = _watch(one).due
    one.do(e.HoldPlaced, hold="dispute", reason="says she was not there")
    one.advance(due + timedelta(days=1))
    assert "collect_patient_balance" not in [task.type for task in one.state.tasks]


def test_an_account_that_is_asked_anew_has_its_whole_time() -> None:
    """Withheld by a hold until the day before the watch would ring; 45 days are counted from the release."""
    one = _stated()
    due = _watch(one).due
    one.do(e.HoldPlaced, hold="dispute", reason="says she was not there")
    one.advance(due - timedelta(days=1))
    one.do(e.HoldReleased, hold="dispute")
    assert _watch(one).due >= one.now + timedelta(days=44)
    one.advance(due + timedelta(days=30))
    assert "collect_patient_balance" not in [task.type for task in one.state.tasks]


def test_another_decision_on_less_leaves_no_old_watch_behind() -> None:
    """Reversed and decided anew, 10.00 are hers: the watch counts from the new decision."""
    one = _stated()
    one.days(40)
    one.take(remittance(reversed_of(SHARED), at=one.now, trace="T2"))
    one.take(remittance(payment(8000, "CO-45:3500", "PR-1:1000", icn="ICN9"), at=one.now, trace="T2"))
    assert _watch(one).due >= one.now + timedelta(days=44)
