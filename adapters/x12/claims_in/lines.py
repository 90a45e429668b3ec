"""LX loops: service lines, their providers, and what other payers decided on them."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.x12.claims_in.coverages import read_adjustments
from adapters.x12.claims_in.loops import split
from adapters.x12.claims_in.parties import Party
from adapters.x12.claims_in.values import Rest, period, required_amount
from adapters.x12.fields import NotReadable, amount
from adapters.x12.order import arrange, blocks, by_group, place
from adapters.x12.roles import ENTITY_BY_ROLE, ROLE_BY_ENTITY
from adapters.x12.segments import Segment
from claims.claim import Adjustment, ClaimType, LineDecision, Provider, ServiceLine
from claims.documents import Problem

_LINE_ROLES = {
    "professional": ("82", "QB", "77", "DQ", "DK", "DN", "P3", "PW", "45"),
    "institutional": ("72", "ZZ", "82", "DN"),
}
_PROCEDURE_PARTS = 7
_OF_THE_CLAIM = ("HI", "CL1")


def sort_providers(table: str, providers: Sequence[Provider]) -> tuple[Provider, ...]:
    """In the order of the guide, so that the same claim is the same value however it was ordered."""
    return tuple(sorted(providers, key=lambda one: place(table, ("NM1", ENTITY_BY_ROLE[one.role]))))


class LineReader:
    """Reads one LX loop."""

    def __init__(self, kind: ClaimType, ordinal: int, problems: list[Problem]) -> None:
        self.kind = kind
        self.ordinal = ordinal
        self.problems = problems
        self.rest = Rest()
        self.fields: dict[str, object] = {}
        self.providers: list[Provider] = []
        self.decisions: list[LineDecision] = []

    def read(self, segments: Sequence[Segment]) -> ServiceLine:
        """Raises NotReadable where money is none or the line has no service segment."""
        for segment in segments:
            if segment.id in _OF_THE_CLAIM:
                reason = f"{segment.id} stands in a service line: the CLM of the claim that it belongs to is missing"
                raise NotReadable(Problem(segment=segment.position, reason=reason, fatal=True))
        own, *loops = split(segments, "NM1", "SVD", "LIN", "LQ")
        for segment in own:
            self._own(segment)
        if "charge_cents" not in self.fields:
            expected = "SV1" if self.kind == "professional" else "SV2"
            reason = f"the line has no {expected}"
            raise NotReadable(Problem(segment=segments[0].position, reason=reason, fatal=True))
        for loop in loops:
            self._inner(loop)
        table = f"line {self.kind}"
        return ServiceLine.model_validate(
            {
                **self.fields,
                "providers": sort_providers(table, self.providers),
                "decisions": tuple(self.decisions),
                "carried": arrange(table, blocks(self.rest.segments)),
            }
        )

    def _own(self, segment: Segment) -> None:
        identifier, qualifier = segment.id, segment.get(1)
        if identifier == "LX":
            self._number(segment)
        elif identifier == "SV1" and self.kind == "professional" and "charge_cents" not in self.fields:
            self._professional(segment)
        elif identifier == "SV2" and self.kind == "institutional" and "charge_cents" not in self.fields:
            self._institutional(segment)
        elif identifier == "DTP" and qualifier == "472":
            self._service_date(segment)
        elif identifier == "REF" and qualifier == "6R" and "control_number" not in self.fields:
            self.fields["control_number"] = segment.get(2)
        else:
            self.rest.add(segment)

    def _service_date(self, segment: Segment) -> None:
        if "service_from" in self.fields:
            reason = "a second DTP*472 in one service line; the first counts"
            self.problems.append(Problem(segment=segment.position, reason=reason))
            return
        first, last = period(segment, self.problems)
        if first is None:
            self.rest.add(segment)
        else:
            self.fields |= {"service_from": first, "service_to": last}

    def _number(self, segment: Segment) -> None:
        said = segment.get(1).strip()
        if said.lstrip("0") != str(self.ordinal):
            reason = f"LX01 is out of sequence; the line is counted as {self.ordinal}"
            self.problems.append(Problem(segment=segment.position, element=1, reason=reason))
        self.fields["number"] = self.ordinal

    def _procedure(self, segment: Segment, n: int) -> None:
        parts = segment.components(n)
        if parts:
            parts = (*parts, *[""] * _PROCEDURE_PARTS)
            modifiers = parts[2:6]
            while modifiers and not modifiers[-1]:
                modifiers = modifiers[:-1]
            self.fields |= {
                "procedure_qualifier": parts[0],
                "procedure": parts[1],
                "modifiers": modifiers,
                "description": parts[6],
            }

    def _professional(self, segment: Segment) -> None:
        self._procedure(segment, 1)
        indicators = segment.carried()[8:]
        self.fields |= {
            "charge_cents": required_amount(segment, 2),
            "unit": segment.get(3),
            "quantity": segment.get(4),
            "place_of_service": segment.get(5),
            "pointers": self._pointers(segment),
            "indicators": indicators,
        }
        self.rest.beyond(segment, {1, 2, 3, 4, 5, *range(7, 40)})

    def _pointers(self, segment: Segment) -> tuple[int, ...]:
        found = [part.strip() for part in segment.components(7)]
        if any(part and not part.isdecimal() for part in found):
            reason = "SV107 holds a diagnosis pointer that is no number; it was left out"
            self.problems.append(Problem(segment=segment.position, element=7, reason=reason))
        return tuple(int(part) for part in found if part.isdecimal() and len(part) < 4)

    def _institutional(self, segment: Segment) -> None:
        self._procedure(segment, 2)
        self.fields |= {
            "revenue_code": segment.get(1),
            "charge_cents": required_amount(segment, 3),
            "unit": segment.get(4),
            "quantity": segment.get(5),
            "non_covered_cents": amount(segment, 7),
        }
        self.rest.beyond(segment, {1, 2, 3, 4, 5, 7})

    def _inner(self, loop: list[Segment]) -> None:
        head = loop[0]
        if head.id == "SVD":
            self.decisions.append(self._decision(loop))
        elif head.id == "NM1" and head.get(1) in _LINE_ROLES[self.kind]:
            self.providers.append(Party(loop, self.problems).provider(ROLE_BY_ENTITY[head.get(1)]))
        else:
            for segment in loop:
                self.rest.add(segment)

    def _decision(self, loop: list[Segment]) -> LineDecision:
        svd = loop[0]
        adjustments: list[Adjustment] = []
        decided_on = remaining = None
        for segment in loop[1:]:
            if segment.id == "CAS":
                adjustments.extend(read_adjustments(segment))
            elif segment.id == "DTP" and segment.get(1) == "573" and decided_on is None:
                decided_on, _ = period(segment, self.problems)
            elif segment.id == "AMT" and segment.get(1) == "EAF" and remaining is None:
                remaining = required_amount(segment, 2)
            else:
                self.rest.add(segment)
        return LineDecision(
            payer_id=svd.get(1),
            paid_cents=required_amount(svd, 2),
            procedure=svd.element(3),
            revenue_code=svd.get(4),
            quantity=svd.get(5),
            bundled_line=svd.get(6),
            adjustments=by_group(adjustments),
            decided_on=decided_on,
            remaining_cents=remaining,
        )
