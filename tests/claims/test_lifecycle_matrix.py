"""Every status meets every event: `step` answers each one, and no answer breaks a rule."""

from __future__ import annotations

import pytest

from claims.draft import Draft, Refused
from claims.lifecycle import HANDLERS, step
from claims.status import Status
from claims.transitions import TRANSITIONS
from tests.claims.every_event import KINDS, events_for
from tests.claims.kit import PAID, TABLES, WAYS, Life, life, remittance
from tests.claims.laws import check

NOT_YET = {
    "registered": "only for an instant: a claim is asked about as soon as it is registered",
    "coded": "only for an instant: the edits start at once",
}
"""Statuses of the table that nothing leads to yet, or that no claim rests in, and why."""


@pytest.mark.parametrize("status", WAYS)
def test_every_event_is_answered_in_every_status(status: str) -> None:
    state = WAYS[status]().state
    assert state.status == status
    for event in events_for(state):
        check(state, event, step(state, event, TABLES))


def test_the_matrix_leaves_out_no_status_and_no_event() -> None:
    assert set(WAYS) | set(NOT_YET) == {str(status) for status in Status}
    assert not set(WAYS) & set(NOT_YET)
    assert {event.kind for event in events_for(life().state)} == set(KINDS)
    assert set(KINDS) - set(HANDLERS) == {"claim_registered"}


def test_every_status_has_a_row_and_every_row_an_end() -> None:
    assert set(TRANSITIONS) == set(Status)
    for status in set(Status) - {Status.CLOSED, Status.VOIDED}:
        assert {Status.CLOSED, Status.ADJUDICATED} - {status} <= TRANSITIONS[status]


def test_the_same_event_twice_changes_nothing_at_all() -> None:
    one = life().accepted()
    for event in events_for(one.state):
        first = step(one.state, event, TABLES)
        again = step(first.state, event, TABLES)
        assert again.state == first.state, event.kind
        assert again.duplicate, event.kind
        assert not again.effects, event.kind


@pytest.mark.parametrize("status", sorted(set(WAYS) - {"closed", "voided"}))
def test_every_open_claim_takes_a_payers_decision(status: str) -> None:
    """A remittance that balances is money: no status may turn it away."""
    state = WAYS[status]().state
    for event in events_for(state):
        if event.kind == "remittance_received" and event.payment.balanced and event.payment.status_code != "25":
            taken = step(state, event, TABLES)
            assert not taken.refused, (status, taken.refused)
            assert len(taken.state.payments) == len(state.payments) + 1


def test_a_year_of_silence_files_bills_and_writes_off_nothing() -> None:
    for status, way in WAYS.items():
        one: Life = way()
        before = one.state
        steps = len(one.steps)
        one.days(400)
        for taken in one.steps[steps:]:
            assert not {x.kind for x in taken.effects} & {"send_appeal", "transmit_claim", "report_patient_balance"}, (
                status
            )
        assert one.state.write_offs == before.write_offs
        assert one.state.statements == before.statements
        assert one.state.closed == before.closed, status
        assert one.state.appeals == before.appeals


def test_a_second_copy_of_a_remittance_is_no_refusal() -> None:
    one = life().accepted().paid()
    again = step(one.state, remittance(PAID, at=one.now), TABLES)
    assert again.duplicate
    assert not again.state.refused
    assert again.state.payments == one.state.payments


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    """The last guard: whatever a rule wants, only the table says what may follow what."""
    state = life().state
    for status in Status:
        draft = Draft(state, events_for(state)[0], TABLES)
        if status in TRANSITIONS[state.status] | {state.status, Status.BLOCKED_ON_FAILURE}:
            draft.move(status)
            assert draft.state.status == status
        else:
            with pytest.raises(Refused, match="can't become"):
                draft.move(status)
            assert draft.state == state
