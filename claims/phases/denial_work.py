"""Working a denial: the remedy a person chose, corrections, appeals and their decisions, approvals, voids, write-offs.

Nothing is filed, voided or written off in silence: each needs a person, some a second one; time alone files nothing.
"""

from __future__ import annotations

from claims import appeals, denials
from claims.draft import Draft, Refused
from claims.effects import SendAppeal
from claims.events import (
    AppealDecided,
    AppealRequested,
    AppealSent,
    ApprovalDecided,
    ClaimCorrected,
    DocumentsSent,
    RemedyChosen,
    VoidRequested,
    WriteOffReverted,
    WrittenOff,
)
from claims.money import dollars
from claims.payer_rules import ApprovalFor
from claims.phases import registration, settling, submission
from claims.posting import ledger
from claims.state import Appeal, Approval, WriteOff
from claims.status import Status as S

DENIED = (S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.CORRECTING)
NEVER_ON_FILE = (
    S.REGISTERED,
    S.ELIGIBILITY_PENDING,
    S.ELIGIBILITY_FAILED,
    S.AWAITING_CODING,
    S.CODING_REVIEW,
    S.CODED,
    S.SCRUBBING,
    S.NEEDS_CORRECTION,
    S.READY_TO_SUBMIT,
    S.CLEARINGHOUSE_REJECTED,
    S.PAYER_REJECTED,
)


# corrections


def on_claim_corrected(d: Draft, event: ClaimCorrected) -> None:
    """The claim as it should read: an edit, a new original or a replacement, by where the claim stands."""
    was = d.state.status
    if was in registration.BEFORE_SUBMISSION or was in (S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED, S.NOT_ON_FILE):
        registration.take_claim(d, event.claim, event.base_version)
        registration.recheck(d, was)
        return
    d.require(*DENIED, S.UNDERPAID, S.PAID, S.NO_RESPONSE, what="a correction")
    if was is S.NO_RESPONSE:
        raise Refused("the payer has not decided: ask for the status, or send again if it is not on file")
    frequency, number = _resubmission(d)
    references = tuple(ref for ref in event.claim.references if ref[0] != "F8")
    if number:
        references = (*references, ("F8", number))
    claim = event.claim.model_copy(update={"frequency": frequency, "references": references})
    registration.take_claim(d, claim, event.base_version)
    d.drop_waiting()
    if frequency == "1":
        d.arm_filing()
    registration.scrub(d)


def _resubmission(d: Draft) -> tuple[str, str]:
    """Frequency and REF*F8 of the next submission after a decision. Raises Refused without the payer's number."""
    denial = d.state.denial
    remedy = (denial.chosen or denial.recommended) if denial else "correct_and_replace"
    if remedy == "new_original" or not denials.takes_replacement(d.state.rules, d.state.claim.type):
        return "1", ""
    number = next(
        (s.payer_claim_control_number for s in reversed(d.state.submissions) if s.payer_claim_control_number), ""
    )
    if not number:
        raise Refused("a replacement (frequency 7) needs the payer's claim control number, and none is known")
    return "7", number


def on_remedy_chosen(d: Draft, event: RemedyChosen) -> None:
    """A person's choice is kept, whatever the tables recommended; some choices do something at once."""
    d.require(*DENIED, S.SECONDARY_READY, what="choosing a remedy")
    denial = d.state.denial
    if d.state.status is S.SECONDARY_READY or denial is None:
        if event.remedy != "bill_patient":
            raise Refused("only bill_patient may be chosen here")
        d.set(responsible=len(d.state.claim.coverages))
        d.close_tasks("review_coverage")
        return settling.settle(d)
    d.set(denial=denial.model_copy(update={"chosen": event.remedy, "chosen_by": event.by}))
    match event.remedy:
        case "correct_and_replace" | "new_original":
            if event.remedy == "correct_and_replace":
                _resubmission(d)
            d.move(S.CORRECTING)
            d.close_tasks("work_denial")
            d.open_task("correct_claim", "biller", f"correct the claim: {denial.why}", category="denial")
        case "appeal":
            request_appeal(d, AppealRequested(at=event.at, id=event.id, by=event.by, reason=event.reason))
        case "write_off":
            amount = ledger(d.state, d.tables).open
            on_written_off(
                d,
                WrittenOff(at=event.at, id=event.id, by=event.by, amount_cents=amount, reason=event.reason or "denied"),
            )
        case "bill_patient":
            _bill_patient(d)
        case "void":
            on_void_requested(d, VoidRequested(at=event.at, id=event.id, by=event.by, reason=event.reason or "void"))
        case "send_documents":
            d.close_tasks("work_denial")
            d.open_task("send_documents", "biller", f"send what the payer asks for: {denial.why}")
            d.arm("documents")
        case "bill_other_payer":
            d.move(S.SECONDARY_READY)
            d.close_tasks("work_denial")
            d.open_task("review_coverage", "front_desk", f"find the payer that owes: {denial.why}")
        case "wait":
            d.arm("follow_up")
        case "review" | "reopening":
            d.open_task("work_denial", "biller", f"{event.remedy}: {event.reason or denial.why}")
    return None


