"""A claim as people look at it: lists, the claim's page, why it is here and what may be done. Nothing here decides.

No protected health information: control numbers, payers, codes, amounts and dates only.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from claims import money_views
from claims.base import Day, Instant, Value
from claims.deciding import chain, decisions, written_off
from claims.effects import CheckEligibility, InquireStatus
from claims.matching import IndexEntry, SubmissionKey
from claims.messages import PEOPLES_MESSAGES, may_be_sent
from claims.money import dollars
from claims.posting import Ledger, ledger
from claims.state import ITSELF, Appeal, ClaimState, Task
from claims.status import Status
from claims.tables import Tables


class TaskView(Value):
    id: str
    type: str
    category: str = ""
    owner: str
    due: Instant
    reason: str
    assignee: str = ""
    blocks_submission: bool = False
    pended_until: Instant | None = None


class DeadlineView(Value):
    id: str
    kind: str
    due: Instant
    rule: str
    source: str
    subject: str = ""


class ClaimView(Value):
    """The read model of one claim; amounts in cents."""

    practice: str
    claim_id: str
    patient_control_number: str
    payer: str
    payer_id: str
    stage: str
    status: str
    since: Instant
    charge_cents: int
    paid_cents: int
    contractual_cents: int
    written_off_cents: int
    patient_cents: int
    next_payer_cents: int
    open_cents: int
    service_from: Day | None = None
    registered_at: Instant
    changed_at: Instant
    submissions: int = 0
    next_deadline: Instant | None = None
    filing_deadline: Instant | None = None
    appeal_deadline: Instant | None = None
    needs_action: bool = False
    owner: str = ""
    waits_for: str = ""
    tasks: tuple[TaskView, ...] = ()
    deadlines: tuple[DeadlineView, ...] = ()
    holds: tuple[str, ...] = ()


def view(state: ClaimState, tables: Tables) -> ClaimView:
    """The read model of a claim as it stands."""
    money = ledger(state, tables)
    coverage = state.claim.coverages[min(state.responsible, len(state.claim.coverages) - 1)]
    dues = sorted(state.deadlines, key=lambda x: x.due)
    task = first_task(state)
    return ClaimView(
        practice=state.practice,
        claim_id=state.claim_id,
        patient_control_number=state.claim.patient_control_number,
        payer=coverage.payer.name or state.rules.name,
        payer_id=coverage.payer.payer_id,
        stage=state.stage,
        status=state.status,
        since=state.since,
        charge_cents=money.charge,
        paid_cents=money.paid,
        contractual_cents=money.contractual,
        written_off_cents=money.written_off,
        patient_cents=money.patient,
        next_payer_cents=money.next_payer,
        open_cents=money.open,
        service_from=state.claim.service_from,
        registered_at=state.registered_at,
        changed_at=state.changed_at,
        submissions=len(state.submissions),
        next_deadline=dues[0].due if dues else None,
        filing_deadline=next((x.due for x in dues if x.id == "filing:limit"), None),
        appeal_deadline=next((x.due for x in dues if x.kind == "appeal"), None),
        needs_action=task is not None,
        owner=task.owner if task else "",
        waits_for=waits_for(state),
        tasks=tuple(_task(t) for t in state.tasks),
        deadlines=tuple(
            DeadlineView(id=x.id, kind=x.kind, due=x.due, rule=x.rule, source=x.source, subject=x.subject) for x in dues
        ),
        holds=tuple(hold.kind for hold in state.holds),
    )


def _task(task: Task) -> TaskView:
    return TaskView(
        id=task.id,
        type=task.type,
        category=task.category,
        owner=task.owner,
        due=task.due,
        reason=task.reason,
        assignee=task.assignee,
        blocks_submission=task.blocks_submission,
        pended_until=task.pended_until,
    )


def first_task(state: ClaimState) -> Task | None:
    """The open task that is due first, one that isn't pended before one that is."""
    return min(state.tasks, key=lambda t: (t.pended_until is not None, t.due, t.id), default=None)


