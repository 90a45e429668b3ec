"""A message to an account as it came -> events. Never raises: what can't be read becomes a refusal people can see."""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload

from activities.account_orders import AccountCarried, AccountOpened
from activities.names import DELIVER
from activities.orders import Waiting
from claims.accounts.events import AccountMessageRefused, AnyAccountEvent
from claims.accounts.messages import read_account_message
from claims.accounts.state import AccountState
from workflows.reading import Trust, clear_words, places, seal_of, trust_of

_EVENT: TypeAdapter[AnyAccountEvent] = TypeAdapter(AnyAccountEvent)
_START: TypeAdapter[AccountOpened | AccountCarried] = TypeAdapter(AccountOpened | AccountCarried)


def read_account_start(start: Payload) -> tuple[AccountOpened | AccountCarried | str, Trust]:
    """What a workflow was started with, or why that is no account; and whom it believes from then on."""
    trust = trust_of(start)
    if seal_of(start) == "shut":
        return "the input is sealed for another workflow, or damaged", trust
    try:
        return _START.validate_json(start.data), trust
    except ValidationError as error:
        return f"the input is neither an account's opening nor a carried state: {places(error)}", trust


def read_account_waiting(
    message: Waiting, *, at: datetime, state: AccountState, trust: Trust
) -> tuple[AnyAccountEvent, ...]:
    """The events of a message, dated `at`."""
    if message.arguments > 1:
        return (_refused(message, at, f"one JSON object is expected, {message.arguments} arguments came"),)
    if message.seal == "shut":
        return (_refused(message, at, "it is sealed for another account, or damaged"),)
    try:
        body = json.loads(message.text) if message.text.strip() else {}
    except (ValueError, RecursionError):
        return (_refused(message, at, "the body is not JSON"),)
    if message.name == DELIVER:
        if trust.sealed and message.seal != "opened":
            return (_refused(message, at, "a delivery in clear: claims report sealed, by Claimline's own workers"),)
        return _delivered(message, body, at)
    if trust.words_sealed and not message.seal and (words := clear_words(body)):
        reason = f"{words} came in clear, and stands in the history now: send it through the codec endpoint"
        return (_refused(message, at, reason),)
    try:
        return (read_account_message(message.name, body, at=at, id=message.id, state=state),)
    except Exception as error:  # whoever sent it can send it again; an account that can't go on helps nobody
        return (_refused(message, at, f"the program can't read this message ({type(error).__name__})"),)


def _delivered(message: Waiting, body: object, at: datetime) -> tuple[AnyAccountEvent, ...]:
    found = body.get("events") if isinstance(body, dict) else None
    if not isinstance(found, list) or not found:
        return (_refused(message, at, 'a delivery is {"events": [...]}'),)
    events = []
    for position, item in enumerate(found, 1):
        try:
            events.append(_EVENT.validate_python(item).model_copy(update={"at": at}))
        except ValidationError as error:
            reason = f"event {position} can't be read: {places(error)}"
            events.append(_refused(message, at, reason, f"{message.id}/{position}"))
    return tuple(events)


def _refused(message: Waiting, at: datetime, reason: str, identity: str = "") -> AnyAccountEvent:
    return AccountMessageRefused(at=at, id=identity or message.id, message=message.name[:60], reason=reason)
