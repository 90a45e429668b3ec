"""The claim as coded: parties, coverages, codes and service lines.

What we decide on is typed. What we only pass on (attachments, notes, ambulance data, ...) is carried
segment by segment in its loop, so that nothing an upstream system sent is lost on the way out.
"""

from __future__ import annotations

from typing import Literal

from claims.base import Day, Segment, Value

ClaimType = Literal["professional", "institutional"]
Order = Literal["primary", "secondary", "tertiary", "other", "former"]
"""`former`: no payer of the claim any more, kept for the money that stands under it, and never sent."""
ProviderRole = Literal[
    "billing",
    "pay_to",
    "pay_to_plan",
    "rendering",
    "referring",
    "primary_care",
    "supervising",
    "ordering",
    "service_facility",
    "purchased_service",
    "attending",
    "operating",
    "other_operating",
    "ambulance_pickup",
    "ambulance_dropoff",
]

# Qualifiers of HI codes, ICD-10 first, ICD-9 second (837 TR3s, HI segments).
PRINCIPAL = ("ABK", "BK")
OTHER_DIAGNOSIS = ("ABF", "BF")
ADMITTING = ("ABJ", "BJ")
PATIENT_REASON = ("APR", "PR")
EXTERNAL_CAUSE = ("ABN", "BN")
DIAGNOSIS_QUALIFIERS = PRINCIPAL + OTHER_DIAGNOSIS + ADMITTING + PATIENT_REASON + EXTERNAL_CAUSE


class Address(Value):
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class Name(Value):
    """A person's or an organization's name (NM102 1 or 2); an organization has only `last`."""

    organization: bool = False
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""


class Person(Value):
    """The subscriber or the patient."""

    name: Name
    birth_date: Day | None = None
    gender: str = ""
    address: Address | None = None
    carried: tuple[Segment, ...] = ()


class Provider(Value):
    """One NM1 loop of a provider. `id_qualifier` is NM108 (`XX` = NPI), `identifier` NM109."""

    role: ProviderRole
    name: Name
    id_qualifier: str = ""
    identifier: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_qualifier: Literal["", "EI", "SY"] = ""
    address: Address | None = None
    carried: tuple[Segment, ...] = ()

    @property
    def npi(self) -> str:
        """The NPI, or an empty text when the provider is identified otherwise."""
        return self.identifier if self.id_qualifier == "XX" else ""


class Payer(Value):
    """Loop 2010BB or 2330B. `payer_id` is NM109, an opaque id agreed with the clearinghouse."""

    name: str = ""
    id_qualifier: str = "PI"
    payer_id: str = ""
    address: Address | None = None
    carried: tuple[Segment, ...] = ()


class Adjustment(Value):
    """One reason of a CAS segment. A positive amount reduces the payment (X12 835 TR3 1.10.2)."""

    group: str
    reason: str
    amount_cents: int
    quantity: str = ""


class PriorDecision(Value):
    """What another payer decided on the whole claim (loop 2320/2330B), in cents."""

    paid_cents: int | None = None
    non_covered_cents: int | None = None
    remaining_cents: int | None = None
    decided_on: Day | None = None
    payer_claim_control_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


class LineDecision(Value):
    """What another payer decided on one line (loop 2430), in cents."""

    payer_id: str
    paid_cents: int
    procedure: str = ""
    revenue_code: str = ""
    quantity: str = ""
    bundled_line: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    decided_on: Day | None = None
    remaining_cents: int | None = None


class Coverage(Value):
    """One payer that may owe, in its order (SBR). The first of a claim is the payer it goes to."""

    order: Order
    payer: Payer
    subscriber: Person
    member_id: str = ""
    member_id_qualifier: str = "MI"
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = ""
    prior: PriorDecision | None = None
    carried: tuple[Segment, ...] = ()


class HealthCode(Value):
    """One composite of an HI segment: `qualifier`, `code`, then components 3 to 9 as they stood."""

    qualifier: str
    code: str
    rest: tuple[str, ...] = ()


class ServiceLine(Value):
    """One LX loop. Charges in cents; `quantity` is a decimal string; `pointers` count from 1.

    `procedure_qualifier` is SV101-1 or SV202-1 (`HC`, `HP`, `ER`, ...). An institutional line may have a revenue
    code alone.
    """

    number: int
    control_number: str = ""
    revenue_code: str = ""
    procedure_qualifier: str = "HC"
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    description: str = ""
    charge_cents: int
    unit: str = "UN"
    quantity: str = "1"
    place_of_service: str = ""
    pointers: tuple[int, ...] = ()
    non_covered_cents: int | None = None
    service_from: Day | None = None
    service_to: Day | None = None
    indicators: tuple[str, ...] = ()
    """SV108 and after (professional) as they stood."""
    providers: tuple[Provider, ...] = ()
    decisions: tuple[LineDecision, ...] = ()
    carried: tuple[Segment, ...] = ()


class Admission(Value):
    """CL1: type and source of admission, patient status (institutional)."""

    type: str = ""
    source: str = ""
    patient_status: str = ""


class Claim(Value):
    """A professional or institutional claim. Money in cents, days in the zone of the practice."""

    type: ClaimType
    patient_control_number: str
    charge_cents: int
    facility_code: str = ""
    """CLM05-1: place of service (professional) or the first two digits of the type of bill."""
    facility_qualifier: str = ""
    frequency: str = "1"
    indicators: tuple[str, ...] = ()
    """CLM06 and after, as they stood."""
    billing: Provider
    pay_to: Provider | None = None
    pay_to_plan: Provider | None = None
    patient: Person
    patient_relationship: str = ""
    """PAT01 where the patient is not the subscriber; empty where she is (SBR02 = 18)."""
    coverages: tuple[Coverage, ...]
    codes: tuple[HealthCode, ...] = ()
    statement_from: Day | None = None
    statement_to: Day | None = None
    admission: Admission | None = None
    references: tuple[tuple[str, str], ...] = ()
    """REF of loop 2300, qualifier and value, `F8` (payer claim control number) included."""
    providers: tuple[Provider, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    carried: tuple[Segment, ...] = ()

    @property
    def diagnoses(self) -> tuple[HealthCode, ...]:
        """Principal and other diagnoses in the order that line pointers count."""
        return tuple(code for code in self.codes if code.qualifier in PRINCIPAL + OTHER_DIAGNOSIS)

    @property
    def payer_claim_control_number(self) -> str:
        """REF*F8: the payer's number of the claim that a frequency 7 or 8 refers to."""
        return next((value for qualifier, value in self.references if qualifier == "F8"), "")

    @property
    def service_from(self) -> Day | None:
        days = [line.service_from for line in self.lines if line.service_from]
        return min(days) if days else self.statement_from

    @property
    def service_to(self) -> Day | None:
        days = [line.service_to or line.service_from for line in self.lines]
        known = [day for day in days if day]
        return max(known) if known else self.statement_to