_WAITS: dict[Status, str] = {
    Status.ELIGIBILITY_PENDING: "the payer's eligibility answer (271)",
    Status.ELIGIBILITY_FAILED: "the front desk: no active coverage",
    Status.AWAITING_CODING: "a coder's codes",
    Status.SCRUBBING: "the edits",
    Status.NEEDS_CORRECTION: "a correction",
    Status.READY_TO_SUBMIT: "the release of a hold",
    Status.SUBMITTING: "the clearinghouse to take it",
    Status.SUBMISSION_UNKNOWN: "a look-up: did the submission arrive?",
    Status.SUBMITTED: "the clearinghouse's acknowledgement",
    Status.CLEARINGHOUSE_REJECTED: "a correction: the clearinghouse rejected it",
    Status.CLEARINGHOUSE_ACCEPTED: "the payer's acknowledgement",
    Status.PAYER_RECEIVED: "the payer's acceptance",
    Status.PAYER_ACCEPTED: "the payer's decision (835)",
    Status.PAYER_REJECTED: "a correction: the payer rejected it",
    Status.SPLIT: "the payer's decisions on the parts",
    Status.PENDING_PAYER: "the payer's decision (835)",
    Status.INFO_REQUESTED: "documents for the payer",
    Status.NO_RESPONSE: "the payer, who doesn't answer",
    Status.NOT_ON_FILE: "sending it again: the payer doesn't have it",
    Status.ADJUDICATED: "a look at what the payer left unexplained",
    Status.PAID: "the patient's statement",
    Status.ZERO_PAID_PATIENT_RESP: "the patient's statement",
    Status.PATIENT_BILLING: "the patient's payment",
    Status.PARTIALLY_DENIED: "a decision about the denied part",
    Status.DENIED: "a decision about the denial",
    Status.AWAITING_APPROVAL: "a named person's approval",
    Status.CORRECTING: "the corrected claim",
    Status.APPEAL_PREPARING: "the appeal to leave",
    Status.APPEAL_FILED: "the decision on the appeal",
    Status.APPEAL_UPHELD: "the next level, or a write-off",
    Status.APPEAL_OVERTURNED: "the corrected remittance",
    Status.AWAITING_CROSSOVER: "the next payer, to whom it was forwarded",
    Status.SECONDARY_READY: "billing the next payer",
    Status.SECONDARY_SUBMITTED: "the next payer's acknowledgement",
    Status.OVERPAYMENT_REVIEW: "the refund of a credit balance",
    Status.REFUND_PENDING: "the sending of a refund",
    Status.WRITE_OFF_PENDING: "a named person's approval of a write-off",
    Status.CODING_REVIEW: "a second person's look at the codes",
    Status.UNDERPAID: "an appeal, or a person who accepts the payment",
    Status.VOID_PENDING: "the payer's reversal",
    Status.REOPENED: "the payer's correction",
    Status.BLOCKED_ON_FAILURE: "a person: a step failed",
    Status.CLOSED: "nobody",
    Status.VOIDED: "nobody",
}


def waits_for(state: ClaimState) -> str:
    """Who or what the claim waits for, in plain words."""
    return waits_for_status(state.status)


def waits_for_status(status: Status) -> str:
    """Who or what a claim of this status waits for, in plain words."""
    return _WAITS.get(status, str(status).replace("_", " "))


def ledger_view(state: ClaimState, tables: Tables) -> dict[str, Any]:
    """The ledger as decimal strings, with its lines."""
    money = ledger(state, tables)
    return {
        **_amounts(money),
        "lines": [{k: _text(k, v) for k, v in line} for line in money.lines],
        "write_offs": money_views.write_offs(state),
        "refunds": money_views.refunds(state),
        "credit": money_views.credit(state, tables),
        "patient_account": money_views.patient_account(state),
    }


def _text(name: str, value: int) -> str | int:
    return value if name == "number" else dollars(value)


