"""One claim in its made-up world: its own clock, its own luck, and everybody who writes to it.

What happens goes through `deliver` only: one `step` of the core, then the auditor, then those whom the effects are for.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from claims.deadlines import due_event, local_day, next_due
from claims.documents import Parsed
from claims.effects import AnyEffect
from claims.events import AnyEvent, ClaimRegistered
from claims.lifecycle import begin, step
from claims.matching import route
from claims.payer_rules import PayerRules, rules_for
from claims.posting import ledger
from claims.state import ClaimState, Step
from claims.tables import Tables
from claims.views import index_entry
from simulation.auditor import Auditor, Finding
from simulation.chance import Chance
from simulation.papers import document
from simulation.plain import Plain
from simulation.visits import Visit

Act = Callable[[], None]


class Stopped(Exception):
    """The auditor found something, or `step` raised: this life is over."""


class Core:
    """The state of one claim, stepped and audited. It knows nobody; the world and the replay of a fixture both drive it."""

    def __init__(self, tables: Tables, *, audited: bool = True) -> None:
        self.tables = tables
        self.state: ClaimState | None = None
        self.plain = Plain()
        self.auditor = Auditor() if audited else None
        self.findings: tuple[Finding, ...] = ()
        self.tape: list[AnyEvent] = []
        """What came from outside, in order: deadlines come by themselves."""

    def take(self, event: AnyEvent) -> Step:
        """One event. Raises Stopped where a rule is broken; what broke stands in `findings`."""
        if event.kind != "deadline_passed":
            self.tape.append(event)
        before = self.state
        try:
            if before is None:
                assert isinstance(event, ClaimRegistered)
                taken = begin(event, self.tables)
            else:
                taken = step(before, event, self.tables)
        except Exception as error:
            told = f"{event.kind} raised {type(error).__name__}: {error}"
            self.findings = (Finding(rule="step is total", detail=told),)
            raise Stopped from error
        self.state = taken.state
        if self.auditor is not None:
            self._audit(event, taken)
        return taken

    def _audit(self, event: AnyEvent, taken: Step) -> None:
        assert self.auditor is not None
        found = self.auditor.check(
            event.model_dump(),
            self.plain.of(taken.state),
            ledger(taken.state, self.tables).model_dump(),
            [self.plain.value(effect) for effect in taken.effects],
            [str(status) for status in taken.path],
            taken.refused,
            taken.duplicate,
        )
        if found:
            self.findings = tuple(found)
            raise Stopped

    def pass_time(self, until: datetime) -> datetime | None:
        """When the next deadline is due, if by then; the earliest of them passes."""
        assert self.state is not None
        event = due_event(self.state, until)
        if event is None:
            return None
        self.take(event)
        return event.at


class Life(Core):
    """A claim from its registration for `days` days."""

    def __init__(
        self,
        seed: int,
        number: int,
        visit: Visit,
        tables: Tables,
        *,
        days: int = 365,
        audited: bool = True,
        change: Callable[[PayerRules], PayerRules] | None = None,
    ) -> None:
        super().__init__(tables, audited=audited)
        self.seed, self.number, self.visit = seed, number, visit
        self.chance = Chance(seed, number)
        self.change = change
        self.now = visit.at
        self.end = visit.at + timedelta(days=days)
        self.counts: Counter[str] = Counter()
        self.listeners: list[Any] = []
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._posted = 0
        self._ids = 0

    @property
    def claim(self) -> ClaimState:
        assert self.state is not None
        return self.state

    @property
    def today(self) -> date:
        return local_day(self.now, self.visit.zone)

    def later(self, delay: timedelta, act: Act) -> None:
        """`act` happens after this delay; things of one moment happen in the order in which they were planned."""
        self._posted += 1
        heapq.heappush(self._agenda, (self.now + delay, self._posted, act))

    def fault(self, kind: str) -> None:
        """Counts something that went wrong in the world."""
        self.counts[f"fault: {kind}"] += 1

    def fresh(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}/{self._ids}"

    # the course of things

    def run(self) -> None:
        """Raises Stopped where a rule is broken."""
        self._register()
        while True:
            planned = self._agenda[0][0] if self._agenda else self.end
            until = min(planned, self.end)
            deadline = next_due(self.claim)
            if deadline is not None and deadline.due <= until:
                event = due_event(self.claim, until)
                assert event is not None
                self.now = max(self.now, event.at)
                self.deliver(event)
            elif planned >= self.end:
                return
            else:
                self.now, _, act = heapq.heappop(self._agenda)
                act()

    def _register(self) -> None:
        claim = self.visit.claim
        book = tuple(rules_for(self.tables.payer_rules, c.payer.payer_id, c.filing_indicator) for c in claim.coverages)
        book = tuple(rules.model_copy(update={"approvals": self.visit.approvals}) for rules in book)
        if self.change is not None:
            book = tuple(self.change(rules) for rules in book)
        self.deliver(
            ClaimRegistered(
                at=self.now,
                id="start",
                practice="npi-1999999984",
                claim_id=f"s{self.seed}-{self.number}",
                zone=self.visit.zone,
                source="837I" if claim.type == "institutional" else "837P",
                claim=claim,
                coded=self.visit.coded,
                payer_rules=book,
                tables_version=self.tables.version,
            )
        )

    def deliver(self, event: AnyEvent) -> Step:
        """One event, and then whoever hears of it."""
        taken = self.take(event)
        self.counts["events"] += 1
        self.counts[f"event: {event.kind}"] += 1
        if taken.refused:
            self.counts["repeated" if taken.duplicate else "refused"] += 1
        for listener in self.listeners:
            listener.heard(event, taken)
        for effect in taken.effects:
            self._asked(effect)
        return taken

    def _asked(self, effect: AnyEffect) -> None:
        for listener in self.listeners:
            listener.asked(effect)

    def say(self, kind: type[Any], by: str = "biller-1", **fields: Any) -> Step:
        """A person's or a machine's event, now."""
        event: AnyEvent = kind(at=self.now, id=self.fresh(kind.__name__), by=by, **fields)
        return self.deliver(event)

    def paper(self, parsed: Parsed, name: str, segment: int = 3) -> int:
        """A document arrives: its parts find the claim by its numbers. Gives how many did."""
        routing = route(
            document(parsed, f"{self.visit.claim.patient_control_number}/{name}", segment),
            (index_entry(self.claim),),
            at=self.now,
        )
        self.counts["documents"] += 1
        self.counts["unmatched"] += len(routing.unmatched)
        self.counts["held"] += len(routing.held)
        for delivery in routing.deliveries:
            self.deliver(delivery.event)
        return len(routing.deliveries)