def _bill_patient(d: Draft) -> None:
    """Only what the payer assigned to the patient (group PR) may be billed; CO never reaches a patient."""
    balance = ledger(d.state, d.tables)
    if balance.patient <= 0:
        raise Refused("nothing of the denial was assigned to the patient (group PR)")
    if not d.state.rules.bill_patient:
        raise Refused("this payer's rules forbid billing the patient")
    d.close_tasks("work_denial")
    d.move(S.ADJUDICATED)
    settling.settle(d)


# appeals


def on_appeal_requested(d: Draft, event: AppealRequested) -> None:
    request_appeal(d, event)


def request_appeal(d: Draft, event: AppealRequested) -> None:
    """Opens the next level, or asks for a named person's approval first where the practice wants one."""
    at_stake = d.state.denial.denied_cents if d.state.denial else 0
    why_not = appeals.refusal(d.state, event.level, d.today, at_stake, d.tables)
    if why_not:
        raise Refused(why_not)
    d.require(*DENIED, S.APPEAL_OVERTURNED, what="an appeal")
    level = event.level or appeals.next_level(d.state)
    if needs_approval(d, "appeal"):
        await_approval(d, "appeal", event, amount=at_stake, reason=event.reason, level=level)
        return
    prepare_appeal(d, level, event.by, event.reason, event.documents)


def prepare_appeal(d: Draft, level: int, by: str, reason: str, documents: tuple[str, ...]) -> None:
    rung = appeals.find_level(d.state.rules, level)
    if rung is None or d.state.denial is None:
        raise Refused(f"there is no appeal level {level}")
    appeal = Appeal(
        level=level,
        name=rung.name,
        requested_at=d.now,
        requested_by=by,
        reason=reason,
        documents=documents,
        submission=d.state.submissions[-1].number if d.state.submissions else 0,
    )
    d.set(appeals=appeals.record(d.state, appeal))
    d.move(S.APPEAL_PREPARING)
    d.close_tasks("work_denial", "file_appeal", "review_write_off", "correct_claim")
    d.disarm("appeal", "correction")
    latest = d.state.submissions[-1] if d.state.submissions else None
    coverage = d.state.claim.coverages[min(d.state.responsible, len(d.state.claim.coverages) - 1)]
    d.ask(
        SendAppeal(
            id=f"appeal-{level}-{d.state.effect_count + 1}",
            level=level,
            level_name=rung.name,
            to=rung.to,
            reason=reason,
            claim=d.state.claim,
            payer=coverage.payer,
            payer_claim_control_number=latest.payer_claim_control_number if latest else "",
            codes=d.state.denial.codes,
            amount_cents=d.state.denial.denied_cents,
            documents=documents,
            proof_of_filing=latest.proof_of_filing if latest else "",
            on=d.today,
        )
    )
    d.set(effect_count=d.state.effect_count + 1)


def on_appeal_sent(d: Draft, event: AppealSent) -> None:
    d.answered(event.effect)
    d.require(S.APPEAL_PREPARING, what="the sending of an appeal")
    appeal = _appeal(d, event.level)
    d.set(appeals=appeals.record(d.state, appeal.model_copy(update={"filed_at": event.at, "receipt": event.receipt})))
    d.move(S.APPEAL_FILED)
    rung = appeals.find_level(d.state.rules, appeal.level)
    if rung is not None and rung.decision_within is not None:
        d.arm_wait("appeal_decision", rung.decision_within, f"level-{appeal.level}", d.now, "filing")
    else:
        d.arm("follow_up")


def _appeal(d: Draft, level: int) -> Appeal:
    undecided = [appeal for appeal in d.state.appeals if not appeal.outcome]
    wanted = [appeal for appeal in d.state.appeals if appeal.level == level] if level else undecided
    if not wanted:
        raise Refused(f"there is no appeal at level {level}" if level else "no appeal awaits a decision")
    return wanted[-1]


