"""NM1 loops: persons, providers and payers, with address, identifiers and what else their loop carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from adapters.x12.claims_in.values import Rest
from adapters.x12.fields import day_of
from adapters.x12.order import arrange, blocks
from adapters.x12.roles import PROVIDER_CODE
from adapters.x12.segments import Segment
from claims.base import Day
from claims.claim import Address, Name, Payer, Person, Provider, ProviderRole
from claims.documents import Problem

_NM1 = frozenset(range(1, 10))
_TAX_QUALIFIERS: dict[str, Literal["EI", "SY"]] = {"EI": "EI", "SY": "SY"}
_NM1_WITHOUT_ID = frozenset({1, 2, 3, 4, 5, 7})


class Party:
    """One NM1 loop, read once; the methods give it the shape that its role has in a claim."""

    def __init__(self, segments: Sequence[Segment], problems: list[Problem]) -> None:
        self.problems = problems
        self.rest = Rest()
        self.name = Name()
        self.id_qualifier = ""
        self.identifier = ""
        self.tax_id = ""
        self.tax_id_qualifier: Literal["", "EI", "SY"] = ""
        self.taxonomy = ""
        self.birth_date: Day | None = None
        self.gender = ""
        self._seen: set[str] = set()
        self._address: dict[str, str] = {}
        self.segments = segments

    def _once(self, segment: Segment) -> bool:
        if segment.id in self._seen:
            reason = f"{segment.id} stands twice in one loop; the first counts"
            self.problems.append(Problem(segment=segment.position, reason=reason))
            self.rest.add(segment)
            return False
        self._seen.add(segment.id)
        return True

    def _nm1(self, segment: Segment, *, with_id: bool = True) -> None:
        self.name = Name(
            organization=segment.get(2) == "2",
            last=segment.get(3),
            first=segment.get(4),
            middle=segment.get(5),
            suffix=segment.get(7),
        )
        if with_id:
            self.id_qualifier, self.identifier = segment.get(8), segment.get(9)
        self.rest.beyond(segment, _NM1 - {6} if with_id else _NM1_WITHOUT_ID)

    def _place(self, segment: Segment) -> bool:
        if segment.id == "N3" and self._once(segment):
            self._address |= {"line1": segment.get(1), "line2": segment.get(2)}
            self.rest.beyond(segment, {1, 2})
        elif segment.id == "N4" and self._once(segment):
            names = ("city", "state", "postal_code", "country")
            self._address |= {name: segment.get(n) for n, name in enumerate(names, 1)}
            self.rest.beyond(segment, {1, 2, 3, 4})
        return segment.id in ("N3", "N4")

    @property
    def address(self) -> Address | None:
        return Address(**self._address) if any(self._address.values()) else None

    def _demographics(self, segment: Segment) -> None:
        if not self._once(segment):
            return
        day = day_of(segment.get(2).strip())
        typed = {1, 2, 3} if day is not None or not segment.get(2) else {3}
        if typed == {3}:
            reason = "DMG02 is no date; expected CCYYMMDD"
            self.problems.append(Problem(segment=segment.position, element=2, reason=reason))
        self.birth_date, self.gender = day, segment.get(3)
        self.rest.beyond(segment, typed)

    def person(self, *, with_id: bool) -> Person:
        """The loop as a subscriber (whose id becomes the coverage's member id) or, without an id, as a patient."""
        for segment in self.segments:
            if segment.id == "NM1":
                self._nm1(segment, with_id=with_id)
            elif segment.id == "DMG":
                self._demographics(segment)
            elif not self._place(segment):
                self.rest.add(segment)
        return Person(
            name=self.name,
            birth_date=self.birth_date,
            gender=self.gender,
            address=self.address,
            carried=arrange("party", blocks(self.rest.segments)),
        )

    def payer(self) -> Payer:
        for segment in self.segments:
            if segment.id == "NM1":
                self.id_qualifier, self.identifier = segment.get(8), segment.get(9)
                self.name = Name(organization=True, last=segment.get(3))
                if segment.get(2) != "2":
                    self.rest.beyond(segment, _NM1 - {2, 4, 5, 6, 7})
                else:
                    self.rest.beyond(segment, _NM1 - {4, 5, 6, 7})
            elif not self._place(segment):
                self.rest.add(segment)
        return Payer(
            name=self.name.last,
            id_qualifier=self.id_qualifier,
            payer_id=self.identifier,
            address=self.address,
            carried=arrange("party", blocks(self.rest.segments)),
        )

    def provider(self, role: ProviderRole) -> Provider:
        for segment in self.segments:
            if segment.id == "NM1":
                self._nm1(segment)
            elif not (self._place(segment) or self._tax(segment) or self._taxonomy(segment, role)):
                self.rest.add(segment)
        return Provider(
            role=role,
            name=self.name,
            id_qualifier=self.id_qualifier,
            identifier=self.identifier,
            taxonomy=self.taxonomy,
            tax_id=self.tax_id,
            tax_id_qualifier=self.tax_id_qualifier,
            address=self.address,
            carried=arrange("billing" if role == "billing" else "party", blocks(self.rest.segments)),
        )

    def _tax(self, segment: Segment) -> bool:
        qualifier = _TAX_QUALIFIERS.get(segment.get(1))
        if segment.id != "REF" or not qualifier or self.tax_id or not segment.get(2) or any(segment.elements[2:]):
            return False
        self.tax_id, self.tax_id_qualifier = segment.get(2), qualifier
        return True

    def _taxonomy(self, segment: Segment, role: ProviderRole) -> bool:
        if segment.id != "PRV" or self.taxonomy or any(segment.elements[3:]) or not segment.get(3):
            return False
        if segment.get(1) != PROVIDER_CODE.get(role) or segment.get(2) not in ("PXC", "ZZ"):
            return False
        self.taxonomy = segment.get(3)
        return True
