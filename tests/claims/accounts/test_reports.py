"""What an account takes of a claim's reports: the newest step's, and of a step that was taken anew the later one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claims import events as e
from claims.accounts.events import BalanceReported
from claims.accounts.state import AccountState, AccountStep
from claims.effects import ReportPatientBalance
from claims.patient_account import account_step, open_account
from claims.patient_balance import balance_reported
from tests.claims.kit import SHARED, TABLES, ZONE, life

NINE = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SOONER, LATER = NINE - timedelta(seconds=10), NINE + timedelta(seconds=10)


def asked_for() -> ReportPatientBalance:
    """PR-1 of $20.00 is the patient's."""
    (report,) = life().accepted().paid(SHARED).steps[-1].effects
    assert isinstance(report, ReportPatientBalance)
    return report


REPORT = asked_for()


def told(sequence: int, cents: int, asked_at: datetime = NINE) -> BalanceReported:
    """What a claim's step tells, in cents."""
    balance = REPORT.balance.model_copy(update={"sequence": sequence, "amount_cents": cents})
    return balance_reported(REPORT.model_copy(update={"balance": balance}), asked_at)


def account() -> AccountState:
    return open_account(practice="p", account="g", zone=ZONE, tables_version=TABLES.version, at=NINE)


def after(*reports: BalanceReported) -> list[AccountStep]:
    state, taken = account(), []
    for report in reports:
        taken.append(account_step(state, report, TABLES))
        state = taken[-1].state
    return taken


@pytest.mark.parametrize(
    ("second", "owed_cents", "taken"),
    [
        (told(10, 3000), 3000, True),
        (told(8, 3000), 2000, False),
        (told(8, 3000, LATER), 2000, False),
        (told(9, 2000), 2000, False),
        (told(9, 2000, LATER), 2000, False),
        (told(9, 3000, LATER), 3000, True),
        (told(9, 3000, NINE), 3000, True),
        (told(9, 3000, SOONER), 2000, False),
        (told(9, 0, LATER), 0, True),
    ],
    ids=[
        "a newer step's",
        "an older step's",
        "an older step's, tried once more",
        "the same again",
        "the same by a step taken anew",
        "another by a step taken anew",
        "another of the same moment",
        "what was told before the step was taken anew",
        "nothing owed by a step taken anew",
    ],
)
def test_after_step_nine_told_of_twenty_dollars(second: BalanceReported, owed_cents: int, taken: bool) -> None:
    """What comes second; a report that says nothing new leaves no step behind."""
    first, then = after(told(9, 2000), second)
    assert first.state.balance_cents == 2000
    assert then.state.balance_cents == owed_cents
    assert then.state.sequence == first.state.sequence + taken
    assert then.duplicate is not taken


def test_another_balance_of_the_same_step_is_never_taken_in_silence() -> None:
    *_, last = after(told(9, 2000), told(9, 3000, LATER))
    (note,) = last.state.notes
    assert note.text == f"claim {REPORT.balance.number} took its step 9 anew: what it told first does not count"


def test_what_a_dead_worker_told_last_does_not_come_back_after_its_step_was_taken_anew() -> None:
    """Twenty, then thirty of the same step; the first one's signal comes once more, late."""
    *_, last = after(told(9, 2000), told(9, 3000, LATER), told(9, 2000))
    assert last.state.balance_cents == 3000


def test_a_report_has_one_id_however_often_it_is_sent() -> None:
    assert told(9, 2000).id == told(9, 2000).id
    ids = [told(9, 2000).id, told(9, 2001).id, told(10, 2000).id, told(9, 2000, LATER).id]
    assert len(set(ids)) == 4


def test_an_account_that_an_older_release_kept_takes_the_next_report() -> None:
    """Neither of its reports tells when it was asked for."""
    first = told(9, 2000).model_copy(update={"asked_at": None})
    (kept,) = after(first)
    stored = AccountState.model_validate_json(
        kept.state.model_dump_json(exclude={"entries": {"__all__": {"asked_at"}}})
    )
    assert account_step(stored, told(9, 3000), TABLES).state.balance_cents == 3000
    assert account_step(stored, told(10, 3000), TABLES).state.balance_cents == 3000


def test_a_claim_waits_for_its_newest_report_only() -> None:
    """$20.00 are hers; she pays five before the account has heard of it, and the claim's second report says it all."""
    one = life().accepted().paid(SHARED)
    first = one.in_flight("report_patient_balance")
    taken = one.do(e.PatientPaid, amount_cents=500)
    (second,) = taken.effects
    assert isinstance(second, ReportPatientBalance)
    assert second.balance.amount_cents == 1500
    assert [x.id for x in one.state.in_flight if x.kind == "report_patient_balance"] == [second.id]
    one.do(e.PatientBalanceReported, effect=first)
    assert one.in_flight("report_patient_balance") == second.id
    one.do(e.PatientBalanceReported, effect=second.id)
    assert one.in_flight("report_patient_balance") == ""


def test_an_older_report_that_failed_parks_nobody_once_a_newer_one_is_on_its_way() -> None:
    one = life().accepted().paid(SHARED)
    first = one.in_flight("report_patient_balance")
    one.do(e.PatientPaid, amount_cents=500)
    taken = one.do(e.EffectFailed, effect=first, reason="account: gone")
    assert taken.refused == "no such effect is in flight"
    assert one.state.failure is None
