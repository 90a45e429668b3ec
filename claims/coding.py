"""Changes to a claim as people write them: a few named fields -> the whole claim as it reads then.

A coder's codes and a biller's correction share this form; nothing is guessed, and a field that isn't known is an error.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, ValidationError

from claims.base import Value
from claims.claim import OTHER_DIAGNOSIS, PRINCIPAL, Claim, HealthCode, ServiceLine
from claims.money import NotAnAmount, cents

SIMPLE_LINE_FIELDS = (
    "procedure",
    "modifiers",
    "description",
    "unit",
    "quantity",
    "place_of_service",
    "pointers",
    "revenue_code",
    "procedure_qualifier",
    "service_from",
    "service_to",
)


class Malformed(ValueError):
    """A change that can't be read: the field's path, what was expected. No values."""


class LineChange(Value):
    """One service line. With `number` it changes that line, without it is a line of its own; charge as `"125.00"`."""

    number: int | None = None
    charge: str | None = None
    procedure: str | None = None
    modifiers: tuple[str, ...] | None = None
    description: str | None = None
    unit: str | None = None
    quantity: str | None = None
    place_of_service: str | None = None
    pointers: tuple[int, ...] | None = None
    revenue_code: str | None = None
    procedure_qualifier: str | None = None
    service_from: date | None = None
    service_to: date | None = None


class ClaimChange(Value):
    """What to change; everything that isn't named stays. Diagnoses stand in order, the principal one first."""

    diagnoses: tuple[str, ...] | None = None
    lines: tuple[LineChange, ...] | None = None
    charge: str | None = None
    member_id: str | None = None
    payer_id: str | None = None
    group_number: str | None = None
    place_of_service: str | None = None
    prior_authorization: str | None = None
    payer_claim_control_number: str | None = None
    rendering_npi: str | None = None
    billing_npi: str | None = None
    birth_date: date | None = None
    claim: Claim | None = Field(default=None, description="the whole claim, in our full form")


_OTHER_NAMES = {
    "diagnosis_codes": "diagnoses",
    "icd10": "diagnoses",
    "service_lines": "lines",
    "authorization": "prior_authorization",
    "prior_auth": "prior_authorization",
}
_OTHER_LINE_NAMES = {
    "line": "number",
    "line_number": "number",
    "cpt": "procedure",
    "hcpcs": "procedure",
    "code": "procedure",
    "procedure_code": "procedure",
    "units": "quantity",
    "diagnosis_pointers": "pointers",
    "date": "service_from",
    "service_date": "service_from",
}
_LETTERS = {letter: place for place, letter in enumerate("ABCDEFGHIJKL", 1)}
"""The paper form points to diagnoses by letter (CMS-1500, item 24E)."""


def _by_our_names(body: dict[str, Any]) -> dict[str, Any]:
    """Other names that coders use, whole numbers where we write texts, and pointers by letter."""
    named = _renamed(body, _OTHER_NAMES)
    if isinstance(named.get("lines"), list | tuple):
        named["lines"] = [_line_by_our_names(one) if isinstance(one, dict) else one for one in named["lines"]]
    return _as_text(named, "charge")


def _line_by_our_names(body: dict[str, Any]) -> dict[str, Any]:
    line = _as_text(_renamed(body, _OTHER_LINE_NAMES), "charge", "quantity")
    if isinstance(line.get("pointers"), list | tuple):
        line["pointers"] = [_LETTERS.get(one, one) if isinstance(one, str) else one for one in line["pointers"]]
    return line


def _renamed(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """One that stands there by both names is left as it is, and refused as a field that doesn't exist."""
    return {key if names.get(key, key) in body else names[key]: value for key, value in body.items()}


def _as_text(body: dict[str, Any], *names: str) -> dict[str, Any]:
    whole = {name: str(body[name]) for name in names if type(body.get(name)) is int}
    return {**body, **whole}


def read_change(body: Any) -> ClaimChange:
    """Raises Malformed with the path of every field that can't be read."""
    if not isinstance(body, dict):
        raise Malformed("expected an object with the fields to change")
    try:
        return ClaimChange.model_validate(_by_our_names(body))
    except ValidationError as error:
        told = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors(include_input=False)
        ]
        raise Malformed("; ".join(told[:4])) from None


