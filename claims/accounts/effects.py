"""Everything a patient's account may ask the world for. An effect's id is its idempotency key within its account."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from claims.accounts.values import ClaimBalance, Creditor, Debtor, Notice
from claims.base import Day, Value
from claims.events import AccountStanding, PatientPaid, StatementSent


class AccountEffect(Value):
    id: str


class StatementPart(Value):
    """One claim of a statement, and which notice this is for it. `amount_cents` is what is asked for."""

    balance: ClaimBalance
    notice: Notice
    amount_cents: int


class LayOutStatement(AccountEffect):
    """Lay a statement out and store it -> StatementLaidOut. `notice` is the most urgent of its parts."""

    kind: Literal["lay_out_statement"] = "lay_out_statement"
    number: int
    notice: Notice
    amount_cents: int
    debtor: Debtor
    creditor: Creditor
    parts: tuple[StatementPart, ...]
    on: Day
    assistance_until: Day | None = None
    """Until when an application for financial assistance is heard."""


ToldEvent = Annotated[StatementSent | PatientPaid | AccountStanding, Field(discriminator="kind")]


class TellClaim(AccountEffect):
    """Give a claim of the account an event, and those that came to wait behind it, in their order -> ClaimTold."""

    kind: Literal["tell_claim"] = "tell_claim"
    claim_id: str
    event: ToldEvent
    also: tuple[ToldEvent, ...] = ()


class ArchiveAccount(AccountEffect):
    """Store the full state; the account's workflow may end -> AccountArchived."""

    kind: Literal["archive_account"] = "archive_account"


AnyAccountEffect = Annotated[LayOutStatement | TellClaim | ArchiveAccount, Field(discriminator="kind")]
