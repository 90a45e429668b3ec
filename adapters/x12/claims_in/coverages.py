"""SBR loops: the destination payer (2000B with 2010BA and 2010BB) and the other payers of a claim (2320, 2330)."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.x12.claims_in.loops import split
from adapters.x12.claims_in.parties import Party
from adapters.x12.claims_in.values import Rest, period, required_amount
from adapters.x12.order import arrange, blocks, by_group
from adapters.x12.roles import ORDER_BY_CODE
from adapters.x12.segments import Segment
from claims.base import Day
from claims.base import Segment as Carried
from claims.claim import Adjustment, ClaimType, Coverage, Name, Payer, Person, PriorDecision
from claims.documents import Problem

_SBR = frozenset({1, 2, 3, 4, 5, 9})
_REMARKS = {"MOA": (3, 4, 5, 6, 7), "MIA": (5, 20, 21, 22, 23)}


def read_adjustments(segment: Segment) -> list[Adjustment]:
    """A CAS: one group, up to six times reason, amount, quantity. Raises NotReadable where an amount is none."""
    found: list[Adjustment] = []
    for n in range(2, len(segment.elements) + 1, 3):
        if not segment.get(n) and not segment.get(n + 1):
            continue
        found.append(
            Adjustment(
                group=segment.get(1),
                reason=segment.get(n),
                amount_cents=required_amount(segment, n + 1),
                quantity=segment.get(n + 2),
            )
        )
    return found


def _remarks_alone(segment: Segment) -> bool:
    """An MOA of nothing but remark codes: they are typed, and it is written again from them."""
    if segment.id != "MOA" or segment.get(3) == "":
        return False
    return not any(value for n, value in enumerate(segment.elements, 1) if n not in _REMARKS["MOA"])


class CoverageReader:
    """Reads one SBR loop with its subscriber and payer loops."""

    def __init__(self, kind: ClaimType, problems: list[Problem], *, default_oi: Carried = ()) -> None:
        self.kind = kind
        self.problems = problems
        self.default_oi = default_oi
        self.rest = Rest()
        self.sbr: Segment | None = None
        self.subscriber: Person | None = None
        self.payer: Payer | None = None
        self.member_id = ""
        self.member_id_qualifier = ""
        self.adjustments: list[Adjustment] = []
        self.amounts: dict[str, int] = {}
        self.remarks: list[str] = []
        self.decided_on: Day | None = None
        self.payer_claim_control_number = ""

    def destination(self, segments: Sequence[Segment], at: int, patient_relationship: str) -> Coverage:
        """Loop 2000B with 2010BA and 2010BB; `at` is where what is missing gets reported."""
        own, *loops = split(segments, "NM1")
        for segment in own:
            if not self._sbr(segment, other=False):
                self.rest.add(segment)
        self._parties(loops, other=False)
        # SBR02 is 18 (self) or empty here; with a patient loop, PAT01 is what relates the patient to the subscriber.
        said = self.sbr.get(2) if self.sbr is not None else ""
        if said != "18":
            said = patient_relationship or said
        for present, what in (
            (self.sbr, "SBR"),
            (self.subscriber, "subscriber (2010BA)"),
            (self.payer, "payer (2010BB)"),
        ):
            if present is None:
                self.problems.append(Problem(segment=at, reason=f"the claim has no {what}"))
        return self._coverage("subscriber", said, None)

    def other(self, segments: Sequence[Segment]) -> Coverage:
        """Loop 2320 with 2330A, 2330B and the rest. Raises NotReadable where money is none."""
        own, *loops = split(segments, "NM1")
        demographics: list[Segment] = []
        for segment in own:
            if segment.id == "DMG":  # 004010 has the other subscriber's DMG here
                demographics.append(segment)
            elif not (self._sbr(segment, other=True) or self._money(segment)):
                self._remarks(segment)
                if segment.carried() != self.default_oi and not _remarks_alone(segment):
                    self.rest.add(segment)
        self._parties(loops, other=True, demographics=demographics)
        relationship = self.sbr.get(2) if self.sbr is not None else ""
        return self._coverage(f"coverage {self.kind}", relationship, self._prior())

    def _sbr(self, segment: Segment, *, other: bool) -> bool:
        if segment.id != "SBR" or self.sbr is not None:
            return False
        self.sbr = segment
        typed = _SBR if segment.get(1) in ORDER_BY_CODE else _SBR - {1}
        self.rest.beyond(segment, typed if other or segment.get(2) == "18" else typed - {2})
        return True

    def _money(self, segment: Segment) -> bool:
        if segment.id == "CAS":
            self.adjustments.extend(read_adjustments(segment))
            return True
        qualifier = segment.get(1)
        if segment.id == "AMT" and qualifier in ("D", "A8", "EAF") and qualifier not in self.amounts:
            self.amounts[qualifier] = required_amount(segment, 2)
            return True
        return False

    def _remarks(self, segment: Segment) -> None:
        for n in _REMARKS.get(segment.id, ()):
            if segment.get(n):
                self.remarks.append(segment.get(n))

    def _parties(self, loops: list[list[Segment]], *, other: bool, demographics: Sequence[Segment] = ()) -> None:
        for loop in loops:
            entity = loop[0].get(1)
            if entity == "IL" and self.subscriber is None:
                party = Party([*loop, *demographics], self.problems)
                self.subscriber = party.person(with_id=True)
                self.member_id, self.member_id_qualifier = party.identifier, party.id_qualifier
            elif entity == "PR" and self.payer is None:
                self.payer = Party([s for s in loop if not (other and self._payer_decision(s))], self.problems).payer()
            else:
                for segment in loop:
                    self.rest.add(segment)

    def _payer_decision(self, segment: Segment) -> bool:
        """The parts of 2330B that say what the payer decided, and when."""
        if segment.id == "DTP" and segment.get(1) == "573" and self.decided_on is None:
            self.decided_on, _ = period(segment, self.problems)
            return self.decided_on is not None
        if segment.id == "REF" and segment.get(1) == "F8" and not self.payer_claim_control_number:
            self.payer_claim_control_number = segment.get(2)
            return True
        return False

    def _prior(self) -> PriorDecision | None:
        prior = PriorDecision(
            paid_cents=self.amounts.get("D"),
            non_covered_cents=self.amounts.get("A8"),
            remaining_cents=self.amounts.get("EAF"),
            decided_on=self.decided_on,
            payer_claim_control_number=self.payer_claim_control_number,
            adjustments=by_group(self.adjustments),
            remarks=tuple(self.remarks),
        )
        return prior if prior != PriorDecision() else None

    def _coverage(self, table: str, relationship: str, prior: PriorDecision | None) -> Coverage:
        sbr = self.sbr if self.sbr is not None else Segment(0, "SBR", ())
        return Coverage(
            order=ORDER_BY_CODE.get(sbr.get(1), "other"),
            payer=self.payer or Payer(id_qualifier=""),
            subscriber=self.subscriber or Person(name=Name()),
            member_id=self.member_id,
            member_id_qualifier=self.member_id_qualifier,
            relationship=relationship,
            group_number=sbr.get(3),
            group_name=sbr.get(4),
            insurance_type=sbr.get(5),
            filing_indicator=sbr.get(9),
            prior=prior,
            carried=arrange(table, blocks(self.rest.segments)),
        )
