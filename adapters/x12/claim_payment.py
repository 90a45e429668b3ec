"""One CLP loop of an 835, claim level and service lines, into a ClaimPayment.

What the amounts mean is decided in claims/posting.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from adapters.x12.fields import NotReadable, amount, amount_to_show, composite, day, days, part, text
from adapters.x12.segments import Segment
from claims.adjustments import CLAIM_STATUS
from claims.base import Day
from claims.claim import Adjustment
from claims.documents import ClaimPayment, PaymentLine, Problem
from claims.money import dollars

MEMBER_QUALIFIERS = frozenset(("MI", "MR", "HN", "II", "MC", "C", "ZZ", ""))
"""NM108 of a member id; `34` is a social security number and identifies no coverage."""
REMARKS_AT = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
ALWAYS_OF_THE_CLAIM = frozenset(("F8", "1L", "EA", "9A", "9C", "IG", "28", "1W", "6P", "CE"))
"""REF qualifiers of loop 2100, believed there also where they stand behind a service line."""
_TRIPLETS = range(2, 20, 3)
GROUPS = frozenset(("CO", "PR", "OA", "PI", "CR"))
CARC = re.compile(r"[A-Z]?\d{1,3}")
ENDS_A_CLAIM = frozenset(("LX", "TS3", "TS2", "PLB", "SE", "ST", "BPR", "TRN"))
"""Segments behind which no claim goes on."""


def read_claim_payment(block: Sequence[Segment], problems: list[Problem]) -> ClaimPayment:
    """The payment of `block`: a CLP and everything up to the next claim.

    Problems that spoil nothing are added to `problems`.

    Raises NotReadable when a money element that is posted from is no number.
    """
    clp = block[0]
    if text(clp, 2) not in CLAIM_STATUS:
        problems.append(_at(clp, 2, "CLP02 is no claim status of a 5010 remittance; kept as it stands"))
    lines_from = next((i for i, segment in enumerate(block) if segment.id == "SVC"), len(block))
    claim = _ClaimLevel(problems)
    for segment in block[1:lines_from]:
        claim.read(segment)
    lines = tuple(_lines(block[lines_from:], claim, problems))
    days_known = [d for line in lines for d in (line.service_from, line.service_to) if d]
    claim_from = claim.starts or (min(days_known) if days_known else None)
    claim_to = claim.ends or claim.starts or (max(days_known) if days_known else None)
    return ClaimPayment(
        segment=clp.position,
        patient_control_number=text(clp, 1),
        status_code=text(clp, 2),
        charge_cents=_required(clp, 3, problems),
        paid_cents=_required(clp, 4, problems),
        patient_responsibility_cents=amount_to_show(clp, 5, problems),
        filing_indicator=text(clp, 6),
        payer_claim_control_number=text(clp, 7),
        facility_code=text(clp, 8),
        frequency=text(clp, 9),
        member_id=claim.members.get("IL") or claim.members.get("QC") or claim.members.get("74") or "",
        corrected_member_id=claim.members.get("74", ""),
        service_from=claim_from,
        service_to=claim_to,
        received_on=claim.received,
        adjustments=tuple(claim.adjustments),
        remarks=tuple(claim.remarks),
        crossover_carrier=claim.crossover,
        corrected_payer=claim.corrected_payer,
        references=tuple(claim.references),
        lines=lines,
    )


class _ClaimLevel:
    """What stands in loop 2100, gathered segment by segment."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.adjustments: list[Adjustment] = []
        self.remarks: list[str] = []
        self.references: list[tuple[str, str]] = []
        self.members: dict[str, str] = {}
        self.crossover = self.corrected_payer = ""
        self.starts: Day | None = None
        self.ends: Day | None = None
        self.received: Day | None = None

    def read(self, segment: Segment) -> None:
        kind = segment.id
        if kind == "CAS":
            self.adjustments += adjustments_of(segment, self.problems)
        elif kind == "NM1":
            self._name(segment)
        elif kind in REMARKS_AT:
            self.remarks += [code for n in REMARKS_AT[kind] if (code := text(segment, n))]
        elif kind == "LQ":
            self.remarks += [code] if (code := text(segment, 2)) else []
        elif kind == "REF":
            self.references.append((text(segment, 1), text(segment, 2)))
        elif kind == "DTM":
            self._date(segment)

    def _name(self, segment: Segment) -> None:
        entity = text(segment, 1)
        if entity in ("QC", "IL", "74"):
            if text(segment, 8) in MEMBER_QUALIFIERS and (member := text(segment, 9)):
                self.members.setdefault(entity, member)
        elif entity == "TT":
            self.crossover = text(segment, 3) or text(segment, 9)
        elif entity == "PR":
            self.corrected_payer = text(segment, 3) or text(segment, 9)

    def _date(self, segment: Segment) -> None:
        qualifier = text(segment, 1)
        if qualifier in ("232", "472"):
            self.starts = day(segment, 2, self.problems)
        elif qualifier == "233":
            self.ends = day(segment, 2, self.problems)
        elif qualifier == "050":
            self.received = day(segment, 2, self.problems)


