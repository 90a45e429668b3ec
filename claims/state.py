"""What is known of one claim: small, frozen, and all that continue-as-new has to carry.

Raw documents never stand here; they are named by their SHA-256. The ledger is not stored: it is derived
from the payments, so that the order in which documents arrived can't change it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from claims import versions
from claims.base import Day, Instant, Value
from claims.claim import Claim
from claims.documents import ClaimPayment
from claims.effects import AnyEffect
from claims.events import HoldKind, LineDecision, WriteOffReason
from claims.findings import Finding
from claims.payer_rules import Party, PayerRules, Remedy
from claims.refunds import Overpayment, Refund
from claims.status import Stage, Status
from claims.tables import Owner
from claims.versions import STATE_VERSION

ITSELF = "claimline"
"""Who a note is by when no person wrote it."""

DeadlineKind = Literal[
    "eligibility",
    "coding",
    "hold_review",
    "acknowledgement",
    "follow_up",
    "inquiry",
    "missing_remittance",
    "filing",
    "correction",
    "appeal",
    "appeal_decision",
    "documents",
    "approval",
    "crossover",
    "reversal_correction",
    "eft_pairing",
    "statement",
    "overpayment",
    "linger",
    "task",
]
"""`task` is never armed: it is how the return of a task that was put off reaches the timer (deadlines.next_due)."""
TaskType = Literal[
    "verify_coverage",
    "code_claim",
    "review_codes",
    "correct_claim",
    "resolve_rejection",
    "find_submission",
    "chase_acknowledgement",
    "follow_up",
    "find_remittance",
    "resubmit",
    "work_denial",
    "send_documents",
    "approve",
    "file_appeal",
    "chase_appeal_decision",
    "find_correction",
    "review_write_off",
    "review_coverage",
    "review_payment",
    "collect_patient_balance",
    "refund",
    "review_hold",
    "filing_limit",
    "upstream_replacement",
    "recover",
]
SubmissionOutcome = Literal[
    "sending", "unknown", "refused", "transmitted", "rejected", "accepted", "paid", "denied", "replaced", "voided"
]


class Deadline(Value):
    """A date by which something must happen. `due` is an instant; `zone` is the zone its day was counted in.

    `rule` says in words how it was counted, `source` who says so. `subject` tells deadlines of one kind apart
    (a submission number, an appeal level, a warning).
    """

    id: str
    kind: DeadlineKind
    due: Instant
    zone: str
    rule: str
    source: str
    subject: str = ""
    latest: Instant | None = None
    """No extension goes past this instant (the law's or the contract's limit)."""


class Task(Value):
    """Something a person must do. One per cause."""

    id: str
    type: TaskType
    category: str = ""
    owner: Owner
    due: Instant
    reason: str
    blocks_submission: bool = False
    opened_at: Instant
    opened_by: str
    """The event that opened it."""
    assignee: str = ""
    pended_until: Instant | None = None
    """Put off until then; it comes back by itself."""
    returned_at: Instant | None = None
    """When it came back after it was put off."""
    escalated: bool = False


class ClosedTask(Value):
    """A task that is done, and what closed it: an event, and the person who sent it (empty = no person did)."""

    id: str
    type: TaskType
    category: str = ""
    opened_at: Instant
    opened_by: str
    closed_at: Instant
    closed_by: str
    """The event that closed it."""
    by: str = ""


class Acknowledgement(Value):
    """One acknowledgement of a submission, as kept."""

    source: Literal["TA1", "999", "997", "277CA", "277"]
    sender: str = ""
    category: str = ""
    status: str = ""
    accepted: bool
    on: Day | None = None
    document: str = ""


class Submission(Value):
    """One time the claim left. `rank` never goes down: it is how far the submission is known to have come.

    0 sent, 1 envelope and set accepted, 2 clearinghouse accepted, 3 payer received, 4 payer accepted, 5 adjudicated.
    """

    number: int
    patient_control_number: str
    frequency: str
    coverage: int = 0
    """Which coverage of the claim it went to, from 0."""
    charge_cents: int
    version: int
    outcome: SubmissionOutcome = "sending"
    rank: int = 0
    sent_at: Instant | None = None
    interchange_control_number: str = ""
    group_control_number: str = ""
    set_control_number: str = ""
    carrier_reference: str = ""
    payer_claim_control_number: str = ""
    proof_of_filing: str = ""
    """The document in which the payer confirmed receipt; empty = no proof of timely filing."""
    proof_on: Day | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    errors: tuple[str, ...] = ()


class PostedPayment(Value):
    """One claim payment as received. `key` is made of its content, so a second copy has the same."""

    key: str
    document: str
    trace_number: str
    payer_id: str = ""
    coverage: int = 0
    paid_on: Day | None = None
    at: Instant
    manual: bool = False
    payment: ClaimPayment


class PatientPayment(Value):
    key: str
    amount_cents: int
    at: Instant
    method: str = ""
    reference: str = ""


class Takeback(Value):
    """Money a payer took back for this claim (PLB); positive cents."""

    key: str
    trace_number: str
    reason: str
    amount_cents: int
    at: Instant


class Reported(Value):
    """What the patient's account was told last, and the digest of all of it."""

    amount_cents: int
    withheld_cents: int
    digest: str


