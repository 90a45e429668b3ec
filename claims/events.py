"""Everything that can happen to a claim, in the past tense. Time reaches the domain only as `event.at`.

`id` makes an event itself: the same id twice is the same event, and the second one changes nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from claims.base import Day, Instant, Value
from claims.claim import Claim
from claims.documents import ClaimPayment, EligibilityAnswer, StatusLine
from claims.findings import Finding
from claims.payer_rules import Party, PayerRules, Remedy

WriteOffReason = Literal[
    "small_balance",
    "timely_filing",
    "no_authorization",
    "bad_debt",
    "financial_assistance",
    "courtesy",
    "bankruptcy",
    "deceased",
    "contractual_correction",
    "other",
]
"""Why an amount is given up, in the trade's words; the free text beside it says what happened."""
HoldKind = Literal[
    "coding",
    "charge",
    "eligibility",
    "credentialing",
    "authorization",
    "documents",
    "manager",
    "payer_config",
    "dispute",
    "legal",
]


class Event(Value):
    """When it happened, and who or what brought it. `by` is an actor's opaque name, never a patient's."""

    at: Instant
    id: str
    by: str = ""


class ClaimRegistered(Event):
    """Upstream handed over a claim. `coded` is false where a coder still has to add codes."""

    kind: Literal["claim_registered"] = "claim_registered"
    practice: str
    claim_id: str
    zone: str = "America/New_York"
    source: Literal["837P", "837I", "json"]
    document: str = ""
    fingerprint: str = ""
    claim: Claim
    coded: bool = True
    payer_rules: tuple[PayerRules, ...]
    """One for each coverage of the claim, in its order."""
    tables_version: str
    warnings: tuple[str, ...] = ()
    guarantor: str = ""
    """Whose account the patient's share goes to: an opaque id (claims/intake.py); empty = an account of its own."""


class UpstreamReplacementReceived(Event):
    """Upstream sent frequency 7 or 8 for this claim."""

    kind: Literal["upstream_replacement_received"] = "upstream_replacement_received"
    claim: Claim
    document: str = ""


class EligibilityAnswered(Event):
    """A 271 about the patient's coverage."""

    kind: Literal["eligibility_answered"] = "eligibility_answered"
    effect: str = ""
    document: str = ""
    answer: EligibilityAnswer


class ClaimCoded(Event):
    """A coder's codes: the whole claim as coded now. `base_version` is the version the coder looked at (0 = any)."""

    kind: Literal["claim_coded"] = "claim_coded"
    claim: Claim
    base_version: int = 0


class ClaimCorrected(Event):
    """A biller's correction: the whole claim as it should read now."""

    kind: Literal["claim_corrected"] = "claim_corrected"
    claim: Claim
    base_version: int = 0
    reason: str = ""


class ClaimScrubbed(Event):
    """The scrubber read version `version` of the claim."""

    kind: Literal["claim_scrubbed"] = "claim_scrubbed"
    effect: str = ""
    version: int
    findings: tuple[Finding, ...] = ()


class ClaimTransmitted(Event):
    """The clearinghouse took a submission. Control numbers as sent (ISA13, GS06, ST02)."""

    kind: Literal["claim_transmitted"] = "claim_transmitted"
    effect: str = ""
    submission: int
    interchange_control_number: str = ""
    group_control_number: str = ""
    set_control_number: str = ""
    carrier_reference: str = ""
    document: str = ""
    acknowledgements: tuple[str, ...] = ("277CA",)
    """Which of TA1, 999 and 277CA this carrier delivers: only those get a deadline."""


class TransmissionRefused(Event):
    """The clearinghouse's edits refused a submission; nothing is on file. Located reasons, no protected data."""

    kind: Literal["transmission_refused"] = "transmission_refused"
    effect: str = ""
    submission: int
    errors: tuple[str, ...]
    carrier_reference: str = ""
    interchange_control_number: str = ""
    group_control_number: str = ""
    set_control_number: str = ""
    """The numbers it left under, so that a late acknowledgement of it is not taken for the next one's; empty where it
    never left."""


class TransmissionUnknown(Event):
    """No answer came, and the carrier can't be asked again under the same key: it may or may not have the claim."""

    kind: Literal["transmission_unknown"] = "transmission_unknown"
    effect: str = ""
    submission: int
    reason: str


class SubmissionFound(Event):
    """The look-up after an unknown outcome: there, not there, or (None) the carrier can't tell."""

    kind: Literal["submission_found"] = "submission_found"
    effect: str = ""
    submission: int
    found: bool | None


