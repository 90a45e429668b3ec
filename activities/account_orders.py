"""What travels between an account's workflow and its activities; part of every account's history, like orders.py."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from activities.orders import Waiting
from claims.accounts.effects import AnyAccountEffect
from claims.accounts.events import AnyAccountEvent
from claims.accounts.state import AccountState
from claims.accounts.views import AccountEntry, AccountView
from claims.base import Instant, Value

E = TypeVar("E")


class AccountOpened(Value):
    """A guarantor's account begins, with nothing on it."""

    kind: Literal["opened"] = "opened"
    practice: str
    account: str
    zone: str
    tables_version: str
    at: Instant


class AccountCarried(Value):
    """An account's whole life so far, for a new run: continue-as-new, or a start out of the archive."""

    kind: Literal["carried"] = "carried"
    state: AccountState
    inbox: tuple[Waiting, ...] = ()
    events: tuple[AnyAccountEvent, ...] = ()
    timeline: tuple[AccountEntry, ...] = ()
    unwritten: tuple[AccountEntry, ...] = ()
    build: str = ""


class AccountBatch(Value):
    """Steps of one account that are not yet in the records, and the account as it is after the last one."""

    practice: str
    account: str
    entries: tuple[AccountEntry, ...]
    view: AccountView


class AccountOrder(Value, Generic[E]):
    """One effect to carry out for one account; `asked_at` stays the same for every try."""

    practice: str
    account: str
    asked_at: Instant
    effect: E
    journal: AccountBatch | None = None

    @property
    def key(self) -> str:
        effect_id: str = getattr(self.effect, "id", "")
        return f"{self.practice}/{self.account}/{effect_id}"


class AccountAnswer(Value):
    """What an effect brought. Ids and times are set by the account's workflow."""

    events: tuple[AnyAccountEvent, ...]


class AccountFarewell(Value):
    """What is stored before an account's workflow completes."""

    state: AccountState
    journal: AccountBatch | None = None


__all__ = [
    "AccountAnswer",
    "AccountBatch",
    "AccountCarried",
    "AccountEntry",
    "AccountFarewell",
    "AccountOpened",
    "AccountOrder",
    "AccountView",
    "AnyAccountEffect",
]
