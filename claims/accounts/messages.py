"""Messages to an account by name, in plain JSON, and the event each one becomes. Reading never raises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from claims.accounts import clock
from claims.accounts import events as e
from claims.accounts.state import AccountState
from claims.coding import Malformed
from claims.deadlines import add_months, local_day
from claims.message_bodies import read_amount, read_text, read_whole

Body = dict[str, Any]
Build = Callable[[Body, AccountState, dict[str, Any]], e.AnyAccountEvent]


class AccountMessage(BaseModel):
    """One message: its name, what it does, an example body, and the words that may come bare on a command line."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    help: str
    example: str
    build: Build
    bare: tuple[str, ...] = ()


def _pay(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    fields = {
        "amount_cents": read_amount(body),
        "method": read_text(body, "method"),
        "reference": read_text(body, "reference"),
        "claim": read_text(body, "claim", "claim_id", "patient_control_number"),
        "paid_on": body.get("paid_on") or body.get("date"),
    }
    return e.AccountPaid.model_validate({**common, **fields})


def _hold(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    fields = {
        "hold": read_text(body, "kind", "hold", default=None),
        "reason": read_text(body, "reason", default=None),
        "claim": read_text(body, "claim"),
        "review_on": body.get("review_on"),
    }
    return e.AccountHeld.model_validate({**common, **fields})


def _pause(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    return _hold({"reason": "paused by a person", **body, "kind": "paused"}, state, common)


def _release(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    fields = {"hold": body.get("kind") or body.get("hold"), "reason": read_text(body, "reason")}
    return e.AccountReleased.model_validate({**common, **fields})


def _resume(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    return _release({**body, "kind": "paused"}, state, common)


def _plan(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    parts = body.get("instalments")
    if parts is None:
        made = _monthly(body, state, local_day(common["at"], state.zone))
    elif isinstance(parts, list) and all(isinstance(one, dict) for one in parts):
        made = [{"due": one.get("due"), "amount_cents": read_amount(one)} for one in parts]
    else:
        raise Malformed('instalments: a list of {"due": "2026-05-01", "amount": "20.00"}')
    return e.PlanAgreed.model_validate({**common, "instalments": made, "reason": read_text(body, "reason")})


def _monthly(body: Body, state: AccountState, today: date) -> list[Body]:
    """`count` instalments, one a month from `first` on (in a month), of all that is owed; the last takes the rest."""
    count = read_whole(body, "count", 0)
    try:
        first = date.fromisoformat(read_text(body, "first", "first_on", default=add_months(today, 1).isoformat()))
    except ValueError:
        raise Malformed('first: a day such as "2026-05-01"') from None
    if not 0 < count <= 60:
        raise Malformed("count: how many instalments, 1 to 60")
    owed = sum(state.owed_cents(entry) for entry in clock.open_entries(state))
    each = owed // count
    amounts = [each] * (count - 1) + [owed - each * (count - 1)]
    return [{"due": add_months(first, number), "amount_cents": amount} for number, amount in enumerate(amounts)]


def _end_plan(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    return e.PlanEnded.model_validate({**common, "reason": read_text(body, "reason", default=None)})


def _collections(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    given = body.get("hand_over")
    if given not in (True, False):
        raise Malformed("hand_over: true or false")
    return e.CollectionsDecided.model_validate({**common, "hand_over": given, "reason": read_text(body, "reason")})


def _credit(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    asked = state.credit_request
    amount = read_amount(body, asked.amount_cents if asked is not None else state.credit_cents)
    return e.CreditReturned.model_validate(
        {**common, "amount_cents": amount, "reference": read_text(body, "reference")}
    )


def _approve_credit(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    given = body.get("approved", True)
    if given not in (True, False):
        raise Malformed("approved: true or false")
    return e.CreditDecided.model_validate({**common, "approved": given, "reason": read_text(body, "reason")})


def _task(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    fields = {"task": read_text(body, "task", "id", default=None), "reason": read_text(body, "reason")}
    return e.AccountTaskDone.model_validate({**common, **fields})


def _note(body: Body, state: AccountState, common: Body) -> e.AnyAccountEvent:
    return e.AccountNoted.model_validate({**common, "text": read_text(body, "text", "note", default=" ")})


ACCOUNT_MESSAGES: dict[str, AccountMessage] = {
    message.name: message
    for message in (
        AccountMessage(
            name="account_pay",
            help="post a payment of the guarantor: the claim named, else the oldest service first; negative is a return",
            example='{"amount": "40.00", "method": "card", "reference": "R-1001", "by": "desk-1"}',
            build=_pay,
            bare=("amount",),
        ),
        AccountMessage(
            name="account_hold",
            help="ask for nothing: dispute, assistance, bankruptcy, death or legal; all claims, or the claim named",
            example='{"kind": "dispute", "reason": "says she was not there", "by": "biller-1"}',
            build=_hold,
            bare=("kind",),
        ),
        AccountMessage(
            name="account_release",
            help="end a hold of the account, or all of them",
            example='{"kind": "dispute", "reason": "settled", "by": "biller-1"}',
            build=_release,
            bare=("kind",),
        ),
        AccountMessage(
            name="pause_statements",
            help="send no statements until resume_statements",
            example='{"reason": "new address expected", "by": "biller-1"}',
            build=_pause,
        ),
        AccountMessage(
            name="resume_statements",
            help="send statements again",
            example='{"by": "biller-1"}',
            build=_resume,
        ),
        AccountMessage(
            name="plan",
            help="agree a payment plan: instalments by day and amount, or count and first of monthly ones",
            example='{"count": 3, "first": "2026-05-01", "by": "biller-1"}',
            build=_plan,
        ),
        AccountMessage(
            name="end_plan",
            help="end a payment plan; statements go on",
            example='{"reason": "she pays it all", "by": "biller-1"}',
            build=_end_plan,
        ),
        AccountMessage(
            name="collections",
            help="decide about collections after the final notice: hand_over true or false",
            example='{"hand_over": false, "reason": "she promised to pay", "by": "supervisor-1"}',
            build=_collections,
            bare=("hand_over",),
        ),
        AccountMessage(
            name="return_credit",
            help="give the account's credit back to who paid it, or ask to where a second person has to agree; all of it"
            " where no amount is given",
            example='{"amount": "12.00", "reference": "CHK-88", "by": "biller-1"}',
            build=_credit,
            bare=("amount",),
        ),
        AccountMessage(
            name="approve_credit",
            help="agree that the account's credit goes back, or not; never who asked for it",
            example='{"approved": true, "by": "owner-1"}',
            build=_approve_credit,
            bare=("approved",),
        ),
        AccountMessage(
            name="account_task",
            help="close a task of the account, by its id or type",
            example='{"task": "returned_payment", "by": "biller-1"}',
            build=_task,
            bare=("task",),
        ),
        AccountMessage(
            name="account_note",
            help="add a note to the account; it never moves a date",
            example='{"text": "called, will pay on Friday", "by": "biller-1"}',
            build=_note,
            bare=("text",),
        ),
    )
}
"""By name. The command line, the workflow's signals and updates, and stories read this one table."""


def read_account_message(name: str, body: object, *, at: datetime, id: str, state: AccountState) -> e.AnyAccountEvent:
    """The event that a message becomes; AccountMessageRefused where there is no such message or it can't be read."""
    plain = name.strip().lower().replace("-", "_")
    fields = {} if body is None else body
    if not isinstance(fields, dict):
        return _refused(name, at, id, "", "the body must be a JSON object")
    by = fields.get("by", "")
    by = by if isinstance(by, str) else ""
    message = ACCOUNT_MESSAGES.get(plain)
    if message is None:
        known = ", ".join(sorted(ACCOUNT_MESSAGES))
        return _refused(name, at, id, by, f"an account has no message of this name; known are {known}")
    try:
        return message.build({k: v for k, v in fields.items() if k != "by"}, state, {"at": at, "id": id, "by": by})
    except Malformed as malformed:
        return _refused(name, at, id, by, f"{malformed}; for example {message.example}")
    except ValidationError as error:
        places = "; ".join(".".join(str(part) for part in one["loc"]) for one in error.errors(include_input=False)[:4])
        return _refused(name, at, id, by, f"{places}: not as expected; for example {message.example}")
    except (ValueError, TypeError, OverflowError, RecursionError):
        # Whatever a body holds, it never stops an account.
        return _refused(name, at, id, by, "the body can't be read")


def _refused(name: str, at: datetime, id: str, by: str, reason: str) -> e.AnyAccountEvent:
    return e.AccountMessageRefused(at=at, id=id, by=by, message=name[:60], reason=reason)
