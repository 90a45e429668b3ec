"""How the body of each message is read: plain JSON as people write it, turned into the event it means.

Reading raises Malformed (or pydantic's ValidationError) where a field is missing or isn't what it should be; messages.py
turns that into a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from claims import events as e
from claims.coding import Malformed, change_claim, read_change
from claims.money import MAX_DIGITS, NotAnAmount, cents
from claims.posting import ledger
from claims.state import ClaimState
from claims.tables import Tables


class Context:
    """What a body is read against."""

    def __init__(self, at: datetime, id: str, state: ClaimState, tables: Tables, by: str) -> None:
        self.state, self.tables = state, tables
        self.common: dict[str, Any] = {"at": at, "id": id, "by": by}


Build = Callable[[dict[str, Any], Context], e.AnyEvent]


def _take(body: dict[str, Any], name: str, *aliases: str, default: Any = None) -> Any:
    for key in (name, *aliases):
        if key in body and body[key] is not None:
            return body[key]
    if default is None:
        raise Malformed(f"{name}: is missing")
    return default


def read_text(body: dict[str, Any], name: str, *aliases: str, default: str | None = "") -> str:
    value = _take(body, name, *aliases, default=default)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Malformed(f"{name}: expected a text")
    return str(value)


def read_amount(body: dict[str, Any], default: int | None = None) -> int:
    whole = body.get("amount_cents")
    if isinstance(whole, int) and not isinstance(whole, bool):
        if abs(whole) >= 10 ** (MAX_DIGITS + 2):
            raise Malformed("amount_cents: too large to be an amount")
        return whole
    if "amount" not in body:
        if default is None:
            raise Malformed('amount: is missing, write it like "125.00"')
        return default
    if isinstance(body["amount"], bool) or not isinstance(body["amount"], str | int):
        raise Malformed('amount: a decimal string such as "125.00"')
    try:
        return cents(str(body["amount"]))
    except NotAnAmount as error:
        raise Malformed(f'amount: {error}; write it like "125.00"') from None


def read_whole(body: dict[str, Any], name: str, default: int) -> int:
    value = body.get(name, default)
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
    if isinstance(value, bool) or not (isinstance(value, int) or digits):
        raise Malformed(f"{name}: expected a whole number")
    return int(value)


def _list(body: dict[str, Any], name: str) -> tuple[Any, ...]:
    value = body.get(name, ())
    if not isinstance(value, list | tuple):
        raise Malformed(f"{name}: expected a list")
    return tuple(value)


def _fields(body: dict[str, Any], *drop: str) -> dict[str, Any]:
    return {k: v for k, v in body.items() if k not in ("by", "reason", "base_version", "version", *drop)}


def code(body: dict[str, Any], c: Context) -> e.AnyEvent:
    fields = _fields(body)
    if not fields:
        raise Malformed("diagnoses: is missing")
    claim = change_claim(c.state.claim, read_change(fields))
    return e.ClaimCoded(**c.common, claim=claim, base_version=read_whole(body, "base_version", 0))


def correct(body: dict[str, Any], c: Context) -> e.AnyEvent:
    changes = body.get("changes", _fields(body))
    if not changes:
        raise Malformed("nothing to correct: name a field and its new value (or submit, to send it again as it is)")
    claim = change_claim(c.state.claim, read_change(changes), c.state.billed)
    return e.ClaimCorrected(
        **c.common, claim=claim, base_version=read_whole(body, "base_version", 0), reason=read_text(body, "reason")
    )


def appeal(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.AppealRequested(
        **c.common,
        level=read_whole(body, "level", 0),
        party=_party(body),
        reason=read_text(body, "reason", "grounds"),
        lines=_list(body, "lines"),
        documents=_list(body, "documents"),
    )


def _party(body: dict[str, Any]) -> Any:
    party = read_text(body, "party", default="provider")
    if party not in ("provider", "member"):
        raise Malformed("party: provider or member")
    return party


def appeal_mailed(body: dict[str, Any], c: Context) -> e.AnyEvent:
    """The day is needed: it is what proves that the appeal was in time."""
    return e.AppealSent.model_validate(
        {
            **c.common,
            "level": read_whole(body, "level", 0),
            "receipt": read_text(body, "receipt", "tracking"),
            "mailed_on": _take(body, "mailed_on", "on"),
        }
    )


def choose(body: dict[str, Any], c: Context) -> e.AnyEvent:
    fields = {k: v for k, v in body.items() if k not in ("action", "remedy")}
    remedy = _take(body, "remedy", "action")
    return e.RemedyChosen.model_validate({**fields, **c.common, "remedy": remedy})


_OUTCOMES = {
    "overturned": "overturned",
    "favorable": "overturned",
    "favourable": "overturned",
    "upheld": "upheld",
    "unfavorable": "upheld",
    "unfavourable": "upheld",
    "partially_overturned": "partially_overturned",
    "partial": "partially_overturned",
    "dismissed": "dismissed",
}


def decide_appeal(body: dict[str, Any], c: Context) -> e.AnyEvent:
    lines = _decided_lines(body)
    outcome = read_text(body, "outcome", "decision", default=_together(lines))
    if outcome not in _OUTCOMES:
        raise Malformed("outcome: overturned, upheld, partially_overturned or dismissed")
    return e.AppealDecided.model_validate(
        {
            **c.common,
            "level": read_whole(body, "level", 0),
            "outcome": _OUTCOMES[outcome],
            "lines": lines,
            "notice_on": body.get("notice_on") or body.get("notice_date"),
            "document": read_text(body, "document"),
            "reason": read_text(body, "reason"),
        }
    )


def _decided_lines(body: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """`{"1": "overturned", "2": "upheld"}`, or a list of `{"line": 1, "outcome": "overturned"}`."""
    told = body.get("lines") or ()
    if isinstance(told, dict):
        return tuple({"line": line, "outcome": _OUTCOMES.get(str(what), what)} for line, what in told.items())
    return _list(body, "lines")


def _together(lines: tuple[Any, ...]) -> str | None:
    """The outcome that the lines make together; None where none are told."""
    found = {one.get("outcome") for one in lines if isinstance(one, dict)}
    if not found:
        return None
    return "partially_overturned" if len(found) > 1 else str(found.pop())


def approval(approved: bool) -> Build:
    def build(body: dict[str, Any], c: Context) -> e.AnyEvent:
        task, reason = read_text(body, "task"), read_text(body, "reason")
        return e.ApprovalDecided(**c.common, task=task, approved=approved, reason=reason)

    return build


def hold(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.HoldPlaced.model_validate(
        {
            **c.common,
            "hold": read_text(body, "kind", "hold", "type", default="manager"),
            "reason": read_text(body, "reason", default=None),
            "review_on": body.get("review_on"),
        }
    )


def release(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.HoldReleased.model_validate(
        {**c.common, "hold": body.get("kind") or body.get("hold"), "reason": read_text(body, "reason")}
    )


_CATEGORIES: dict[str, str] = {
    **{name: name for name in get_args(e.WriteOffReason)},
    "charity": "financial_assistance",
    "charity_care": "financial_assistance",
    "hardship": "financial_assistance",
    "uncollectible": "bad_debt",
    "no_auth": "no_authorization",
    "contractual": "contractual_correction",
}


def _category(reason: str) -> str:
    """A reason that is one of the trade's words is its own category: `small balance`, `bad debt`, `charity`."""
    return _CATEGORIES.get(reason.strip().lower().replace(" ", "_").replace("-", "_"), "other")


