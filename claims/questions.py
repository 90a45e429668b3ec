"""What we ask payers: a 270 about coverage, a 276 about a claim. adapters/x12 writes them."""

from __future__ import annotations

from claims.base import Day, Value
from claims.claim import Payer, Person, Provider


class EligibilityQuestion(Value):
    """Is this person covered on that day?

    `trace` comes back in the 271; `dependent` is set where the patient is not the subscriber.
    """

    trace: str
    payer: Payer
    provider: Provider
    subscriber: Person
    member_id: str
    dependent: Person | None = None
    relationship: str = "18"
    service_types: tuple[str, ...] = ("30",)
    on: Day | None = None


class StatusQuestion(Value):
    """Where is this claim? Charge in cents; `patient` is set where she is not the subscriber."""

    trace: str
    payer: Payer
    provider: Provider
    subscriber: Person
    member_id: str
    patient: Person | None = None
    patient_control_number: str
    payer_claim_control_number: str = ""
    type_of_bill: str = ""
    charge_cents: int
    service_from: Day | None = None
    service_to: Day | None = None