class SubmissionAcknowledged(Event):
    """TA1, 999 or 997 about what a submission travelled in. `errors` are codes and places."""

    kind: Literal["submission_acknowledged"] = "submission_acknowledged"
    document: str
    source: Literal["TA1", "999", "997"]
    submission: int
    accepted: bool
    errors: tuple[str, ...] = ()


class ClaimAcknowledged(Event):
    """One status of a 277CA about this claim; `sender` is `AY` (clearinghouse) or `PR` (payer)."""

    kind: Literal["claim_acknowledged"] = "claim_acknowledged"
    document: str
    sender: str
    status: StatusLine
    submission: int = 0
    """The submission it answers, 0 where the document doesn't tell (then the latest)."""


class StatusReported(Event):
    """A payer's 277 answer (or unsolicited 277) about this claim."""

    kind: Literal["status_reported"] = "status_reported"
    effect: str = ""
    document: str = ""
    status: StatusLine


class StatusUnanswered(Event):
    """An inquiry brought no answer about this claim."""

    kind: Literal["status_unanswered"] = "status_unanswered"
    effect: str = ""
    reason: str


class RemittanceReceived(Event):
    """A payer's decision on this claim, out of an 835 that balanced (or whose claim balanced by itself)."""

    kind: Literal["remittance_received"] = "remittance_received"
    document: str
    trace_number: str
    payer: str = ""
    payer_id: str = ""
    paid_on: Day | None = None
    method: str = ""
    occurrence: int = 0
    """Tells claim payments apart that read alike within one set, counted from 0."""
    payment: ClaimPayment


class TakebackReceived(Event):
    """A PLB takes money back and names this claim. A positive amount reduces what the payer pays."""

    kind: Literal["takeback_received"] = "takeback_received"
    document: str
    trace_number: str
    reason: str
    reference: str
    amount_cents: int
    paid_on: Day | None = None
    occurrence: int = 0
    """How many adjustments of the same set before it read alike."""


class PaymentUnmatched(Event):
    """A person takes a payment (or a takeback) off this claim again: it was matched here by mistake.

    `payment` is the key that it was posted under. `by` and `reason` are needed.
    """

    kind: Literal["payment_unmatched"] = "payment_unmatched"
    payment: str
    trace_number: str = ""
    reason: str = ""


class PatientPaid(Event):
    """The patient paid, in cents; a negative amount is a returned payment."""

    kind: Literal["patient_paid"] = "patient_paid"
    amount_cents: int
    method: str = ""
    reference: str = ""


class ManualPaymentPosted(Event):
    """A payer's payment posted by a person, out of a paper explanation of benefits."""

    kind: Literal["manual_payment_posted"] = "manual_payment_posted"
    payment: ClaimPayment
    reference: str = ""


class StatementSent(Event):
    """A statement of the patient's account, stored under its hash, asks for this claim's balance, too.

    `notice` is which one it is for this claim: first, reminder or final; `amount_cents` is this claim's part of it.
    """

    kind: Literal["statement_sent"] = "statement_sent"
    effect: str = ""
    document: str = ""
    amount_cents: int
    notice: str = ""


class PatientBalanceReported(Event):
    """The patient's account knows what she owes on this claim."""

    kind: Literal["patient_balance_reported"] = "patient_balance_reported"
    effect: str = ""


class AccountStanding(Event):
    """Where the patient's account stands (held, plan, ...), and when it acts next by itself; None = a person does."""

    kind: Literal["account_standing"] = "account_standing"
    standing: str
    until: Instant | None = None


class PatientBillingAllowed(Event):
    """A named person looked at a patient's share that contradicts itself: she is billed for it after all."""

    kind: Literal["patient_billing_allowed"] = "patient_billing_allowed"
    reason: str


class WrittenOff(Event):
    """A person writes off part of what is open, or of what the patient owes."""

    kind: Literal["written_off"] = "written_off"
    amount_cents: int
    reason: str
    category: WriteOffReason = "other"
    bucket: Literal["open", "patient"] = "open"


class WriteOffReverted(Event):
    kind: Literal["write_off_reverted"] = "write_off_reverted"
    write_off: str
    reason: str = ""


class RefundRequested(Event):
    """A person asks to give a credit back: to the patient, or to the payer of a coverage (from 0). Positive cents."""

    kind: Literal["refund_requested"] = "refund_requested"
    to: Literal["patient", "payer"]
    coverage: int = 0
    amount_cents: int
    reason: str = ""


class RefundSent(Event):
    """A refund left, under the number of its check or EFT. `refund` empty = the one that waits longest."""

    kind: Literal["refund_sent"] = "refund_sent"
    refund: str = ""
    reference: str
    method: str = ""
    sent_on: Day | None = None