def write_off(body: dict[str, Any], c: Context) -> e.AnyEvent:
    bucket = read_text(body, "bucket", default="open")
    money = ledger(c.state, c.tables)
    whole = money.patient if bucket == "patient" else money.open
    reason = read_text(body, "reason", default=None)
    return e.WrittenOff.model_validate(
        {
            **c.common,
            "amount_cents": read_amount(body, whole),
            "reason": reason,
            "category": read_text(body, "category", default=_category(reason)),
            "bucket": bucket,
        }
    )


def pay(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.PatientPaid(
        **c.common,
        amount_cents=read_amount(body),
        method=read_text(body, "method"),
        reference=read_text(body, "reference"),
    )


def task(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.TaskWorked.model_validate(
        {
            **c.common,
            "task": read_text(body, "task", "id", "type", default=None),
            "action": read_text(body, "action", default=None),
            "assignee": read_text(body, "assignee", "to"),
            "reason": read_text(body, "reason"),
        }
    )


def extend(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.DeadlineExtended.model_validate(
        {
            **c.common,
            "deadline": read_text(body, "deadline", "kind", default="follow_up"),
            "to": _take(body, "to", "extend_to", "until", "due"),
            "reason": read_text(body, "reason", default=None),
        }
    )


def note(body: dict[str, Any], c: Context) -> e.AnyEvent:
    return e.NoteAdded(**c.common, text=read_text(body, "text", "note", default=" "))


def plain(kind: type[Any], defaults: dict[str, Any] | None = None, **fixed: Any) -> Build:
    """A message whose body has the event's own fields; `fixed` is what the message itself means, no body changes it."""

    def build(body: dict[str, Any], c: Context) -> e.AnyEvent:
        event: e.AnyEvent = kind.model_validate({**(defaults or {}), **body, **fixed, **c.common})
        return event

    return build
