"""What an edit is, and what it may look at. The edits stand in table.py, their checks in the rooms beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from claims.base import Day
from claims.claim import Claim, ClaimType, Coverage, ProviderRole, ServiceLine
from claims.payer_rules import PayerRules
from claims.tables import Tables

IcdAnswer = Literal["valid", "header", "unknown", "not_valid_on_date", "year_partial"]


class Icd(Protocol):
    """The ICD-10-CM list. `code` has no dot; `on` is a date of service or discharge.

    `year_partial`: the list does not cover that day and does not know the code, so that it may well be right.
    """

    def check(self, code: str, on: Day) -> IcdAnswer: ...


@dataclass(frozen=True)
class Scene:
    """One claim under the scrubber, with everything an edit may look at."""

    claim: Claim
    rules: PayerRules
    tables: Tables
    icd: Icd
    today: Day

    @property
    def institutional(self) -> bool:
        return self.claim.type == "institutional"

    @property
    def payer(self) -> Coverage | None:
        """The coverage that the claim goes to."""
        return self.claim.coverages[0] if self.claim.coverages else None

    @property
    def days(self) -> tuple[Day, ...]:
        """First and last day of service: an institutional claim's statement period, where it has one."""
        claim = self.claim
        first = claim.statement_from or claim.service_from
        last = claim.statement_to or claim.service_to or first
        return tuple(day for day in (first, last) if day)

    @property
    def notice(self) -> bool:
        """A notice of election, admission or change (frequency A to E): it asks for no money."""
        return self.institutional and self.claim.frequency in {"A", "B", "C", "D", "E"}


class Fault(NamedTuple):
    """One place where an edit fired. `reason` may name codes; names, ids and birth dates stay out of it."""

    where: str
    reason: str
    fix: str


Check = Callable[[Scene], Iterator[Fault]]


@dataclass(frozen=True)
class Edit:
    """One row of the table: `error` is what a payer or clearinghouse would reject, `warning` is doubt."""

    name: str
    severity: Literal["error", "warning"]
    source: str
    check: Check
    applies_to: tuple[ClaimType, ...] = ("professional", "institutional")


_CLAIM_LOOPS: dict[ClaimType, dict[ProviderRole, str]] = {
    "professional": {
        "referring": "2310A",
        "primary_care": "2310A",
        "rendering": "2310B",
        "service_facility": "2310C",
        "supervising": "2310D",
        "ambulance_pickup": "2310E",
        "ambulance_dropoff": "2310F",
    },
    "institutional": {
        "attending": "2310A",
        "operating": "2310B",
        "other_operating": "2310C",
        "rendering": "2310D",
        "service_facility": "2310E",
        "referring": "2310F",
    },
}
_LINE_LOOPS: dict[ClaimType, dict[ProviderRole, str]] = {
    "professional": {
        "rendering": "2420A",
        "purchased_service": "2420B",
        "service_facility": "2420C",
        "supervising": "2420D",
        "ordering": "2420E",
        "referring": "2420F",
        "primary_care": "2420F",
        "ambulance_pickup": "2420G",
        "ambulance_dropoff": "2420H",
    },
    "institutional": {"operating": "2420A", "other_operating": "2420B", "rendering": "2420C", "referring": "2420D"},
}


def claim_loop(claim: Claim, role: ProviderRole) -> str:
    """The loop of a provider of the claim, as the 837 TR3s number them."""
    header = {"billing": "2010AA", "pay_to": "2010AB", "pay_to_plan": "2010AC"}
    return header.get(role) or _CLAIM_LOOPS[claim.type].get(role, "2310")


def line_loop(claim: Claim, role: ProviderRole) -> str:
    return _LINE_LOOPS[claim.type].get(role, "2420")


def service_segment(claim: Claim) -> str:
    return "SV2" if claim.type == "institutional" else "SV1"


def number(text: str) -> Decimal | None:
    """A decimal number, None where `text` is none: Decimal alone would take `NaN`, `Infinity` and `1e9` for numbers."""
    return Decimal(text) if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", text, re.ASCII) else None


def at_line(claim: Claim, line: ServiceLine, element: str) -> str:
    """`line 2 SV101`: element `01` of the line's service segment, or a segment's own name."""
    place = f"{service_segment(claim)}{element}" if element.isdigit() else element
    return f"line {line.number} {place}".rstrip()
