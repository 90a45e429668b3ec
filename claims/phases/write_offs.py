"""Giving up money that is owed, and taking that back: by a named person, above the practice's amount by two; or by the
practice's own rule for small rests, which then stands in the ledger as who did it."""

from __future__ import annotations

from typing import Literal

from claims.draft import Draft, Refused
from claims.events import WriteOffReason, WriteOffReverted, WrittenOff
from claims.money import dollars
from claims.phases import gate, settling, small_balances, submission
from claims.posting import ledger
from claims.state import WriteOff
from claims.status import Status as S

WITH_THE_PAYER = (
    *submission.IN_THE_AIR,
    S.SUBMITTED,
    S.CLEARINGHOUSE_ACCEPTED,
    S.PAYER_RECEIVED,
    S.PAYER_ACCEPTED,
    S.SPLIT,
    S.PENDING_PAYER,
    S.INFO_REQUESTED,
    S.SECONDARY_SUBMITTED,
)
WITH_THE_REVIEWER = (S.APPEAL_PREPARING, S.APPEAL_FILED)
IN_THE_EDITS = (S.REGISTERED, S.CODED, S.SCRUBBING)
ROUTINE = ("courtesy", "small_balance", "other")
"""Reasons that waive a Medicare patient's share without looking at her need, or without having asked her for it."""


def may_be_written_off(d: Draft, bucket: str) -> int:
    """How much of the bucket there is to write off now, in cents."""
    balance = ledger(d.state, d.tables)
    return max(balance.open if bucket == "open" else balance.patient, 0)


def on_written_off(d: Draft, event: WrittenOff) -> None:
    """Part of what is open, or of what the patient owes, is given up; above the practice's amount with approval."""
    if event.amount_cents <= 0:
        raise Refused("a write-off is a positive amount")
    if not event.by:
        raise Refused("a write-off needs the name of the person who makes it")
    limit = may_be_written_off(d, event.bucket)
    if event.amount_cents > limit:
        raise Refused(f"only {dollars(limit)} can be written off there, not {dollars(event.amount_cents)}")
    _may_now(d)
    _no_routine_waiver(d, event)
    if gate.needs_approval(d, "write_off", event.amount_cents):
        gate.await_approval(d, "write_off", event, amount=event.amount_cents, reason=event.reason)
        return
    write_off(
        d,
        amount_cents=event.amount_cents,
        bucket=event.bucket,
        reason=event.reason,
        category=event.category,
        by=event.by,
        key=event.id,
    )


def _may_now(d: Draft) -> None:
    status = d.state.status
    if status in WITH_THE_PAYER:
        raise Refused(f"the payer still has the claim ({status}): wait for its decision")
    if status in WITH_THE_REVIEWER:
        raise Refused(f"an appeal is under way ({status}): wait for its decision")
    if status in IN_THE_EDITS:
        raise Refused("the edits are running: try again in a moment")
    if status is S.BLOCKED_ON_FAILURE:
        raise Refused("a step failed: retry, skip or abandon it first")
    if d.state.holds:
        raise Refused("the claim is on hold: release it first")


def _no_routine_waiver(d: Draft, event: WrittenOff) -> None:
    """42 USC 1320a-7a(i)(6): a Medicare patient's share is waived for need, or after she was really asked for it."""
    if not small_balances.is_federal(d) or event.bucket != "patient" or event.category not in ROUTINE:
        return
    if event.category == "courtesy" or not d.state.statements:
        raise Refused(
            f"a Medicare patient's share is not waived as {event.category}: name financial_assistance, or bad_debt once"
            " she was billed (42 USC 1320a-7a(i)(6))"
        )


def write_off(
    d: Draft,
    *,
    amount_cents: int,
    bucket: Literal["open", "patient"],
    reason: str,
    category: WriteOffReason,
    by: str,
    key: str,
    approved_by: str = "",
) -> None:
    made = WriteOff(
        key=key,
        amount_cents=amount_cents,
        bucket=bucket,
        reason=reason,
        category=category,
        by=by,
        approved_by=approved_by,
        at=d.now,
    )
    d.set(write_offs=(*d.state.write_offs, made))
    settling.settle(d)
    if not d.state.closed and not d.state.payments and ledger(d.state, d.tables).settled:
        settling.close(d)


def on_write_off_reverted(d: Draft, event: WriteOffReverted) -> None:
    """At any time, after closing too: what was given up is owed again."""
    found = [w for w in d.state.write_offs if not w.reverted_by and event.write_off in ("", w.key)]
    if not found:
        raise Refused("no such write-off stands")
    update = {"reverted_by": event.by or "unnamed", "reverted_at": d.now, "why_reverted": event.reason}
    reverted = found[-1].model_copy(update=update)
    d.set(write_offs=tuple(reverted if w.key == reverted.key else w for w in d.state.write_offs))
    settling.reopen(d)
    settling.settle(d)
    if not d.state.closed:
        if settling.never_on_file(d):
            d.arm_filing()
        if not any(task.type == "review_payment" for task in d.state.tasks):
            d.open_task("review_payment", "biller", "a write-off was taken back: decide what is done about it")
