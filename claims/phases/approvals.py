"""A named person decides what waited at the gate; the first decision wins, and who asked can't approve."""

from __future__ import annotations

from claims import appeals
from claims.draft import Draft, Refused
from claims.events import ApprovalDecided
from claims.phases import appealing, corrections, gate, settling, write_offs
from claims.state import Approval
from claims.status import Status as S


def on_approval_decided(d: Draft, event: ApprovalDecided) -> None:
    if not event.by:
        raise Refused("an approval needs the name of the person who gives it")
    approval = gate.take_approval(d, event.task)
    if not event.approved:
        gate.send_back(d, approval, f"{event.by} did not approve: {event.reason or 'no reason'}")
        settling.settle(d)
        return
    d.require(S.AWAITING_APPROVAL, what="an approval")
    if event.by == approval.requested_by:
        raise Refused("who asked for it can't approve it")
    d.move(approval.was)
    match approval.what:
        case "appeal":
            _appeal(d, approval)
        case "write_off":
            _write_off(d, approval, event)
        case "void":
            corrections.void(d)
        case "refund":
            d.move(S.REFUND_PENDING)


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
    write_offs.write_off(d, approval.amount_cents, approval.bucket, approval.reason, event.by, event.id)
