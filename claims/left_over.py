"""What of a world's documents is nobody's yet, kept together with the documents so that it can be looked at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from claims.deliveries import Delivery, IndexEntry, Unmatched
from claims.documents import ParsedDocument
from claims.numbers import Numbers
from claims.second_look import Place, awaited, found_now, places_of, sought


class LeftOver:
    """As the records keep it where there is a server (adapters/records/second_looks.py)."""

    def __init__(self) -> None:
        self._unmatched: list[tuple[datetime, str, Unmatched]] = []
        self._waiting: dict[str, tuple[ParsedDocument, dict[Place, Numbers]]] = {}

    @property
    def unmatched(self) -> list[tuple[datetime, Unmatched]]:
        """In the order in which it came."""
        return [(at, part) for at, _, part in self._unmatched]

    @property
    def waits(self) -> bool:
        """Whether any number that somebody tells may be of interest."""
        return bool(self._waiting)

    def add(self, document: ParsedDocument, unmatched: Sequence[Unmatched], at: datetime) -> None:
        self._unmatched += [(at, document.sha256, part) for part in unmatched]
        if waiting := awaited(document, places_of(unmatched)):
            self._waiting[document.sha256] = (document, waiting)

    def look(self, told: Collection[tuple[str, str]], index: Sequence[IndexEntry], at: datetime) -> list[Delivery]:
        """What waited for one of these numbers and has a claim now; it waits no longer."""
        found: list[Delivery] = []
        for sha256, (document, waiting) in list(self._waiting.items()):
            if sought(waiting.values()).isdisjoint(told):
                continue
            now = found_now(document, waiting, index, at=at)
            found += now.values()
            self._unmatched = [
                one for one in self._unmatched if one[1] != sha256 or (one[2].position, one[2].part) not in now
            ]
            rest = {where: numbers for where, numbers in waiting.items() if where not in now}
            if rest:
                self._waiting[sha256] = (document, rest)
            else:
                del self._waiting[sha256]
        return found
