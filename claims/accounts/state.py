"""What is known of one guarantor's account: small, frozen, and all that continue-as-new has to carry."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from claims import versions
from claims.accounts.effects import AnyAccountEffect, TellClaim
from claims.accounts.events import AccountHoldKind, Instalment
from claims.accounts.values import AccountRules, ClaimBalance, Creditor, Debtor, Notice
from claims.base import Day, Instant, Value
from claims.versions import ACCOUNT_STATE_VERSION

Standing = Literal[
    "settled",
    "small_balance",
    "ready",
    "statement",
    "reminder",
    "final_notice",
    "pre_collections",
    "collections",
    "plan",
    "held",
]
"""Where an account is, in the words of the trade: nothing owed; less than a statement is sent for; a first statement is
due; sent; reminded; last notice sent; a person decides about collections; handed over; paying by a plan; held."""

AccountDeadlineKind = Literal["statement", "collections", "instalment", "hold_review", "small_balance", "linger"]
AccountTaskType = Literal[
    "review_hold",
    "decide_collections",
    "ask_agency",
    "plan_missed",
    "refund",
    "approve_credit",
    "returned_payment",
    "claim_not_told",
    "statement_not_made",
    "small_balance",
]


class AccountDeadline(Value):
    """A date by which something must happen; `rule` says how it was counted, `source` who says so."""

    id: str
    kind: AccountDeadlineKind
    due: Instant
    zone: str
    rule: str
    source: str
    subject: str = ""


class AccountTask(Value):
    """Something a person must do; one per type and `category`."""

    id: str
    type: AccountTaskType
    category: str = ""
    owner: Literal["biller", "supervisor"] = "biller"
    due: Instant
    reason: str
    opened_at: Instant


class Allocation(Value):
    """How much of a payment went to which claim; `key` is the id under which the claim counts it."""

    key: str
    claim_id: str
    amount_cents: int


class AccountPayment(Value):
    """A payment as it came, and where it went: amount = allocations + credit. Negative = returned."""

    key: str
    amount_cents: int
    at: Instant
    by: str = ""
    method: str = ""
    reference: str = ""
    paid_on: Day | None = None
    allocations: tuple[Allocation, ...] = ()
    credit_cents: int = 0
    returned: bool = False
    """A later event took it back."""


class Entry(Value):
    """One claim of the account: what it last reported, and how often its patient was asked."""

    balance: ClaimBalance
    since: Instant
    """Since when something is owed on it."""
    asked_at: Instant | None = None
    """When the claim asked for the report that is kept here."""
    notices: int = 0
    first_on: Instant | None = None
    """When it stood on a statement for the first time."""
    last_on: Instant | None = None
    billed_cents: int = 0
    """The most that was asked for since then."""
    final_on: Instant | None = None
    handed_on: Instant | None = None
    """When a person gave it to collections."""
    told: str = ""
    """The standing that the claim was told last."""
    told_until: Instant | None = None

    @property
    def claim_id(self) -> str:
        return self.balance.claim_id


class AccountHold(Value):
    kind: AccountHoldKind
    reason: str
    by: str
    at: Instant
    claim: str = ""
    """The one claim that is held, by its id; empty = all of the account."""
    review_at: Instant | None = None
    """When somebody looks again; None while that task is open."""


class Plan(Value):
    """An agreed payment plan. What was paid before it began isn't counted; `claims` are those that it covers."""

    instalments: tuple[Instalment, ...]
    claims: tuple[str, ...]
    paid_before_cents: int
    by: str
    at: Instant
    reason: str = ""

    @property
    def total_cents(self) -> int:
        return sum(one.amount_cents for one in self.instalments)


class CreditRequest(Value):
    """A credit that somebody wants to give back, and that a second person has to agree to; none once it left."""

    amount_cents: int
    requested_by: str
    at: Instant
    approvers: tuple[str, ...] = ()
    """Who may approve it; empty = any other person."""
    approved_by: str = ""


class CreditReturn(Value):
    """A credit that one person gave back alone."""

    amount_cents: int
    at: Instant


class SentStatement(Value):
    """A statement that counts, by its document's hash."""

    number: int
    notice: Notice
    amount_cents: int
    on: Instant
    document: str = ""
    claims: tuple[str, ...] = ()


class AccountNote(Value):
    at: Instant
    by: str
    text: str


class AccountRefusal(Value):
    """A message that changed nothing, and why."""

    at: Instant
    message: str
    reason: str
    by: str = ""


class AccountState(Value):
    """Everything known about one guarantor's account. Amounts in cents."""

    version: int = ACCOUNT_STATE_VERSION
    practice: str
    account: str
    zone: str
    tables_version: str
    opened_at: Instant
    changed_at: Instant
    sequence: int = 0
    standing: Standing = "settled"
    since: Instant
    debtor: Debtor | None = None
    creditor: Creditor | None = None
    rules: AccountRules | None = None
    entries: tuple[Entry, ...] = ()
    payments: tuple[AccountPayment, ...] = ()
    credit_cents: int = 0
    """What was paid and is on no claim."""
    credit_request: CreditRequest | None = None
    returned_alone: tuple[CreditReturn, ...] = ()
    """What went back without a second person lately: several small ones count as one."""
    holds: tuple[AccountHold, ...] = ()
    plan: Plan | None = None
    statements: tuple[SentStatement, ...] = ()
    statement_count: int = 0
    deadlines: tuple[AccountDeadline, ...] = ()
    tasks: tuple[AccountTask, ...] = ()
    quiet_until: Instant | None = None
    """A person looked at a small balance and leaves it alone until then."""
    notes: tuple[AccountNote, ...] = ()
    refused: tuple[AccountRefusal, ...] = ()
    outbox: tuple[TellClaim, ...] = ()
    """What claims are told next: in order and in one go to each, so that a payment's return never comes before it."""
    in_flight: tuple[AnyAccountEffect, ...] = ()
    effect_count: int = 0
    task_count: int = 0
    seen: tuple[str, ...] = ()
    archived: bool = False

    @model_validator(mode="before")
    @classmethod
    def _as_of_today(cls, stored: Any) -> Any:
        """Raises claims.versions.NewerVersion."""
        return versions.account_state(stored)

    def pending_cents(self, entry: Entry) -> int:
        """What went to a claim that hasn't counted it yet."""
        counted = set(entry.balance.payments)
        return sum(
            one.amount_cents
            for payment in self.payments
            for one in payment.allocations
            if one.claim_id == entry.claim_id and one.key not in counted
        )

    def owed_cents(self, entry: Entry) -> int:
        """What may be asked for on one claim now."""
        return max(entry.balance.amount_cents - self.pending_cents(entry), 0)

    @property
    def balance_cents(self) -> int:
        return sum(self.owed_cents(entry) for entry in self.entries)

    @property
    def withheld_cents(self) -> int:
        return sum(entry.balance.withheld_cents for entry in self.entries)

    def entry(self, claim: str) -> Entry | None:
        """By claim id or patient control number."""
        return next((e for e in self.entries if claim in (e.claim_id, e.balance.number)), None)


class AccountStep(Value):
    """What `account_step` gives back."""

    state: AccountState
    effects: tuple[AnyAccountEffect, ...] = ()
    refused: str = ""
    duplicate: bool = False
