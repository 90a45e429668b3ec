"""What machines send, as a person writes it by hand: short bodies, completed with what the claim itself knows.

A carrier's own events carry everything already; this is for signals, for `tell`, and for a remittance on paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims.coding import Malformed
from claims.message_bodies import Context, _list, read_amount, read_text
from claims.money import NotAnAmount, cents
from claims.posting import ledger

Body = dict[str, Any]

NAMES = {
    "transmitted": "claim_transmitted",
    "acknowledged": "claim_acknowledged",
    "ack_received": "claim_acknowledged",
    "status_received": "status_reported",
    "remitted": "remittance_received",
    "remit_posted": "remittance_received",
    "post_manual_payment": "manual_payment_posted",
    "plb_takeback": "takeback_received",
    "eligibility_updated": "eligibility_answered",
}
"""Other names of machines' messages, and the event that each becomes."""

_OF_SUBMISSIONS = ("claim_transmitted", "transmission_refused", "transmission_unknown", "submission_found")
_ENVELOPES = ("TA1", "999", "997")
_SENDERS = {"payer": "PR", "PR": "PR", "clearinghouse": "AY", "AY": "AY"}


def completed(name: str, body: Body, c: Context) -> tuple[str, Body]:
    """The event's kind and its fields. Raises Malformed where a short body lacks what nobody else can know."""
    kind = NAMES.get(name, name)
    if kind == "claim_acknowledged" and body.get("source") in _ENVELOPES:
        kind = "submission_acknowledged"
    complete = _COMPLETE.get(kind)
    if kind in _OF_SUBMISSIONS:
        complete = _of_submission
    return kind, complete(dict(body), c) if complete else body


def _latest(c: Context) -> int:
    return c.state.submissions[-1].number if c.state.submissions else 1


def _of_submission(body: Body, c: Context) -> Body:
    return {"submission": _latest(c), **body}


def _envelope(body: Body, c: Context) -> Body:
    return {"submission": _latest(c), "document": _document(c), **body}


def _document(c: Context) -> str:
    return f"message {c.common['id']}"


def _acknowledged(body: Body, c: Context) -> Body:
    if isinstance(body.get("status"), dict):
        return body
    sender = read_text(body, "sender", "source", default="clearinghouse")
    if sender not in _SENDERS:
        raise Malformed("source: payer, clearinghouse, TA1 or 999")
    accepted = body.get("accepted")
    told = "" if accepted is None else "A2:20" if accepted is True else "A3:21"
    return {"document": _document(c), "sender": _SENDERS[sender], "status": _status(body, told, c)}


def _reported(body: Body, c: Context) -> Body:
    return body if isinstance(body.get("status"), dict) else {"document": _document(c), "status": _status(body, "", c)}


def _status(body: Body, told: str, c: Context) -> Body:
    """`"status": "A2:20"`, or category and status apart, as an STC of this claim."""
    whole = read_text(body, "status", "category", "code", default=told or None)
    category, _, status = whole.partition(":")
    code = {"category": category, "status": status or read_text(body, "status_code")}
    return {
        "segment": 0,
        "level": "claim",
        "patient_control_number": c.state.claim.patient_control_number,
        "payer_claim_control_number": _number(body),
        "codes": [code],
        "text": read_text(body, "reason", "text"),
    }


def _number(body: Body) -> str:
    return read_text(body, "payer_claim_control_number", "payer_control_number", "icn")


def _remitted(body: Body, c: Context) -> Body:
    if "payment" in body:
        return body
    trace = read_text(body, "trace_number", "trace", "check", default=_document(c))
    return {"document": _document(c), "trace_number": trace, "payment": _payment(body, c)}


def _by_hand(body: Body, c: Context) -> Body:
    if "payment" in body:
        return body
    return {"payment": _payment(body, c), "reference": read_text(body, "reference", "check", "trace_number")}


def _payment(body: Body, c: Context) -> Body:
    """Paid amount, status (CLP02, 1 where none is told) and adjustments of the whole claim."""
    adjustments = [_adjustment(one) for one in _list(body, "adjustments")]
    for name, group, reason in (("contractual", "CO", "45"), ("patient", "PR", "2")):
        if name in body:
            adjustments.append({"group": group, "reason": reason, "amount_cents": _money(body, name)})
    return {
        "segment": 0,
        "patient_control_number": c.state.claim.patient_control_number,
        "status_code": read_text(body, "status_code", "status", default="1"),
        "charge_cents": _money(body, "charge") if "charge" in body else c.state.claim.charge_cents,
        "paid_cents": _money(body, "paid" if "paid" in body else "amount"),
        "payer_claim_control_number": _number(body),
        "adjustments": adjustments,
        "remarks": list(_list(body, "remarks")),
    }


def _adjustment(one: object) -> Body:
    """`"CO-45:30.00"`, or group, reason and amount of an object."""
    if isinstance(one, str):
        code, _, amount = one.partition(":")
        group, _, reason = code.partition("-")
        return {"group": group, "reason": reason, "amount_cents": _money({"amount": amount}, "amount")}
    if not isinstance(one, dict):
        raise Malformed('adjustments: write each like {"group": "CO", "reason": "45", "amount": "30.00"}')
    reason = read_text(one, "reason", "code", "carc", default=None)
    return {"group": read_text(one, "group", default=None), "reason": reason, "amount_cents": _money(one, "amount")}


def _money(body: Body, name: str) -> int:
    value = body.get(name)
    try:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise NotAnAmount("is missing or no decimal string")
        return cents(str(value))
    except NotAnAmount as error:
        raise Malformed(f'{name}: {error}; write it like "125.00"') from None


def _takeback(body: Body, c: Context) -> Body:
    if "amount_cents" in body and "document" in body:
        return body
    number = next((s.payer_claim_control_number for s in c.state.submissions if s.payer_claim_control_number), "")
    return {
        "document": _document(c),
        "trace_number": read_text(body, "trace_number", "trace", default=_document(c)),
        "reason": read_text(body, "reason", default="WO"),
        "reference": read_text(body, "reference", default=number or c.state.claim.patient_control_number),
        "amount_cents": read_amount(body),
    }


def _eligibility(body: Body, c: Context) -> Body:
    if "answer" in body or not isinstance(body.get("active"), bool):
        return body
    return {"document": _document(c), "answer": {"active": body["active"], "inactive": not body["active"]}}


def _statement(body: Body, c: Context) -> Body:
    whole = read_amount(body, ledger(c.state, c.tables).patient)
    return {**{k: v for k, v in body.items() if k != "amount"}, "amount_cents": whole}


def _appeal_sent(body: Body, c: Context) -> Body:
    return {"level": 0, **body}


_COMPLETE: dict[str, Callable[[Body, Context], Body]] = {
    "submission_acknowledged": _envelope,
    "claim_acknowledged": _acknowledged,
    "status_reported": _reported,
    "remittance_received": _remitted,
    "manual_payment_posted": _by_hand,
    "takeback_received": _takeback,
    "eligibility_answered": _eligibility,
    "statement_sent": _statement,
    "appeal_sent": _appeal_sent,
}
