"""One claim out of its block: CLM, its dates, codes and references, and the loops around it."""

from __future__ import annotations

from adapters.x12.claims_in.coverages import CoverageReader
from adapters.x12.claims_in.lines import LineReader, sort_providers
from adapters.x12.claims_in.loops import ClaimBlock, split
from adapters.x12.claims_in.parties import Party
from adapters.x12.claims_in.values import Rest, period, required_amount
from adapters.x12.fields import NotReadable
from adapters.x12.order import arrange, blocks, hi_place
from adapters.x12.roles import FACILITY_QUALIFIER, ROLE_BY_ENTITY
from adapters.x12.segments import Segment
from claims.base import Day
from claims.base import Segment as Carried
from claims.claim import Admission, Claim, ClaimType, Coverage, HealthCode, Name, Person, Provider, ServiceLine
from claims.documents import Problem

_CLAIM_ROLES = {
    "professional": ("DN", "P3", "82", "77", "DQ", "PW", "45", "QB", "TL", "LI"),
    "institutional": ("71", "72", "ZZ", "82", "77", "DN", "FA"),
}
_UNKNOWN_RELATIONSHIP = "21"


class ClaimReader:
    """Reads one claim block."""

    def __init__(self, kind: ClaimType, problems: list[Problem]) -> None:
        self.kind = kind
        self.problems = problems
        self.rest = Rest()
        self.codes: list[HealthCode] = []
        self.references: list[tuple[str, str]] = []
        self.providers: list[Provider] = []
        self.admission: Admission | None = None
        self.statement: tuple[Day | None, Day | None] = (None, None)

    def read(self, block: ClaimBlock) -> Claim:
        """Raises NotReadable, with the place and the reason, where the claim can't be trusted as a whole."""
        clm = block.segments[0]
        if not clm.get(1).strip():
            raise self._unreadable(clm, 1, "CLM01, the patient control number, is empty")
        charge = required_amount(clm, 2)
        if block.cut_off:
            raise self._unreadable(block.segments[-1], 0, "the claim is cut off: its set ends before SE")
        head, *parts = split(block.segments, "SBR", "LX")
        own, *loops = split(head[1:], "NM1")
        for segment in own:
            self._own(segment)
        for loop in loops:
            self._provider(loop)
        indicators = self._indicators(clm)
        patient, relationship = self._patient(block)
        coverages = self._coverages(block, parts, relationship, _default_oi(indicators))
        billing, pay_to, pay_to_plan = self._billing(block)
        lines = self._lines([part for part in parts if part[0].id == "LX"], charge)
        facility = clm.components(5)
        return Claim(
            type=self.kind,
            patient_control_number=clm.get(1).strip(),
            charge_cents=charge,
            facility_code=facility[0] if facility else "",
            facility_qualifier="".join(facility[1:2]) or FACILITY_QUALIFIER[self.kind],
            frequency=facility[2] if len(facility) > 2 else "",
            indicators=indicators,
            billing=billing,
            pay_to=pay_to,
            pay_to_plan=pay_to_plan,
            patient=patient or coverages[0].subscriber,
            patient_relationship=relationship,
            coverages=coverages,
            codes=tuple(sorted(self.codes, key=lambda code: hi_place(self.kind, code.qualifier))),
            statement_from=self.statement[0],
            statement_to=self.statement[1],
            admission=self.admission,
            references=self._sorted_references(),
            providers=sort_providers(f"claim {self.kind}", self.providers),
            lines=lines,
            carried=arrange(f"claim {self.kind}", blocks(self.rest.segments)),
        )

    def _unreadable(self, segment: Segment, element: int, reason: str) -> NotReadable:
        return NotReadable(Problem(segment=segment.position, element=element, reason=reason, fatal=True))

    def _own(self, segment: Segment) -> None:
        identifier, qualifier = segment.id, segment.get(1)
        if identifier == "HI":
            self._codes(segment)
        elif identifier == "REF" and qualifier and segment.get(2) and not any(segment.elements[2:]):
            self.references.append((qualifier, segment.get(2)))
        elif self.kind == "professional":
            self.rest.add(segment)
        elif identifier == "DTP" and qualifier == "434" and self.statement == (None, None):
            first, last = period(segment, self.problems)
            self.statement = (first, last or first)
            if first is None:
                self.rest.add(segment)
        elif identifier == "CL1" and self.admission is None:
            self.admission = Admission(type=segment.get(1), source=segment.get(2), patient_status=segment.get(3))
            self.rest.beyond(segment, {1, 2, 3})
        else:
            self.rest.add(segment)

    def _codes(self, segment: Segment) -> None:
        for n in range(1, len(segment.elements) + 1):
            parts = segment.components(n)
            if not parts:
                continue
            if len(parts) < 2 or not parts[1]:
                reason = f"HI{n:02d} has a qualifier or a code, not both"
                self.problems.append(Problem(segment=segment.position, element=n, reason=reason))
            self.codes.append(HealthCode(qualifier=parts[0], code="".join(parts[1:2]), rest=_trimmed(parts[2:])))

    def _indicators(self, clm: Segment) -> tuple[str, ...]:
        """CLM06 and after. An institutional claim has no CLM06 and CLM10 (005010X223), but 004010 habits live on."""
        indicators = list(clm.carried()[6:])
        for n in (6, 10) if self.kind == "institutional" else ():
            if len(indicators) > n - 6 and indicators[n - 6]:
                indicators[n - 6] = ""
                reason = f"CLM{n:02d} is not used in an institutional claim; it was left out"
                self.problems.append(Problem(segment=clm.position, element=n, reason=reason))
        while indicators and not indicators[-1]:
            indicators.pop()
        return tuple(indicators)

    def _lines(self, parts: list[list[Segment]], charge_cents: int) -> tuple[ServiceLine, ...]:
        """The service lines. An LX that nothing follows is left out only where the others make up the whole charge."""
        full = [part for part in parts if len(part) > 1]
        lines = tuple(LineReader(self.kind, n, self.problems).read(part) for n, part in enumerate(full, 1))
        for part in parts:
            if len(part) > 1:
                continue
            if sum(line.charge_cents for line in lines) != charge_cents:
                raise self._unreadable(
                    part[0], 0, "a service line is empty and the other lines are not the whole charge"
                )
            self.problems.append(Problem(segment=part[0].position, reason="an empty service line was left out"))
        return lines

    def _sorted_references(self) -> tuple[tuple[str, str], ...]:
        ordered = arrange(f"claim {self.kind}", [(("REF", *pair),) for pair in self.references])
        return tuple((segment[1], segment[2]) for segment in ordered)

    def _provider(self, loop: list[Segment]) -> None:
        entity = loop[0].get(1)
        if entity in _CLAIM_ROLES[self.kind]:
            self.providers.append(Party(loop, self.problems).provider(ROLE_BY_ENTITY[entity]))
        else:
            for segment in loop:
                self.rest.add(segment)

    def _patient(self, block: ClaimBlock) -> tuple[Person | None, str]:
        """The patient loop, where there is one, with PAT01."""
        if not block.patient:
            return None, ""
        rest = Rest()
        relationship = ""
        person: Person | None = None
        own, *loops = split(block.patient, "NM1")
        for segment in own:
            if segment.id == "PAT" and not relationship:
                relationship = segment.get(1)
                rest.beyond(segment, {1})
            else:
                rest.add(segment)
        for loop in loops:
            if loop[0].get(1) == "QC" and person is None:
                person = Party(loop, self.problems).person(with_id=False)
            else:
                for segment in loop:
                    rest.add(segment)
        if not relationship:
            reason = "the patient loop does not say the relationship to the subscriber (PAT01); taken as unknown"
            self.problems.append(Problem(segment=block.patient[0].position, reason=reason))
        if person is None:
            self.problems.append(Problem(segment=block.patient[0].position, reason="the patient loop names nobody"))
            person = Person(name=Name())
        carried = arrange("patient", blocks([*rest.segments, *person.carried]))
        return person.model_copy(update={"carried": carried}), relationship or _UNKNOWN_RELATIONSHIP

    def _coverages(
        self, block: ClaimBlock, parts: list[list[Segment]], relationship: str, default_oi: Carried
    ) -> tuple[Coverage, ...]:
        first = CoverageReader(self.kind, self.problems).destination(block.subscriber, block.position, relationship)
        others = [
            CoverageReader(self.kind, self.problems, default_oi=default_oi).other(part)
            for part in parts
            if part[0].id == "SBR"
        ]
        return (first, *others)

    def _billing(self, block: ClaimBlock) -> tuple[Provider, Provider | None, Provider | None]:
        own, *loops = split(block.billing, "NM1")
        found: dict[str, Provider] = {}
        extra: list[Segment] = []
        for loop in loops:
            entity = loop[0].get(1)
            role = ROLE_BY_ENTITY.get(entity)
            if role in ("billing", "pay_to", "pay_to_plan") and entity not in found:
                segments = [*own, *loop] if role == "billing" else loop
                found[entity] = Party([s for s in segments if s.id != "HL"], self.problems).provider(role)
            else:
                reason = f"an NM1 loop that does not belong here ({entity[:3]}) stands with the billing provider"
                self.problems.append(Problem(segment=loop[0].position, element=1, reason=reason))
                extra.extend(loop)
        billing = found.get("85")
        if billing is None:
            self.problems.append(Problem(segment=block.position, reason="the claim has no billing provider (2010AA)"))
            billing = Party(own, self.problems).provider("billing")
        if extra:
            carried = arrange("billing", blocks([*billing.carried, *(s.carried() for s in extra)]))
            billing = billing.model_copy(update={"carried": carried})
        return billing, found.get("87"), found.get("PE")


def _trimmed(parts: tuple[str, ...]) -> tuple[str, ...]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def _default_oi(indicators: tuple[str, ...]) -> Carried:
    """The OI that only repeats CLM08 and CLM09 of the claim; it is written again, so it needs no carrying."""
    benefits, release = (*indicators, "", "", "", "")[2:4]
    return ("OI", "", "", benefits, "", "", release)