def change_claim(claim: Claim, change: ClaimChange, coverage: int = 0) -> Claim:
    """The claim with the change made. The total follows the lines unless a `charge` is given. Raises Malformed.

    Member, group and payer are those of `coverage`, the one that is billed.
    """
    if change.claim is not None:
        return change.claim
    updates: dict[str, Any] = {}
    if change.diagnoses is not None:
        updates["codes"] = _codes(claim, change.diagnoses)
    if change.lines is not None:
        updates["lines"] = _lines(claim, change.lines)
        updates["charge_cents"] = sum(line.charge_cents for line in updates["lines"])
    if change.charge is not None:
        updates["charge_cents"] = _cents(change.charge, "charge")
    if change.place_of_service is not None:
        updates["facility_code"] = change.place_of_service
    if change.birth_date is not None:
        updates["patient"] = claim.patient.model_copy(update={"birth_date": change.birth_date})
    if change.billing_npi is not None:
        updates["billing"] = claim.billing.model_copy(update={"identifier": change.billing_npi, "id_qualifier": "XX"})
    if change.rendering_npi is not None:
        updates["providers"] = tuple(
            p.model_copy(update={"identifier": change.rendering_npi}) if p.role == "rendering" else p
            for p in claim.providers
        )
    updates |= _coverage(claim, change, coverage) | _references(claim, change)
    return claim.model_copy(update=updates)


def _codes(claim: Claim, diagnoses: tuple[str, ...]) -> tuple[HealthCode, ...]:
    nine = any(code.qualifier == "BK" for code in claim.codes)
    principal, other = PRINCIPAL[nine], OTHER_DIAGNOSIS[nine]
    kept = tuple(c for c in claim.codes if c.qualifier not in PRINCIPAL + OTHER_DIAGNOSIS)
    new = tuple(
        HealthCode(qualifier=other if i else principal, code=code.replace(".", "").upper())
        for i, code in enumerate(diagnoses)
    )
    return new + kept


def _lines(claim: Claim, changes: tuple[LineChange, ...]) -> tuple[ServiceLine, ...]:
    """Numbered changes go over their lines; changes without a number are the lines from now on."""
    if all(change.number is not None for change in changes):
        known = {line.number: line for line in claim.lines}
        for i, change in enumerate(changes):
            if change.number not in known:
                raise Malformed(f"lines.{i}.number: the claim has no line {change.number}")
            known[change.number] = _line(known[change.number], change, i)
        return tuple(known.values())
    if any(change.number is not None for change in changes):
        raise Malformed("lines: give every line its number, or none of them")
    made = []
    for i, change in enumerate(changes):
        if change.charge is None:
            raise Malformed(f"lines.{i}.charge: a new line needs a charge")
        old = claim.lines[i] if i < len(claim.lines) else None
        base = ServiceLine(
            number=i + 1,
            charge_cents=0,
            control_number=old.control_number if old else "",
            service_from=old.service_from if old else claim.service_from,
            service_to=old.service_to if old else claim.service_to,
            pointers=(1,) if claim.type == "professional" else (),
        )
        made.append(_line(base, change, i))
    return tuple(made)


def _line(line: ServiceLine, change: LineChange, position: int) -> ServiceLine:
    updates = {name: getattr(change, name) for name in SIMPLE_LINE_FIELDS if getattr(change, name) is not None}
    if change.charge is not None:
        updates["charge_cents"] = _cents(change.charge, f"lines.{position}.charge")
    return line.model_copy(update=updates)


def _cents(text: str, where: str) -> int:
    try:
        return cents(text)
    except NotAnAmount as error:
        raise Malformed(f"{where}: {error}") from None


def _coverage(claim: Claim, change: ClaimChange, place: int) -> dict[str, Any]:
    billed = claim.coverages[place]
    updates: dict[str, Any] = {}
    if change.member_id is not None:
        updates["member_id"] = change.member_id
    if change.group_number is not None:
        updates["group_number"] = change.group_number
    if change.payer_id is not None:
        updates["payer"] = billed.payer.model_copy(update={"payer_id": change.payer_id})
    if not updates:
        return {}
    changed = billed.model_copy(update=updates)
    return {"coverages": (*claim.coverages[:place], changed, *claim.coverages[place + 1 :])}


def _references(claim: Claim, change: ClaimChange) -> dict[str, Any]:
    wanted = {"G1": change.prior_authorization, "F8": change.payer_claim_control_number}
    named = {qualifier: value for qualifier, value in wanted.items() if value is not None}
    if not named:
        return {}
    kept = tuple(ref for ref in claim.references if ref[0] not in named)
    return {"references": (*kept, *((q, v) for q, v in named.items() if v))}
