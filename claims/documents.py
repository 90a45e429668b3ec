"""What inbound documents say, in the words of the trade: remittances, acknowledgements, status and eligibility answers.

adapters/x12 makes these values; matching.py finds their claims. Every one knows the segment it was read from.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from claims.base import Day, Segment, Value
from claims.claim import Adjustment, Claim


class Problem(Value):
    """Something wrong with a document, at a place: the segment's position from 1, the element's (0 = whole segment).

    `reason` says what was found and expected, without protected health information.
    """

    segment: int
    element: int = 0
    reason: str
    fatal: bool = False
    """A fatal problem means that what the place belongs to (file, set or claim) was not read."""
    claim: int = 0
    """Position of the CLP, CLM or STC that it belongs to; 0 where it is the set's or the file's."""


class PaymentLine(Value):
    """One SVC loop. Amounts in cents."""

    control_number: str = ""
    procedure_qualifier: str = ""
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    charge_cents: int
    paid_cents: int
    quantity: str = ""
    service_from: Day | None = None
    service_to: Day | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed_cents: int | None = None
    submitted_procedure: str = ""
    """SVC06: the procedure that we sent, where the payer paid for another one."""
    submitted_modifiers: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """SVC02 less the line's CAS amounts is SVC03."""
        return self.charge_cents - sum(a.amount_cents for a in self.adjustments) == self.paid_cents


class ClaimPayment(Value):
    """One CLP loop. Amounts in cents; `segment` is the position of its CLP in the file."""

    segment: int
    patient_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int | None = None
    """CLP05, only to show: what the patient owes is computed from PR adjustments."""
    filing_indicator: str = ""
    payer_claim_control_number: str = ""
    facility_code: str = ""
    frequency: str = ""
    member_id: str = ""
    corrected_member_id: str = ""
    """NM1*74: the member id that the payer knows her by, where it is another."""
    service_from: Day | None = None
    service_to: Day | None = None
    received_on: Day | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    """RARCs of MIA and MOA."""
    crossover_carrier: str = ""
    """NM1*TT, the carrier it was forwarded to."""
    corrected_payer: str = ""
    references: tuple[tuple[str, str], ...] = ()
    lines: tuple[PaymentLine, ...] = ()

    @property
    def balanced(self) -> bool:
        """CLP03 less all CAS amounts of claim and lines is CLP04."""
        taken = sum(a.amount_cents for a in self.adjustments)
        taken += sum(a.amount_cents for line in self.lines for a in line.adjustments)
        return self.charge_cents - taken == self.paid_cents

    @property
    def bare_reversal(self) -> bool:
        """A reversal (22) without a single CAS: it negates what was posted, so it has nothing of its own to balance."""
        return self.status_code == "22" and not self.adjustments and not any(line.adjustments for line in self.lines)


class ProviderAdjustment(Value):
    """One PLB adjustment. A positive amount reduces the payment."""

    provider: str = ""
    fiscal_year_end: Day | None = None
    reason: str
    reference: str = ""
    amount_cents: int


class Remittance(Value):
    """One 835 set."""

    kind: Literal["remittance"] = "remittance"
    control_number: str
    version: str = ""
    trace_number: str = ""
    originator: str = ""
    payer: str = ""
    payer_id: str = ""
    payee: str = ""
    payee_id: str = ""
    handling: str = ""
    credit_debit: str = ""
    payment_cents: int
    method: str = ""
    paid_on: Day | None = None
    produced_on: Day | None = None
    claims: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def difference_cents(self) -> int:
        """Sum of CLP04 less sum of PLB less BPR02; zero where the set balances."""
        return (
            sum(claim.paid_cents for claim in self.claims)
            - sum(a.amount_cents for a in self.provider_adjustments)
            - self.payment_cents
        )


class StatusCode(Value):
    """One STC composite: category (`A2`), status (`20`), entity (`PR`)."""

    category: str
    status: str = ""
    entity: str = ""
    code_list: str = ""
    """`RX` where `status` is an NCPDP reject code and no claim status code."""


StatusLevel = Literal["source", "receiver", "provider", "claim", "line"]


class StatusLine(Value):
    """One STC of a 277CA or 277, with the claim it is about. Amounts in cents."""

    segment: int
    level: StatusLevel
    trace: str = ""
    """277CA: TRN02 at the claim, our patient control number. 277: TRN02, our inquiry's trace."""
    patient_control_number: str = ""
    """REF*EJ (277), else the claim's TRN02 (277CA)."""
    payer_claim_control_number: str = ""
    codes: tuple[StatusCode, ...]
    action: str = ""
    effective_on: Day | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    member_id: str = ""
    service_from: Day | None = None
    service_to: Day | None = None
    line_control_number: str = ""
    check_number: str = ""
    text: str = ""


class StatusReport(Value):
    """One 277CA (`acknowledgement`, version 214) or 277 (`answer`, version 212) set.

    `sender` is the entity of the information source: `AY` a clearinghouse, `PR` the payer.
    """

    kind: Literal["status_report"] = "status_report"
    set: Literal["277CA", "277"]
    control_number: str
    version: str = ""
    sender: str = ""
    sender_name: str = ""
    batch: str = ""
    produced_on: Day | None = None
    statuses: tuple[StatusLine, ...] = ()
    provider_claims: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """For a provider or receiver level status: its segment and the patient control numbers of the claims below it."""


