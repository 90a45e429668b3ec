"""What the audit log takes for a person's act, by real events: of the claim, of its payer, of its patient's account."""

from __future__ import annotations

import pytest

from claims import events as e
from claims.account_book import AccountBook
from claims.accounts.events import AccountEvent
from claims.actors import BY_MACHINES, STANDING_IN, by_a_person
from claims.effects import ReportPatientBalance
from claims.patient_balance import balance_reported
from tests.claims.every_event import KINDS
from tests.claims.kit import SHARED, TABLES, life

ACCOUNT_KINDS = {kind.model_fields["kind"].default: kind for kind in AccountEvent.__subclasses__()}
BY_PEOPLE = """
    account_held account_message_refused account_noted account_paid account_released account_task_done appeal_decided
    appeal_requested appeal_sent approval_decided claim_coded claim_corrected closing_requested collections_decided
    coverage_changed credit_decided credit_returned deadline_extended demand_answered documents_chosen
    documents_reviewed documents_sent eligibility_overridden hold_placed hold_released manual_payment_posted
    message_refused note_added overpayment_identified overpayment_investigated patient_billing_allowed patient_paid
    payer_rules_changed payment_accepted payment_unmatched plan_agreed plan_ended recovered refund_demanded
    refund_requested refund_reverted refund_sent remedy_chosen status_inquiry_requested submit_requested task_worked
    void_requested write_off_reverted written_off
"""


def test_every_kind_of_event_is_a_machines_or_may_be_a_persons() -> None:
    everything = set(KINDS) | set(ACCOUNT_KINDS)
    assert set(BY_PEOPLE.split()) & BY_MACHINES == set()
    assert set(BY_PEOPLE.split()) | BY_MACHINES == everything
    assert set(STANDING_IN) <= set(BY_PEOPLE.split())


def test_what_a_claim_tells_its_patients_account_is_nobodys_act() -> None:
    one = life().accepted().paid(SHARED)
    (effect,) = (x for x in one.steps[-1].effects if isinstance(x, ReportPatientBalance))
    told = balance_reported(effect, one.now)
    assert told.by == "claim"
    assert not by_a_person(told.kind, told.by)


def test_what_the_account_tells_its_claims_is_nobodys_act_twice() -> None:
    """Who paid is noted at the account; the claim hears of it from the account."""
    one = life().accepted().paid(SHARED)
    (effect,) = (x for x in one.steps[-1].effects if isinstance(x, ReportPatientBalance))
    book, key = AccountBook(TABLES), (one.state.practice, effect.account)
    book.report(one.state.practice, effect, one.now)
    told = [event for _, event in book.message(key, "account_pay", {"amount": "20.00", "by": "desk-1"}, at=one.now)]
    assert [(x.kind, x.by) for x in told if x.kind == "patient_paid"] == [("patient_paid", "account")]
    assert not [x for x in told if by_a_person(x.kind, x.by)]
    assert by_a_person("account_paid", "desk-1")
    assert by_a_person("patient_paid", "desk-1")
    assert not by_a_person("patient_paid", "account")


@pytest.mark.parametrize("kind", ["remittance_received", "takeback_received"])
def test_a_payers_remittance_under_the_payers_name_is_nobodys_act(kind: str) -> None:
    """claims/remittance_matching.py gives them the payer's name, claims/by_hand.py too."""
    assert not by_a_person(kind, "PLAINS HEALTH PLAN")


@pytest.mark.parametrize("name", ["claim", "account", "upstream", "claimline", "PLAINS HEALTH PLAN"])
def test_whoever_writes_money_off_is_noted_whatever_she_calls_herself(name: str) -> None:
    assert by_a_person("written_off", name)
    assert by_a_person(e.MessageRefused.model_fields["kind"].default, name)


@pytest.mark.parametrize("name", ["", " "])
def test_nobody_is_no_person(name: str) -> None:
    assert not by_a_person("written_off", name)
