"""What people do beside the claim's own course: holds, notes, tasks, extensions, newer rules, mending a failed step."""

from __future__ import annotations

from claims import credits
from claims.deadlines import PEND, START_OF_BUSINESS, at_local, due_instant
from claims.draft import NOTES_KEPT, Draft, Refused
from claims.effects import AnyEffect
from claims.events import (
    DeadlineExtended,
    EffectFailed,
    HoldPlaced,
    HoldReleased,
    MessageRefused,
    NoteAdded,
    PayerRulesChanged,
    Recovered,
    SubmitRequested,
    TaskWorked,
)
from claims.money import dollars
from claims.phases import gate, registration, settling, submission
from claims.posting import ledger
from claims.state import ITSELF, Failure, Hold, Note, WriteOff
from claims.status import Status as S


def on_hold_placed(d: Draft, event: HoldPlaced) -> None:
    """A hold stops sending, statements and write-offs; no filing or appeal deadline knows of it."""
    if d.state.closed:
        raise Refused("a closed claim can't be held")
    if any(hold.kind == event.hold for hold in d.state.holds):
        raise Refused(f"a {event.hold} hold is placed already")
    d.set(holds=(*d.state.holds, Hold(kind=event.hold, reason=event.reason, by=event.by, at=event.at)))
    d.arm("hold_review", subject=event.hold)
    if event.review_on is not None:
        review = next(x for x in d.state.deadlines if x.id == f"hold_review:{event.hold}")
        due = at_local(event.review_on, START_OF_BUSINESS, d.state.zone)
        d.put_deadline(review.model_copy(update={"due": max(due, event.at), "rule": f"review on {event.review_on}"}))


def on_hold_released(d: Draft, event: HoldReleased) -> None:
    released = [hold for hold in d.state.holds if event.hold in (None, hold.kind)]
    if not released:
        raise Refused("no such hold is placed")
    d.set(holds=tuple(hold for hold in d.state.holds if hold not in released))
    for hold in released:
        d.disarm("hold_review", subject=hold.kind)
    if d.state.holds:
        return
    d.close_tasks("review_hold")
    if d.state.status is S.READY_TO_SUBMIT:
        submission.submit(d)
    else:
        settling.settle(d)


def on_note_added(d: Draft, event: NoteAdded) -> None:
    """Kept, and nothing else: a note never moves a deadline."""
    if not event.text.strip():
        raise Refused("the note is empty")
    note = Note(at=event.at, by=event.by if event.by != ITSELF else "", text=event.text)
    d.set(notes=(*d.state.notes[-(NOTES_KEPT - 1) :], note))


def on_deadline_extended(d: Draft, event: DeadlineExtended) -> None:
    """Only with a reason, only later than now, never past what law or contract allow."""
    found = [x for x in d.state.deadlines if x.id == event.deadline]
    found = found or [x for x in d.state.deadlines if x.kind == event.deadline]
    if not found:
        raise Refused(f"no deadline {event.deadline} is armed")
    deadline = min(found, key=lambda x: x.due)
    if not event.reason.strip():
        raise Refused("an extension needs a reason")
    if event.to <= event.at:
        raise Refused("a deadline can't be moved into the past")
    if deadline.latest is not None and event.to > deadline.latest:
        raise Refused(f"no later than {deadline.latest.isoformat()}: {deadline.source}")
    if deadline.due == deadline.latest and deadline.kind in ("filing", "appeal"):
        raise Refused(f"a last day set by law or contract is not moved: {deadline.source}")
    rule = f"{deadline.rule}; extended by {event.by or 'a person'}: {event.reason}"
    d.put_deadline(deadline.model_copy(update={"due": event.to, "rule": rule}))