class RefundReverted(Event):
    """A refund came back, or its check was voided; one that had not left yet is withdrawn."""

    kind: Literal["refund_reverted"] = "refund_reverted"
    refund: str = ""
    reason: str = ""


class OverpaymentIdentified(Event):
    """A person found that a payer paid too much where the ledger doesn't show it (an audit, a wrong code)."""

    kind: Literal["overpayment_identified"] = "overpayment_identified"
    amount_cents: int
    coverage: int = 0
    identified_on: Day | None = None
    """None = the day of the event. The payer's time to report and return counts from it."""
    reason: str = ""


class OverpaymentInvestigated(Event):
    """A good-faith investigation of related overpayments begins or, with `ended`, is over. It suspends the clock."""

    kind: Literal["overpayment_investigated"] = "overpayment_investigated"
    ended: bool = False
    amount_cents: int | None = None
    """What it came to, where it came to another amount."""
    reason: str = ""


class RefundDemanded(Event):
    """A payer's letter asks for money back."""

    kind: Literal["refund_demanded"] = "refund_demanded"
    amount_cents: int
    coverage: int = 0
    letter_on: Day | None = None
    reference: str = ""
    reason: str = ""


class DemandAnswered(Event):
    """What we say to a payer's demand; or that the payer withdrew it."""

    kind: Literal["demand_answered"] = "demand_answered"
    answer: Literal["accept", "dispute", "withdrawn"]
    reason: str = ""


class PaymentAccepted(Event):
    """A person takes an underpayment as it is: no appeal is made of it."""

    kind: Literal["payment_accepted"] = "payment_accepted"
    reason: str = ""


class RemedyChosen(Event):
    """A person chose what to do about a denial."""

    kind: Literal["remedy_chosen"] = "remedy_chosen"
    remedy: Remedy
    reason: str = ""


class AppealRequested(Event):
    """A person asks to appeal. `level` 0 is the next level open; `lines` empty is all denied lines."""

    kind: Literal["appeal_requested"] = "appeal_requested"
    level: int = 0
    party: Party = "provider"
    """In whose name: `member` is the patient's own appeal, which we file with her authorisation."""
    reason: str = ""
    lines: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    submission: int = 0


class AppealSent(Event):
    """An appeal left: by the carrier with a receipt, or by mail with a date.

    `document` is the packet's manifest. An answer of ours with neither receipt nor date only says that the packet is
    ready: a person mails it.
    """

    kind: Literal["appeal_sent"] = "appeal_sent"
    effect: str = ""
    level: int
    receipt: str = ""
    document: str = ""
    mailed_on: Day | None = None


class LineDecision(Value):
    """The reviewer's decision on one service line, by its number."""

    line: int
    outcome: Literal["overturned", "upheld"]


class AppealDecided(Event):
    """The reviewer's decision on a level; `lines` where it differs from line to line."""

    kind: Literal["appeal_decided"] = "appeal_decided"
    level: int = 0
    outcome: Literal["overturned", "upheld", "partially_overturned", "dismissed"]
    lines: tuple[LineDecision, ...] = ()
    notice_on: Day | None = None
    document: str = ""
    reason: str = ""


class DocumentsChosen(Event):
    """A person says which documents (by hash) answer the payer's request; they go out by the carrier."""

    kind: Literal["documents_chosen"] = "documents_chosen"
    documents: tuple[str, ...] = ()
    reason: str = ""


class DocumentsSent(Event):
    """Records that the payer asked for left. A clock stops only on a confirmation. `document` is their manifest."""

    kind: Literal["documents_sent"] = "documents_sent"
    effect: str = ""
    confirmation: str
    documents: tuple[str, ...] = ()
    document: str = ""


class DocumentsReviewed(Event):
    """The payer's word on documents that it had asked for; what it pays comes with a corrected remittance."""

    kind: Literal["documents_reviewed"] = "documents_reviewed"
    outcome: Literal["overturned", "upheld", "partially_overturned", "dismissed"]
    document: str = ""


class ApprovalDecided(Event):
    """A named person decided what was awaiting approval; the first decision wins."""

    kind: Literal["approval_decided"] = "approval_decided"
    task: str = ""
    approved: bool
    reason: str = ""


class HoldPlaced(Event):
    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    reason: str
    review_on: Day | None = None


class HoldReleased(Event):
    """`hold` empty releases all."""

    kind: Literal["hold_released"] = "hold_released"
    hold: HoldKind | None = None
    reason: str = ""


