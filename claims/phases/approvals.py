"""A named person decides what waited at the gate; the first decision wins, and who asked can't approve."""

from __future__ import annotations

from claims import appeals, second_person
from claims.draft import Draft, Refused
from claims.events import ApprovalDecided
from claims.phases import appealing, corrections, gate, refunds, registration, settling, write_offs
from claims.state import Approval
from claims.status import Status as S


def on_approval_decided(d: Draft, event: ApprovalDecided) -> None:
    if not event.by.strip():
        raise Refused("an approval needs the name of the person who gives it")
    if d.state.status is S.CODING_REVIEW:
        registration.on_codes_reviewed(d, event)
        return
    approval = gate.take_approval(d, event.task)
    if not event.approved:
        gate.send_back(d, approval, f"{event.by} did not approve: {event.reason or 'no reason'}")
        settling.settle(d)
        return
    d.require(*gate.WAITING, what="an approval")
    _may_approve(approval, event.by)
    d.move(approval.was)
    match approval.what:
        case "appeal":
            _appeal(d, approval)
        case "write_off":
            _write_off(d, approval, event)
        case "void":
            corrections.void(d)
        case "refund":
            refunds.approved(d, approval, event.by, event.id)


def _may_approve(approval: Approval, by: str) -> None:
    if reason := second_person.why_not(by, approval.requested_by, approval.approvers):
        raise Refused(reason)


def _appeal(d: Draft, approval: Approval) -> None:
    """The window may have closed while the request waited: it is looked at again on the day of the approval."""
    at_stake = appeals.at_stake(d.state, d.tables)
    why_not = appeals.refusal(d.state, approval.level, d.today, at_stake, d.tables, approval.party)
    if why_not:
        gate.send_back(d, approval, f"approved, but nothing was filed: {why_not}")
        return
    by, party = approval.requested_by, approval.party
    appealing.prepare_appeal(d, approval.level, by, approval.reason, approval.documents, party)


def _write_off(d: Draft, approval: Approval, event: ApprovalDecided) -> None:
    """Money may have moved while the request waited: never more is written off than is there."""
    if approval.amount_cents > write_offs.may_be_written_off(d, approval.bucket):
        gate.send_back(d, approval, "approved, but the balance has changed since: nothing was written off")
        return
    write_offs.write_off(
        d,
        amount_cents=approval.amount_cents,
        bucket=approval.bucket,
        reason=approval.reason,
        category=approval.category,
        by=approval.requested_by,
        approved_by=event.by,
        key=event.id,
    )
