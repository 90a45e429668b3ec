"""`hand-over`: running claims and accounts move to the queue of the worker that takes over, at a gentle pace."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.markup import escape
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.names import CLAIM, HAND_OVER, PATIENT_ACCOUNT
from activities.post import Throttle
from commands.context import HOW_TO_START, connect, settings
from commands.screen import console, print_json
from commands.trouble import Trouble, Unreachable, Unreadable

KINDS = (CLAIM, PATIENT_ACCOUNT)
_LONGEST = 200
_WAIT_SECONDS = 15.0
_LOOK_SECONDS = 0.25


@dataclass(slots=True)
class HandOver:
    """What became of one hand-over. `left` are those still on the old queue when it ended."""

    source: str
    target: str
    found: int = 0
    asked: int = 0
    gone: int = 0
    """Ended, or moved, before they could be asked."""
    left: int = 0
    dry_run: bool = False
    seconds: float = field(default=0.0)


def running_on(queue: str) -> str:
    """The visibility query of what a hand-over is about."""
    kinds = " OR ".join(f"WorkflowType = '{kind}'" for kind in KINDS)
    return f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running' AND ({kinds})"


def hand_over(
    to: Annotated[str, typer.Option("--to", metavar="QUEUE", help="The new worker's queue.", show_default=False)],
    source: Annotated[
        str,
        typer.Option("--from", metavar="QUEUE", help="The old worker's queue; else that of the settings."),
    ] = "",
    per_second: Annotated[
        float, typer.Option("--per-second", min=0.1, max=200, help="How many are asked a second.")
    ] = 20,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would move.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Move all running claims and accounts to the queue of a worker that runs a changed program.

    Start the new worker first, with CLAIMLINE_TEMPORAL_TASK_QUEUE set to its queue; leave the old one running until nothing is
    left on its queue. Each claim's old run ends where it stands, and a new one begins with all that is known. The same
    command again moves what is left, and nothing twice.

    [bold]Example:[/] python starter.py hand-over --to claimline-2 --per-second 20
    """
    chosen = settings()
    done = HandOver(source or chosen.temporal_task_queue, to, dry_run=dry_run)
    _check(done)

    async def run() -> None:
        client = await connect(chosen)
        await move(client, done, per_second, show=not as_json)

    asyncio.run(run())
    if as_json:
        print_json({name: getattr(done, name) for name in HandOver.__slots__})
    else:
        _tell(done)
    if done.left and not dry_run:
        raise Trouble(
            f"{done.left:,} are still on {done.source}",
            "They move once a worker there has taken the message: leave it running, and run this again.",
        )


def _check(done: HandOver) -> None:
    for name in (done.source, done.target):
        if not name or len(name) > _LONGEST or not name.isprintable() or "'" in name:
            raise Unreadable(f"{name[:40]!r} is no name of a queue", "Up to 200 characters, for example claimline-2.")
    if done.source == done.target:
        raise Unreadable(f"--to {done.target}: they are on that queue already", "Name the new worker's queue.")


async def move(
    client: Client, done: HandOver, per_second: float, *, show: bool = False, wait: float = _WAIT_SECONDS
) -> None:
    """Asks each to move, then waits up to `wait` seconds for the server to see them gone. Raises Unreachable."""
    began, throttle, screen = time.monotonic(), Throttle(per_second), console()
    try:
        done.found = await _count(client, done.source)
        if done.dry_run:
            done.left = done.found
            return
        async for workflow_id in _each(client, done.source):
            await throttle.passage()
            await _ask(client, workflow_id, done)
            if show and sys.stdout.isatty() and done.asked % 10 == 0:
                screen.print(f"{done.asked:,} of {done.found:,} asked", end="\r")
        left = done.found
        for _ in range(round(wait / _LOOK_SECONDS)):
            if not (left := await _count(client, done.source)):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        done.left = left
    except RPCError as error:
        raise Unreachable(f"the Temporal server doesn't answer ({error.status.name})", HOW_TO_START) from error
    finally:
        done.seconds = round(time.monotonic() - began, 1)


async def _each(client: Client, queue: str) -> AsyncIterator[str]:
    """Listed before the first is asked: what moves meanwhile shifts no page."""
    for workflow_id in [one.id async for one in client.list_workflows(running_on(queue))]:
        yield workflow_id


async def _ask(client: Client, workflow_id: str, done: HandOver) -> None:
    try:
        await client.get_workflow_handle(workflow_id).signal(HAND_OVER, {"queue": done.target})
        done.asked += 1
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        done.gone += 1


async def _count(client: Client, queue: str) -> int:
    return (await client.count_workflows(running_on(queue))).count


def _tell(done: HandOver) -> None:
    screen = console()
    if done.dry_run:
        screen.print(f"{done.found:,} claims and accounts on {escape(done.source)} would move to {escape(done.target)}")
        return
    gone = f", {done.gone:,} had ended" if done.gone else ""
    screen.print(
        f"{done.asked:,} of {done.found:,} asked to move to {escape(done.target)}{gone}, {done.seconds:.0f} s; "
        f"{done.left:,} left on {escape(done.source)}"
    )