def on_appeal_decided(d: Draft, event: AppealDecided) -> None:
    """The first decision on a level wins; later ones are refused."""
    appeal = _appeal(d, event.level)
    if appeal.outcome:
        raise Refused(f"level {appeal.level} was decided already: {appeal.outcome}")
    d.require(S.APPEAL_FILED, S.APPEAL_PREPARING, what="the decision on an appeal")
    decided = appeal.model_copy(
        update={"outcome": event.outcome, "decided_at": event.at, "notice_on": event.notice_on or d.today}
    )
    d.set(appeals=appeals.record(d.state, decided))
    d.set(in_flight=tuple(e for e in d.state.in_flight if e.kind != "send_appeal"))
    d.disarm("appeal_decision", "follow_up")
    d.close_tasks("chase_appeal_decision")
    if event.outcome in ("overturned", "partially_overturned"):
        d.move(S.APPEAL_OVERTURNED)
        d.arm("missing_remittance", "corrected_remittance", "corrected")
        return
    d.move(S.APPEAL_UPHELD)
    following = appeals.find_level(d.state.rules, appeal.level + 1)
    at_stake = d.state.denial.denied_cents if d.state.denial else 0
    if following is None:
        d.open_task("review_write_off", "supervisor", f"level {appeal.level} upheld the denial and is the last")
        return
    needed = appeals.money_needed(following, d.today)
    if at_stake < needed:
        reason = f"level {appeal.level} upheld the denial; {following.name} needs {dollars(needed)} in controversy"
        d.open_task("review_write_off", "supervisor", f"{reason}, {dollars(at_stake)} are")
        return
    found = appeals.deadline(d.state, d.tables)
    if found is not None:
        d.put_deadline(found)
    d.open_task(
        "work_denial",
        "biller",
        f"level {appeal.level} upheld the denial: file {following.name}, or write it off",
        due=None,
    )


def on_documents_sent(d: Draft, event: DocumentsSent) -> None:
    """The clock stops only on a confirmation."""
    if not event.confirmation.strip():
        raise Refused("sending documents counts only with a confirmation number")
    d.answered(event.effect)
    if not any(x.kind == "documents" for x in d.state.deadlines) and d.state.status is not S.INFO_REQUESTED:
        raise Refused("nobody asked for documents")
    d.disarm("documents")
    d.close_tasks("send_documents")
    if d.state.status is S.INFO_REQUESTED:
        d.move(S.PENDING_PAYER)
    d.arm("follow_up")


# approvals


def needs_approval(d: Draft, what: ApprovalFor) -> bool:
    return what in d.state.rules.approvals


def await_approval(
    d: Draft,
    what: ApprovalFor,
    event: AppealRequested | WrittenOff | VoidRequested,
    *,
    amount: int,
    reason: str,
    level: int = 0,
) -> None:
    """Holds the request back until a named person decides; the gate closes by itself and then files nothing."""
    if any(approval.what == what for approval in d.state.approvals):
        raise Refused(f"a {what.replace('_', ' ')} awaits approval already")
    was = d.state.status
    task = d.open_task(
        "approve", "supervisor", f"{what.replace('_', ' ')} of {dollars(amount)}: {reason or 'no reason'}"
    )
    approval = Approval(
        task=task,
        what=what,
        amount_cents=amount,
        reason=reason,
        level=level,
        documents=getattr(event, "documents", ()),
        lines=getattr(event, "lines", ()),
        bucket=getattr(event, "bucket", "open"),
        requested_by=event.by,
        requested_at=event.at,
        was=was,
    )
    d.set(approvals=(*d.state.approvals, approval))
    d.move(S.AWAITING_APPROVAL)
    d.arm("approval", subject=task)


def _take_approval(d: Draft, task: str) -> Approval:
    wanted = [a for a in d.state.approvals if task in ("", a.task)]
    if not wanted:
        raise Refused("nothing awaits this approval: it was decided, or it expired")
    approval = wanted[0]
    d.set(approvals=tuple(a for a in d.state.approvals if a.task != approval.task))
    d.set(tasks=tuple(t for t in d.state.tasks if t.id != approval.task))
    d.disarm("approval", subject=approval.task)
    return approval


def on_approval_decided(d: Draft, event: ApprovalDecided) -> None:
    if not event.by:
        raise Refused("an approval needs the name of the person who gives it")
    approval = _take_approval(d, event.task)
    if not event.approved:
        _back(d, approval, f"{event.by} did not approve: {event.reason or 'no reason'}")
        return
    if event.by == approval.requested_by:
        raise Refused("who asked for it can't approve it")
    match approval.what:
        case "appeal":
            if not d.state.denial:
                raise Refused("the denial is gone")
            d.move(approval.was)
            prepare_appeal(d, approval.level, approval.requested_by, approval.reason, approval.documents)
        case "write_off":
            d.move(approval.was)
            write_off(d, approval.amount_cents, approval.bucket, approval.reason, event.by, event.id)
        case "void":
            d.move(approval.was)
            void(d)
        case "refund":
            d.move(S.REFUND_PENDING)


def expire_approval(d: Draft, task: str) -> None:
    """The gate's time is over: nothing is filed, the supervisor has it."""
    approval = _take_approval(d, task)
    _back(d, approval, f"nobody approved the {approval.what.replace('_', ' ')} in time; nothing was filed")


