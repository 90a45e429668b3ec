"""The books of one account inside its workflow: its state, what is not journalled yet, and the tail of its timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from activities.account_orders import AccountBatch, AccountCarried, AccountOpened, AccountOrder
from activities.orders import Waiting
from claims.accounts.effects import AnyAccountEffect, LayOutStatement, TellClaim
from claims.accounts.events import (
    AccountHeld,
    AccountPaid,
    AccountReleased,
    AnyAccountEvent,
    BalanceReported,
    PlanAgreed,
)
from claims.accounts.state import AccountState, AccountStep
from claims.accounts.views import AccountEntry, account_view
from claims.money import dollars
from claims.patient_account import account_due_event, account_step, open_account
from claims.tables import Tables
from workflows.tables import tables_for

TAIL = 50
MOST_DUE = 100
"""A guard: a deadline that a step leaves standing is not taken for due again and again."""


class AccountBooks:
    """`state` is the account as it is now. Pure bookkeeping around `account_step`."""

    def __init__(self, state: AccountState) -> None:
        self.state = state
        self.timeline: list[AccountEntry] = []
        self.unwritten: list[AccountEntry] = []
        self.stored_sequence = -1

    @property
    def tables(self) -> Tables:
        return tables_for(self.state.tables_version)

    @classmethod
    def open(cls, opened: AccountOpened, now: datetime) -> AccountBooks:
        state = open_account(
            practice=opened.practice,
            account=opened.account,
            zone=opened.zone,
            tables_version=opened.tables_version,
            at=min(opened.at, now),
        )
        return cls(state)

    @classmethod
    def reopen(cls, carried: AccountCarried) -> AccountBooks:
        books = cls(carried.state)
        books.timeline = list(carried.timeline)
        books.unwritten = list(carried.unwritten)
        if carried.state.archived and not carried.unwritten:
            books.stored_sequence = carried.state.sequence
        return books

    def take(self, event: AnyAccountEvent) -> AccountStep:
        """One event. The same one again leaves no trace; a refusal is journalled like any step."""
        before = self.state
        taken = account_step(before, event, self.tables)
        self.state = taken.state
        if taken.state.sequence > before.sequence:
            entry = AccountEntry(
                sequence=taken.state.sequence,
                at=event.at,
                event=event.kind,
                event_id=event.id,
                by=event.by,
                before=before.standing,
                after=taken.state.standing,
                effects=tuple(effect.kind for effect in taken.effects),
                refused=taken.refused,
                summary=in_short(event),
            )
            self.unwritten.append(entry)
            self.timeline = [*self.timeline, entry][-TAIL:]
        return taken

    def due(self, now: datetime) -> Iterable[AnyAccountEvent]:
        """The passing of every deadline that is due by now, each read after the one before was taken."""
        for _ in range(MOST_DUE):
            event = account_due_event(self.state, now)
            if event is None:
                return
            yield event

    def order(self, effect: AnyAccountEffect, now: datetime) -> AccountOrder[AnyAccountEffect]:
        return AccountOrder(practice=self.state.practice, account=self.state.account, asked_at=now, effect=effect)

    def batch(self) -> AccountBatch | None:
        """Everything not journalled yet, with the account as it is now."""
        if not self.unwritten:
            return None
        return AccountBatch(
            practice=self.state.practice,
            account=self.state.account,
            entries=tuple(self.unwritten),
            view=account_view(self.state),
        )

    def written(self, batch: AccountBatch | None) -> None:
        if batch is not None:
            last = batch.entries[-1].sequence
            self.unwritten = [entry for entry in self.unwritten if entry.sequence > last]

    @property
    def over(self) -> bool:
        """Nothing owed for long, its archiving agreed and nothing in flight: the workflow may end."""
        return self.state.archived and not self.state.in_flight

    @property
    def stored(self) -> bool:
        return self.state.sequence <= self.stored_sequence and not self.unwritten

    def carry(self, inbox: Iterable[Waiting], events: Iterable[AnyAccountEvent], build: str) -> AccountCarried:
        return AccountCarried(
            state=self.state,
            inbox=tuple(inbox),
            events=tuple(events),
            timeline=tuple(self.timeline),
            unwritten=tuple(self.unwritten),
            build=build,
        )


def in_short(event: AnyAccountEvent) -> str:
    """Amounts and kinds of an event, in one line without names."""
    match event:
        case BalanceReported():
            return f"{event.balance.number}: ${dollars(event.balance.amount_cents)}"
        case AccountPaid():
            return f"${dollars(event.amount_cents)}"
        case PlanAgreed():
            total = sum(one.amount_cents for one in event.instalments)
            return f"{len(event.instalments)} instalments, ${dollars(total)}"
        case AccountHeld() | AccountReleased():
            return event.hold or "all holds"
        case _:
            return str(getattr(event, "deadline", "") or getattr(event, "reason", ""))


def effect_in_short(effect: AnyAccountEffect) -> str:
    """What operations reads beside the step."""
    match effect:
        case LayOutStatement():
            return f"statement {effect.number} ({effect.notice}) over ${dollars(effect.amount_cents)}"
        case TellClaim():
            told = ", ".join(event.kind.replace("_", " ") for event in (effect.event, *effect.also))
            return f"claim {effect.claim_id[:8]}: {told}"
        case _:
            return "store the account"