def _lines(segments: Sequence[Segment], claim: _ClaimLevel, problems: list[Problem]) -> list[PaymentLine]:
    lines: list[tuple[Segment, dict[str, Any]]] = []
    for segment in segments:
        if segment.id == "SVC":
            lines.append((segment, _service(segment, problems)))
        elif lines:
            _line_detail(segment, lines[-1][1], claim, problems)
    return [_proved(svc, PaymentLine(**fields), problems) for svc, fields in lines]


def _proved(svc: Segment, line: PaymentLine, problems: list[Problem]) -> PaymentLine:
    """A line that does not balance is said; whether anything is held for it, the claim's own balance decides."""
    if not line.balanced:
        taken = sum(a.amount_cents for a in line.adjustments)
        gap = dollars(line.charge_cents - taken - line.paid_cents)
        problems.append(_at(svc, 3, f"SVC02 less the line's adjustments is not SVC03: {gap} unexplained"))
    return line


def _service(svc: Segment, problems: list[Problem]) -> dict[str, Any]:
    paid_for, submitted = composite(svc, 1), composite(svc, 6)
    qualifier, code = part(paid_for, 1), part(paid_for, 2)
    if not code and len(qualifier) > 2:
        problems.append(_at(svc, 1, "SVC01 has no qualifier before its code; read as a procedure"))
        qualifier, code = "", qualifier
    revenue = text(svc, 4)
    fields: dict[str, Any] = {
        "procedure_qualifier": qualifier,
        "procedure": code,
        "modifiers": tuple(m for m in paid_for[2:6] if m),
        "revenue_code": revenue,
        "charge_cents": _required(svc, 2, problems),
        "paid_cents": _required(svc, 3, problems),
        "quantity": text(svc, 5),
    }
    if qualifier == "NU":  # the line is known by its revenue code alone
        fields.update(procedure="", revenue_code=revenue or code)
    if len(submitted) > 1:
        fields.update(submitted_procedure=submitted[1], submitted_modifiers=tuple(m for m in submitted[2:6] if m))
    return fields


def _line_detail(segment: Segment, fields: dict[str, Any], claim: _ClaimLevel, problems: list[Problem]) -> None:
    kind = segment.id
    if kind == "CAS":
        fields["adjustments"] = (*fields.get("adjustments", ()), *adjustments_of(segment, problems))
    elif kind == "DTM":
        fields.update(_service_dates(segment, problems))
    elif kind == "REF":
        qualifier, value = text(segment, 1), text(segment, 2)
        if qualifier == "6R":
            fields["control_number"] = value
        elif qualifier in ALWAYS_OF_THE_CLAIM:
            claim.references.append((qualifier, value))
    elif kind == "LQ":
        if code := text(segment, 2):
            fields["remarks"] = (*fields.get("remarks", ()), code)
    elif kind == "AMT":
        if text(segment, 1) == "B6":
            fields["allowed_cents"] = amount_to_show(segment, 2, problems)
    elif kind in ("MIA", "MOA", "NM1"):
        claim.read(segment)


def _service_dates(segment: Segment, problems: list[Problem]) -> dict[str, Day | None]:
    qualifier = text(segment, 1)
    if qualifier == "472":
        if text(segment, 5) == "RD8":
            starts, ends = days(segment, 6, problems)
            return {"service_from": starts, "service_to": ends}
        found = day(segment, 2, problems)
        return {"service_from": found, "service_to": found}
    if qualifier == "150":
        return {"service_from": day(segment, 2, problems)}
    if qualifier == "151":
        return {"service_to": day(segment, 2, problems)}
    return {}


def adjustments_of(cas: Segment, problems: list[Problem]) -> list[Adjustment]:
    """The up to six reasons of one CAS, in order. Raises NotReadable when an amount is no number."""
    found: list[Adjustment] = []
    group = text(cas, 1)
    if group not in GROUPS:
        problems.append(_at(cas, 1, "CAS01 is no adjustment group (CO, PR, OA, PI); kept as it stands"))
    for n in _TRIPLETS:
        if n > len(cas.elements):
            break
        reason, taken = text(cas, n), amount(cas, n + 1)
        if taken is None:
            if reason:
                problems.append(
                    _at(cas, n + 1, f"CAS{n + 1:02d} is empty; expected the amount of the reason before it")
                )
            continue
        if CARC.fullmatch(reason) is None:
            problems.append(_at(cas, n, f"CAS{n:02d} has not the form of a reason code; kept as it stands"))
        found.append(Adjustment(group=group, reason=reason, amount_cents=taken, quantity=text(cas, n + 2)))
    if any(element.strip() for element in cas.elements[19:]):
        extra = Problem(segment=cas.position, element=20, reason="CAS holds more than six reasons", fatal=True)
        raise NotReadable(extra)
    return found


def _required(segment: Segment, n: int, problems: list[Problem]) -> int:
    """A required amount; senders who leave a zero out are reported and read as 0."""
    found = amount(segment, n)
    if found is None:
        problems.append(_at(segment, n, f"{segment.id}{n:02d} is empty; expected an amount, read as 0"))
        return 0
    return found


def _at(segment: Segment, n: int, reason: str) -> Problem:
    return Problem(segment=segment.position, element=n, reason=reason)
