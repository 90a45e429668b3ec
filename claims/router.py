"""What routing a document works on: the claims by their numbers, and the deliveries, unmatched and held parts so far."""

from __future__ import annotations

from collections.abc import Sequence

from claims.base import Instant
from claims.deliveries import Delivery, Held, IndexEntry, Unmatched
from claims.events import AnyEvent
from claims.making import maker
from claims.namesakes import Lookups

_make_delivery = maker(Delivery)


class Router:
    """The claims by their numbers, and where the parts of one document went so far."""

    def __init__(self, index: Sequence[IndexEntry], at: Instant, document: str) -> None:
        self.index, self.at, self.document = tuple(index), at, document
        self.short = document[:24]
        self.look = Lookups(index)
        self.deliveries: list[Delivery] = []
        self.unmatched: list[Unmatched] = []
        self.held: list[Held] = []

    def deliver(self, entry: IndexEntry, event: AnyEvent) -> None:
        fields = {"practice": entry.practice, "claim_id": entry.claim_id, "event": event}
        self.deliveries.append(_make_delivery(fields))

    def hold(
        self,
        position: int,
        kind: str,
        reference: str,
        reason: str,
        amount: int | None = None,
        entry: IndexEntry | None = None,
    ) -> None:
        self.held.append(
            Held(
                position=position,
                set=kind,
                reference=reference,
                practice=entry.practice if entry else "",
                claim_id=entry.claim_id if entry else "",
                reason=reason,
                amount_cents=amount,
            )
        )

    def miss(
        self, position: int, kind: str, reference: str, reason: str, payer: str = "", amount: int | None = None
    ) -> None:
        self.unmatched.append(
            Unmatched(position=position, set=kind, reference=reference, payer=payer, amount_cents=amount, reason=reason)
        )

    def event_id(self, position: int, part: int = 0) -> str:
        return f"{self.short}:{position}:{part}" if part else f"{self.short}:{position}"
