"""A message as it came -> events. Never raises: what can't be read becomes a refusal that people can see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from activities.names import DELIVER, OPENED, PERSON, SHUT, WORDS
from activities.orders import Carried, Seal, Waiting
from claims.events import AnyEvent, ClaimRegistered, MessageRefused
from claims.messages import is_machines, is_own_answer, read_message
from claims.state import ClaimState
from claims.tables import Tables

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
_START: TypeAdapter[ClaimRegistered | Carried] = TypeAdapter(ClaimRegistered | Carried)

_WORDS = frozenset({"text", "reason", "grounds", "why", "note", "notes", "comment"})
_OF_PEOPLE = frozenset(
    {"member_id", "last", "first", "middle", "birth_date", "address", "phone", "patient", "subscriber"}
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a claim believes. `sealed`: it was started with a key ring, so what machines say comes sealed, too.
    `words_sealed`: free text and what names a person must come sealed from people as well."""

    sealed: bool = False
    words_sealed: bool = False


def as_waiting(name: str, arguments: Sequence[RawValue], identity: str) -> Waiting:
    """A signal or update as it came; nothing of it is judged yet."""
    text = ""
    seal: Seal = ""
    if arguments:
        payload = arguments[0].payload
        seal = seal_of(payload)
        if payload.metadata.get("encoding") != b"binary/null" and seal != "shut":
            text = payload.data.decode("utf-8", "replace")
    return Waiting(name=name, text=text, id=identity, arguments=len(arguments), seal=seal)


def trust_of(start: Payload) -> Trust:
    """Whom a workflow believes that was started with this."""
    opened = seal_of(start) == "opened"
    return Trust(opened, words_sealed=opened and WORDS in start.metadata)


def clear_words(body: object) -> str:
    """The first field of a message that holds free text or names a person; empty where there is none."""
    return next(_words(body), "")


def seal_of(payload: Payload) -> Seal:
    if payload.metadata.get("encoding") == SHUT:
        return "shut"
    if OPENED not in payload.metadata:
        return ""
    return "person" if PERSON in payload.metadata else "opened"


def read_start(start: Payload) -> tuple[ClaimRegistered | Carried | str, Trust]:
    """What a workflow was started with, or why that is no claim; and whom it believes from then on.

    Raises NewerVersion (claims/versions.py): that fails the workflow task, and the claim waits for a newer worker.
    """
    trust = trust_of(start)
    if seal_of(start) == "shut":
        return "the input is sealed for another workflow, or damaged", trust
    try:
        return _START.validate_json(start.data), trust
    except ValidationError as error:
        return f"the input is neither a claim's registration nor a carried state: {places(error)}", trust


def read_waiting(
    message: Waiting, *, at: datetime, state: ClaimState, tables: Tables, trust: Trust = Trust()
) -> tuple[AnyEvent, ...]:
    """The events of a message, dated `at`."""
    if message.arguments > 1:
        return (_refused(message, at, f"one JSON object is expected, {message.arguments} arguments came"),)
    if message.seal == "shut":
        return (_refused(message, at, "it is sealed for another claim, or damaged"),)
    if untrusted := _untrusted(message, trust):
        return (_refused(message, at, untrusted),)
    try:
        body = json.loads(message.text) if message.text.strip() else {}
    except (ValueError, RecursionError):
        return (_refused(message, at, "the body is not JSON"),)
    if trust.words_sealed and not message.seal and (words := next(_words(body), "")):
        reason = f"{words} came in clear, and stands in the history now: send it through the codec endpoint"
        return (_refused(message, at, reason),)
    if message.name == DELIVER:
        return _delivered(message, body, at)
    try:
        return (read_message(message.name, body, at=at, id=message.id, state=state, tables=tables),)
    except Exception as error:  # whoever sent it can send it again; a claim that can't go on helps nobody
        return (_refused(message, at, f"the program can't read this message ({type(error).__name__})"),)


def _untrusted(message: Waiting, trust: Trust) -> str:
    """Why nobody is believed who sends this under this name; empty where it may be read."""
    if is_own_answer(message.name):
        return "only an effect of the claim itself brings this; nobody sends it"
    if not trust.sealed or message.seal == "opened":
        return ""
    if message.name == DELIVER:
        return "a delivery that is not sealed by Claimline itself: documents reach a claim by its own workers alone"
    if is_machines(message.name):
        return "a machine's message in clear: it has to come from a client that holds the key ring"
    return ""


def _words(body: object) -> Iterator[str]:
    """Fields that hold free text or name a person, however deep."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name in _OF_PEOPLE or (name in _WORDS and isinstance(value, str) and " " in value.strip()):
                yield str(name)
            yield from _words(value)
    elif isinstance(body, list):
        for value in body:
            yield from _words(value)


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
        reason = f"event {position} can't be read: {places(error)}"
        return _refused(message, at, reason, f"{message.id}/{position}")
    return event.model_copy(update={"at": at})


def _refused(message: Waiting, at: datetime, reason: str, identity: str = "") -> MessageRefused:
    return MessageRefused(at=at, id=identity or message.id, message=message.name, reason=reason)


def places(error: ValidationError) -> str:
    """Where and what, never the value: it may be protected."""
    first = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}" for one in first[:3]]
    more = f" and {len(first) - 3} more" if len(first) > 3 else ""
    return "; ".join(told) + more
