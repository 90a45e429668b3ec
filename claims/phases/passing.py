"""Deadlines that pass, a row a kind: silence opens work, it never files, writes off or bills."""

from __future__ import annotations

from collections.abc import Callable

from claims import patient_balance
from claims.deadlines import first_question, returns
from claims.draft import Draft, Refused
from claims.effects import ArchiveClaim
from claims.events import AnyEvent, DeadlinePassed
from claims.money import dollars
from claims.patient_balance import PatientBalance
from claims.phases import gate, next_payer, overpayment, resending
from claims.phases.follow_up import WAITING, ask_unless_too_early
from claims.posting import ledger
from claims.state import ClaimState, Deadline
from claims.status import Status as S


def on_deadline_passed(d: Draft, event: DeadlinePassed) -> None:
    deadline = next((x for x in (*d.state.deadlines, *returns(d.state)) if x.id == event.deadline), None)
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
    return any(x.id == event.deadline and x.due <= event.at for x in (*state.deadlines, *returns(state)))


def _eligibility(d: Draft, deadline: Deadline) -> None:
    d.open_task("verify_coverage", "front_desk", "no eligibility answer came: ask the payer, or go on without")


def _coding(d: Draft, deadline: Deadline) -> None:
    escalate(d, "code_claim", "the encounter still has no codes")
    escalate(d, "review_codes", "nobody has read the codes yet")


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
    if d.state.status not in WAITING:
        return
    ask_unless_too_early(d)
    latest = d.state.latest_submission
    if latest is not None and latest.sent_at is not None and resending.too_fresh(d, latest):
        first = first_question(latest.sent_at, d.state.rules, d.state.zone)
        rule, source = "a week from the sending", "Stedi: no claim status check before a week has passed"
        d.put_deadline(deadline.model_copy(update={"due": first, "rule": rule, "source": source}))
    else:
        d.arm("inquiry", "inquiry_repeat")


def _follow_up(d: Draft, deadline: Deadline) -> None:
    """Silence. The payer is asked at once, and a biller has it on the list."""
    d.open_task("follow_up", "biller", f"no answer from the payer ({deadline.rule}): find out where the claim is")
    if d.state.status in WAITING:
        if d.state.status not in (S.INFO_REQUESTED, S.NOT_ON_FILE):
            d.move(S.NO_RESPONSE)
        ask_unless_too_early(d)


def _missing_remittance(d: Draft, deadline: Deadline) -> None:
    if deadline.id == next_payer.HELD:
        reason = (
            "the payer's answer is held, and no corrected remittance came: ask again, or have the claim looked at there"
        )
        d.open_task("find_correction", "supervisor", reason)
    elif deadline.subject == "corrected":
        d.open_task("find_correction", "biller", "the payer changed its decision, but no corrected remittance came")
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
    if _redrop(d, deadline, limit):
        return
    last = limit.due.date().isoformat() if limit else "soon"
    d.open_task(
        "filing_limit",
        "biller",
        f"last day to file is {last} and no proof of receipt is here",
        category="warning",
        due=limit.due if limit else None,
    )


def _redrop(d: Draft, warning: Deadline, limit: Deadline | None) -> bool:
    """At the first warning a claim without proof of receipt goes out again. True where nothing is left to warn of."""
    first = max(d.state.rules.filing.warn_days, default=0)
    if warning.subject != f"warn-{first}" or limit is None or not resending.is_lost(d):
        return False
    why_not = resending.why_not(d)
    last = limit.due.date().isoformat()
    if why_not:
        reason = f"last day to file is {last}, no proof of receipt is here, and {why_not}"
        d.open_task("filing_limit", "supervisor", reason, category="warning", due=limit.due)
        escalate(d, "filing_limit", "decide before that day")
        return True
    resending.resend(d, f"{first} days before the last day to file ({last})")
    return True


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
    next_payer.after_the_wait(d)


def _reversal_correction(d: Draft, deadline: Deadline) -> None:
    d.open_task("find_correction", "biller", "the payer reversed its payment and sent no correction")


def _statement(d: Draft, deadline: Deadline) -> None:
    """The account was to act by now, and told nothing. Where nothing may be asked for any more, nothing is missing; but
    money that nobody is asked for stays somebody's to decide on."""
    found = patient_balance.patient_balance(d.state, d.tables)
    asked = found.amount_cents
    if asked <= 0:
        if not d.state.tasks and not d.state.deadlines:
            _nobody_asked(d, found)
        return
    stands = f" stands at {d.state.account_standing.replace('_', ' ')} and" if d.state.account_standing else ""
    reason = f"{dollars(asked)} are the patient's, and her account{stands} sent nothing in time ({deadline.rule}): look at it"
    d.open_task("collect_patient_balance", "biller", reason)


def _nobody_asked(d: Draft, found: PatientBalance) -> None:
    unexplained = ledger(d.state, d.tables).open
    if found.withheld_cents > 0:
        reason = f"{dollars(found.withheld_cents)} are not asked for of the patient: {found.why}"
        d.open_task("review_payment", "biller", reason, category="patient")
    elif unexplained > 0:
        reason = f"{dollars(unexplained)} is neither paid nor explained"
        d.open_task("review_payment", "biller", reason, category="open")


def _overpayment(d: Draft, deadline: Deadline) -> None:
    reason = overpayment.passed(d, deadline)
    if reason:
        escalate(d, "refund", reason)


def _linger(d: Draft, deadline: Deadline) -> None:
    """A closed claim has waited long enough for late events: store it and let its workflow end."""
    d.ask(ArchiveClaim(id=d.next_effect_id("archive")))
    d.arm("linger")


def _task(d: Draft, deadline: Deadline) -> None:
    """A task that was put off is on the list again; who took it is told (views.why_here)."""
    d.set(
        tasks=tuple(
            task.model_copy(update={"pended_until": None, "returned_at": d.now})
            if task.id == deadline.subject
            else task
            for task in d.state.tasks
        )
    )


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
    "task": _task,
}
