"""The books of one claim inside its workflow: its state, what is not journalled yet, and the tail of its timeline.

Pure bookkeeping around `step`: no timer, no activity, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from activities.orders import Carried, JournalBatch, Order, Waiting
from claims.deadlines import due_event
from claims.effects import AnyEffect, Effect, ReportPatientBalance
from claims.events import AnyEvent, ClaimRegistered
from claims.lifecycle import begin, step
from claims.ports import JournalEntry
from claims.state import ClaimState, Step
from claims.status import Status
from claims.tables import Tables
from claims.views import ClaimView, index_entry, view
from workflows.tables import tables_for
from workflows.words import in_short, work_in_short

TAIL = 50
"""How many steps the workflow itself can show; all of them stand in the records."""
OVER = (Status.CLOSED, Status.VOIDED)
MOST_DUE = 100
"""A guard: a deadline that a step leaves standing is not taken for due again and again."""


class Books:
    """`state` is the claim as it is now."""

    def __init__(self, state: ClaimState) -> None:
        self.state = state
        self.timeline: list[JournalEntry] = []
        self.unwritten: list[JournalEntry] = []
        self.asked: dict[str, datetime] = {}
        self.stored_sequence = -1
        """Up to which event the archive has this state."""

    @property
    def tables(self) -> Tables:
        return tables_for(self.state.tables_version)

    @classmethod
    def open(cls, registered: ClaimRegistered) -> tuple[Books, tuple[AnyEffect, ...]]:
        """A new claim, and what it asks for first."""
        first = begin(registered, tables_for(registered.tables_version))
        books = cls(first.state)
        books._enter(registered, None, first)
        return books, first.effects

    @classmethod
    def reopen(cls, carried: Carried) -> tuple[Books, tuple[AnyEffect, ...]]:
        """A claim as an earlier run left it; effects in flight are issued again under their own ids."""
        books = cls(carried.state)
        books.timeline = list(carried.timeline)
        books.unwritten = list(carried.unwritten)
        books.asked = dict(carried.asked)
        if carried.state.archived and not carried.unwritten:
            books.stored_sequence = carried.state.sequence
        return books, carried.state.in_flight

    def take(self, event: AnyEvent) -> Step:
        """One event. The same one again leaves no trace; a refusal is journalled like any step."""
        before = self.state
        taken = step(before, event, self.tables)
        self.state = taken.state
        if taken.state.sequence > before.sequence:
            self._enter(event, before, taken)
        return taken

    def due(self, now: datetime) -> Iterable[AnyEvent]:
        """The passing of every deadline that is due by now, each read after the one before was taken."""
        last = ""
        for _ in range(MOST_DUE):
            event = due_event(self.state, now)
            if event is None or event.id == last:
                return
            last = event.id
            yield event

    def view(self) -> ClaimView:
        return view(self.state, self.tables)

    def order(self, effect: AnyEffect, now: datetime, journal: JournalBatch | None = None) -> Order[AnyEffect]:
        asked = self.asked.setdefault(effect.id, now)
        return Order(
            practice=self.state.practice, claim_id=self.state.claim_id, asked_at=asked, effect=effect, journal=journal
        )

    def batch(self) -> JournalBatch | None:
        """Everything not journalled yet, with the looks of the claim as it is now."""
        if not self.unwritten:
            return None
        return JournalBatch(
            practice=self.state.practice,
            claim_id=self.state.claim_id,
            entries=tuple(self.unwritten),
            view=self.view(),
            index=index_entry(self.state),
        )

    def written(self, batch: JournalBatch | None) -> None:
        if batch is not None:
            last = batch.entries[-1].sequence
            self.unwritten = [entry for entry in self.unwritten if entry.sequence > last]

    @property
    def over(self) -> bool:
        """Closed, its archiving agreed and nothing in flight: the workflow may end."""
        state = self.state
        return state.archived and state.status in OVER and not state.in_flight

    @property
    def stored(self) -> bool:
        return self.state.sequence <= self.stored_sequence and not self.unwritten

    def carry(self, inbox: Iterable[Waiting], events: Iterable[AnyEvent], build: str) -> Carried:
        self._forget_answered()
        return Carried(
            state=self.state,
            inbox=tuple(inbox),
            events=tuple(events),
            asked=self.asked,
            timeline=tuple(self.timeline),
            unwritten=tuple(self.unwritten),
            build=build,
        )

    def _enter(self, event: AnyEvent, before: ClaimState | None, taken: Step) -> None:
        entry = JournalEntry(
            sequence=taken.state.sequence,
            at=event.at,
            event=event.kind,
            event_id=event.id,
            by=event.by,
            before=before.status.value if before else "",
            after=taken.state.status.value,
            path=tuple(status.value for status in taken.path),
            effects=tuple(effect.kind for effect in taken.effects),
            refused=taken.refused,
            summary="; ".join(filter(None, (in_short(event), work_in_short(before, taken.state)))),
        )
        self.unwritten.append(entry)
        self.timeline = [*self.timeline, entry][-TAIL:]

    def _forget_answered(self) -> None:
        """An effect that is tried again after a failure keeps its first date: its bytes must stay the same."""
        kept: list[Effect] = list(self.state.in_flight)
        if self.state.failure is not None:
            kept.append(self.state.failure.effect)
        ids = {effect.id for effect in kept}
        self.asked = {identity: at for identity, at in self.asked.items() if identity in ids}


def overtaken(asked: Iterable[AnyEffect], in_flight: Iterable[AnyEffect]) -> frozenset[str]:
    """Ids of reports to the patient's account that are not sent: a newer one that was asked for with them says it all."""
    reports = [effect for effect in asked if isinstance(effect, ReportPatientBalance)]
    waited_for = {effect.id for effect in in_flight}
    newest = max((report.balance.sequence for report in reports), default=0)
    return frozenset(r.id for r in reports if r.balance.sequence < newest and r.id not in waited_for)
