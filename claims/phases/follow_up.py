"""Asking the payer, hearing back, and deadlines that pass: silence opens work, it never files, writes off or bills."""

from __future__ import annotations

from collections.abc import Callable

from claims.deadlines import wait_for
from claims.draft import Draft, Refused
from claims.effects import ArchiveClaim, InquireStatus
from claims.events import AnyEvent, DeadlinePassed, StatusInquiryRequested, StatusReported, StatusUnanswered
from claims.phases import gate, submission
from claims.questions import StatusQuestion
from claims.state import ClaimState, Deadline
from claims.status import Status as S

WAITING = (
    S.SUBMITTED,
    S.CLEARINGHOUSE_ACCEPTED,
    S.PAYER_RECEIVED,
    S.PAYER_ACCEPTED,
    S.SPLIT,
    S.PENDING_PAYER,
    S.INFO_REQUESTED,
    S.NO_RESPONSE,
    S.NOT_ON_FILE,
)


def inquire(d: Draft) -> None:
    """Asks the payer (276), once at a time."""
    if any(isinstance(effect, InquireStatus) for effect in d.state.in_flight):
        return
    claim = d.state.claim
    coverage = claim.coverages[min(d.state.responsible, len(claim.coverages) - 1)]
    latest = d.state.latest_submission
    effect = d.next_effect_id("inquiry")
    d.ask(
        InquireStatus(
            id=effect,
            question=StatusQuestion(
                trace=f"{d.state.claim_id}-{d.state.effect_count}",
                payer=coverage.payer,
                provider=claim.billing,
                subscriber=coverage.subscriber,
                member_id=coverage.member_id,
                patient=claim.patient if claim.patient_relationship else None,
                patient_control_number=latest.patient_control_number if latest else claim.patient_control_number,
                payer_claim_control_number=latest.payer_claim_control_number if latest else "",
                type_of_bill=claim.facility_code + claim.frequency if claim.type == "institutional" else "",
                charge_cents=claim.charge_cents,
                service_from=claim.service_from,
                service_to=claim.service_to,
            ),
        )
    )


def on_status_inquiry_requested(d: Draft, event: StatusInquiryRequested) -> None:
    d.require(*WAITING, what="a status inquiry")
    inquire(d)


def on_status_unanswered(d: Draft, event: StatusUnanswered) -> None:
    d.answered(event.effect)
    if d.here in WAITING:
        d.arm("inquiry", "inquiry_repeat")
        d.note_refusal(event.kind, event.reason)


def on_status_reported(d: Draft, event: StatusReported) -> None:
    """A 277. The most telling category of its composites decides; what is decided already is not moved."""
    d.answered(event.effect)
    if d.state.status not in WAITING:
        raise Refused(f"a status answer changes nothing for a claim that is {d.state.status}")
    d.forget("inquire_status")
    codes = event.status.codes
    if event.status.payer_claim_control_number:
        latest = d.submission(0)
        d.put_submission(latest, payer_claim_control_number=event.status.payer_claim_control_number)
    d.arm("inquiry", "inquiry_repeat")
    said = ", ".join(f"{c.category}:{c.status}" for c in codes)
    for prefixes, act in _ANSWERS:
        if any(c.category.startswith(prefixes) for c in codes):
            act(d, said)
            return
    raise Refused(f"status category {said or 'none'} is not known")


def _has_it(d: Draft, rank: int) -> None:
    """The payer answers for a claim only that it has: a lower acknowledgement which comes later moves nothing back."""
    latest = d.state.latest_submission
    if latest is not None:
        d.put_submission(latest, rank=max(latest.rank, rank))


def _info_requested(d: Draft, said: str) -> None:
    _has_it(d, 4)
    d.move(S.INFO_REQUESTED)
    d.arm("documents")
    d.open_task("send_documents", "biller", f"the payer asks for information ({said})")


def _not_on_file(d: Draft, said: str) -> None:
    """Not on file: with proof of receipt a person asks the payer again, without it the claim goes out once more."""
    d.move(S.NOT_ON_FILE)
    latest = d.submission(0)
    if latest.proof_of_filing:
        d.open_task("resubmit", "biller", f"not on file ({said}), though the payer confirmed receipt: show the proof")
    else:
        d.arm_filing()
        d.open_task(
            "resubmit", "biller", f"not on file ({said}) and no proof of receipt: send it again inside the limit"
        )


