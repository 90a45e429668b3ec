"""An account while `account_step` works on it: the next state, the effects so far, and the verbs rules are written in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from claims.accounts.effects import AnyAccountEffect, TellClaim
from claims.accounts.events import AnyAccountEvent
from claims.accounts.state import AccountNote, AccountState, AccountTask, AccountTaskType, Entry
from claims.accounts.values import AccountRules
from claims.deadlines import DEFAULT_WAITS, due_instant, local_day
from claims.events import AccountStanding, PatientPaid, StatementSent
from claims.payer_rules import Wait
from claims.tables import Tables

NOTES_KEPT = 50
PAYMENTS_KEPT = 200
STATEMENTS_KEPT = 60
TASK = Wait(amount=2, unit="business_days", source="common practice, see docs/patients.md")
DEFAULT_RULES = AccountRules(
    gather=DEFAULT_WAITS["statement_gather"],
    between=DEFAULT_WAITS["statement"],
    notice=DEFAULT_WAITS["collections_notice"],
    collections=DEFAULT_WAITS["collections"],
    application=DEFAULT_WAITS["assistance_application"],
    grace=DEFAULT_WAITS["plan_grace"],
    review=DEFAULT_WAITS["account_review"],
    linger=DEFAULT_WAITS["account_linger"],
)
"""What holds until a claim brings its own."""


class AccountDraft:
    """The state being made; every change goes through here."""

    def __init__(self, state: AccountState, event: AnyAccountEvent, tables: Tables) -> None:
        self.state = state
        self.event = event
        self.tables = tables
        self.effects: list[AnyAccountEffect] = []

    @property
    def now(self) -> datetime:
        return self.event.at

    @property
    def today(self) -> date:
        return local_day(self.event.at, self.state.zone)

    @property
    def rules(self) -> AccountRules:
        return self.state.rules or DEFAULT_RULES

    def set(self, **changes: Any) -> None:
        self.state = self.state.model_copy(update=changes)

    def put_entry(self, entry: Entry, **changes: Any) -> None:
        """Keeps an entry as changed; entries stay in the order in which they came."""
        changed = entry.model_copy(update=changes)
        known = any(other.claim_id == changed.claim_id for other in self.state.entries)
        kept = tuple(changed if other.claim_id == changed.claim_id else other for other in self.state.entries)
        self.set(entries=kept if known else (*kept, changed))

    # effects

    def next_effect_id(self, name: str) -> str:
        number = self.state.effect_count + 1
        self.set(effect_count=number)
        return f"{name}-{number}"

    def ask(self, effect: AnyAccountEffect) -> None:
        self.effects.append(effect)
        self.set(in_flight=(*self.state.in_flight, effect))

    def tell(self, claim_id: str, event: PatientPaid | StatementSent | AccountStanding) -> None:
        """Gives a claim an event, after everything that it is told before."""
        made = TellClaim(id=self.next_effect_id("tell"), claim_id=claim_id, event=event)
        self.set(outbox=(*self.state.outbox, made))

    def send_outbox(self) -> None:
        """Tells each claim all that waits for it in one go, so that it wakes once, where nothing to it is on its way."""
        busy = {effect.claim_id for effect in self.state.in_flight if isinstance(effect, TellClaim)}
        for claim_id in dict.fromkeys(effect.claim_id for effect in self.state.outbox):
            if claim_id not in busy:
                first, *others = (effect for effect in self.state.outbox if effect.claim_id == claim_id)
                self.set(outbox=tuple(effect for effect in self.state.outbox if effect.claim_id != claim_id))
                self.ask(first.model_copy(update={"also": tuple(other.event for other in others)}))

    def answered(self, effect_id: str) -> AnyAccountEffect | None:
        """The effect that this answers, in flight no longer; None where nobody waits for it."""
        found = next((effect for effect in self.state.in_flight if effect.id == effect_id), None)
        if found is not None:
            self.set(in_flight=tuple(effect for effect in self.state.in_flight if effect.id != effect_id))
        return found

    def in_flight(self, kind: str) -> bool:
        return any(effect.kind == kind for effect in self.state.in_flight)

    # tasks and notes

    def open_task(self, kind: AccountTaskType, reason: str, *, category: str = "", supervisor: bool = False) -> None:
        """One task per type and category; a second cause of the same kind renews its reason."""
        for task in self.state.tasks:
            if task.type == kind and task.category == category:
                renewed = task.model_copy(update={"reason": reason})
                self.set(tasks=tuple(renewed if other.id == task.id else other for other in self.state.tasks))
                return
        number = self.state.task_count + 1
        task = AccountTask(
            id=f"task-{number}",
            type=kind,
            category=category,
            owner="supervisor" if supervisor else "biller",
            due=due_instant("task", self.now, TASK, self.state.zone, self.tables.holidays),
            reason=reason,
            opened_at=self.now,
        )
        self.set(task_count=number, tasks=(*self.state.tasks, task))

    def close_tasks(self, kinds: Iterable[AccountTaskType], category: str | None = None) -> None:
        chosen = set(kinds)
        kept = tuple(t for t in self.state.tasks if t.type not in chosen or category not in (None, t.category))
        if len(kept) != len(self.state.tasks):
            self.set(tasks=kept)

    def has_task(self, kind: AccountTaskType) -> bool:
        return any(task.type == kind for task in self.state.tasks)

    def note(self, text: str, by: str = "claimline") -> None:
        self.set(notes=(*self.state.notes[-(NOTES_KEPT - 1) :], AccountNote(at=self.now, by=by, text=text)))
