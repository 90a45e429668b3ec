"""One verb for each thing a person may do to a claim: each sends one update, and says what became of the claim.

The verbs, their help and examples come out of the one table of messages (claims/messages.py).
"""

from __future__ import annotations

import asyncio
import getpass
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.fairness import of_practice
from activities.names import CLAIM, claim_workflow_id
from activities.orders import Carried
from claims.message import Message
from claims.messages import MESSAGES
from claims.views import ClaimView
from commands.context import HOW_TO_START, Room, find_claim, open_room
from commands.screen import console, print_json
from commands.trouble import Trouble, Unreachable, Unreadable, why_unreadable

ANSWER_SECONDS = 15.0
SHOWN_LOOKS = 150
"""Looks, twenty milliseconds apart, for the records to show what was done: they follow the answer, commonly by milliseconds."""
# Words without a name, in their order: `pay LKP1001 25.00`, `hold LKP1001 documents`.
_BARE: dict[str, tuple[str, ...]] = {
    "note": ("text",),
    "pay": ("amount",),
    "write_off": ("amount",),
    "hold": ("kind",),
    "release": ("kind",),
    "choose": ("remedy",),
    "decide_appeal": ("outcome",),
    "recover": ("action",),
    "task": ("task", "action"),
    "extend": ("deadline", "to"),
    "documents_sent": ("confirmation",),
    "send_documents": ("documents",),
    "appeal_mailed": ("mailed_on",),
}
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_LISTS = ("diagnoses", "modifiers", "documents")


def add_verbs(app: typer.Typer) -> None:
    """A command for every message that people send."""
    for message in MESSAGES.values():
        if message.for_people:
            app.command(
                name=message.name.replace("_", "-"),
                help=_help(message),
                short_help=message.help.partition(":")[0],
                rich_help_panel="What people do",
                # Every field of a message may be written as an option too: `--amount 25.00`.
                context_settings={"ignore_unknown_options": True},
            )(_verb(message))


