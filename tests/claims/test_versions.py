"""What earlier releases stored is read by this one and goes on: states, events, and what a new run was given.

tests/fixtures/versions/1 was written by the first release's own code, at the end of its own stories.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from activities.orders import Carried
from claims.accounts.state import AccountState
from claims.effects import ReportPatientBalance
from claims.events import AnyEvent, NoteAdded
from claims.lifecycle import step
from claims.state import ITSELF, ClaimState
from claims.status import Status
from claims.versions import STATE_VERSION, NewerVersion
from tests.claims.kit import TABLES
from tests.claims.laws import check

FIRST = Path(__file__).parents[1] / "fixtures" / "versions" / "1"
CLAIMS = sorted(FIRST.glob("claim-*.json"))
KINDS = {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(AnyEvent)[0])}


def note(state: ClaimState) -> NoteAdded:
    return NoteAdded(at=state.changed_at, id="version/1", by=ITSELF, text="read from version 1 of a claim's state")


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_a_claim_that_the_first_release_stored_goes_on(path: Path) -> None:
    stored = json.loads(path.read_text())
    state = ClaimState.model_validate_json(path.read_text())
    assert [stored["version"], state.version, state.upgraded_from] == [1, STATE_VERSION, 1]
    taken = step(state, note(state), TABLES)
    assert not taken.refused
    assert [taken.state.sequence, taken.state.upgraded_from] == [stored["sequence"] + 1, 0]
    check(state, note(state), taken)
    assert ClaimState.model_validate_json(taken.state.model_dump_json()) == taken.state


def test_every_status_of_the_first_release_is_among_them() -> None:
    assert len(CLAIMS) == 29
    assert {path.stem.removeprefix("claim-") for path in CLAIMS} <= {str(status) for status in Status}


def test_a_statement_that_the_first_release_had_asked_for_becomes_a_report_to_the_patients_account() -> None:
    """$125.00 all to the deductible: the patient owes it, and her account, which is new, hears of it at once."""
    carried = Carried.model_validate_json((FIRST / "carried-statement_in_flight.json").read_text())
    stored = json.loads((FIRST / "carried-statement_in_flight.json").read_text())["state"]["in_flight"]
    assert [one["kind"] for one in stored] == ["send_statement"]
    assert carried.state.in_flight == ()
    taken = step(carried.state, note(carried.state), TABLES)
    (asked,) = taken.effects
    assert isinstance(asked, ReportPatientBalance)
    assert asked.balance.amount_cents == stored[0]["amount_cents"]
    assert taken.state.in_flight == (asked,)


def test_a_claim_that_was_parked_over_its_statement_is_parked_no_longer() -> None:
    path = FIRST / "claim-blocked_on_failure.json"
    was = json.loads(path.read_text())
    assert [was["status"], was["failure"]["effect"]["kind"]] == ["blocked_on_failure", "send_statement"]
    state = ClaimState.model_validate_json(path.read_text())
    assert [state.status, state.failure] == ["zero_paid_patient_resp", None]
    assert "recover" in {task["type"] for task in was["tasks"]}
    assert "recover" not in {task.type for task in state.tasks}


def test_a_claim_that_was_parked_over_another_step_as_well_stays_parked_over_that_one() -> None:
    was = json.loads((FIRST / "claim-blocked_on_failure.json").read_text())
    other = {"kind": "find_submission", "id": "find-1", "submission": 1, "patient_control_number": "A1"}
    state = ClaimState.model_validate(was | {"failure": was["failure"] | {"also": [other]}})
    assert state.status == "blocked_on_failure"
    assert state.failure is not None
    assert [state.failure.effect.id, state.failure.also] == ["find-1", ()]


def test_every_kind_of_event_of_the_first_release_is_read() -> None:
    """A claim may be handed over with answers that it has not taken yet."""
    stored: list[dict[str, Any]] = json.loads((FIRST / "events.json").read_text())
    read = TypeAdapter(tuple[AnyEvent, ...]).validate_python(stored)
    assert [event.kind for event in read] == [one["kind"] for one in stored]
    assert len(stored) == 47
    assert {one["kind"] for one in stored} <= KINDS


@pytest.mark.parametrize("value", [ClaimState, AccountState])
def test_what_a_newer_release_stored_is_refused_in_words(value: type[ClaimState] | type[AccountState]) -> None:
    stored = json.loads(CLAIMS[0].read_text()) | {"version": 99}
    with pytest.raises(NewerVersion, match=r"version 99, and this release reads up to \d: start the newer release's"):
        value.model_validate(stored)
