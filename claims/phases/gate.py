"""The approval gate: what a named person must approve is held back here; nobody's silence ever opens it."""

from __future__ import annotations

from datetime import timedelta

from claims import second_person
from claims.deadlines import END_OF_DAY, at_local, local_day
from claims.draft import Draft, Refused
from claims.events import AppealRequested, RefundRequested, VoidRequested, WrittenOff
from claims.money import dollars
from claims.payer_rules import ApprovalFor, ApprovalTier, PayerRules
from claims.phases import overpayment, settling
from claims.state import Approval
from claims.status import Status

APPEAL_MARGIN = timedelta(days=3)
"""A gate for an appeal closes this long before the last day to file, so that somebody can still act."""
WAITING = (Status.AWAITING_APPROVAL, Status.WRITE_OFF_PENDING)
"""Where a claim waits for a second person."""


def tier_of(rules: PayerRules, what: ApprovalFor, amount_cents: int) -> ApprovalTier | None:
    """Who has to approve this amount; None where nobody has to."""
    return second_person.reached(second_person.tiers_for(rules, what), amount_cents)


def needs_approval(d: Draft, what: ApprovalFor, amount_cents: int = 0) -> bool:
    """Whether the practice's rules want a second person for this: by amount for write-offs and refunds."""
    return tier_of(d.state.rules, what, amount_cents) is not None


def await_approval(
    d: Draft,
    what: ApprovalFor,
    event: AppealRequested | WrittenOff | VoidRequested | RefundRequested,
    *,
    amount: int,
    reason: str,
    level: int = 0,
    alone: int = 0,
) -> None:
    """Holds the request back until a named person decides; the gate closes by itself and then files nothing.

    `alone`: the cents that went lately without a second person, and that count with this amount.
    """
    if d.state.approvals:
        waiting = d.state.approvals[0].what.replace("_", " ")
        raise Refused(f"a {waiting} awaits approval already: approve or reject it first")
    tier = tier_of(d.state.rules, what, amount + alone) or ApprovalTier()
    words = what.replace("_", " ")
    before = f" after {dollars(alone)} within {second_person.LATELY.days} days" if alone else ""
    task = d.open_task("approve", tier.role, f"{words} of {dollars(amount)}{before}: {reason or 'no reason'}")
    approval = Approval(
        task=task,
        what=what,
        amount_cents=amount,
        reason=reason,
        level=level,
        party=getattr(event, "party", "provider"),
        documents=getattr(event, "documents", ()),
        lines=getattr(event, "lines", ()),
        bucket=getattr(event, "bucket", "open"),
        category=getattr(event, "category", "other"),
        to=getattr(event, "to", "patient"),
        coverage=getattr(event, "coverage", 0),
        approvers=tier.approvers,
        requested_by=event.by,
        requested_at=event.at,
        was=d.state.status,
    )
    d.set(approvals=(approval,))
    d.move(Status.WRITE_OFF_PENDING if what == "write_off" else Status.AWAITING_APPROVAL)
    d.arm("approval", subject=task)
    if what == "appeal":
        _before_the_last_day(d, task)


def _before_the_last_day(d: Draft, task: str) -> None:
    """Brings the gate's end forward to three days before the last day to appeal, where that is still ahead."""
    last = min((x.due for x in d.state.deadlines if x.kind == "appeal"), default=None)
    if last is None:
        return
    day = local_day(last, d.state.zone) - APPEAL_MARGIN
    if day <= d.today:
        return
    latest = at_local(day, END_OF_DAY, d.state.zone)
    for deadline in d.state.deadlines:
        if deadline.kind == "approval" and deadline.subject == task and deadline.due > latest:
            rule = f"{deadline.rule}, but three days before the last day to appeal"
            d.put_deadline(deadline.model_copy(update={"due": latest, "latest": latest, "rule": rule}))


def take_approval(d: Draft, task: str) -> Approval:
    """What awaits approval under this task (empty = the one that does), taken from the gate."""
    wanted = [a for a in d.state.approvals if task in ("", a.task)]
    if not wanted:
        raise Refused("nothing awaits this approval: it was decided, or it expired")
    approval = wanted[0]
    d.set(approvals=tuple(a for a in d.state.approvals if a.task != approval.task))
    d.set(tasks=tuple(t for t in d.state.tasks if t.id != approval.task))
    d.disarm("approval", subject=approval.task)
    return approval


def send_back(d: Draft, approval: Approval, reason: str) -> None:
    """Nothing is filed: the claim is where it was, and the supervisor has the work."""
    d.move_on(approval.was)
    if approval.was in settling.DENIED:
        d.open_task("work_denial", "supervisor", reason)
    else:
        d.open_task("review_write_off", "supervisor", reason)


def expire_approval(d: Draft, task: str) -> None:
    """The gate's time is over: nothing is filed, the supervisor has it."""
    approval = take_approval(d, task)
    send_back(d, approval, f"nobody approved the {approval.what.replace('_', ' ')} in time; nothing was filed")
    if d.state.status in settling.DECIDED:
        # A credit that came while the request waited has its clock and its task; silence moves no money.
        overpayment.follow(d, moves=d.state.status is not Status.UNDERPAID)
