"""Working a denial: the remedy that a person chose, and the documents that a payer asked for.

Nothing is filed, voided or written off in silence: each needs a person, some a second one; time alone files nothing.
"""

from __future__ import annotations

from claims.draft import Draft, Refused
from claims.effects import SendDocuments
from claims.events import (
    AppealRequested,
    DocumentsChosen,
    DocumentsReviewed,
    DocumentsSent,
    RemedyChosen,
    VoidRequested,
    WrittenOff,
)
from claims.phases import appealing, corrections, next_payer, patients_turn, settling, write_offs
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
            next_payer.bill_other(d, denial)
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
        patients_turn.bill_patient(d, balance)
        d.open_task("work_denial", "biller", "the patient is billed for her share; the rest is still denied")
        return
    d.close_tasks("work_denial", "correct_claim", "review_write_off")
    d.move(S.ADJUDICATED)
    settling.settle(d)


def on_documents_chosen(d: Draft, event: DocumentsChosen) -> None:
    """Which documents answer the request is a person's word; the clock goes on until their receipt is here."""
    denial = d.state.denial
    wanted = denial is not None and "send_documents" in (denial.recommended, denial.chosen)
    if not _asked(d) and not (wanted and d.state.status in settling.DENIED):
        raise Refused("nobody asked for documents")
    if any(effect.kind == "send_documents" for effect in d.state.in_flight):
        raise Refused("documents are on their way already: wait for their receipt")
    if denial is not None and wanted and denial.chosen is None:
        d.set(denial=denial.model_copy(update={"chosen": "send_documents", "chosen_by": event.by}))
    if not any(x.kind == "documents" for x in d.state.deadlines):
        d.arm("documents")
    latest = d.state.latest_submission
    d.ask(
        SendDocuments(
            id=d.next_effect_id("documents"),
            claim=d.state.claim,
            payer=d.state.claim.coverages[min(d.state.responsible, len(d.state.claim.coverages) - 1)].payer,
            payer_claim_control_number=latest.payer_claim_control_number if latest else "",
            documents=event.documents,
            reason=event.reason,
            on=d.today,
        )
    )


def _asked(d: Draft) -> bool:
    armed = any(x.kind == "documents" for x in d.state.deadlines)
    return armed or any(t.type == "send_documents" for t in d.state.tasks) or d.state.status is S.INFO_REQUESTED


def on_documents_sent(d: Draft, event: DocumentsSent) -> None:
    """The clock stops only on a confirmation."""
    confirmed = bool(event.confirmation.strip())
    if not confirmed and not event.effect:
        raise Refused("sending documents counts only with a confirmation number")
    d.answered(event.effect)
    if not _asked(d):
        raise Refused("nobody asked for documents")
    if not confirmed:
        reason = f"no carrier takes documents: mail or fax packet {event.document[:12]}, then record its confirmation"
        d.open_task("send_documents", "biller", reason)
        return
    d.disarm("documents")
    d.close_tasks("send_documents", "work_denial")
    if d.state.status is S.INFO_REQUESTED:
        d.move(S.PENDING_PAYER)
    d.arm("follow_up")


def on_documents_reviewed(d: Draft, event: DocumentsReviewed) -> None:
    """The payer read them: it pays after all, and the corrected remittance gets a date; or its decision stands."""
    d.require(*settling.DENIED, S.INFO_REQUESTED, S.PENDING_PAYER, what="the payer's word on documents")
    d.disarm("documents", "follow_up")
    d.close_tasks("send_documents", "follow_up")
    if event.outcome in ("overturned", "partially_overturned"):
        d.arm("missing_remittance", "corrected_remittance", "corrected")
    elif d.state.status in settling.DENIED:
        d.open_task("work_denial", "biller", "the payer read the documents and its denial stands: appeal or write off")
    else:
        d.arm("follow_up")
