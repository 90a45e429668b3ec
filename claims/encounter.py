"""A claim as JSON: the short form that upstream systems write (amounts as decimal strings), or our own full form.

`coded: false` says that a coder must still add the codes. docs/intake.md documents the shape with an example.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from claims.base import Day, Value
from claims.claim import (
    Address,
    Admission,
    Claim,
    ClaimType,
    Coverage,
    HealthCode,
    Name,
    Order,
    Payer,
    Person,
    Provider,
    ProviderRole,
    ServiceLine,
)
from claims.money import NotAnAmount, cents

_ORDERS: tuple[Order, ...] = ("primary", "secondary", "tertiary")


def _amount(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('an amount is a decimal string such as "125.00"')
    try:
        return cents(str(value))
    except NotAnAmount as error:
        raise ValueError(f'{error}; write it like "125.00"') from error


Amount = Annotated[int, BeforeValidator(_amount)]
"""A decimal string in dollars, kept as cents."""


class EncounterPerson(Value):
    """The patient or a subscriber."""

    last: str = Field(min_length=1)
    first: str = ""
    middle: str = ""
    birth_date: Day | None = None
    gender: Literal["F", "M", "U", ""] = ""
    address: Address | None = None

    def person(self) -> Person:
        return Person(
            name=Name(last=self.last, first=self.first, middle=self.middle),
            birth_date=self.birth_date,
            gender=self.gender,
            address=self.address,
        )


class EncounterProvider(Value):
    """A provider by NPI: an organization has only `last`, its name."""

    npi: str = Field(min_length=1)
    last: str = Field(min_length=1)
    first: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    address: Address | None = None

    def provider(self, role: ProviderRole) -> Provider:
        return Provider(
            role=role,
            name=Name(organization=not self.first, last=self.last, first=self.first),
            id_qualifier="XX",
            identifier=self.npi,
            taxonomy=self.taxonomy,
            tax_id=self.tax_id,
            tax_id_qualifier="EI" if self.tax_id else "",
            address=self.address,
        )


class EncounterCoverage(Value):
    """One payer, in its order. `relationship` is SBR02 or PAT01; `subscriber` only where it is not 18 (self)."""

    payer_id: str = Field(min_length=1)
    payer_name: str = Field(min_length=1)
    member_id: str = Field(min_length=1)
    relationship: str = "18"
    filing_indicator: str = "CI"
    group_number: str = ""
    subscriber: EncounterPerson | None = None

    def coverage(self, order: Order, patient: Person) -> Coverage:
        return Coverage(
            order=order,
            payer=Payer(name=self.payer_name, payer_id=self.payer_id),
            subscriber=self.subscriber.person() if self.subscriber else patient,
            member_id=self.member_id,
            relationship=self.relationship,
            filing_indicator=self.filing_indicator,
            group_number=self.group_number,
        )


class EncounterLine(Value):
    """One service. `diagnoses` are positions in the encounter's list, from 1."""

    service_from: Day
    service_to: Day | None = None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    description: str = ""
    charge: Amount
    units: str = "1"
    diagnoses: tuple[int, ...] = ()

    def line(self, number: int, place: str) -> ServiceLine:
        return ServiceLine(
            number=number,
            procedure=self.procedure,
            modifiers=self.modifiers,
            revenue_code=self.revenue_code,
            description=self.description,
            charge_cents=self.charge,
            quantity=self.units,
            place_of_service=place,
            pointers=self.diagnoses,
            service_from=self.service_from,
            service_to=self.service_to,
        )


