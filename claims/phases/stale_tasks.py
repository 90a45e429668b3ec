"""Tasks that the claim has left behind close themselves; what is closed is kept, with what closed it."""

from __future__ import annotations

from claims.draft import Draft
from claims.phases.gate import WAITING
from claims.state import ClosedTask, Task, TaskType
from claims.status import Status as S

KEPT = 20

SENSE: dict[TaskType, frozenset[S]] = {
    "verify_coverage": frozenset({S.REGISTERED, S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED}),
    "code_claim": frozenset({S.AWAITING_CODING, S.CODING_REVIEW}),
    "review_codes": frozenset({S.CODING_REVIEW}),
    "find_submission": frozenset({S.SUBMITTING, S.SUBMISSION_UNKNOWN}),
    "resolve_rejection": frozenset({S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED, S.CODED, S.SCRUBBING}),
    "resubmit": frozenset({S.NOT_ON_FILE, S.NO_RESPONSE}),
    "file_appeal": frozenset({S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.APPEAL_OVERTURNED, S.APPEAL_PREPARING}),
    "chase_appeal_decision": frozenset({S.APPEAL_PREPARING, S.APPEAL_FILED}),
}
"""The statuses in which a task of this type can still be done; types that are not listed are closed by their own events."""


def close(d: Draft) -> None:
    """Closes what no longer makes sense where the claim is now (or, parked or at a gate, where it goes back to)."""
    here = d.state.approvals[0].was if d.here in WAITING and d.state.approvals else d.here
    kept = tuple(task for task in d.state.tasks if here in SENSE.get(task.type, (here,)))
    if len(kept) != len(d.state.tasks):
        d.set(tasks=kept)


def record_closed(d: Draft, before: tuple[Task, ...]) -> None:
    """Keeps every task that this step closed."""
    open_now = {task.id for task in d.state.tasks}
    closed = tuple(
        ClosedTask(
            id=task.id,
            type=task.type,
            category=task.category,
            opened_at=task.opened_at,
            opened_by=task.opened_by,
            closed_at=d.now,
            closed_by=d.event.kind,
            by=d.event.by,
        )
        for task in before
        if task.id not in open_now
    )
    if closed:
        d.set(closed_tasks=(*d.state.closed_tasks, *closed)[-KEPT:])