def on_task_worked(d: Draft, event: TaskWorked) -> None:
    task = next((t for t in d.state.tasks if event.task in (t.id, t.type)), None)
    if task is None:
        raise Refused(f"no task {event.task} is open")
    match event.action:
        case "resolve":
            _resolve(d, task.id)
            return
        case "resolve_and_resubmit":
            _resolve_and_resubmit(d, task.id, event)
            return
        case "take" | "assign":
            who = event.assignee or event.by
            if not who:
                raise Refused("say who takes it")
            changed = task.model_copy(update={"assignee": who, "pended_until": None})
        case "pend":
            until = due_instant("task", event.at, PEND, d.state.zone, d.tables.holidays)
            changed = task.model_copy(update={"pended_until": until, "returned_at": None})
        case "escalate":
            reason = f"{task.reason}; escalated: {event.reason}" if event.reason else task.reason
            update = {"escalated": True, "owner": "supervisor", "reason": reason, "pended_until": None}
            changed = task.model_copy(update=update)
    d.set(tasks=tuple(changed if t.id == task.id else t for t in d.state.tasks))


def _resolve(d: Draft, task_id: str) -> None:
    """A task may be resolved by hand as long as something else still watches over the claim."""
    left = tuple(t for t in d.state.tasks if t.id != task_id)
    refund = any(t.id == task_id and t.type == "refund" for t in d.state.tasks)
    if refund and ledger(d.state, d.tables).open < 0:
        raise Refused("more came in than is owed: give it back (refund), or find whose it is")
    if any(approval.task == task_id for approval in d.state.approvals):
        raise Refused("approve or reject it: a gate isn't resolved by hand")
    if d.state.failure is not None and not any(t.type == "recover" for t in left):
        raise Refused("recover the failed step: retry, skip or abandon")
    if not left and not d.state.deadlines and not d.state.closed:
        raise Refused("it is all that watches over the claim: do what it asks, or set a date")
    d.set(tasks=left)


def _resolve_and_resubmit(d: Draft, task_id: str, event: TaskWorked) -> None:
    """What stood in the way is gone outside of the claim: it goes through the edits and out again as it reads."""
    common = {"at": event.at, "id": event.id, "by": event.by}
    registration.on_submit_requested(d, SubmitRequested.model_validate({**common, "reason": event.reason}))
    d.set(tasks=tuple(t for t in d.state.tasks if t.id != task_id))


def on_payer_rules_changed(d: Draft, event: PayerRulesChanged) -> None:
    """Newer rules: the filing limit is counted anew; waits that run keep the date they have."""
    if len(event.payer_rules) != len(d.state.claim.coverages):
        raise Refused("one set of rules for each coverage of the claim is needed")
    d.set(payer_rules=event.payer_rules, tables_version=event.tables_version)
    if any(x.kind == "filing" for x in d.state.deadlines):
        d.arm_filing()


def on_effect_failed(d: Draft, event: EffectFailed) -> None:
    """A step failed for good: the claim is parked with its error until a person says how to go on."""
    effect = next((e for e in d.state.in_flight if e.id == event.effect), None)
    if effect is None:
        raise Refused("no such effect is in flight")
    d.answered(event.effect)
    earlier = d.state.failure
    if earlier is not None and d.state.status is S.BLOCKED_ON_FAILURE:
        # Parked already: one answer of a person holds for every step that failed meanwhile.
        d.set(failure=earlier.model_copy(update={"also": (*earlier.also, effect)}))
        d.open_task(
            "recover", "supervisor", f"{effect.kind.replace('_', ' ')} failed as well: {event.reason}", blocks=True
        )
        return
    d.set(failure=Failure(effect=effect, reason=event.reason, at=event.at, was=d.state.status))
    d.open_task("recover", "supervisor", f"{effect.kind.replace('_', ' ')} failed: {event.reason}", blocks=True)
    if d.state.status not in (S.CLOSED, S.VOIDED):
        d.move(S.BLOCKED_ON_FAILURE)