class NoteAdded(Event):
    """A note. It never moves a deadline."""

    kind: Literal["note_added"] = "note_added"
    text: str


class DeadlineExtended(Event):
    """A person moves a deadline, with a reason, never past what law or contract allow."""

    kind: Literal["deadline_extended"] = "deadline_extended"
    deadline: str
    to: Instant
    reason: str


class CoverageChanged(Event):
    """Front desk or a payer told of other coverages: all of them, in order, with their rules."""

    kind: Literal["coverage_changed"] = "coverage_changed"
    claim: Claim
    payer_rules: tuple[PayerRules, ...]
    reason: str = ""


class EligibilityOverridden(Event):
    """A person goes on without an active coverage answer, or marks the patient self-pay."""

    kind: Literal["eligibility_overridden"] = "eligibility_overridden"
    self_pay: bool = False
    reason: str = ""


class VoidRequested(Event):
    kind: Literal["void_requested"] = "void_requested"
    reason: str


class SubmitRequested(Event):
    """A person asks to send now what is ready, or to resend after a rejection with nothing to change."""

    kind: Literal["submit_requested"] = "submit_requested"
    reason: str = ""


class StatusInquiryRequested(Event):
    kind: Literal["status_inquiry_requested"] = "status_inquiry_requested"


class TaskWorked(Event):
    """A person takes, assigns, pends, escalates or resolves a task; the last action also sends the claim again."""

    kind: Literal["task_worked"] = "task_worked"
    task: str
    action: Literal["take", "assign", "pend", "escalate", "resolve", "resolve_and_resubmit"]
    assignee: str = ""
    reason: str = ""


class PayerRulesChanged(Event):
    """Newer rules reach a running claim; deadlines not yet due are computed anew."""

    kind: Literal["payer_rules_changed"] = "payer_rules_changed"
    payer_rules: tuple[PayerRules, ...]
    tables_version: str


class Recovered(Event):
    """A person's answer to a failed step: try it again, go on without it, or give the claim up."""

    kind: Literal["recovered"] = "recovered"
    action: Literal["retry", "skip", "abandon"]
    reason: str = ""


class EffectFailed(Event):
    """An effect failed for good. `reason` is a type and a code, never an upstream body."""

    kind: Literal["effect_failed"] = "effect_failed"
    effect: str
    reason: str


class ClosingRequested(Event):
    """A person closes the claim (nothing open), or reopens a closed one."""

    kind: Literal["closing_requested"] = "closing_requested"
    reopen: bool = False
    reason: str = ""


class ClaimArchived(Event):
    """The full state is stored; the workflow may complete."""

    kind: Literal["claim_archived"] = "claim_archived"
    effect: str = ""


class DeadlinePassed(Event):
    """A deadline of the state is due. `at` is its own instant."""

    kind: Literal["deadline_passed"] = "deadline_passed"
    deadline: str


class MessageRefused(Event):
    """A message that is no event at all: unknown name or malformed body. Only recorded."""

    kind: Literal["message_refused"] = "message_refused"
    message: str
    reason: str


AnyEvent = Annotated[
    ClaimRegistered
    | UpstreamReplacementReceived
    | EligibilityAnswered
    | ClaimCoded
    | ClaimCorrected
    | ClaimScrubbed
    | ClaimTransmitted
    | TransmissionRefused
    | TransmissionUnknown
    | SubmissionFound
    | SubmissionAcknowledged
    | ClaimAcknowledged
    | StatusReported
    | StatusUnanswered
    | RemittanceReceived
    | TakebackReceived
    | PaymentUnmatched
    | PatientPaid
    | ManualPaymentPosted
    | StatementSent
    | PatientBalanceReported
    | AccountStanding
    | PatientBillingAllowed
    | WrittenOff
    | WriteOffReverted
    | RefundRequested
    | RefundSent
    | RefundReverted
    | OverpaymentIdentified
    | OverpaymentInvestigated
    | RefundDemanded
    | DemandAnswered
    | PaymentAccepted
    | RemedyChosen
    | AppealRequested
    | AppealSent
    | AppealDecided
    | DocumentsChosen
    | DocumentsSent
    | DocumentsReviewed
    | ApprovalDecided
    | HoldPlaced
    | HoldReleased
    | NoteAdded
    | DeadlineExtended
    | CoverageChanged
    | EligibilityOverridden
    | VoidRequested
    | SubmitRequested
    | StatusInquiryRequested
    | TaskWorked
    | PayerRulesChanged
    | Recovered
    | EffectFailed
    | ClosingRequested
    | ClaimArchived
    | DeadlinePassed
    | MessageRefused,
    Field(discriminator="kind"),
]