def _amounts(money: Ledger) -> dict[str, str]:
    names = ("charge", "paid", "contractual", "written_off", "patient", "next_payer", "open")
    return {name: dollars(getattr(money, name)) for name in names}


def local(moment: Instant, zone: str) -> str:
    """RFC 3339 in the practice's zone."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def summary(state: ClaimState, tables: Tables) -> dict[str, Any]:
    """The claim in one object, amounts as decimal strings: the shape that `tell` and `show --json` print."""
    payer = state.claim.coverages[0].payer
    return {
        "claim_id": state.claim_id,
        "practice": state.practice,
        "patient_control_number": state.claim.patient_control_number,
        "payer": payer.name or payer.payer_id,
        "payer_id": payer.payer_id,
        "stage": str(state.stage),
        "status": str(state.status),
        "since": local(state.since, state.zone),
        "ledger": _amounts(ledger(state, tables)),
        "held": held(state, tables),
        "submissions": [
            {
                "number": s.number,
                "payer_id": _payer_of(state, s.coverage),
                "frequency": s.frequency,
                "outcome": s.outcome,
                "payer_claim_control_number": s.payer_claim_control_number,
                "proof_of_filing": s.proof_on.isoformat() if s.proof_on else None,
                "errors": list(s.errors),
            }
            for s in state.submissions
        ],
        "tasks": [
            {
                "id": t.id,
                "type": t.type,
                "category": t.category,
                "owner": t.owner,
                "due": local(t.due, state.zone),
                "reason": t.reason,
                "assignee": t.assignee,
            }
            for t in sorted(state.tasks, key=lambda t: (t.due, t.id))
        ],
        "closed_tasks": [
            {
                "id": t.id,
                "type": t.type,
                "category": t.category,
                "opened_by": t.opened_by,
                "closed_by": t.closed_by,
                "by": t.by,
                "closed": local(t.closed_at, state.zone),
            }
            for t in state.closed_tasks
        ],
        "deadlines": deadlines_in_words(state),
        "notes": [{"at": local(n.at, state.zone), "by": n.by, "text": n.text} for n in state.notes if n.by == ITSELF],
        "holds": [{"kind": hold.kind, "reason": hold.reason, "by": hold.by} for hold in state.holds],
        "findings": [f.model_dump() for f in state.findings],
        "denial": state.denial.model_dump(mode="json") if state.denial else None,
        "appeals": [
            _appeal(a, state.zone) for a in sorted(state.appeals, key=lambda a: (a.submission, a.party, a.level))
        ],
        "write_offs": money_views.write_offs(state),
        "refunds": money_views.refunds(state),
        "overpayment": money_views.overpayment(state),
        "refused": [{"message": r.message, "reason": r.reason} for r in state.refused],
    }


def held(state: ClaimState, tables: Tables) -> list[dict[str, str]]:
    """Payments that came and count nowhere, because they write off what an earlier payer did already."""
    return [
        {
            "payer_id": _payer_of(state, coverage),
            "trace_number": posted.trace_number,
            "paid": dollars(posted.payment.paid_cents),
            "written_off": dollars(written_off((posted,), tables)),
        }
        for coverage in chain(state.claim)
        for posted in decisions(state, coverage, tables).held
    ]


def _payer_of(state: ClaimState, coverage: int) -> str:
    """The id of the payer that a submission went to, else its name."""
    payer = state.claim.coverages[min(coverage, len(state.claim.coverages) - 1)].payer
    return payer.payer_id or payer.name


def _appeal(appeal: Appeal, zone: str) -> dict[str, Any]:
    return {
        "level": appeal.level,
        "party": appeal.party,
        "name": appeal.name,
        "outcome": appeal.outcome,
        "filed": local(appeal.filed_at, zone) if appeal.filed_at else None,
        "mailed_on": appeal.mailed_on.isoformat() if appeal.mailed_on else None,
        "packet": appeal.packet,
        "lines": {str(one.line): one.outcome for one in appeal.lines},
    }


def deadlines_in_words(state: ClaimState) -> list[dict[str, str]]:
    """Every armed deadline, the first due first: what, until when, by which rule, and who says so."""
    return [
        {
            "id": x.id,
            "kind": x.kind,
            "subject": x.subject,
            "due": local(x.due, state.zone),
            "rule": x.rule,
            "source": x.source,
        }
        for x in sorted(state.deadlines, key=lambda x: (x.due, x.id))
    ]


def allowed_actions(state: ClaimState) -> list[dict[str, str]]:
    """What a person may do now: the message, what it does, and an example body."""
    return [
        {"message": m.name, "help": m.help, "example": m.example} for m in PEOPLES_MESSAGES if may_be_sent(m, state)
    ]


def why_here(state: ClaimState, tables: Tables) -> dict[str, Any]:
    """In plain words why the claim sits where it is, who acts next, and until when."""
    task, dues = first_task(state), deadlines_in_words(state)
    reasons = [_told(t, state.zone) for t in sorted(state.tasks, key=lambda t: (t.due, t.id))]
    if state.failure:
        reasons.insert(0, f"{state.failure.effect.kind.replace('_', ' ')} failed: {state.failure.reason}")
    denial = state.denial
    return {
        "status": str(state.status),
        "stage": str(state.stage),
        "since": local(state.since, state.zone),
        "waits_for": waits_for(state),
        "who_acts": task.owner if task else _who(state),
        "until": dues[0]["due"] if dues else None,
        "because": reasons,
        "recommendation": {"remedy": denial.recommended, "why": denial.why, "codes": list(denial.codes)}
        if denial
        else None,
        "chosen": {"remedy": denial.chosen, "by": denial.chosen_by} if denial and denial.chosen else None,
        "last_refusal": state.refused[-1].reason if state.refused else None,
    }


def _told(task: Task, zone: str) -> str:
    """A task's reason; of one that is put off, or back again, since or until when, and whose it is."""
    whose = f", {task.assignee}" if task.assignee else ""
    if task.pended_until is not None:
        return f"{task.reason} (put off until {local(task.pended_until, zone)[:16].replace('T', ' ')}{whose})"
    if task.returned_at is not None:
        return f"{task.reason} (put off, and back since {local(task.returned_at, zone)[:16].replace('T', ' ')}{whose})"
    return task.reason


