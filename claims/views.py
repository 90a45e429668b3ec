"""A claim as people look at it: lists, the claim's page, why it is here and what may be done. Nothing here decides.

No protected health information: control numbers, payers, codes, amounts and dates only.
"""

from __future__ import annotations

from claims.base import Day, Instant, Value


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
