"""Messages by name, as people and machines send them in plain JSON, and the event each one becomes.

One table: the command line, the workflow's signals and updates, `tell` and the list of allowed actions read it. Reading
never raises: an unknown name or a malformed body becomes a refusal that says what was expected.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from claims import events as e
from claims import message_bodies as bodies
from claims.coding import Malformed
from claims.coverage_messages import COVERAGE_MESSAGES
from claims.machine_bodies import NAMES as MACHINE_NAMES
from claims.machine_bodies import completed
from claims.message import Message
from claims.message_bodies import Context
from claims.refund_messages import REFUND_MESSAGES
from claims.state import ClaimState
from claims.status import Status as S
from claims.tables import Tables

_BEFORE_DECISION = frozenset(
    {S.ELIGIBILITY_FAILED, S.NEEDS_CORRECTION, S.READY_TO_SUBMIT, S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED}
)
_DENIED = frozenset({S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.CORRECTING})
_DECIDED = frozenset(
    {
        S.ADJUDICATED,
        S.PAID,
        S.UNDERPAID,
        S.ZERO_PAID_PATIENT_RESP,
        S.PATIENT_BILLING,
        S.SECONDARY_READY,
        S.OVERPAYMENT_REVIEW,
        S.REOPENED,
    }
)
_AT_A_GATE = frozenset({S.AWAITING_APPROVAL, S.WRITE_OFF_PENDING, S.CODING_REVIEW})
_WAITING = frozenset(
    {
        S.SUBMITTED,
        S.SECONDARY_SUBMITTED,
        S.CLEARINGHOUSE_ACCEPTED,
        S.PAYER_RECEIVED,
        S.PAYER_ACCEPTED,
        S.SPLIT,
        S.PENDING_PAYER,
        S.INFO_REQUESTED,
        S.NO_RESPONSE,
        S.NOT_ON_FILE,
    }
)

PEOPLES_MESSAGES: tuple[Message, ...] = (
    Message(
        name="code",
        aliases=("code_claim",),
        help="add the codes of the visit: diagnoses in order, service lines with procedure, charge and pointers",
        example='{"diagnoses": ["E119"], "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}], "by": "coder-1"}',
        build=bodies.code,
        statuses=frozenset({S.AWAITING_CODING, S.CODING_REVIEW, S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED}),
    ),
    Message(
        name="correct",
        aliases=("correct_claim",),
        help="change the claim: member_id, diagnoses, lines (by number), charge, prior_authorization, ...; what it becomes"
        " (an edit, a new original, a replacement) follows from where the claim stands",
        example='{"member_id": "M123456", "reason": "card checked", "by": "biller-1"}',
        build=bodies.correct,
        statuses=_BEFORE_DECISION | _DENIED | _DECIDED | {S.NOT_ON_FILE},
    ),
    Message(
        name="submit",
        aliases=("submit_now", "resubmit"),
        help="send what is ready, or send again what was rejected or is not on file",
        example='{"reason": "payer lost it", "by": "biller-1"}',
        build=bodies.plain(e.SubmitRequested),
        statuses=frozenset(
            {
                S.READY_TO_SUBMIT,
                S.NEEDS_CORRECTION,
                S.CLEARINGHOUSE_REJECTED,
                S.PAYER_REJECTED,
                S.NOT_ON_FILE,
                S.NO_RESPONSE,
                S.SUBMISSION_UNKNOWN,
                S.SECONDARY_READY,
            }
        ),
    ),
    Message(
        name="override_eligibility",
        aliases=("mark_self_pay", "override"),
        help="go on without an active coverage answer; with self_pay true the patient is billed",
        example='{"reason": "card seen", "by": "desk-1"}',
        build=bodies.plain(e.EligibilityOverridden),
        statuses=frozenset({S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED}),
    ),
    Message(
        name="inquire",
        aliases=("request_status",),
        help="ask the payer now where the claim is (276)",
        example='{"by": "biller-1"}',
        build=bodies.plain(e.StatusInquiryRequested),
        statuses=_WAITING,
    ),
    Message(
        name="choose",
        aliases=("choose_denial_action", "choose_remedy"),
        help="choose what is done about a denial: correct_and_replace, new_original, appeal, write_off, bill_patient, ...",
        example='{"remedy": "correct_and_replace", "reason": "wrong modifier", "by": "biller-1"}',
        build=bodies.choose,
        statuses=_DENIED | {S.SECONDARY_READY},
    ),
    Message(
        name="appeal",
        aliases=("file_appeal",),
        help="appeal the denial at the next level (or the level given); party member: in the patient's name",
        example='{"level": 1, "reason": "records show necessity", "by": "biller-1"}',
        build=bodies.appeal,
        statuses=_DENIED | {S.APPEAL_OVERTURNED, S.UNDERPAID},
    ),
    Message(
        name="decide_appeal",
        aliases=("record_appeal_decision", "appeal_decided"),
        help="record the reviewer's decision: overturned, upheld, partially_overturned (lines: by number) or dismissed",
        example='{"level": 1, "outcome": "upheld", "notice_on": "2026-03-02", "by": "biller-1"}',
        build=bodies.decide_appeal,
        statuses=frozenset({S.APPEAL_FILED, S.APPEAL_PREPARING}),
    ),
    Message(
        name="appeal_mailed",
        aliases=("record_mailed",),
        help="record that the appeal's packet was mailed, and on which day",
        example='{"level": 1, "mailed_on": "2026-03-02", "receipt": "9407 1000 0000", "by": "biller-1"}',
        build=bodies.appeal_mailed,
        statuses=frozenset({S.APPEAL_PREPARING}),
    ),
    Message(
        name="approve",
        help="approve what awaits a named person's approval; the first decision wins",
        example='{"by": "supervisor-1"}',
        build=bodies.approval(True),
        statuses=_AT_A_GATE,
    ),
    Message(
        name="reject",
        aliases=("disapprove", "return", "return_codes"),
        help="refuse what awaits approval: nothing is filed; codes that are reviewed go back to the coder",
        example='{"by": "supervisor-1", "reason": "not worth it"}',
        build=bodies.approval(False),
        statuses=_AT_A_GATE,
    ),
    Message(
        name="send_documents",
        help="send the payer the documents it asked for: their hashes in the records (or, on the command line, files)",
        example='{"documents": ["9f2c..."], "reason": "operative note", "by": "biller-1"}',
        build=bodies.plain(e.DocumentsChosen),
        statuses=_DENIED | {S.INFO_REQUESTED},
    ),
    Message(
        name="documents_sent",
        aliases=("record_documents_sent",),
        help="record that the documents the payer asked for left; a confirmation stops the clock",
        example='{"confirmation": "FAX-5512", "by": "biller-1"}',
        build=bodies.plain(e.DocumentsSent),
        statuses=_DENIED | {S.INFO_REQUESTED},
    ),
    Message(
        name="write_off",
        help="give up what is open (or, with bucket patient, what the patient owes); all of it when no amount is given",
        example='{"amount": "12.00", "category": "small_balance", "reason": "costs more to collect", "by": "biller-1"}',
        build=bodies.write_off,
    ),
    Message(
        name="revert_write_off",
        help="take a write-off back",
        example='{"by": "supervisor-1", "reason": "payer pays after all"}',
        build=bodies.plain(e.WriteOffReverted, {"write_off": ""}),
    ),
    Message(
        name="pay",
        aliases=("patient_payment", "patient_paid"),
        help="post a payment of the patient",
        example='{"amount": "25.00", "method": "card", "by": "desk-1"}',
        build=bodies.pay,
    ),
    Message(
        name="hold",
        aliases=("place_hold",),
        help="stop sending, statements and write-offs; no filing or appeal deadline stops",
        example='{"kind": "documents", "reason": "waiting for the operative note", "by": "biller-1"}',
        build=bodies.hold,
    ),
    Message(
        name="release",
        aliases=("release_hold",),
        help="release a hold, or all of them",
        example='{"kind": "documents", "by": "biller-1"}',
        build=bodies.release,
    ),
    Message(
        name="bill_patient",
        aliases=("allow_patient_billing",),
        help="bill a patient's share that contradicts itself (a balance bill of an emergency), having looked at it",
        example='{"reason": "notice and consent are signed", "by": "biller-1"}',
        build=bodies.plain(e.PatientBillingAllowed),
    ),
    Message(
        name="void",
        aliases=("void_claim",),
        help="cancel the claim: here when it was never on file, with a frequency 8 when it was",
        example='{"reason": "billed in error", "by": "biller-1"}',
        build=bodies.plain(e.VoidRequested),
    ),
    Message(
        name="note",
        aliases=("add_note",),
        help="add a note; it never moves a deadline",
        example='{"text": "spoke with the payer", "by": "biller-1"}',
        build=bodies.note,
    ),
    Message(
        name="task",
        aliases=("assign", "work_task"),
        help="take, assign, pend (back in three business days), escalate, resolve or resolve_and_resubmit a task",
        example='{"task": "task-1", "action": "take", "by": "biller-1"}',
        build=bodies.task,
    ),
    Message(
        name="extend",
        aliases=("extend_deadline", "set_followup"),
        help="move a deadline, with a reason, never past what law or contract allow",
        example='{"deadline": "follow_up", "to": "2026-04-01T08:00:00-04:00", "reason": "payer asked for two weeks", "by": "b"}',
        build=bodies.extend,
    ),
    Message(
        name="recover",
        help="after a failed step: retry it, skip it, or abandon the claim",
        example='{"action": "retry", "by": "supervisor-1"}',
        build=bodies.plain(e.Recovered),
        statuses=frozenset({S.BLOCKED_ON_FAILURE}),
    ),
    Message(
        name="close",
        help="close a claim on which nobody owes anything",
        example='{"by": "biller-1"}',
        build=bodies.plain(e.ClosingRequested, reopen=False),
    ),
    Message(
        name="reopen",
        help="open a closed claim again",
        example='{"reason": "refund request", "by": "biller-1"}',
        build=bodies.plain(e.ClosingRequested, reopen=True),
        statuses=frozenset({S.CLOSED, S.VOIDED}),
    ),
    *COVERAGE_MESSAGES,
    *REFUND_MESSAGES,
)

MESSAGES: dict[str, Message] = {message.name: message for message in PEOPLES_MESSAGES}
"""By name; `find_message` knows the other names and the hyphenated spelling too."""

_AS_HAPPENED = {
    "written_off": "write_off",
    "writeoff": "write_off",
    "hold_placed": "hold",
    "hold_released": "release",
    "note_added": "note",
    "deadline_extended": "extend",
    "appeal_requested": "appeal",
    "request_appeal": "appeal",
    "remedy_chosen": "choose",
    "void_requested": "void",
    "submit_requested": "submit",
    "record_payment": "pay",
    "post_patient_payment": "pay",
}
"""Events by their own names, and slips of the pen: read like the message that they come from."""
_BY_ANY_NAME = (
    MESSAGES
    | {alias: message for message in PEOPLES_MESSAGES for alias in message.aliases}
    | {other: MESSAGES[name] for other, name in _AS_HAPPENED.items()}
)
_EVENT: TypeAdapter[e.AnyEvent] = TypeAdapter(e.AnyEvent)
_NEVER_SENT = frozenset({"claim_registered", "deadline_passed", "message_refused"})
"""Events that only the claim's own shell makes."""
_MACHINE_KINDS = frozenset(
    kind.model_fields["kind"].default for kind in e.Event.__subclasses__() if "kind" in kind.model_fields
)
_MACHINES = _MACHINE_KINDS | frozenset(MACHINE_NAMES)
_OWN_ANSWERS = frozenset(
    {
        "claim_scrubbed",
        "claim_transmitted",
        "transmission_refused",
        "transmission_unknown",
        "submission_found",
        "status_unanswered",
        "appeal_sent",
        "statement_sent",
        "patient_balance_reported",
        "account_standing",
        "effect_failed",
        "claim_archived",
    }
)
"""What only the claim's own effects answer, or its patient's account tells it: nobody sends them by name."""


