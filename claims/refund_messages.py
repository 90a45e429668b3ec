"""Messages about money that goes back, and about payments that are less than agreed: their bodies and their table."""

from __future__ import annotations

from typing import Any

from claims import credits
from claims import events as e
from claims.coding import Malformed
from claims.message import Message
from claims.message_bodies import Context, plain, read_amount, read_text, read_whole
from claims.status import Status as S

_PAYERS = ("payer", "insurer", "insurance", "primary", "secondary", "tertiary")


def refund(body: dict[str, Any], c: Context) -> e.AnyEvent:
    """To whom it is owed where nobody is named, and all that is owed where no amount is."""
    credit = credits.credit_of(c.state, c.tables)
    to = read_text(body, "to", default="patient" if credit.patient_cents else "payer").lower()
    if to not in ("patient", *_PAYERS):
        raise Malformed("to: patient or payer (with coverage, counted from 0, where several payers paid)")
    coverage = _coverage(body, c, to) if to != "patient" else 0
    owed = credits.owed_to(c.state, c.tables, "patient" if to == "patient" else "payer", coverage)
    return e.RefundRequested(
        **c.common,
        to="patient" if to == "patient" else "payer",
        coverage=coverage,
        amount_cents=read_amount(body, max(owed, 0)),
        reason=read_text(body, "reason"),
    )


def _coverage(body: dict[str, Any], c: Context, to: str = "payer") -> int:
    """By its number, by its order's name, else the payer that has something coming."""
    orders = [coverage.order for coverage in c.state.claim.coverages]
    if to in orders:
        return orders.index(to)
    credit = credits.credit_of(c.state, c.tables)
    known = c.state.overpayment
    likely = credit.payers[0].coverage if credit.payers else known.coverage if known else 0
    return read_whole(body, "coverage", likely)


def refund_sent(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.RefundSent.model_validate(
        {
            **c.common,
            "refund": read_text(body, "refund"),
            "reference": read_text(body, "reference", "check", "eft", "number", default=None),
            "method": read_text(body, "method"),
            "sent_on": body.get("sent_on") or body.get("on"),
        }
    )


def identify_overpayment(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.OverpaymentIdentified.model_validate(
        {
            **c.common,
            "amount_cents": read_amount(body),
            "coverage": _coverage(body, c),
            "identified_on": body.get("identified_on") or body.get("on"),
            "reason": read_text(body, "reason"),
        }
    )


def investigate(body: dict[str, Any], c: Context) -> e.AnyEvent:
    named = "amount" in body or "amount_cents" in body
    return e.OverpaymentInvestigated.model_validate(
        {
            **c.common,
            "ended": body.get("ended", False),
            "amount_cents": read_amount(body) if named else None,
            "reason": read_text(body, "reason"),
        }
    )


def refund_requested_by_payer(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.RefundDemanded.model_validate(
        {
            **c.common,
            "amount_cents": read_amount(body),
            "coverage": _coverage(body, c),
            "letter_on": body.get("letter_on") or body.get("on"),
            "reference": read_text(body, "reference"),
            "reason": read_text(body, "reason"),
        }
    )


REFUND_MESSAGES: tuple[Message, ...] = (
    Message(
        name="refund",
        aliases=("request_refund",),
        help="give a credit back, to the patient or to a payer; all that is owed when no amount is given",
        example='{"to": "patient", "amount": "54.00", "reason": "paid twice", "by": "biller-1"}',
        build=refund,
        statuses=frozenset({S.OVERPAYMENT_REVIEW, S.REFUND_PENDING, S.DENIED, S.PARTIALLY_DENIED, S.VOIDED}),
    ),
    Message(
        name="refund_sent",
        aliases=("record_refund",),
        help="record that a refund left: the number of its check or EFT, and the day",
        example='{"reference": "CHK-2041", "method": "check", "sent_on": "2026-04-02", "by": "biller-1"}',
        build=refund_sent,
    ),
    Message(
        name="revert_refund",
        aliases=("refund_returned", "cancel_refund", "void_refund"),
        help="take a refund back: withdrawn before it left, or its check came back or was voided",
        example='{"reason": "check returned by the post office", "by": "biller-1"}',
        build=plain(e.RefundReverted),
    ),
    Message(
        name="identify_overpayment",
        aliases=("report_overpayment",),
        help="record that a payer paid too much where the ledger doesn't show it; the clock to return it starts",
        example='{"amount": "54.00", "identified_on": "2026-04-02", "reason": "level not documented", "by": "biller-1"}',
        build=identify_overpayment,
    ),
    Message(
        name="investigate",
        aliases=("investigate_overpayment",),
        help="begin (or, with ended true, end) a good-faith investigation of related overpayments: it suspends the clock",
        example='{"reason": "same code on other claims", "by": "biller-1"}',
        build=investigate,
        statuses=frozenset({S.OVERPAYMENT_REVIEW, S.REFUND_PENDING, S.DENIED, S.PARTIALLY_DENIED}),
    ),
    Message(
        name="refund_requested_by_payer",
        aliases=("payer_demand", "demand_letter"),
        help="record a payer's letter that asks for money back: amount, date and reference of the letter",
        example='{"amount": "54.00", "letter_on": "2026-04-02", "reference": "AR-77120", "by": "biller-1"}',
        build=refund_requested_by_payer,
    ),
    Message(
        name="answer_demand",
        aliases=("dispute_demand", "accept_demand"),
        help="answer a payer's demand: accept, dispute, or withdrawn where the payer gave it up",
        example='{"answer": "dispute", "reason": "the records support it", "by": "biller-1"}',
        build=plain(e.DemandAnswered),
        statuses=frozenset({S.OVERPAYMENT_REVIEW, S.REFUND_PENDING, S.DENIED, S.PARTIALLY_DENIED}),
    ),
    Message(
        name="accept_payment",
        help="take an underpayment as it is",
        example='{"reason": "the new fee schedule holds", "by": "biller-1"}',
        build=plain(e.PaymentAccepted),
        statuses=frozenset({S.UNDERPAID, S.APPEAL_UPHELD}),
    ),
)
