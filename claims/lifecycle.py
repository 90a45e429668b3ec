"""`step`: what a claim becomes, and what it asks for, when something happens. It refuses with a reason, never raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims import told_numbers
from claims.draft import Draft, Refused
from claims.events import AnyEvent, ClaimRegistered
from claims.phases import (
    adjudication,
    appealing,
    approvals,
    contracts,
    corrections,
    coverage_change,
    denial_work,
    follow_up,
    passing,
    patient_billing,
    patients_turn,
    people,
    refunds,
    registration,
    settling,
    stale_tasks,
    submission,
    unmatching,
    write_offs,
)
from claims.phases.adjudication import Duplicate
from claims.state import ClaimState, Refusal, Step
from claims.status import Status
from claims.tables import Tables

SEEN_KEPT = 200
REFUSED_KEPT = 20

HANDLERS: dict[str, Callable[[Draft, Any], None]] = {
    "upstream_replacement_received": corrections.on_upstream_replacement,
    "eligibility_answered": registration.on_eligibility_answered,
    "claim_coded": registration.on_claim_coded,
    "claim_corrected": corrections.on_claim_corrected,
    "claim_scrubbed": registration.on_claim_scrubbed,
    "claim_transmitted": submission.on_claim_transmitted,
    "transmission_refused": submission.on_transmission_refused,
    "transmission_unknown": submission.on_transmission_unknown,
    "submission_found": submission.on_submission_found,
    "submission_acknowledged": submission.on_submission_acknowledged,
    "claim_acknowledged": submission.on_claim_acknowledged,
    "status_reported": follow_up.on_status_reported,
    "status_unanswered": follow_up.on_status_unanswered,
    "remittance_received": adjudication.on_remittance_received,
    "takeback_received": adjudication.on_takeback_received,
    "payment_unmatched": unmatching.on_payment_unmatched,
    "patient_paid": patient_billing.on_patient_paid,
    "manual_payment_posted": adjudication.on_manual_payment_posted,
    "statement_sent": patient_billing.on_statement_sent,
    "patient_balance_reported": patient_billing.on_patient_balance_reported,
    "account_standing": patient_billing.on_account_standing,
    "patient_billing_allowed": patient_billing.on_patient_billing_allowed,
    "written_off": write_offs.on_written_off,
    "write_off_reverted": write_offs.on_write_off_reverted,
    "refund_requested": refunds.on_refund_requested,
    "refund_sent": refunds.on_refund_sent,
    "refund_reverted": refunds.on_refund_reverted,
    "overpayment_identified": refunds.on_overpayment_identified,
    "overpayment_investigated": refunds.on_overpayment_investigated,
    "refund_demanded": refunds.on_refund_demanded,
    "demand_answered": refunds.on_demand_answered,
    "payment_accepted": contracts.on_payment_accepted,
    "remedy_chosen": denial_work.on_remedy_chosen,
    "appeal_requested": appealing.on_appeal_requested,
    "appeal_sent": appealing.on_appeal_sent,
    "appeal_decided": appealing.on_appeal_decided,
    "documents_chosen": denial_work.on_documents_chosen,
    "documents_sent": denial_work.on_documents_sent,
    "documents_reviewed": denial_work.on_documents_reviewed,
    "approval_decided": approvals.on_approval_decided,
    "hold_placed": people.on_hold_placed,
    "hold_released": people.on_hold_released,
    "note_added": people.on_note_added,
    "deadline_extended": people.on_deadline_extended,
    "coverage_changed": coverage_change.on_coverage_changed,
    "eligibility_overridden": registration.on_eligibility_overridden,
    "void_requested": corrections.on_void_requested,
    "submit_requested": registration.on_submit_requested,
    "status_inquiry_requested": follow_up.on_status_inquiry_requested,
    "task_worked": people.on_task_worked,
    "payer_rules_changed": people.on_payer_rules_changed,
    "recovered": people.on_recovered,
    "effect_failed": people.on_effect_failed,
    "closing_requested": settling.on_closing_requested,
    "claim_archived": settling.on_claim_archived,
    "deadline_passed": passing.on_deadline_passed,
    "message_refused": people.on_message_refused,
}
"""One room for each event; `claim_registered` begins a claim and is refused afterwards."""


def begin(event: ClaimRegistered, tables: Tables) -> Step:
    """A claim's first step: it is registered, its filing limit is armed and its coverage is asked about."""
    state = ClaimState(
        practice=event.practice,
        claim_id=event.claim_id,
        zone=event.zone,
        source=event.source,
        fingerprint=event.fingerprint,
        tables_version=event.tables_version,
        payer_rules=event.payer_rules,
        registered_at=event.at,
        changed_at=event.at,
        since=event.at,
        claim=event.claim,
        coded=event.coded,
        guarantor=event.guarantor,
        sequence=1,
        seen=(event.id,),
    )
    draft = Draft(state, event, tables)
    draft.arm_filing()
    registration.ask_eligibility(draft)
    return Step(state=draft.state, effects=tuple(draft.effects), path=(Status.REGISTERED, *draft.path))


def step(state: ClaimState, event: AnyEvent, tables: Tables) -> Step:
    """What a claim becomes, and what it asks for, when `event` happens.

    Never raises for anything that an event may carry. A refused event changes nothing but the record of refusals and the
    numbers that the claim is known by (and its effect, now answered, is in flight no longer); an event that was taken
    before (same id) changes nothing at all.
    """
    if event.id in state.seen and not passing.is_due(state, event):
        return Step(state=state, refused="this event was taken already", duplicate=True)
    base = state.model_copy(
        update={
            "sequence": state.sequence + 1,
            "upgraded_from": 0,
            "changed_at": max(state.changed_at, event.at),
            "seen": (*state.seen[-(SEEN_KEPT - 1) :], event.id),
        }
    )
    # whatever becomes of the event: the records are told the same numbers before the claim is asked
    base = told_numbers.remember(base, event)
    handler = HANDLERS.get(event.kind)
    draft = Draft(base, event, tables)
    try:
        if handler is None:
            raise Refused("the claim is registered already")
        handler(draft, event)
    except Duplicate as duplicate:
        return Step(state=_answered(base, event), refused=str(duplicate), duplicate=True)
    except Refused as refused:
        return Step(state=_refuse(_answered(base, event), event, str(refused)), refused=str(refused))
    patients_turn.tell_account(draft)
    stale_tasks.close(draft)
    people.keep_watch(draft)
    stale_tasks.record_closed(draft, base.tasks)
    return Step(state=draft.state, effects=tuple(draft.effects), path=tuple(draft.path))


def _answered(state: ClaimState, event: AnyEvent) -> ClaimState:
    """An effect whose answer led to nothing is answered all the same: the claim asks again where it has to."""
    effect = getattr(event, "effect", "")
    if not effect or not any(asked.id == effect for asked in state.in_flight):
        return state
    return state.model_copy(update={"in_flight": tuple(asked for asked in state.in_flight if asked.id != effect)})


def _refuse(state: ClaimState, event: AnyEvent, reason: str) -> ClaimState:
    name = event.message if event.kind == "message_refused" else event.kind
    refusal = Refusal(at=event.at, message=name, reason=reason, by=event.by)
    return state.model_copy(update={"refused": (*state.refused[-(REFUSED_KEPT - 1) :], refusal)})
