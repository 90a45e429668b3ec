"""The rules that must never break, as one check of one step (DESIGN: rules of the state)."""

from __future__ import annotations

import itertools

from claims.credits import credit_of, outstanding
from claims.effects import AnyEffect
from claims.events import AnyEvent
from claims.posting import ledger, patients_net
from claims.state import ClaimState, Step
from claims.status import STAGE_OF, Stage, Status
from claims.transitions import may_follow
from tests.claims.kit import TABLES

A_REFUSAL_MAY_CHANGE = {"sequence", "changed_at", "seen", "refused", "in_flight"}
NEVER_BY_TIME = {"send_appeal", "transmit_claim", "report_patient_balance"}
CLOCKS_THAT_NEVER_STOP = ("filing", "appeal")


def check(before: ClaimState, event: AnyEvent, taken: Step) -> None:
    """Raises AssertionError where a step breaks a rule."""
    after = taken.state
    if taken.refused:
        refusal(before, event, taken)
    path = (before.status, *taken.path)
    for one, other in itertools.pairwise(path):
        assert may_follow(one, other), f"{one} -> {other}"
    assert path[-1] == after.status
    stage = before.stage
    for status in taken.path:
        stage = STAGE_OF[status] or stage
    if stage in (Stage.CODED, Stage.SUBMITTED) and after.at_later_payer:
        stage = Stage.ADJUDICATED  # decided once: it stays so while a later payer is billed
    assert after.stage == stage
    over = after.status in (Status.CLOSED, Status.VOIDED)
    assert over or after.deadlines or after.tasks, f"nothing watches over a claim that is {after.status}"
    assert not any(task.category == "unwatched" for task in after.tasks), "the last net was needed"
    assert all(task.owner and task.reason for task in after.tasks)
    money(after)
    submissions(before, after)
    for effect in taken.effects:
        outgoing(effect)
    if event.kind == "deadline_passed":
        time_alone(before, taken)
    if after.resent_at != before.resent_at:
        sent_again_by_itself(before, event, taken)
    if event.kind == "hold_placed":
        kept = {x.id: x.due for x in after.deadlines}
        assert all(kept[x.id] == x.due for x in before.deadlines if not x.id.startswith("hold_review"))
    if after.status is Status.CLOSED:
        assert outstanding(after, TABLES) == 0, "a credit, or an overpayment, is kept in silence"
        assert not any(refund.pending for refund in after.refunds)
    if event.kind == "note_added":
        assert (after.deadlines, after.tasks, after.status) == (before.deadlines, before.tasks, before.status)
    if before.closed and not after.closed:
        assert path[:2] == (before.status, Status.REOPENED)
        assert not {Status.CLOSED, Status.VOIDED} & set(path[1:])


def refusal(before: ClaimState, event: AnyEvent, taken: Step) -> None:
    may = A_REFUSAL_MAY_CHANGE | (
        {"told_numbers", "answered_numbers"} if event.kind in ("claim_acknowledged", "status_reported") else set()
    )
    for name in ClaimState.model_fields:
        if name not in may:
            assert getattr(taken.state, name) == getattr(before, name), f"a refused {event.kind} changed {name}"
    lost = {x.id for x in before.in_flight} - {x.id for x in taken.state.in_flight}
    assert lost <= {getattr(event, "effect", "")}
    assert not taken.effects
    assert taken.duplicate or taken.state.refused[-1].reason == taken.refused


def money(state: ClaimState) -> None:
    """charge = paid + contractual + written off + patient + next payer + open, to the cent; so for every line."""
    book = ledger(state, TABLES)
    parts = book.paid + book.contractual + book.written_off + book.patient + book.next_payer + book.open
    assert book.charge == state.claim.charge_cents == parts
    assert book.patient >= 0
    assert credit_of(state, TABLES).total_cents == (
        max(-book.open, 0) if not state.void else max(patients_net(state), 0)
    )
    assert book.next_payer >= 0
    for line in book.lines:
        assert line.charge == line.paid + line.contractual + line.patient + line.open
    assert not book.lines or sum(line.charge for line in book.lines) == sum(x.charge_cents for x in state.claim.lines)


def submissions(before: ClaimState, after: ClaimState) -> None:
    """Ranks never go back; each number is sent once; an acknowledgement of one never changes another."""
    assert [s.number for s in after.submissions] == list(range(1, len(after.submissions) + 1))
    for old, new in zip(before.submissions, after.submissions, strict=False):
        assert new.rank >= old.rank
        assert new.number == old.number
        assert new.frequency == old.frequency
    sent = [x.submission for x in after.in_flight if x.kind == "transmit_claim"]
    assert len(sent) == len(set(sent))


def outgoing(effect: AnyEffect) -> None:
    if effect.kind == "transmit_claim" and effect.claim.frequency in ("7", "8"):
        assert effect.claim.payer_claim_control_number, "a 7 or 8 without the payer's claim control number"
    if effect.kind == "report_patient_balance":
        assert effect.balance.amount_cents >= 0
        assert effect.balance.withheld_cents >= 0


def time_alone(before: ClaimState, taken: Step) -> None:
    """Silence opens work; it never files, sends, bills or writes off. What a gate held back is told when it closes."""
    told = NEVER_BY_TIME - ({"report_patient_balance"} if before.approvals else set())
    assert not told & {effect.kind for effect in taken.effects}
    assert taken.state.write_offs == before.write_offs
    assert [r.key for r in taken.state.refunds if r.standing] == [r.key for r in before.refunds if r.standing]
    assert taken.state.statements == before.statements
    assert taken.state.closed == before.closed


def sent_again_by_itself(before: ClaimState, event: AnyEvent, taken: Step) -> None:
    """Once in a life, an original only, never one whose receipt is proven, that is held or whose outcome is unknown."""
    latest = before.submissions[-1]
    assert event.kind in ("deadline_passed", "status_reported")
    assert before.resent_at is None
    assert not before.holds
    assert latest.frequency not in ("7", "8")
    assert latest.outcome != "unknown"
    assert not any(x.proof_of_filing for x in before.submissions if x.coverage == before.responsible)
    assert [effect.kind for effect in taken.effects] == ["scrub_claim"]
    assert taken.state.notes[-1].by == "claimline"