class WriteOff(Value):
    """An amount a person gave up: how much, why, who; `reverted_by` is set when taken back."""

    key: str
    amount_cents: int
    bucket: Literal["open", "patient"]
    reason: str
    category: WriteOffReason = "other"
    by: str
    """Who asked for it; `rule:...` where the practice's own rule did."""
    approved_by: str = ""
    at: Instant
    reverted_by: str = ""
    reverted_at: Instant | None = None
    why_reverted: str = ""


class Appeal(Value):
    """One level of an appeal."""

    level: int
    party: Party = "provider"
    name: str
    requested_at: Instant
    requested_by: str
    reason: str = ""
    documents: tuple[str, ...] = ()
    submission: int = 0
    filed_at: Instant | None = None
    receipt: str = ""
    packet: str = ""
    """The packet's manifest, by its hash."""
    mailed_on: Day | None = None
    lines: tuple[LineDecision, ...] = ()
    """What was decided line by line."""
    outcome: Literal["", "overturned", "upheld", "partially_overturned", "dismissed"] = ""
    decided_at: Instant | None = None
    notice_on: Day | None = None


class Hold(Value):
    kind: HoldKind
    reason: str
    by: str
    at: Instant


class Denial(Value):
    """What the latest remittance denied: codes, class and the remedy that the tables recommend."""

    codes: tuple[str, ...]
    """Group and reason, `CO-50`, then remark codes."""
    denied_cents: int
    reason_class: str
    recommended: Remedy
    why: str
    notice_on: Day | None = None
    chosen: Remedy | None = None
    chosen_by: str = ""


class Approval(Value):
    """Something that waits for a named person. `resume` is the event's id that it holds back."""

    task: str
    what: Literal["appeal", "write_off", "void", "refund"]
    amount_cents: int = 0
    reason: str = ""
    level: int = 0
    party: Party = "provider"
    lines: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    bucket: Literal["open", "patient"] = "open"
    category: WriteOffReason = "other"
    to: Literal["patient", "payer"] = "patient"
    coverage: int = 0
    approvers: tuple[str, ...] = ()
    """Who may approve it; empty = any other person."""
    requested_by: str
    requested_at: Instant
    was: Status
    """Where the claim goes back to when nobody approves."""


class Refusal(Value):
    """A message that changed nothing, and why."""

    at: Instant
    message: str
    reason: str
    by: str = ""


class Note(Value):
    at: Instant
    by: str
    text: str


class Failure(Value):
    """A step that failed for good; the claim is parked until a person recovers it."""

    effect: AnyEffect
    reason: str
    at: Instant
    was: Status
    also: tuple[AnyEffect, ...] = ()
    """Effects that failed while the claim was parked already."""
    abandoned_by: str = ""
    """Who asked to give the claim up, where a second person has to agree."""