class Encounter(Value):
    """A visit as upstream hands it over; `coded` false where procedures or diagnoses are still missing."""

    patient_control_number: str = Field(min_length=1, max_length=38)
    type: ClaimType = "professional"
    coded: bool = True
    place_of_service: str = "11"
    frequency: str = "1"
    payer_claim_control_number: str = ""
    billing: EncounterProvider
    rendering: EncounterProvider | None = None
    attending: EncounterProvider | None = None
    patient: EncounterPerson
    coverages: tuple[EncounterCoverage, ...] = Field(min_length=1, max_length=3)
    diagnoses: tuple[str, ...] = ()
    lines: tuple[EncounterLine, ...] = Field(min_length=1)
    statement_from: Day | None = None
    statement_to: Day | None = None
    admission: Admission | None = None

    @model_validator(mode="after")
    def _complete_when_coded(self) -> Encounter:
        if self.coded and not self.diagnoses:
            raise ValueError('no diagnoses; add them, or say "coded": false')
        if any(not 1 <= n <= len(self.diagnoses) for line in self.lines for n in line.diagnoses):
            raise ValueError("a line points to a diagnosis that is not in the list (positions count from 1)")
        if self.coverages[0].relationship != "18" and self.coverages[0].subscriber is None:
            raise ValueError(
                "the patient is not the subscriber (relationship is not 18): coverages/0 needs a subscriber"
            )
        return self

    def claim(self) -> Claim:
        """The claim in the form that the domain works with."""
        patient = self.patient.person()
        professional = self.type == "professional"
        providers = [("rendering", self.rendering), ("attending", self.attending)]
        first = self.coverages[0]
        return Claim(
            type=self.type,
            patient_control_number=self.patient_control_number,
            charge_cents=sum(line.charge for line in self.lines),
            facility_code=self.place_of_service,
            facility_qualifier="B" if professional else "A",
            frequency=self.frequency,
            # Provider signature, assignment and release: what a participating practice has on file.
            indicators=("Y", "A", "Y", "Y") if professional else ("", "A", "Y", "Y"),
            billing=self.billing.provider("billing"),
            patient=patient,
            patient_relationship="" if first.relationship == "18" else first.relationship,
            coverages=tuple(c.coverage(o, patient) for o, c in zip(_ORDERS, self.coverages, strict=False)),
            codes=tuple(
                HealthCode(qualifier="ABK" if n == 0 else "ABF", code=code.replace(".", "").upper())
                for n, code in enumerate(self.diagnoses)
            ),
            statement_from=self.statement_from,
            statement_to=self.statement_to,
            admission=self.admission,
            references=(("F8", self.payer_claim_control_number),) if self.payer_claim_control_number else (),
            providers=tuple(one.provider(role) for role, one in providers if one is not None),  # type: ignore[arg-type]
            lines=tuple(
                line.line(number, self.place_of_service if professional else "")
                for number, line in enumerate(self.lines, 1)
            ),
        )


class JsonClaim(Value):
    """One claim of a JSON file: its position from 1, and whether it is coded."""

    position: int
    claim: Claim
    coded: bool


class JsonProblem(Value):
    """One claim of a JSON file that could not be read: its position from 1 (0 = the file), its CLM01 if it has one."""

    position: int
    patient_control_number: str = ""
    reason: str


def read_json(raw: bytes) -> tuple[tuple[JsonClaim, ...], tuple[JsonProblem, ...]]:
    """The claims of a JSON file (one object, a list, or `{"claims": [...]}`), and what is wrong with the others.

    A file that is no JSON at all gives one problem at position 0. Reasons name places and expectations, never values.
    """
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return (), (JsonProblem(position=0, reason="not UTF-8 text; expected JSON"),)
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        return (), (JsonProblem(position=0, reason=reason),)
    if isinstance(content, dict) and isinstance(content.get("claims"), list):
        content = content["claims"]
    items = content if isinstance(content, list) else [content]
    claims: list[JsonClaim] = []
    problems: list[JsonProblem] = []
    for position, item in enumerate(items, 1):
        try:
            claim, coded = _read_item(item)
            claims.append(JsonClaim(position=position, claim=claim, coded=coded))
        except ValidationError as error:
            number = item.get("patient_control_number") if isinstance(item, dict) else ""
            number = number if isinstance(number, str) else ""
            problems.append(JsonProblem(position=position, patient_control_number=number, reason=_located(error)))
    return tuple(claims), tuple(problems)


def _read_item(item: Any) -> tuple[Claim, bool]:
    """An item in short form, or in full form: a bare claim or `{"claim": {...}, "coded": ...}`."""
    if isinstance(item, dict) and isinstance(item.get("claim"), dict):
        wrapped = _Wrapped.model_validate_json(json.dumps(item))
        return wrapped.claim, wrapped.coded
    if isinstance(item, dict) and "charge_cents" in item:
        return Claim.model_validate_json(json.dumps(item)), True
    encounter = Encounter.model_validate_json(json.dumps(item))
    return encounter.claim(), encounter.coded


class _Wrapped(Value):
    claim: Claim
    coded: bool = True


def _located(error: ValidationError) -> str:
    """The first few faults as `path: what was expected`."""
    told = []
    for fault in error.errors(include_input=False, include_url=False)[:4]:
        path = "/".join(str(part) for part in fault["loc"]) or "the claim"
        told.append(f"{path}: {fault['msg'].removeprefix('Value error, ')}")
    more = error.error_count() - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