def on_recovered(d: Draft, event: Recovered) -> None:
    failure = d.state.failure
    if failure is None:
        raise Refused("nothing has failed")
    approved_by = ""
    if event.action == "abandon" and not _agreed(d, event, failure):
        return
    if failure.abandoned_by and event.action == "abandon":
        approved_by, event = event.by, event.model_copy(update={"by": failure.abandoned_by})
    d.close_tasks("recover")
    d.set(failure=None)
    if d.state.status is S.BLOCKED_ON_FAILURE:
        d.move(failure.was)
    for effect in (failure.effect, *failure.also):
        if event.action == "retry":
            d.ask(effect)
        elif event.action == "skip":
            _skip(d, effect)
    if event.action == "abandon":
        _abandon(d, event, approved_by)
    elif d.state.status in (*settling.DENIED, *settling.DECIDED):
        # Money may have moved while the claim was parked: what it asks for is asked for now.
        settling.settle(d)


def _skip(d: Draft, effect: AnyEffect) -> None:
    """Goes on without the step. Sending can't be skipped; the rest has a person do it by hand."""
    match effect.kind:
        case "check_eligibility":
            if d.state.status in (S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED):
                d.set(coverage="overridden")
                registration.covered(d)
        case "report_patient_balance":
            d.open_task(
                "collect_patient_balance", "biller", "the patient's account could not be told: tell her by hand"
            )
        case "send_appeal":
            d.open_task("file_appeal", "biller", "the appeal could not be sent: mail it and record the date")
        case "send_documents":
            d.open_task("send_documents", "biller", "the documents could not be sent: send them and record it")
        case "inquire_status" | "find_submission":
            d.open_task("follow_up", "biller", "the payer could not be asked: call it")
        case "archive_claim":
            d.arm("linger")
        case _:
            raise Refused(f"{effect.kind.replace('_', ' ')} can't be skipped: retry or abandon")


def _agreed(d: Draft, event: Recovered, failure: Failure) -> bool:
    """Whether the claim may be given up now: nobody's money is lost by it, and above the practice's amount two agree."""
    if not event.by:
        raise Refused("abandoning needs the name of the person who decides it")
    back = credits.outstanding(d.state, d.tables)
    if back:
        raise Refused(f"{dollars(back)} have to go back to whom they belong: retry or skip, and refund them first")
    balance = ledger(d.state, d.tables)
    given_up = max(balance.open, 0) + balance.patient
    if not gate.needs_approval(d, "write_off", given_up):
        return True
    if failure.abandoned_by not in ("", event.by):
        return True
    d.set(failure=failure.model_copy(update={"abandoned_by": event.by}))
    reason = (
        f"{event.by} gives the claim up with {dollars(given_up)}: a second person sends abandon, too, or retry or skip"
    )
    d.open_task("recover", "supervisor", reason, blocks=True)
    return False


def _abandon(d: Draft, event: Recovered, approved_by: str) -> None:
    """Gives the claim up: what anybody still owes is written off under the name of who decided it; a credit stays one."""
    d.set(responsible=len(d.state.claim.coverages))
    balance = ledger(d.state, d.tables)
    for bucket, amount in (("open", balance.open), ("patient", balance.patient)):
        if amount > 0:
            made = WriteOff(
                key=f"{event.id}:{bucket}",
                amount_cents=amount,
                bucket="open" if bucket == "open" else "patient",
                reason=f"abandoned: {event.reason or 'no reason'}",
                by=event.by,
                approved_by=approved_by,
                at=event.at,
            )
            d.set(write_offs=(*d.state.write_offs, made))
    if ledger(d.state, d.tables).settled:
        settling.end(d, S.CLOSED)
        return
    d.drop_waiting()
    d.move(S.ADJUDICATED)
    settling.settle(d)


def keep_watch(d: Draft) -> None:
    """No open claim without a deadline or a task: what a step left alone gets one. The last net, rarely needed."""
    if d.state.closed or d.state.deadlines or d.state.tasks:
        return
    if d.state.in_flight:
        d.arm("follow_up")
    else:
        d.open_task("follow_up", "biller", "nothing watches over this claim: decide what is next", category="unwatched")


def on_message_refused(d: Draft, event: MessageRefused) -> None:
    raise Refused(event.reason)