class ClaimState(Value):
    """Everything known about one claim."""

    version: int = STATE_VERSION
    practice: str
    claim_id: str
    zone: str
    source: str
    fingerprint: str = ""
    tables_version: str
    payer_rules: tuple[PayerRules, ...]
    registered_at: Instant
    changed_at: Instant
    sequence: int = 0
    """How many events have been taken, refusals included; the journal is keyed by it."""
    claim: Claim
    claim_version: int = 1
    coded: bool = True
    coded_by: str = ""
    codes_approved: bool = False
    """A second person has read the codes."""
    stage: Stage = Stage.REGISTERED
    status: Status = Status.REGISTERED
    since: Instant
    """When the status was entered."""
    coverage: Literal["unverified", "active", "inactive", "payer_rejected", "overridden", "self_pay"] = "unverified"
    responsible: int = 0
    """Which coverage is being billed, from 0; `len(claim.coverages)` = the patient."""
    findings: tuple[Finding, ...] = ()
    submissions: tuple[Submission, ...] = ()
    payments: tuple[PostedPayment, ...] = ()
    patient_payments: tuple[PatientPayment, ...] = ()
    takebacks: tuple[Takeback, ...] = ()
    told_numbers: tuple[str, ...] = ()
    """Every claim control number that the payers' documents gave this claim, the first one first."""
    answered_numbers: tuple[str, ...] = ()
    """Those of them that an acknowledgement or a status answer told: no payment that is taken off takes them along."""
    write_offs: tuple[WriteOff, ...] = ()
    refunds: tuple[Refund, ...] = ()
    overpayment: Overpayment | None = None
    void: bool = False
    """Voided, even while it is open again to pay the patient's money back."""
    denial: Denial | None = None
    appeals: tuple[Appeal, ...] = ()
    approvals: tuple[Approval, ...] = ()
    statements: int = 0
    guarantor: str = ""
    reported: Reported | None = None
    account_standing: str = ""
    """Where the patient's account stands, as it said last."""
    patient_released_by: str = ""
    """Who looked at a patient's share that contradicted itself, and had it billed."""
    deadlines: tuple[Deadline, ...] = ()
    tasks: tuple[Task, ...] = ()
    closed_tasks: tuple[ClosedTask, ...] = ()
    """The latest that were closed, newest last, bounded; all of them stand in the journal."""
    resent_at: Instant | None = None
    """When the claim was sent again by itself, which happens once (docs/decisions/0007)."""
    holds: tuple[Hold, ...] = ()
    notes: tuple[Note, ...] = ()
    refused: tuple[Refusal, ...] = ()
    failure: Failure | None = None
    in_flight: tuple[AnyEffect, ...] = ()
    """Effects asked for and not answered; continue-as-new issues them again under the same ids."""
    effect_count: int = 0
    task_count: int = 0
    seen: tuple[str, ...] = ()
    """Ids of events taken, newest last, bounded."""
    archived: bool = False
    upgraded_from: int = 0
    """The older version in which the state was stored, until the first step after; 0 = none."""

    @model_validator(mode="before")
    @classmethod
    def _as_of_today(cls, stored: Any) -> Any:
        """Raises claims.versions.NewerVersion."""
        return versions.claim_state(stored)

    @property
    def rules(self) -> PayerRules:
        """The rules of the payer that is being billed (the last one's once the patient is)."""
        last = max((i for i, c in enumerate(self.claim.coverages) if c.order != "former"), default=0)
        return self.payer_rules[min(self.responsible, last, len(self.payer_rules) - 1)]

    @property
    def billed(self) -> int:
        """The coverage that is billed now, from 0; once the patient is, the one that was billed last."""
        if self.responsible < len(self.claim.coverages):
            return self.responsible
        return self.submissions[-1].coverage if self.submissions else 0

    @property
    def at_later_payer(self) -> bool:
        """Whether a payer after the first is billed now: the claim was decided once, and stays adjudicated."""
        return 0 < self.responsible < len(self.claim.coverages)

    @property
    def closed(self) -> bool:
        return self.stage is Stage.CLOSED

    @property
    def account(self) -> str:
        """The account that the patient's share is on: the guarantor's, else one of the claim's own."""
        return self.guarantor or f"claim-{self.claim_id}"

    @property
    def latest_submission(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None


class Step(Value):
    """What `step` gives back: the claim as it is now, and what it asks the world for."""

    state: ClaimState
    effects: tuple[AnyEffect, ...] = ()
    path: tuple[Status, ...] = ()
    """The statuses that this step went through, in order; the last one is where the claim is now."""
    refused: str = ""
    """Why the event changed nothing; empty when it was taken."""
    duplicate: bool = False