def _verb(message: Message) -> Callable[..., None]:
    def act(
        claim: Annotated[
            str,
            typer.Argument(
                metavar="CLAIM", help="Claim id, patient control number or workflow id.", show_default=False
            ),
        ],
        words: Annotated[
            list[str] | None,
            typer.Argument(metavar="[FIELD=VALUE]...", help="Fields; --field VALUE does as well.", show_default=False),
        ] = None,
        by: Annotated[
            str,
            typer.Option("--by", envvar="CLAIMLINE_USER", help="Who does this: an opaque name.", show_default=False),
        ] = "",
        body: Annotated[
            str, typer.Option("--body", help="The whole message as JSON, or @FILE.", show_default=False)
        ] = "",
        key: Annotated[
            str,
            typer.Option(
                "--id",
                metavar="KEY",
                help="A key of your own: the same one again does nothing twice and gets the first answer.",
                show_default=False,
            ),
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    ) -> None:
        sent = read_fields(message.name, words or [], body)
        sent.setdefault("by", by or getpass.getuser())
        chosen = read_key(key)
        view, answer = asyncio.run(_send(claim, message.name, sent, chosen))
        if as_json:
            about = {"claim_id": view.claim_id, "patient_control_number": view.patient_control_number}
            print_json({**about, "id": chosen, **answer})
        else:
            again = " (it was done before)" if answer.get("already_taken") else ""
            console().print(f"{view.patient_control_number}: {view.status} -> [bold]{answer['status']}[/bold]{again}")
            for line in _appeal_in_words(answer):
                console().print(line)

    return act


def read_key(text: str) -> str:
    """The key of one act: the caller's, or a fresh one. Raises Unreadable for what no id may be."""
    if not text:
        return uuid.uuid4().hex
    if not _KEY.fullmatch(text):
        raise Unreadable(f"--id {text[:20]!r}: a key has 1 to 64 letters, digits and . _ : -", "It names no patient.")
    return text


def _appeal_in_words(answer: dict[str, Any]) -> list[str]:
    """Where an appeal was asked for: its level, the last day to file it, and what is missing."""
    if "last_day" not in answer:
        return []
    last = f"last day {answer['last_day']} ({answer['counted']})" if answer["last_day"] else "no last day is known"
    told = [escape(f"level {answer['level']}, {answer['name']}, to {answer['to']}: {last}")]
    return told + [escape(f"missing: {one}") for one in answer.get("missing", ())]


def read_fields(
    verb: str, words: Sequence[str], body: str = "", *, bare_words: Sequence[str] | None = None, example: str = ""
) -> dict[str, Any]:
    """The message's body out of `FIELD=VALUE`, `--field VALUE` and bare words. Raises Unreadable."""
    fields: dict[str, Any] = _whole_body(body)
    bare = list(_BARE.get(verb, ()) if bare_words is None else bare_words)
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if word.startswith("--"):
            if not equals:
                value = waiting.pop(0) if waiting and not waiting[0].startswith("--") else "true"
        elif not equals or not name.replace("_", "").replace("-", "").isalnum() or " " in name:
            if not bare:
                raise Unreadable(
                    f"{verb}: {word!r} is no FIELD=VALUE", f"For example: {example or MESSAGES[verb].example}"
                )
            name, value = bare.pop(0), word
        name = name.replace("-", "_")
        if name in bare:
            bare.remove(name)
        fields[name] = _value(name, value)
    return fields


def _whole_body(text: str) -> dict[str, Any]:
    if not text:
        return {}
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(f"--body {text}: can't be read: {why_unreadable(error)}") from None
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"--body is not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(fields, dict):
        raise Unreadable("--body must be a JSON object")
    return fields


def _value(name: str, text: str) -> Any:
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise Unreadable(f"{name} is not JSON: {error.msg} at column {error.colno}") from None
    if text in ("true", "false"):
        return text == "true"
    if name in _LISTS:
        return [part for part in text.split(",") if part]
    return text


async def _send(reference: str, name: str, body: dict[str, Any], key: str) -> tuple[ClaimView, dict[str, Any]]:
    """One act under its key. Where no answer came the trouble names the key: whoever uses it again acts once."""
    async with open_room(server=True) as room:
        view = await find_claim(room, reference)
        if documents := body.get("documents"):
            body = {**body, "documents": await _stored(room, documents)}
        try:
            return view, await send_update(room, view.practice, view.claim_id, name, body, identity=f"{name}:{key}")
        except Unreachable as error:
            again = f"The same command with --id {key} is taken once, however often it is sent."
            raise Unreachable(error.what, f"{error.then} {again}".strip()) from error


async def _stored(room: Room, documents: Any) -> Any:
    """Documents by their hashes: a name that is a file here is stored in the records first, and named by its hash."""
    if not isinstance(documents, list):
        return documents
    hashes: list[Any] = []
    for name in documents:
        raw = await asyncio.to_thread(_file, str(name))
        if raw is None:
            hashes.append(name)
            continue
        sha256, _ = await room.records.store_document(raw, kind="attachment", source="upstream", at=datetime.now(UTC))
        hashes.append(sha256)
    return hashes


def _file(name: str) -> bytes | None:
    """What stands in a file; None where the name is none's. Raises Unreadable."""
    path = Path(name)
    if not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{name}: can't be read ({error.strerror})") from None


async def send_update(
    room: Room, practice: str, claim_id: str, name: str, body: dict[str, Any], identity: str = ""
) -> dict[str, Any]:
    """The claim's answer. Trouble with the claim's own reason where it refuses; Unreachable where nobody answers.

    `identity` is the update's id and the event's; the same update again is then the same event.
    """
    answer = await ask_workflow(
        room,
        claim_workflow_id(practice, claim_id),
        f"claim {claim_id}",
        name,
        body,
        identity,
        lambda: _wake(room, practice, claim_id),
    )
    await until_shown(answer, lambda: room.records.last_step(practice, claim_id))
    return answer


async def until_shown(answer: Mapping[str, Any], last_step: Callable[[], Awaitable[int]]) -> None:
    """Whoever looks after an act finds it: waits until the records have the step that the answer tells of.

    The act is done whether they have it or not, so a worker that dies in between makes this wait, not fail.
    """
    step = int(answer.get("sequence", 0))
    for _ in range(SHOWN_LOOKS):
        if await last_step() >= step:
            return
        await asyncio.sleep(0.02)


async def ask_workflow(
    room: Room,
    workflow_id: str,
    who: str,
    name: str,
    body: dict[str, Any],
    identity: str,
    wake: Callable[[], Awaitable[None]],
) -> dict[str, Any]:
    """The answer of a workflow to an update; one that has ended is woken once."""
    handle = room.server.get_workflow_handle(workflow_id)
    identity = identity or str(uuid.uuid4())
    for attempt in (1, 2):
        try:
            answer = await asyncio.wait_for(handle.execute_update(name, body, id=identity), ANSWER_SECONDS)
            return answer if isinstance(answer, dict) else {}
        except WorkflowUpdateFailedError as error:
            reason = error.cause.message if isinstance(error.cause, ApplicationError) else "refused"
            raise Trouble(reason) from error
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise Unreachable(
                f"{who} did not answer in {ANSWER_SECONDS:.0f} s: is a worker running?",
                f"It may take it later. {HOW_TO_START}",
            ) from error
        except RPCError as error:
            if error.status is RPCStatusCode.FAILED_PRECONDITION:
                raise Unreachable(
                    f"{who} can't go on: its worker fails at it again and again",
                    "The worker's log and its page in the Temporal UI say why; it goes on once that is mended.",
                ) from error
            if error.status is not RPCStatusCode.NOT_FOUND or attempt == 2:
                raise Unreachable(f"the Temporal server did not take it ({error.status.name})", HOW_TO_START) from error
            await wake()
    raise AssertionError("the second attempt returns or raises")


async def _wake(room: Room, practice: str, claim_id: str) -> None:
    """Starts a closed claim again out of the archive, under its id."""
    state = await room.records.archived(practice, claim_id)
    if state is None:
        raise Trouble("this claim is registered but has no workflow", "Start its file again: it goes on from there.")
    await room.server.start_workflow(
        CLAIM,
        Carried(state=state),
        id=claim_workflow_id(practice, claim_id),
        task_queue=room.settings.temporal_task_queue,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        priority=of_practice(practice),
    )


def _help(message: Message) -> str:
    aliases = f"\n\nAs a signal or update also: {', '.join(message.aliases)}." if message.aliases else ""
    fields = json.loads(message.example)
    fields.pop("by", None)
    told = " ".join(f"{name}={_shown(value)}" for name, value in fields.items())
    verb = message.name.replace("_", "-")
    return (
        f"{message.help[:1].upper()}{message.help[1:]}{'' if message.help.endswith('.') else '.'}{aliases}\n\n"
        f"[bold]Example:[/] python starter.py {verb} CLAIM {_escaped(told)}"
    )


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"'{text}'" if " " in text or '"' in text else text


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
