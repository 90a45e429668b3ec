"""What operations reads beside workflows, timers and steps: short, in the words of the trade, no protected data."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from claims.events import (
    AnyEvent,
    AppealDecided,
    AppealRequested,
    AppealSent,
    ClaimAcknowledged,
    ClaimRegistered,
    ClaimScrubbed,
    ClaimTransmitted,
    DeadlinePassed,
    DocumentsReviewed,
    EffectFailed,
    MessageRefused,
    PatientPaid,
    PaymentUnmatched,
    RemittanceReceived,
    StatementSent,
    StatusReported,
    SubmissionAcknowledged,
    TakebackReceived,
    TransmissionRefused,
    WrittenOff,
)
from claims.money import dollars
from claims.state import ITSELF, ClaimState, Deadline

_SENDERS = {"AY": "clearinghouse", "PR": "payer"}


def timer_summary(deadline: Deadline) -> str:
    """`acknowledgement 277CA payer due 2026-12-02`."""
    day = deadline.due.astimezone(ZoneInfo(deadline.zone)).date().isoformat()
    subject = f" {deadline.subject}" if deadline.subject else ""
    return f"{deadline.kind.replace('_', ' ')}{subject} due {day}"


def start_summary(registered: ClaimRegistered) -> str:
    """One line beside the workflow's id."""
    claim = registered.claim
    payer = claim.coverages[0].payer.payer_id if claim.coverages else "patient"
    form = "837P" if claim.type == "professional" else "837I"
    return f"{claim.patient_control_number} · {form} · {payer} · ${dollars(claim.charge_cents)}"


def in_short(event: AnyEvent) -> str:
    """Codes and amounts of an event, in one line."""
    match event:
        case ClaimRegistered():
            return f"{event.source}, ${dollars(event.claim.charge_cents)}"
        case ClaimScrubbed():
            errors = sum(one.severity == "error" for one in event.findings)
            return f"version {event.version}: {errors} errors, {len(event.findings) - errors} warnings"
        case ClaimTransmitted():
            return f"submission {event.submission}, interchange {event.interchange_control_number}"
        case TransmissionRefused():
            return f"submission {event.submission}: {len(event.errors)} errors"
        case SubmissionAcknowledged():
            return f"{event.source} {'accepted' if event.accepted else 'rejected'}"
        case ClaimAcknowledged() | StatusReported():
            codes = ", ".join(":".join(p for p in (c.category, c.status, c.entity) if p) for c in event.status.codes)
            sender = _SENDERS.get(getattr(event, "sender", ""), "")
            return f"{sender} {codes}".strip()
        case RemittanceReceived():
            payment = event.payment
            return f"trace {event.trace_number}, status {payment.status_code}, paid ${dollars(payment.paid_cents)}"
        case TakebackReceived() | PatientPaid() | StatementSent() | WrittenOff():
            return f"${dollars(event.amount_cents)}"
        case PaymentUnmatched():
            return f"trace {event.trace_number}"
        case AppealRequested() | AppealSent():
            return f"level {event.level}"
        case AppealDecided() | DocumentsReviewed():
            return event.outcome
        case DeadlinePassed():
            return event.deadline
        case EffectFailed():
            return event.reason
        case MessageRefused():
            return event.message
        case _:
            return ""


def work_in_short(before: ClaimState | None, after: ClaimState) -> str:
    """Tasks that a step opened and closed, and what the claim did by itself: `opened task-2 resubmit; closed task-1 ...`."""
    was = {task.id: task for task in before.tasks} if before else {}
    now = {task.id: task for task in after.tasks}
    known = before.notes if before else ()
    notes = [note for note in after.notes if note.by == ITSELF and note not in known]
    return "; ".join(
        [note.text for note in notes]
        + [f"closed {task.id} {task.type}" for key, task in was.items() if key not in now]
        + [f"opened {task.id} {task.type}" for key, task in now.items() if key not in was]
    )
