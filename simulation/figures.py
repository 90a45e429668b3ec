"""What a practice looks at: days in A/R, denials, clean claims, touches, money lost to filing limits, net collection.

Definitions after HFMA's MAP keys, as docs/what-if.md says them. A claim measures itself as it lives; figures are sums, so that
those of many claims add up before anything is divided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime

from claims.effects import AnyEffect
from claims.events import AnyEvent
from claims.posting import ledger
from claims.state import Step
from simulation.life import Life

NOT_CLEAN = frozenset({"needs_correction", "clearinghouse_rejected", "payer_rejected"})
DENIED = frozenset({"denied", "partially_denied"})
TIMELY_FILING = "29"
DAY = 86_400


@dataclass
class Sums:
    """Sums over claims; money in cents, time in cent-days."""

    claims: int = 0
    submitted: int = 0
    clean: int = 0
    decided: int = 0
    denied: int = 0
    touches: int = 0
    charged: int = 0
    outstanding: int = 0
    """Cents owed, times the days that they were."""
    lost: int = 0
    """Cents of claims denied for lateness, or never on file by their last day, that nobody paid by the end."""
    late: int = 0
    """Such claims."""
    paid: int = 0
    contractual: int = 0

    def add(self, other: Sums) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True)
class Figure:
    """One figure: its name, unit, how it is counted, and which way is better."""

    name: str
    unit: str
    counted: Callable[[Sums], float]
    better: str


FIGURES: tuple[Figure, ...] = (
    Figure("days in A/R", "days", lambda s: s.outstanding / max(s.charged, 1), "lower"),
    Figure("denial rate", "%", lambda s: 100 * s.denied / max(s.decided, 1), "lower"),
    Figure("clean-claim rate", "%", lambda s: 100 * s.clean / max(s.submitted, 1), "higher"),
    Figure("touches per claim", "", lambda s: s.touches / max(s.claims, 1), "lower"),
    Figure("lost to filing limits", "% of charges", lambda s: 100 * s.lost / max(s.charged, 1), "lower"),
    Figure("net collection", "%", lambda s: 100 * s.paid / max(s.charged - s.contractual, 1), "higher"),
)


class Measure:
    """A listener of one life that counts."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.sums = Sums(claims=1)
        self._since: datetime | None = None
        self._owed = 0
        self._dirty = self._denied = self._decided = self._late = False

    def asked(self, effect: AnyEffect) -> None:
        if effect.kind == "transmit_claim" and effect.submission == 1:
            self.sums.submitted = 1

    def heard(self, event: AnyEvent, taken: Step) -> None:
        self._count_time(event.at)
        path = {str(status) for status in taken.path}
        if not self._decided:
            self._dirty = self._dirty or bool(path & NOT_CLEAN)
        if event.kind == "remittance_received" and not taken.refused:
            if not self._decided:
                self._denied = bool(path & DENIED)
            self._decided = True
            found = [*event.payment.adjustments, *(a for line in event.payment.lines for a in line.adjustments)]
            self._late = self._late or any(a.reason == TIMELY_FILING for a in found)
        if event.kind == "deadline_passed" and event.deadline == "filing:limit":
            self._late = self._late or not taken.state.payments
        money = ledger(taken.state, self.life.tables)
        self._owed = max(money.open, 0) + money.patient + money.next_payer
        self._since = event.at

    def _count_time(self, now: datetime) -> None:
        if self._since is not None:
            self.sums.outstanding += self._owed * int((now - self._since).total_seconds()) // DAY

    def done(self) -> Sums:
        """The figures of the life, when it is over."""
        self._count_time(self.life.end)
        money = ledger(self.life.claim, self.life.tables)
        s = self.sums
        s.charged, s.paid, s.contractual = money.charge, money.paid, money.contractual
        s.decided, s.denied = int(self._decided), int(self._denied)
        s.clean = int(bool(s.submitted) and not self._dirty)
        s.late = int(self._late)
        s.lost = money.written_off + max(money.open, 0) if self._late else 0
        return s
