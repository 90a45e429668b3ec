"""Working a denial: the remedy that a person chose, and the documents that a payer asked for.

Nothing is filed, voided or written off in silence: each needs a person, some a second one; time alone files nothing.
"""

from __future__ import annotations

from claims.draft import Draft, Refused
from claims.events import AppealRequested, DocumentsSent, RemedyChosen, VoidRequested, WrittenOff
from claims.phases import appealing, corrections, settling, write_offs
from claims.posting import ledger
from claims.state import Denial
from claims.status import Status as S


def on_remedy_chosen(d: Draft, event: RemedyChosen) -> None:
    """A person's choice is kept, whatever the tables recommended; some choices do something at once."""
    d.require(*settling.DENIED, S.SECONDARY_READY, what="choosing a remedy")
    denial = d.state.denial
    if denial is None:
        if event.remedy != "bill_patient":
            raise Refused("only bill_patient may be chosen here")
        d.set(responsible=len(d.state.claim.coverages))
        d.close_tasks("review_coverage")
        return settling.settle(d)
    if d.state.status is S.SECONDARY_READY:
        d.move(S.DENIED)
        d.close_tasks("review_coverage")
    d.set(denial=denial.model_copy(update={"chosen": event.remedy, "chosen_by": event.by}))
    return _act(d, event, denial)


def _act(d: Draft, event: RemedyChosen, denial: Denial) -> None:
    common = {"at": event.at, "id": event.id, "by": event.by}
    match event.remedy:
        case "correct_and_replace" | "new_original":
            if event.remedy == "correct_and_replace":
                corrections.resubmission(d)
            else:
                d.arm_filing()
            d.move(S.CORRECTING)
            d.close_tasks("work_denial")
            d.open_task("correct_claim", "biller", f"correct the claim: {denial.why}", category="denial")
        case "appeal":
            appealing.request_appeal(d, AppealRequested.model_validate({**common, "reason": event.reason}))
        case "write_off":
            amount, reason = ledger(d.state, d.tables).open, event.reason or "denied"
            made = WrittenOff.model_validate({**common, "amount_cents": amount, "reason": reason})
            write_offs.on_written_off(d, made)
        case "bill_patient":
            _bill_patient(d)
        case "void":
            wanted = VoidRequested.model_validate({**common, "reason": event.reason or "void"})
            corrections.on_void_requested(d, wanted)
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


def _bill_patient(d: Draft) -> None:
    """Only what the payer assigned to the patient (group PR) may be billed; CO never reaches a patient."""
    balance = ledger(d.state, d.tables)
    if balance.patient <= 0:
        raise Refused("nothing of the denial was assigned to the patient (group PR)")
    if not d.state.rules.bill_patient:
        raise Refused("this payer's rules forbid billing the patient")
    if balance.open > 0:
        settling.bill_patient(d, balance)
        d.open_task("work_denial", "biller", "the patient is billed for her share; the rest is still denied")
        return
    d.close_tasks("work_denial", "correct_claim", "review_write_off")
    d.move(S.ADJUDICATED)
    settling.settle(d)


def on_documents_sent(d: Draft, event: DocumentsSent) -> None:
    """The clock stops only on a confirmation."""
    if not event.confirmation.strip():
        raise Refused("sending documents counts only with a confirmation number")
    d.answered(event.effect)
    asked = any(x.kind == "documents" for x in d.state.deadlines) or any(
        t.type == "send_documents" for t in d.state.tasks
    )
    if not asked and d.state.status is not S.INFO_REQUESTED:
        raise Refused("nobody asked for documents")
    d.disarm("documents")
    d.close_tasks("send_documents")
    if d.state.status is S.INFO_REQUESTED:
        d.move(S.PENDING_PAYER)
    d.arm("follow_up")