def _back(d: Draft, approval: Approval, reason: str) -> None:
    d.move(approval.was)
    if approval.was in DENIED:
        d.open_task("work_denial", "supervisor", reason)
    else:
        d.open_task("review_write_off", "supervisor", reason)


# write-offs and voids


def on_written_off(d: Draft, event: WrittenOff) -> None:
    """Part of what is open, or of what the patient owes, is given up; above the practice's amount with approval."""
    if event.amount_cents <= 0:
        raise Refused("a write-off is a positive amount")
    if not event.by:
        raise Refused("a write-off needs the name of the person who makes it")
    balance = ledger(d.state, d.tables)
    limit = balance.open if event.bucket == "open" else balance.patient
    if event.amount_cents > limit:
        raise Refused(f"only {dollars(max(limit, 0))} can be written off there, not {dollars(event.amount_cents)}")
    if d.state.status in (*submission.IN_THE_AIR, *submission.ON_THE_WAY, S.PENDING_PAYER, S.INFO_REQUESTED):
        raise Refused(f"the payer still has the claim ({d.state.status}): wait for its decision")
    if d.state.holds:
        raise Refused("the claim is on hold: release it first")
    if needs_approval(d, "write_off") and event.amount_cents > d.state.rules.write_off_approval_over_cents:
        await_approval(d, "write_off", event, amount=event.amount_cents, reason=event.reason)
        return
    write_off(d, event.amount_cents, event.bucket, event.reason, event.by, event.id)


def write_off(d: Draft, amount: int, bucket: str, reason: str, by: str, key: str) -> None:
    made = WriteOff.model_validate(
        {"key": key, "amount_cents": amount, "bucket": bucket, "reason": reason, "by": by, "at": d.now}
    )
    d.set(write_offs=(*d.state.write_offs, made))
    if d.state.status in registration.BEFORE_SUBMISSION or d.state.status in NEVER_ON_FILE:
        if ledger(d.state, d.tables).settled:
            d.move(S.CLOSED)
            settling.linger(d)
        return
    settling.settle(d)


def on_write_off_reverted(d: Draft, event: WriteOffReverted) -> None:
    found = [w for w in d.state.write_offs if not w.reverted_by and event.write_off in ("", w.key)]
    if not found:
        raise Refused("no such write-off stands")
    reverted = found[-1].model_copy(update={"reverted_by": event.by or "unnamed"})
    d.set(write_offs=tuple(reverted if w.key == reverted.key else w for w in d.state.write_offs))
    if d.state.closed:
        d.disarm("linger")
        d.move(S.REOPENED)
    settling.settle(d)
    if not d.state.closed and not d.state.tasks and not d.state.deadlines:
        d.open_task("review_payment", "biller", "a write-off was taken back: decide what is done about it")


def on_void_requested(d: Draft, event: VoidRequested) -> None:
    """Never on file: the claim ends here. On file: a frequency 8 with the payer's number, then its reversal."""
    if d.state.status in NEVER_ON_FILE and not d.state.payments:
        d.drop_waiting()
        d.set(in_flight=())
        d.move(S.VOIDED)
        settling.linger(d)
        return
    d.require(
        S.PAID,
        S.DENIED,
        S.PARTIALLY_DENIED,
        S.PATIENT_BILLING,
        S.ZERO_PAID_PATIENT_RESP,
        S.APPEAL_UPHELD,
        what="a void",
    )
    _void_number(d)
    if needs_approval(d, "void"):
        await_approval(d, "void", event, amount=d.state.claim.charge_cents, reason=event.reason)
        return
    void(d)


def _void_number(d: Draft) -> str:
    for sent in reversed(d.state.submissions):
        if sent.payer_claim_control_number:
            return sent.payer_claim_control_number
    raise Refused("a void (frequency 8) needs the payer's claim control number, and none is known")


def void(d: Draft) -> None:
    """Sends the claim once more with frequency 8."""
    references = (*(r for r in d.state.claim.references if r[0] != "F8"), ("F8", _void_number(d)))
    claim = d.state.claim.model_copy(update={"frequency": "8", "references": references})
    d.set(claim=claim, claim_version=d.state.claim_version + 1)
    d.drop_waiting()
    if d.state.status is not S.SUBMITTING:
        _to_submitting(d)


def _to_submitting(d: Draft) -> None:
    if d.state.status is S.APPEAL_UPHELD:
        d.move(S.CORRECTING)
    if d.state.status in (S.PAID, S.PATIENT_BILLING, S.CORRECTING):
        d.move(S.CODED)
        d.move(S.SCRUBBING)
        d.move(S.READY_TO_SUBMIT)
    submission.submit(d)