def _rejected(d: Draft, said: str) -> None:
    submission.reject(d, d.submission(0), S.PAYER_REJECTED, f"the payer's status answer rejects it: {said}")


def _paid_elsewhere(d: Draft, said: str) -> None:
    _has_it(d, 4)
    d.move(S.PENDING_PAYER)
    d.open_task("find_remittance", "biller", f"the payer says it is finished ({said}) but no remittance is here")


def _pending(d: Draft, said: str) -> None:
    """In process: the alarm that rang is armed anew; one that still runs keeps its date."""
    _has_it(d, 4)
    d.move(S.PENDING_PAYER)
    d.close_tasks("follow_up", "resubmit", "find_remittance")
    if not any(deadline.kind == "follow_up" for deadline in d.state.deadlines):
        d.arm("follow_up")


def _ask_later(d: Draft, said: str) -> None:
    d.note_refusal("status_reported", f"the payer could not answer ({said}); the next inquiry is armed")


def _received(d: Draft, said: str) -> None:
    """The payer has it: one that was taken for lost is under way again."""
    _has_it(d, 3)
    if d.state.status in (S.NO_RESPONSE, S.NOT_ON_FILE):
        d.move(S.PAYER_RECEIVED)
        d.arm("follow_up")
    d.close_tasks("follow_up", "resubmit")


_ANSWERS: tuple[tuple[tuple[str, ...], Callable[[Draft, str], None]], ...] = (
    (("P3", "P4", "R"), _info_requested),
    (("A3", "A6", "A7", "A8"), _rejected),
    (("A4", "D0"), _not_on_file),
    (("F",), _paid_elsewhere),
    (("P",), _pending),
    (("A0", "A1", "A2", "A5"), _received),
    (("E",), _ask_later),
)
"""277 categories (X12 code source 507), the most telling first."""


# deadlines that pass


def on_deadline_passed(d: Draft, event: DeadlinePassed) -> None:
    deadline = next((x for x in d.state.deadlines if x.id == event.deadline), None)
    if deadline is None or deadline.due > event.at:
        raise Refused("no such deadline is due")
    d.set(deadlines=tuple(x for x in d.state.deadlines if x.id != deadline.id))
    try:
        with d.undone_if_refused():
            _PASSED[deadline.kind](d, deadline)
    except Refused as refused:
        # A deadline that is due must go, or it would be due for ever; what it could not do is on record.
        d.note_refusal(f"{event.kind}: {deadline.id}", str(refused))


def is_due(state: ClaimState, event: AnyEvent) -> bool:
    """Whether the event is the passing of a deadline that stands armed and is due, be it for the second time."""
    if not isinstance(event, DeadlinePassed):
        return False
    return any(x.id == event.deadline and x.due <= event.at for x in state.deadlines)


def _eligibility(d: Draft, deadline: Deadline) -> None:
    d.open_task("verify_coverage", "front_desk", "no eligibility answer came: ask the payer, or go on without")


def _coding(d: Draft, deadline: Deadline) -> None:
    escalate(d, "code_claim", "the encounter still has no codes")


def escalate(d: Draft, kind: str, reason: str) -> None:
    """Marks the open tasks of this type as escalated to the supervisor."""
    d.set(
        tasks=tuple(
            task.model_copy(update={"escalated": True, "owner": "supervisor", "reason": f"{task.reason}; {reason}"})
            if task.type == kind and not task.escalated
            else task
            for task in d.state.tasks
        )
    )


def _hold_review(d: Draft, deadline: Deadline) -> None:
    if not d.state.holds:
        return
    kinds = ", ".join(hold.kind for hold in d.state.holds)
    d.open_task("review_hold", "supervisor", f"the claim is still on hold ({kinds})")


def _acknowledgement(d: Draft, deadline: Deadline) -> None:
    d.open_task("chase_acknowledgement", "biller", f"no {deadline.subject} came: ask the clearinghouse")


def _inquiry(d: Draft, deadline: Deadline) -> None:
    if d.state.status in WAITING:
        inquire(d)
        wait = wait_for(d.state.rules, "inquiry_repeat")
        d.arm_wait("inquiry", wait, "", d.now)


