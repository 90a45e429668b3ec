"""What an account tells its claims: in order, and all that waits for one claim in one go, so that the claim wakes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from claims.accounts.effects import TellClaim
from claims.accounts.events import AccountPaid, AnyAccountEvent, ClaimTold, StatementLaidOut
from claims.accounts.state import AccountState
from claims.effects import ReportPatientBalance
from claims.patient_account import account_due_event, account_step, open_account
from claims.patient_balance import balance_reported
from tests.claims.kit import SHARED, TABLES, ZONE, life

NINE = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def owing() -> tuple[AccountState, ReportPatientBalance]:
    """An account on which $20.00 of one claim are owed."""
    (report,) = life().accepted().paid(SHARED).steps[-1].effects
    assert isinstance(report, ReportPatientBalance)
    state = open_account(practice="p", account="g", zone=ZONE, tables_version=TABLES.version, at=NINE)
    return account_step(state, balance_reported(report, NINE), TABLES).state, report


def tells(state: AccountState, event: AnyAccountEvent) -> tuple[AccountState, list[TellClaim]]:
    taken = account_step(state, event, TABLES)
    assert not taken.refused
    return taken.state, [effect for effect in taken.effects if isinstance(effect, TellClaim)]


def paid(number: int, cents: int) -> AccountPaid:
    return AccountPaid(at=NINE, id=f"pay-{number}", by="desk-1", amount_cents=cents)


def test_what_came_while_a_claim_was_being_told_follows_in_one_go_and_in_order() -> None:
    """$5.00, $3.00 and the return of these three: the return never comes before what it returns."""
    state, _ = owing()
    state, (first,) = tells(state, paid(1, 500))
    assert first.also == ()
    state, none = tells(state, paid(2, 300))
    assert none == []
    state, none = tells(state, paid(3, -300))
    assert none == []
    state, (second,) = tells(state, ClaimTold(at=NINE, id="told-1", effect=first.id))
    told = [event for event in (second.event, *second.also) if event.kind == "patient_paid"]
    assert [event.amount_cents for event in told] == [300, -300]
    assert len(second.also) == 1
    assert state.outbox == ()
    state, none = tells(state, ClaimTold(at=NINE, id="told-2", effect=second.id))
    assert none == []
    assert state.in_flight == ()


def answered(state: AccountState, event: AnyAccountEvent) -> tuple[AccountState, list[TellClaim]]:
    """An event, and the answer to each thing that it asks for: what claims are told on the way."""
    taken = account_step(state, event, TABLES)
    state, told = taken.state, []
    for effect in taken.effects:
        common = {"at": event.at, "id": f"answer/{effect.id}", "effect": effect.id}
        if isinstance(effect, TellClaim):
            told.append(effect)
            answer: AnyAccountEvent = ClaimTold.model_validate(common)
        else:
            answer = StatementLaidOut.model_validate(common)
        state, more = answered(state, answer)
        told += more
    return state, told


def test_a_final_notice_and_where_the_account_stands_then_are_one_delivery() -> None:
    """Three statements, thirty days apart; with the last one the claim hears when a person decides about collections."""
    state, _ = owing()
    told: list[TellClaim] = []
    for _ in range(3):
        due = account_due_event(state, NINE + timedelta(days=100))
        assert due is not None
        state, more = answered(state, due)
        told += more
    kinds = [(one.event.kind, *(event.kind for event in one.also)) for one in told]
    assert kinds == [("statement_sent",), ("statement_sent",), ("statement_sent", "account_standing")]
