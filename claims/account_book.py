"""Patients' accounts together on one clock, without a server: `tell` and other worlds keep them here.

Laying a statement out is our own arithmetic and done at once; what an account tells its claims is handed back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from claims.accounts.effects import AnyAccountEffect, LayOutStatement, TellClaim
from claims.accounts.events import (
    AccountArchived,
    AnyAccountEvent,
    ClaimTold,
    StatementLaidOut,
)
from claims.accounts.messages import read_account_message
from claims.accounts.state import AccountState, AccountStep
from claims.base import Instant, Value
from claims.effects import ReportPatientBalance
from claims.events import AnyEvent
from claims.patient_account import account_due_event, account_step, next_account_due, open_account
from claims.patient_balance import balance_reported
from claims.tables import Tables

Key = tuple[str, str]
Mail = tuple[Key, AnyEvent]
"""A claim (practice, claim id) and what its account tells it."""


class AccountRecord(Value):
    """One step of one account, as told. `before` and `after` are standings."""

    at: Instant
    account: str
    event: str
    before: str
    after: str
    effects: tuple[str, ...] = ()
    refused: str = ""
    detail: str = ""


class AccountBook:
    """Every account by (practice, account)."""

    def __init__(self, tables: Tables, tell: Callable[[AccountRecord], None] = lambda record: None) -> None:
        self.tables = tables
        self.accounts: dict[Key, AccountState] = {}
        self._tell = tell
        self._of_claim: dict[Key, Key] = {}
        self._events = 0

    def next_due(self, to: datetime) -> tuple[datetime, Key] | None:
        """The account that acts first, until `to`."""
        waiting = [
            (deadline.due, key)
            for key, state in self.accounts.items()
            if (deadline := next_account_due(state)) is not None and deadline.due <= to
        ]
        return min(waiting, default=None)

    def pass_due(self, key: Key, to: datetime) -> list[Mail]:
        """The first deadline of an account passes."""
        event = account_due_event(self.accounts[key], to)
        return [] if event is None else self.take(key, event)

    def report(self, practice: str, effect: ReportPatientBalance, at: datetime) -> list[Mail]:
        """A claim tells its account what is owed; the account is begun where there is none."""
        key = practice, effect.account
        if key not in self.accounts:
            self.accounts[key] = open_account(
                practice=practice,
                account=effect.account,
                zone=effect.zone,
                tables_version=effect.tables_version,
                at=at,
            )
        self._of_claim[practice, effect.balance.claim_id] = key
        return self.take(key, balance_reported(effect, at))

    def message(self, key: Key, name: str, body: object, *, at: datetime) -> list[Mail]:
        """A person's message to an account."""
        self._events += 1
        event = read_account_message(name, body, at=at, id=f"message/{self._events}", state=self.accounts[key])
        return self.take(key, event, name)

    def account_of(self, claim: Key) -> Key | None:
        """The account that a claim's balance is on."""
        return self._of_claim.get(claim)

    def take(self, key: Key, event: AnyAccountEvent, name: str = "") -> list[Mail]:
        """One event, the answers to what it asks for, and what the claims are told."""
        before = self.accounts[key]
        taken = account_step(before, event, self.tables)
        self.accounts[key] = taken.state
        self._tell(_told(key, event, before, taken, name))
        mail: list[Mail] = []
        for effect in taken.effects:
            if isinstance(effect, TellClaim):
                mail += [((key[0], effect.claim_id), told) for told in (effect.event, *effect.also)]
            mail += self.take(key, self._answer(effect, event.at))
        return mail

    def _answer(self, effect: AnyAccountEffect, at: datetime) -> AnyAccountEvent:
        self._events += 1
        identity = f"{effect.id}/answer/{self._events}"
        match effect:
            case LayOutStatement():
                return StatementLaidOut(at=at, id=identity, effect=effect.id)
            case TellClaim():
                return ClaimTold(at=at, id=identity, effect=effect.id)
            case _:
                return AccountArchived(at=at, id=identity, effect=effect.id)


def _told(key: Key, event: AnyAccountEvent, before: AccountState, taken: AccountStep, name: str) -> AccountRecord:
    return AccountRecord(
        at=event.at,
        account=key[1],
        event=name or event.kind,
        before=before.standing,
        after=taken.state.standing,
        effects=tuple(effect.kind for effect in taken.effects),
        refused=taken.refused,
        detail=event.deadline if event.kind == "account_deadline_passed" else "",
    )
