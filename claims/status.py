"""The words for where a claim is: the fine status of staff, and the stage it rolls up to."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The word of the spine, for people and the search attribute."""

    REGISTERED = "registered"
    CODED = "coded"
    SUBMITTED = "submitted"
    ADJUDICATED = "adjudicated"
    PAID = "paid"
    DENIED = "denied"
    APPEALED = "appealed"
    CLOSED = "closed"


class Status(StrEnum):
    """The finer state. Which may follow which stands in lifecycle.py, and nowhere else."""

    REGISTERED = "registered"
    ELIGIBILITY_PENDING = "eligibility_pending"
    ELIGIBILITY_FAILED = "eligibility_failed"
    AWAITING_CODING = "awaiting_coding"
    CODING_REVIEW = "coding_review"
    CODED = "coded"
    SCRUBBING = "scrubbing"
    NEEDS_CORRECTION = "needs_correction"
    READY_TO_SUBMIT = "ready_to_submit"
    SUBMITTING = "submitting"
    SUBMISSION_UNKNOWN = "submission_unknown"
    SUBMITTED = "submitted"
    CLEARINGHOUSE_REJECTED = "clearinghouse_rejected"
    CLEARINGHOUSE_ACCEPTED = "clearinghouse_accepted"
    PAYER_RECEIVED = "payer_received"
    PAYER_ACCEPTED = "payer_accepted"
    PAYER_REJECTED = "payer_rejected"
    SPLIT = "split"
    PENDING_PAYER = "pending_payer"
    INFO_REQUESTED = "info_requested"
    NO_RESPONSE = "no_response"
    NOT_ON_FILE = "not_on_file"
    ADJUDICATED = "adjudicated"
    PAID = "paid"
    UNDERPAID = "underpaid"
    PARTIALLY_DENIED = "partially_denied"
    DENIED = "denied"
    ZERO_PAID_PATIENT_RESP = "zero_paid_patient_resp"
    AWAITING_APPROVAL = "awaiting_approval"
    CORRECTING = "correcting"
    APPEAL_PREPARING = "appeal_preparing"
    APPEAL_FILED = "appeal_filed"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_OVERTURNED = "appeal_overturned"
    AWAITING_CROSSOVER = "awaiting_crossover"
    SECONDARY_READY = "secondary_ready"
    SECONDARY_SUBMITTED = "secondary_submitted"
    PATIENT_BILLING = "patient_billing"
    WRITE_OFF_PENDING = "write_off_pending"
    OVERPAYMENT_REVIEW = "overpayment_review"
    REFUND_PENDING = "refund_pending"
    VOID_PENDING = "void_pending"
    VOIDED = "voided"
    CLOSED = "closed"
    REOPENED = "reopened"
    BLOCKED_ON_FAILURE = "blocked_on_failure"


STAGE_OF: dict[Status, Stage | None] = {
    Status.REGISTERED: Stage.REGISTERED,
    Status.ELIGIBILITY_PENDING: Stage.REGISTERED,
    Status.ELIGIBILITY_FAILED: Stage.REGISTERED,
    Status.AWAITING_CODING: Stage.REGISTERED,
    Status.CODING_REVIEW: Stage.REGISTERED,
    Status.CODED: Stage.CODED,
    Status.SCRUBBING: Stage.CODED,
    Status.NEEDS_CORRECTION: Stage.CODED,
    Status.READY_TO_SUBMIT: Stage.CODED,
    Status.SUBMITTING: Stage.CODED,
    Status.SUBMISSION_UNKNOWN: Stage.SUBMITTED,
    Status.SUBMITTED: Stage.SUBMITTED,
    Status.CLEARINGHOUSE_REJECTED: Stage.SUBMITTED,
    Status.CLEARINGHOUSE_ACCEPTED: Stage.SUBMITTED,
    Status.PAYER_RECEIVED: Stage.SUBMITTED,
    Status.PAYER_ACCEPTED: Stage.SUBMITTED,
    Status.PAYER_REJECTED: Stage.SUBMITTED,
    Status.SPLIT: Stage.SUBMITTED,
    Status.PENDING_PAYER: Stage.SUBMITTED,
    Status.INFO_REQUESTED: Stage.SUBMITTED,
    Status.NO_RESPONSE: Stage.SUBMITTED,
    Status.NOT_ON_FILE: Stage.SUBMITTED,
    Status.ADJUDICATED: Stage.ADJUDICATED,
    Status.PAID: Stage.PAID,
    Status.UNDERPAID: Stage.PAID,
    Status.PARTIALLY_DENIED: Stage.DENIED,
    Status.DENIED: Stage.DENIED,
    Status.ZERO_PAID_PATIENT_RESP: Stage.ADJUDICATED,
    Status.AWAITING_APPROVAL: None,
    Status.CORRECTING: Stage.DENIED,
    Status.APPEAL_PREPARING: Stage.APPEALED,
    Status.APPEAL_FILED: Stage.APPEALED,
    Status.APPEAL_UPHELD: Stage.APPEALED,
    Status.APPEAL_OVERTURNED: Stage.APPEALED,
    Status.AWAITING_CROSSOVER: Stage.ADJUDICATED,
    Status.SECONDARY_READY: Stage.ADJUDICATED,
    Status.SECONDARY_SUBMITTED: Stage.ADJUDICATED,
    Status.PATIENT_BILLING: Stage.PAID,
    Status.WRITE_OFF_PENDING: None,
    Status.OVERPAYMENT_REVIEW: Stage.ADJUDICATED,
    Status.REFUND_PENDING: Stage.ADJUDICATED,
    Status.VOID_PENDING: None,
    Status.VOIDED: Stage.CLOSED,
    Status.CLOSED: Stage.CLOSED,
    Status.REOPENED: Stage.ADJUDICATED,
    Status.BLOCKED_ON_FAILURE: None,
}
"""None: the claim keeps the stage that it was in."""