def _who(state: ClaimState) -> str:
    if state.closed:
        return "nobody"
    return "patient" if state.status is Status.PATIENT_BILLING else "payer"


def index_entry(state: ClaimState) -> IndexEntry:
    """What documents are matched by."""
    claim = state.claim
    numbers = [s.payer_claim_control_number for s in state.submissions]
    numbers += [p.payment.payer_claim_control_number for p in state.payments]
    numbers += state.told_numbers
    traces = tuple(
        effect.question.trace for effect in state.in_flight if isinstance(effect, CheckEligibility | InquireStatus)
    )
    return IndexEntry(
        practice=state.practice,
        claim_id=state.claim_id,
        patient_control_number=claim.patient_control_number,
        payer_ids=tuple(dict.fromkeys(c.payer.payer_id for c in claim.coverages if c.payer.payer_id)),
        payer_claim_control_numbers=tuple(dict.fromkeys(number for number in numbers if number)),
        submissions=tuple(
            SubmissionKey(
                submission=s.number,
                interchange_control_number=s.interchange_control_number,
                group_control_number=s.group_control_number,
                set_control_number=s.set_control_number,
                carrier_reference=s.carrier_reference,
            )
            for s in state.submissions
            if s.interchange_control_number
        ),
        traces=traces,
        member_ids=tuple(dict.fromkeys(c.member_id for c in claim.coverages if c.member_id)),
        service_from=claim.service_from,
        service_to=claim.service_to,
        charge_cents=claim.charge_cents,
        line_control_numbers=tuple(line.control_number for line in claim.lines if line.control_number),
        lines=tuple((line.procedure or line.revenue_code, line.charge_cents) for line in claim.lines),
    )