def may_be_sent(message: Message, state: ClaimState) -> bool:
    """Whether this is the time for it: false where the claim refuses it whatever its body says."""
    if message.statuses:
        return state.status in message.statuses
    match message.name:
        case "hold" | "close":
            return not state.closed
        case "release":
            return bool(state.holds)
        case "task":
            return bool(state.tasks)
        case "extend":
            return bool(state.deadlines)
        case "revert_write_off":
            return any(not one.reverted_by for one in state.write_offs)
        case "refund_sent":
            return any(one.pending for one in state.refunds)
        case "revert_refund":
            return any(one.pending or one.standing for one in state.refunds)
        case "identify_overpayment" | "refund_requested_by_payer":
            return bool(state.payments)
        case _:
            return True


def find_message(name: str) -> Message | None:
    """A person's message by any of its names."""
    return _BY_ANY_NAME.get(_named(name))


def is_machines(name: str) -> bool:
    """Whether only machines send messages of this name."""
    return find_message(name) is None and _named(name) in _MACHINES


def is_own_answer(name: str) -> bool:
    """Whether the name is that of an event which only an effect of the claim itself brings."""
    plain = _named(name)
    return find_message(name) is None and MACHINE_NAMES.get(plain, plain) in _OWN_ANSWERS


def _named(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def read_message(
    name: str, body: object, *, at: datetime, id: str, state: ClaimState, tables: Tables, by: str = ""
) -> e.AnyEvent:
    """The event that a message becomes; MessageRefused when there is no such message or its body can't be read."""
    plain = _named(name)
    fields = {} if body is None else body
    if not isinstance(fields, dict):
        return _refused(name, at, id, by, "the body must be a JSON object")
    who = fields.get("by", by)
    who = who if isinstance(who, str) else by
    context = Context(at, id, state, tables, who)
    message = find_message(plain)
    try:
        if message is not None:
            return message.build({k: v for k, v in fields.items() if k != "by"}, context)
        if plain in _MACHINES and plain not in _NEVER_SENT:
            kind, whole = completed(plain, {k: v for k, v in fields.items() if k != "by"}, context)
            return _EVENT.validate_python({**whole, **context.common, "kind": kind})
    except Malformed as malformed:
        example = f"; for example {message.example}" if message else ""
        return _refused(name, at, id, who, f"{malformed}{example}")
    except ValidationError as error:
        told = "; ".join(_told(one) for one in error.errors(include_input=False)[:4])
        example = f"; for example {message.example}" if message else ""
        return _refused(name, at, id, who, f"{told}{example}")
    except (ValueError, TypeError, OverflowError, RecursionError):
        # Whatever a body holds, it never stops a claim: a reader that stumbles is a refusal, too.
        return _refused(name, at, id, who, "the body can't be read")
    known = ", ".join(sorted(MESSAGES))
    return _refused(name, at, id, who, f"there is no message of this name; known are {known}")


_IN_WORDS = {
    "missing": "is missing",
    "tuple_type": "expected a list",
    "string_type": "expected a text in quotes",
    "extra_forbidden": "there is no such field",
}
"""pydantic's kinds of errors, for people who know JSON and not Python."""


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    what = _IN_WORDS.get(error["type"], str(error["msg"]))
    return f"{where}: {what}" if where else what


def _refused(name: str, at: datetime, id: str, by: str, reason: str) -> e.AnyEvent:
    return e.MessageRefused(at=at, id=id, by=by, message=name[:60], reason=reason)
