"""Everything a claim may ask the world for, in the imperative. An effect's id is its idempotency key within its claim.

Each is carried out by one activity method: effect in, event out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from claims.accounts.values import AccountRules, ClaimBalance, Creditor, Debtor
from claims.base import Day, Value
from claims.claim import Claim, Payer
from claims.payer_rules import Party, PayerRules
from claims.questions import EligibilityQuestion, StatusQuestion


class Effect(Value):
    """`id` is unique within the claim and stays the same when the effect is issued again."""

    id: str


class CheckEligibility(Effect):
    """Ask the payer (270) whether the patient is covered -> EligibilityAnswered."""

    kind: Literal["check_eligibility"] = "check_eligibility"
    question: EligibilityQuestion


class ScrubClaim(Effect):
    """Run the edits over a version of the claim -> ClaimScrubbed. Reads large tables: a local activity."""

    kind: Literal["scrub_claim"] = "scrub_claim"
    version: int
    claim: Claim
    rules: PayerRules
    today: Day


class TransmitClaim(Effect):
    """Write the 837, pass the gate, send it once -> ClaimTransmitted, TransmissionRefused or TransmissionUnknown.

    `claim` is final: patient control number, frequency and REF*F8 are those of this submission.
    """

    kind: Literal["transmit_claim"] = "transmit_claim"
    submission: int
    claim: Claim


def transmission_id(submission: int) -> str:
    """The id of the effect that sends submission `submission`: what carriers know it by ends in it."""
    return f"transmit-{submission}"


class FindSubmission(Effect):
    """Look a submission up whose outcome is unknown -> SubmissionFound."""

    kind: Literal["find_submission"] = "find_submission"
    submission: int
    patient_control_number: str


class InquireStatus(Effect):
    """Ask the payer (276) where the claim is -> StatusReported or StatusUnanswered."""

    kind: Literal["inquire_status"] = "inquire_status"
    question: StatusQuestion


class ReportPatientBalance(Effect):
    """Tell the guarantor's account what the patient owes on this claim now -> PatientBalanceReported.

    The account keeps the report with the highest `balance.sequence`, so reports may overtake each other or come twice.
    A claim waits for its newest report only.
    """

    kind: Literal["report_patient_balance"] = "report_patient_balance"
    account: str
    balance: ClaimBalance
    debtor: Debtor
    creditor: Creditor
    rules: AccountRules
    zone: str
    tables_version: str


class SendAppeal(Effect):
    """Lay out an appeal's packet, store it, send it by the carrier -> AppealSent."""

    kind: Literal["send_appeal"] = "send_appeal"
    level: int
    level_name: str
    to: str
    reason: str
    claim: Claim
    payer: Payer
    payer_claim_control_number: str
    codes: tuple[str, ...]
    amount_cents: int
    documents: tuple[str, ...] = ()
    proof_of_filing: str = ""
    remittance: str = ""
    """The document that the denial came in, by its hash."""
    party: Party = "provider"
    on: Day


class SendDocuments(Effect):
    """Send the payer the documents that it asked for, by their hashes -> DocumentsSent."""

    kind: Literal["send_documents"] = "send_documents"
    claim: Claim
    payer: Payer
    payer_claim_control_number: str
    documents: tuple[str, ...]
    reason: str = ""
    on: Day


class ArchiveClaim(Effect):
    """Store the full state; the claim's workflow may end -> ClaimArchived."""

    kind: Literal["archive_claim"] = "archive_claim"


AnyEffect = Annotated[
    CheckEligibility
    | ScrubClaim
    | TransmitClaim
    | FindSubmission
    | InquireStatus
    | ReportPatientBalance
    | SendAppeal
    | SendDocuments
    | ArchiveClaim,
    Field(discriminator="kind"),
]
