"""A step that keeps failing parks its claim, says so in the lists, and a person retries it, skips it or gives it up."""

from __future__ import annotations

from typing import get_args

import pytest

from claims import effects
from claims import events as e
from claims.posting import ledger
from claims.views import allowed_actions, view, why_here
from tests.claims.kit import SHARED, TABLES, WAYS, Life, life

KINDS = [kind.model_fields["kind"].default for kind in get_args(get_args(effects.AnyEffect)[0])]


def flying() -> dict[str, Life]:
    """A life for each kind of effect that any of the usual ways has in flight."""
    found: dict[str, Life] = {}
    ways = [way() for way in WAYS.values()]
    archiving = life().accepted().paid()
    archiving.days(370)
    records = life().accepted().reported("R4:294")
    records.do(e.DocumentsChosen, documents=("d" * 64,))
    for one in (*ways, archiving, records):
        for effect in one.state.in_flight:
            found.setdefault(effect.kind, one)
    return found


FLYING = flying()


def parked(kind: str) -> Life:
    one = Life(FLYING[kind].state)
    one.now = one.state.changed_at
    return one.failed(kind)


def test_every_kind_of_effect_is_tried() -> None:
    assert set(KINDS) == set(FLYING)


@pytest.mark.parametrize("kind", sorted(FLYING))
def test_a_failed_step_says_so_in_the_lists(kind: str) -> None:
    one = parked(kind)
    row = view(one.state, TABLES)
    assert row.needs_action
    assert "recover" in [task.type for task in row.tasks]
    assert kind.replace("_", " ") in next(task.reason for task in row.tasks if task.type == "recover")
    if not one.state.closed:
        assert row.status == "blocked_on_failure"
        assert "recover" in [action["message"] for action in allowed_actions(one.state)]
        assert "HTTP 500" in why_here(one.state, TABLES)["because"][0]


@pytest.mark.parametrize("kind", sorted(FLYING))
def test_a_retry_asks_again_under_the_same_id_where_the_claim_was(kind: str) -> None:
    one = parked(kind)
    was = FLYING[kind].state
    one.do(e.Recovered, action="retry")
    assert one.state.status == was.status
    asked = {x.id for x in one.steps[-1].effects}
    assert {x.id for x in was.in_flight if x.kind == kind} <= asked
    assert "recover" not in [task.type for task in one.state.tasks]


@pytest.mark.parametrize("kind", sorted(FLYING))
def test_a_skip_goes_on_or_says_why_it_cant(kind: str) -> None:
    one = parked(kind)
    one.do(e.Recovered, action="skip", reason="done by hand")
    taken = one.steps[-1]
    if kind in ("transmit_claim", "scrub_claim"):
        assert "can't be skipped" in taken.refused
        return
    assert not taken.refused
    assert one.state.failure is None
    assert one.state.closed or one.state.tasks or one.state.deadlines


@pytest.mark.parametrize("kind", sorted(FLYING))
def test_a_claim_that_is_given_up_is_closed_under_the_name_of_who_did_it(kind: str) -> None:
    one = parked(kind)
    one.do(e.Recovered, action="abandon", reason="test claim", by="")
    assert "needs the name" in one.steps[-1].refused
    one.do(e.Recovered, action="abandon", reason="test claim", by="supervisor-1")
    assert one.state.status == "closed"
    assert {w.by for w in one.state.write_offs if w.reason.startswith("abandoned")} <= {"supervisor-1"}
    assert ledger(one.state, TABLES).open <= 0


def test_a_claim_with_somebodys_credit_is_never_given_up() -> None:
    """50.00 of the patient for her share of 20.00; the edits of a correction fail."""
    one = life()
    one.do(e.PatientPaid, amount_cents=5000)
    one.accepted().paid(SHARED)
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    one.failed("scrub_claim")
    one.do(e.Recovered, action="abandon", reason="tired", by="supervisor-1")
    assert "30.00 have to go back" in one.steps[-1].refused


def test_giving_up_more_than_the_practices_amount_needs_two_people() -> None:
    one = life(approvals=("write_off",), write_off_approval_over_cents=10000).ready().failed("transmit_claim")
    one.do(e.Recovered, action="abandon", reason="test claim", by="supervisor-1")
    assert one.state.status == "blocked_on_failure"
    one.do(e.Recovered, action="abandon", reason="test claim", by="supervisor-1")
    assert one.state.status == "blocked_on_failure"
    one.do(e.Recovered, action="abandon", reason="agreed", by="owner-1")
    assert one.state.status == "closed"
    assert [(w.by, w.approved_by) for w in one.state.write_offs] == [("supervisor-1", "owner-1")]