def _follow_up(d: Draft, deadline: Deadline) -> None:
    """Silence. The payer is asked at once, and a biller has it on the list."""
    d.open_task("follow_up", "biller", f"no answer from the payer ({deadline.rule}): find out where the claim is")
    if d.state.status in WAITING:
        if d.state.status not in (S.INFO_REQUESTED, S.NOT_ON_FILE):
            d.move(S.NO_RESPONSE)
        inquire(d)


def _missing_remittance(d: Draft, deadline: Deadline) -> None:
    if deadline.subject == "corrected":
        d.open_task("find_correction", "biller", "the appeal was won, but no corrected remittance came")
    elif deadline.subject.startswith("escalation"):
        d.open_task("find_remittance", "supervisor", f"still no remittance ({deadline.rule})")
    else:
        d.open_task("find_remittance", "biller", f"no remittance came ({deadline.rule})")


def _filing(d: Draft, deadline: Deadline) -> None:
    if deadline.subject == "limit":
        reason = f"the {deadline.rule} has passed without proof of receipt: look for proof, or review for write-off"
        d.open_task("filing_limit", "supervisor", reason, category="passed")
        return
    limit = next((x for x in d.state.deadlines if x.id == "filing:limit"), None)
    last = limit.due.date().isoformat() if limit else "soon"
    d.open_task(
        "filing_limit",
        "biller",
        f"last day to file is {last} and no proof of receipt is here",
        category="warning",
        due=limit.due if limit else None,
    )


def _correction(d: Draft, deadline: Deadline) -> None:
    d.open_task("work_denial", "supervisor", "the window for a corrected claim has closed: appeal or write off")


def _appeal(d: Draft, deadline: Deadline) -> None:
    d.open_task(
        "review_write_off", "supervisor", f"the last day to appeal has passed ({deadline.rule}); nothing was filed"
    )


def _appeal_decision(d: Draft, deadline: Deadline) -> None:
    d.open_task("chase_appeal_decision", "biller", f"no decision on the appeal ({deadline.rule})")


def _documents(d: Draft, deadline: Deadline) -> None:
    escalate(d, "send_documents", f"the time to send them is over ({deadline.rule}): expect a denial")
    d.open_task("send_documents", "supervisor", f"the time to send documents is over ({deadline.rule})")


def _approval(d: Draft, deadline: Deadline) -> None:
    """Nobody approved: nothing is filed, and the work goes to the supervisor."""
    gate.expire_approval(d, deadline.subject)


def _crossover(d: Draft, deadline: Deadline) -> None:
    if d.state.status is S.AWAITING_CROSSOVER:
        d.move(S.SECONDARY_READY)
    d.arm_filing(d.today)
    d.open_task("review_coverage", "biller", "no answer from the payer it was forwarded to: bill that payer")


def _reversal_correction(d: Draft, deadline: Deadline) -> None:
    d.open_task("find_correction", "biller", "the payer reversed its payment and sent no correction")


def _statement(d: Draft, deadline: Deadline) -> None:
    d.open_task("collect_patient_balance", "biller", f"the patient's balance is still unpaid ({deadline.rule})")


def _overpayment(d: Draft, deadline: Deadline) -> None:
    escalate(d, "refund", f"the time to report and return it is over ({deadline.source})")
    d.open_task("refund", "supervisor", f"the time to return the overpayment is over ({deadline.source})")


def _linger(d: Draft, deadline: Deadline) -> None:
    """A closed claim has waited long enough for late events: store it and let its workflow end."""
    d.ask(ArchiveClaim(id=d.next_effect_id("archive")))
    d.arm("linger")


def _eft_pairing(d: Draft, deadline: Deadline) -> None:
    d.open_task("review_payment", "biller", "the payment and the remittance were not paired")


_PASSED: dict[str, Callable[[Draft, Deadline], None]] = {
    "eligibility": _eligibility,
    "coding": _coding,
    "hold_review": _hold_review,
    "acknowledgement": _acknowledgement,
    "inquiry": _inquiry,
    "follow_up": _follow_up,
    "missing_remittance": _missing_remittance,
    "filing": _filing,
    "correction": _correction,
    "appeal": _appeal,
    "appeal_decision": _appeal_decision,
    "documents": _documents,
    "approval": _approval,
    "crossover": _crossover,
    "reversal_correction": _reversal_correction,
    "eft_pairing": _eft_pairing,
    "statement": _statement,
    "overpayment": _overpayment,
    "linger": _linger,
}
