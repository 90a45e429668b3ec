"""Payer rules: what a payer or line of business allows, and how long each wait is; written in payer_rules/*.toml.

A claim keeps the rules it was started under; newer ones reach it only by an event.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from claims.base import Value

Unit = Literal["seconds", "calendar_days", "business_days", "months", "years"]
ApprovalFor = Literal["appeal", "write_off", "void", "refund"]
Party = Literal["provider", "member"]
Remedy = Literal[
    "correct_and_replace",
    "new_original",
    "void",
    "reopening",
    "appeal",
    "send_documents",
    "bill_other_payer",
    "bill_patient",
    "write_off",
    "wait",
    "review",
]


class Wait(Value):
    """How long before something is due: an amount and a unit, with the source of the figure.

    `seconds` never rolls to another day and is allowed in the sandbox only; months and years count by the calendar,
    the last day of a shorter month taking the place of a missing one, unless `missing_day` names the day after it.
    """

    amount: int
    unit: Unit
    source: str
    missing_day: Literal["last_of_month", "first_of_next"] = "last_of_month"
    """Where months end in a month without that day (45 CFR 147.136(d)(2)(i): the first of the next)."""

    @model_validator(mode="after")
    def _positive(self) -> Wait:
        if self.amount < 0:
            raise ValueError("a wait is not negative")
        return self


class FilingLimit(Value):
    """Timely filing. `basis` is the day it counts from; `roll` moves a last day off days without business."""

    limit: Wait
    basis_professional: Literal["service_from", "service_to"] = "service_from"
    basis_institutional: Literal["service_from", "service_to"] = "service_to"
    roll: bool = False
    warn_days: tuple[int, ...] = (15, 5)
    secondary: Wait | None = None
    """For a later payer, counted from the prior payer's decision; None = the same limit."""


class MoneyTest(Value):
    """The amount that must be in controversy for a request made from `since` on, in cents."""

    since: str
    amount_cents: int
    source: str


class AppealLevel(Value):
    """One rung of a ladder: where it goes, within what time of the notice, and when its decision is due."""

    level: int
    name: str
    to: str
    file_within: Wait
    presumed_receipt_days: int = 0
    decision_within: Wait | None = None
    money_tests: tuple[MoneyTest, ...] = ()
    external: bool = False
    roll: bool | None = None
    """Whether this level's last day moves off weekends and federal holidays; None = as the ladder says."""
    source: str


class AppealLadder(Value):
    """The levels open to a party, in order. No last day is rolled unless `roll`, here or of the level, says so."""

    party: Party = "provider"
    levels: tuple[AppealLevel, ...] = ()
    roll: bool = False


class Overrides(Value):
    """A payer's own answer to a CARC (and RARC), over the common table of claims/codes."""

    carc: str
    rarc: str = ""
    group: str = ""
    remedy: Remedy
    appealable: bool | None = None
    """Whether the payer hears an appeal of it; None = as the common table says."""
    source: str


class ApprovalTier(Value):
    """Above `over_cents` a second person of this role decides; `approvers` names them where the practice does."""

    over_cents: int = 0
    role: Literal["biller", "coder", "front_desk", "provider", "supervisor", "manager"] = "supervisor"
    approvers: tuple[str, ...] = ()


class Contract(Value):
    """What this payer agreed to allow: cents per unit by procedure, else a percentage of the charge. One or both."""

    fees: dict[str, int] = Field(default_factory=dict)
    percent_of_charge: int | None = None
    tolerance_cents: int = 0
    """How much less is taken without a word."""
    source: str


class CodingReview(Value):
    """When a second person reads a coder's codes: charges above an amount, modifiers, coders named (new ones)."""

    charge_over_cents: int | None = None
    modifiers: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()


class OverpaymentRules(Value):
    """Beside the wait `overpayment`: warnings, the suspension of an investigation, look-back, and a payer's demand."""

    hard: bool = False
    """The time to report and return is law: nobody extends it."""
    warn_days: tuple[int, ...] = (30, 45, 55)
    """Days after identification."""
    suspension: Wait | None = None
    """How long after identification an investigation may suspend the clock at most; None = it doesn't."""
    look_back: Wait | None = None
    """Money received longer ago need not be returned."""
    rebuttal: Wait | None = None
    """How long after a demand's letter it may be rebutted."""
    stay: Wait | None = None
    """How long after it an appeal still stops the recoupment."""
    recoupment: Wait | None = None
    """When after it the payer begins to take the money back."""


class PayerRules(Value):
    """The rules of one payer or line of business. Amounts in cents; every wait carries its source."""

    name: str
    """The file's name, for example `medicare`."""
    version: str
    payer_ids: tuple[str, ...] = ()
    filing_indicators: tuple[str, ...] = ()
    line_of_business: str = "commercial"
    filing: FilingLimit
    waits: dict[str, Wait]
    """By deadline kind: eligibility, coding, hold_review, acknowledgement_999, acknowledgement_277ca_clearinghouse,
    acknowledgement_277ca_payer, follow_up, inquiry_first, inquiry_repeat, missing_remittance, escalation_60,
    escalation_90, documents, approval, crossover, reversal_correction, eft_pairing, corrected_remittance, statement,
    statement_gather, collections, collections_notice, assistance_application, plan_grace, account_review,
    account_watch, account_linger,
    overpayment, linger, task_<type>."""
    corrections: Wait | None = None
    """Window for a replacement (frequency 7), counted from the remittance."""
    accepts_replacement: bool = True
    """False for Medicare professional claims: no frequency 7, a reopening or a new claim instead."""
    accepts_replacement_institutional: bool | None = None
    """The same for institutional claims, which Medicare adjusts by bill type xx7; None = as `accepts_replacement`."""
    reopening: Wait | None = None
    appeals: AppealLadder = AppealLadder()
    appeals_member: AppealLadder | None = None
    """The patient's own ladder, where it differs from ours (a practice follows it with her authorisation)."""
    overrides: tuple[Overrides, ...] = ()
    approvals: tuple[ApprovalFor, ...] = ()
    """What needs a named person's approval."""
    write_off_approval_over_cents: int = 0
    write_off_tiers: tuple[ApprovalTier, ...] = ()
    """Who approves a write-off, by amount; without tiers a supervisor, above `write_off_approval_over_cents`."""
    refund_tiers: tuple[ApprovalTier, ...] = ()
    """The same for refunds; without tiers a supervisor, whatever the amount."""
    small_balance_patient_cents: int = 0
    small_balance_insurer_cents: int = 0
    """Up to this amount a rest is written off by itself; 0 = never. Silence writes nothing off: a practice says so."""
    overpayments: OverpaymentRules = OverpaymentRules()
    contract: Contract | None = None
    coding_review: CodingReview | None = None
    statement_minimum_cents: int = 0
    """A patient's account that owes less gets no statement."""
    bill_patient: bool = True
    """False for Medicaid and other balances that a patient is protected from."""


def rules_for(book: tuple[PayerRules, ...], payer_id: str, filing_indicator: str) -> PayerRules:
    """The rules of a payer: by payer id, else by SBR09, else those named `default`.

    Raises LookupError when the book has no `default`: a composition root must refuse to start then.
    """
    for rules in book:
        if payer_id and payer_id in rules.payer_ids:
            return rules
    for rules in book:
        if filing_indicator and filing_indicator in rules.filing_indicators:
            return rules
    for rules in book:
        if rules.name == "default":
            return rules
    raise LookupError("payer_rules/default.toml is missing")
