"""Everything that can happen to a patient's account, in the past tense. The same id twice is the same event."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from claims.accounts.values import AccountRules, ClaimBalance, Creditor, Debtor
from claims.base import Day, Instant, Value

AccountHoldKind = Literal["dispute", "assistance", "bankruptcy", "death", "legal", "paused"]


class AccountEvent(Value):
    """When it happened, and who or what brought it."""

    at: Instant
    id: str
    by: str = ""


class BalanceReported(AccountEvent):
    """A claim says what its patient owes. Who owes it, to whom and by which rules come with it: the newest hold."""

    kind: Literal["balance_reported"] = "balance_reported"
    balance: ClaimBalance
    debtor: Debtor
    creditor: Creditor
    rules: AccountRules
    asked_at: Instant | None = None
    """When the claim asked for this report. Of two that its step brought, the later one stands in its history."""


class StatementLaidOut(AccountEvent):
    """A statement is stored under its hash. It counts as sent only where the account still owes what it says."""

    kind: Literal["statement_laid_out"] = "statement_laid_out"
    effect: str
    document: str = ""


class ClaimTold(AccountEvent):
    """A claim has what the account had to tell it."""

    kind: Literal["claim_told"] = "claim_told"
    effect: str


class AccountPaid(AccountEvent):
    """The guarantor paid, in cents; a negative amount is a returned payment.

    `claim` names the claim that it is for (its id or patient control number), empty = the oldest. The same reference,
    amount and day again are the same payment where they came in a file.
    """

    kind: Literal["account_paid"] = "account_paid"
    amount_cents: int
    method: str = ""
    reference: str = ""
    claim: str = ""
    paid_on: Day | None = None


class AccountHeld(AccountEvent):
    """Nothing is asked for: all of the account, or one claim of it. `review_on` is when somebody looks again."""

    kind: Literal["account_held"] = "account_held"
    hold: AccountHoldKind
    reason: str
    claim: str = ""
    review_on: Day | None = None


class AccountReleased(AccountEvent):
    """A hold ends; None = all of them."""

    kind: Literal["account_released"] = "account_released"
    hold: AccountHoldKind | None = None
    reason: str = ""


class Instalment(Value):
    due: Day
    amount_cents: int


class PlanAgreed(AccountEvent):
    """The guarantor pays by instalments; no statement goes out over what the plan covers."""

    kind: Literal["plan_agreed"] = "plan_agreed"
    instalments: tuple[Instalment, ...]
    reason: str = ""


class PlanEnded(AccountEvent):
    """A person ends a plan; the cycle goes on."""

    kind: Literal["plan_ended"] = "plan_ended"
    reason: str


class CollectionsDecided(AccountEvent):
    """A named person hands claims over to collections, or decides that they aren't."""

    kind: Literal["collections_decided"] = "collections_decided"
    hand_over: bool
    reason: str = ""


class CreditReturned(AccountEvent):
    """What was paid beyond everything owed went back to who paid it."""

    kind: Literal["credit_returned"] = "credit_returned"
    amount_cents: int
    reference: str = ""


class CreditDecided(AccountEvent):
    """A second, named person agrees that a credit goes back, or not."""

    kind: Literal["credit_decided"] = "credit_decided"
    approved: bool
    reason: str = ""


class AccountTaskDone(AccountEvent):
    """A person dealt with a task of the account."""

    kind: Literal["account_task_done"] = "account_task_done"
    task: str
    reason: str = ""


class AccountNoted(AccountEvent):
    kind: Literal["account_noted"] = "account_noted"
    text: str


class AccountDeadlinePassed(AccountEvent):
    """A deadline of the account is due. `at` is its own instant."""

    kind: Literal["account_deadline_passed"] = "account_deadline_passed"
    deadline: str


class AccountEffectFailed(AccountEvent):
    """What the account asked for failed for good. `reason` is a type and a code."""

    kind: Literal["account_effect_failed"] = "account_effect_failed"
    effect: str
    reason: str


class AccountArchived(AccountEvent):
    """The full state is stored; the workflow may complete."""

    kind: Literal["account_archived"] = "account_archived"
    effect: str = ""


class AccountMessageRefused(AccountEvent):
    """A message that is no event at all. Only recorded."""

    kind: Literal["account_message_refused"] = "account_message_refused"
    message: str
    reason: str


AnyAccountEvent = Annotated[
    BalanceReported
    | StatementLaidOut
    | ClaimTold
    | AccountPaid
    | AccountHeld
    | AccountReleased
    | PlanAgreed
    | PlanEnded
    | CollectionsDecided
    | CreditReturned
    | CreditDecided
    | AccountTaskDone
    | AccountNoted
    | AccountDeadlinePassed
    | AccountEffectFailed
    | AccountArchived
    | AccountMessageRefused,
    Field(discriminator="kind"),
]
