"""A message as it came -> events. Never raises: what can't be read becomes a refusal that people can see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from temporalio.common import RawValue

from activities.names import DELIVER
from activities.orders import Carried, Waiting
from claims.events import AnyEvent, ClaimRegistered, MessageRefused
from claims.messages import read_message
from claims.state import ClaimState
from claims.tables import Tables

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
_START: TypeAdapter[ClaimRegistered | Carried] = TypeAdapter(ClaimRegistered | Carried)


def as_waiting(name: str, arguments: Sequence[RawValue], identity: str) -> Waiting:
    """A signal or update as it came; nothing of it is judged yet."""
    text = ""
    if arguments and arguments[0].payload.metadata.get("encoding") != b"binary/null":
        text = arguments[0].payload.data.decode("utf-8", "replace")
    return Waiting(name=name, text=text, id=identity, arguments=len(arguments))


def read_start(start: object) -> ClaimRegistered | Carried | str:
    """What a workflow was started with, or why that is no claim."""
    try:
        return _START.validate_python(start)
    except ValidationError as error:
        return f"the input is neither a claim's registration nor a carried state: {_places(error)}"


def read_waiting(message: Waiting, *, at: datetime, state: ClaimState, tables: Tables) -> tuple[AnyEvent, ...]:
    """The events of a message, dated `at`."""
    if message.arguments > 1:
        return (_refused(message, at, f"one JSON object is expected, {message.arguments} arguments came"),)
    try:
        body = json.loads(message.text) if message.text.strip() else {}
    except (ValueError, RecursionError):
        return (_refused(message, at, "the body is not JSON"),)
    if message.name == DELIVER:
        return _delivered(message, body, at)
    try:
        return (read_message(message.name, body, at=at, id=message.id, state=state, tables=tables),)
    except Exception as error:  # whoever sent it can send it again; a claim that can't go on helps nobody
        return (_refused(message, at, f"the program can't read this message ({type(error).__name__})"),)


def _delivered(message: Waiting, body: object, at: datetime) -> tuple[AnyEvent, ...]:
    """Each event stands by itself: one that can't be read never takes another with it."""
    found = body.get("events", [body.get("event")]) if isinstance(body, dict) else None
    if not isinstance(found, list) or not found:
        return (_refused(message, at, 'a delivery is {"events": [...]}'),)
    return tuple(_one(message, item, position, at) for position, item in enumerate(found, 1))


def _one(message: Waiting, item: object, position: int, at: datetime) -> AnyEvent:
    try:
        event = _EVENT.validate_python(item)
    except ValidationError as error:
        reason = f"event {position} can't be read: {_places(error)}"
        return _refused(message, at, reason, f"{message.id}/{position}")
    return event.model_copy(update={"at": at})


def _refused(message: Waiting, at: datetime, reason: str, identity: str = "") -> MessageRefused:
    return MessageRefused(at=at, id=identity or message.id, message=message.name, reason=reason)


def _places(error: ValidationError) -> str:
    """Where and what, never the value: it may be protected."""
    first = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}" for one in first[:3]]
    more = f" and {len(first) - 3} more" if len(first) > 3 else ""
    return "; ".join(told) + more