class SetError(Value):
    """One IK3/IK4 (AK3/AK4) of an acknowledgement: segment id and position, element, code, what it was about."""

    segment_id: str
    position: str = ""
    loop: str = ""
    element: str = ""
    code: str = ""
    claim: str = ""
    """CTX*CLM01: the patient control number of the claim that the error is in, where the receiver names it."""


class SetAcknowledgement(Value):
    """One AK2 loop: the disposition of one transaction set that we sent."""

    set: str
    control_number: str
    disposition: str
    """IK501 or AK501: A accepted, E accepted with errors, R rejected, M, W, X rejected."""
    codes: tuple[str, ...] = ()
    errors: tuple[SetError, ...] = ()


class FunctionalAcknowledgement(Value):
    """One 999 (or 997) set: a functional group that we sent, and its sets."""

    kind: Literal["functional_acknowledgement"] = "functional_acknowledgement"
    set: Literal["999", "997"] = "999"
    control_number: str
    group_control_number: str
    functional_code: str = ""
    disposition: str = ""
    """AK901: A, E, P partially accepted, R rejected."""
    codes: tuple[str, ...] = ()
    sets: tuple[SetAcknowledgement, ...] = ()


class InterchangeAcknowledgement(Value):
    """One TA1: the envelope of an interchange that we sent."""

    kind: Literal["interchange_acknowledgement"] = "interchange_acknowledgement"
    interchange_control_number: str
    disposition: str
    """TA104: A accepted, E accepted with errors, R rejected."""
    note: str = ""


class EligibilityRejection(Value):
    """One AAA: the code, its meaning in our words, and what to do."""

    code: str
    level: str = ""
    follow_up: str = ""
    meaning: str = ""
    what_to_do: str = ""
    segment: int = 0


class Benefit(Value):
    """One EB, elements 1 to 5, amount in cents and percent as a decimal string, and elements as they stood."""

    code: str
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    amount_cents: int | None = None
    percent: str = ""
    elements: Segment = ()


class OtherPayer(Value):
    """A payer besides the one that answers (EB01 R with the NM1 of its loop 2120): PRP first, SEP second, TTP third."""

    role: str = ""
    name: str = ""
    payer_id: str = ""
    insurance_type: str = ""
    """EB04; of Medicare's own answer the reason why it is second (12, 13, ...)."""


class EligibilityAnswer(Value):
    """What one 271 says of one subscriber or dependent."""

    kind: Literal["eligibility_answer"] = "eligibility_answer"
    control_number: str = ""
    segment: int = 0
    traces: tuple[str, ...] = ()
    member_id: str = ""
    active: bool
    inactive: bool = False
    """An EB01 of 6, 7 or 8 stands, and none that is active."""
    rejections: tuple[EligibilityRejection, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()


class ClaimSubmissionSet(Value):
    """One 837 set at intake: its claims, each with the position of its CLM, and what could not be read."""

    kind: Literal["claim_submission"] = "claim_submission"
    set: Literal["837P", "837I"]
    control_number: str
    version: str = ""
    claims: tuple[tuple[int, Claim], ...] = ()


class OtherSet(Value):
    """A set that is recognised and put aside: 837D, 824, 277DRA, ... `reason` says why."""

    kind: Literal["other"] = "other"
    set: str
    control_number: str = ""
    version: str = ""
    reason: str = ""


Parsed = (
    Remittance
    | StatusReport
    | FunctionalAcknowledgement
    | InterchangeAcknowledgement
    | EligibilityAnswer
    | ClaimSubmissionSet
    | OtherSet
)


class ParsedSet(Value):
    """One transaction set (of a 271: one answer) as read, where it stood, and what is wrong with it.

    `segment` is the position of its ST in the file; the indexes count from 0: interchange of the file, group, set.
    """

    parsed: Annotated[Parsed, Field(discriminator="kind")]
    segment: int
    interchange_control_number: str = ""
    group_control_number: str = ""
    isa_index: int = 0
    gs_index: int = 0
    st_index: int = 0
    problems: tuple[Problem, ...] = ()
    unread: int = 0
    """Claims (CLP, CLM) or statuses (STC) of the set that could not be read; a fatal problem tells of them."""
    held: str = ""
    """Why the set as a whole can't be trusted (cut off, no payment amount, ...); empty where it can."""


class ParsedDocument(Value):
    """A file as read: every set of it, and what is wrong with the file itself. `sha256` is that of its bytes, hex."""

    sha256: str
    sets: tuple[ParsedSet, ...] = ()
    problems: tuple[Problem, ...] = ()
    duplicates: int = 0
    """Interchanges that repeat an earlier one byte for byte; they were read once."""

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Of the file and of every set, in the order of the file."""
        found = [*self.problems, *(problem for one in self.sets for problem in one.problems)]
        return tuple(sorted(found, key=lambda problem: problem.segment))

    @property
    def unreadable(self) -> bool:
        """Nothing at all could be read."""
        return not self.sets and any(problem.fatal for problem in self.problems)

    @property
    def lost(self) -> bool:
        """Something could not be read: the file, a set of it, or a claim of a set."""
        return any(problem.fatal for problem in self.all_problems)
