"""What Temporal still keeps under a key that seals no more, and how running claims and accounts are moved off it.

A run's history is sealed by the keys that were active while it went on. So what began before a key was put aside may need
it, and what began after does not: a claim's next run begins with all it knows, sealed anew.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.names import CLAIM, HAND_OVER, PATIENT_ACCOUNT
from activities.post import Throttle
from adapters.keys import LOOK_AGAIN_SECONDS
from commands.context import Room

NOTICED = timedelta(seconds=2 * LOOK_AGAIN_SECONDS)
"""By then everything that runs seals by the new key."""
INSTEAD_OF = "active instead of "
"""What the audit log says of the key that took over, before the id of the one that was put aside."""
_WAIT_SECONDS = 30.0
_LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Kept:
    """Runs that may need a key: those that go on, and those that Temporal keeps until its retention has passed."""

    running: int
    ended: int


async def put_aside_at(room: Room, path: Path, key_id: str, *, oldest: bool) -> datetime | None:
    """From when on that key sealed nothing: as the audit log has it, else no later than the key file was written.

    None: it never sealed anything. The oldest key of a ring is active without anybody's act.
    """
    acts = await room.records.custody.entries(action="keys", subject="key/", limit=100_000)
    if until := next((one.at for one in acts if one.detail == f"{INSTEAD_OF}{key_id}"), None):
        return until + NOTICED
    of_it = [one.detail for one in acts if one.subject == f"key/{key_id}"]
    if of_it == ["added"] and not oldest:
        return None
    written = (await asyncio.to_thread(path.stat)).st_mtime
    return datetime.fromtimestamp(written, UTC) + NOTICED


async def kept(client: Client, before: datetime | None) -> Kept:
    """Runs that began before. Raises RPCError."""
    if before is None:
        return Kept(0, 0)
    running = (await client.count_workflows(f"{_before(before)} AND ExecutionStatus = 'Running'")).count
    ended = (await client.count_workflows(f"{_before(before)} AND ExecutionStatus != 'Running'")).count
    return Kept(running, ended)


async def renew(client: Client, before: datetime, per_second: float) -> tuple[int, int]:
    """Running claims and accounts begin a new run where they are -> how many were asked, and how many are left.

    Raises RPCError.
    """
    await asyncio.sleep(max(0.0, (before - datetime.now(UTC)).total_seconds()))
    throttle, asked = Throttle(per_second), 0
    ours = f"{_before(before)} AND ExecutionStatus = 'Running' AND WorkflowType IN ('{CLAIM}', '{PATIENT_ACCOUNT}')"
    for one in [one async for one in client.list_workflows(ours)]:
        await throttle.passage()
        try:
            await client.get_workflow_handle(one.id, run_id=one.run_id).signal(HAND_OVER, {"queue": one.task_queue})
            asked += 1
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
    left = asked
    for _ in range(round(_WAIT_SECONDS / _LOOK_SECONDS)):
        if not (left := (await client.count_workflows(ours)).count):
            break
        await asyncio.sleep(_LOOK_SECONDS)
    return asked, left


def _before(instant: datetime) -> str:
    return f"StartTime < '{instant.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}'"
