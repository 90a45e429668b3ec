"""A claim as the sandbox received it, and what its payer decided."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Frozen, and stored as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Organization(Value):
    """A billing provider, a submitter or a rendering provider. `first` is empty for an organization."""

    name: str
    first: str = ""
    identifier: str = ""
    tax_id: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


class Person(Value):
    """A subscriber or a patient."""

    last: str
    first: str = ""
    middle: str = ""
    member_id: str = ""


class Line(Value):
    """A service line. `qualifier` is HC for a procedure, NU for a revenue code alone. Dates are CCYYMMDD."""

    number: int
    control_number: str = ""
    qualifier: str = "HC"
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    charge_cents: int
    unit: str = "UN"
    quantity: str = "1"
    date_from: str = ""
    date_to: str = ""
    prior_patient_cents: int = 0
    """What earlier payers left to the patient on this line; counts where the claim is `coordinated`."""


class Claim(Value):
    """One CLM loop with what stands above it."""

    kind: Literal["professional", "institutional"]
    set_control_number: str
    patient_control_number: str
    charge_cents: int
    facility_code: str
    frequency: str
    filing_indicator: str = ""
    payer_order: str = "P"
    payer_id: str
    payer_name: str = ""
    payer_claim_control_number: str = ""
    """REF*F8: the claim that this one replaces or voids."""
    prior_authorization: str = ""
    coordinated: bool = False
    """An earlier payer's decision came with the claim."""
    submitter: Organization
    receiver: Organization
    billing: Organization
    rendering: Organization | None = None
    subscriber: Person
    patient: Person
    date_from: str = ""
    date_to: str = ""
    diagnoses: tuple[str, ...] = ()
    lines: tuple[Line, ...]


class Adjustment(Value):
    """One CAS triplet; a positive amount reduces the payment."""

    group: str
    reason: str
    cents: int


class LineDecision(Value):
    """What the payer decided on one line: paid = charge - sum of adjustments."""

    line: Line
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed_cents: int = 0

    @property
    def paid_cents(self) -> int:
        return self.line.charge_cents - sum(a.cents for a in self.adjustments)

    @property
    def denied(self) -> bool:
        return self.allowed_cents == 0 and self.line.charge_cents > 0 and self.paid_cents == 0


class Decision(Value):
    """What the payer decided on a claim. The claim's amounts are the sums of its lines'."""

    claim: Claim
    payer_claim_control_number: str
    lines: tuple[LineDecision, ...]
    remarks: tuple[str, ...] = ()
    received: str = ""
    decided: str = ""
    """The days when the claim came and when it was decided, CCYYMMDD."""

    @property
    def charge_cents(self) -> int:
        return sum(line.line.charge_cents for line in self.lines)

    @property
    def paid_cents(self) -> int:
        return sum(line.paid_cents for line in self.lines)

    @property
    def patient_cents(self) -> int:
        return sum(a.cents for line in self.lines for a in line.adjustments if a.group == "PR")

    @property
    def denied(self) -> bool:
        return all(line.denied for line in self.lines)
