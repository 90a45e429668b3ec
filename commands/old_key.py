"""What Temporal still keeps under a key that seals no more, and how running claims and accounts are moved off it.

A run's history is sealed by the keys that were active while it went on. So what began before a key was put aside may need
it, and what began after does not: a claim's next run begins with all it knows, sealed anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.names import CLAIM, HAND_OVER, PATIENT_ACCOUNT
from activities.post import Throttle
from adapters.audit import Entry
from adapters.keys import LOOK_AGAIN_SECONDS, KeyRing
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


async def put_aside_at(room: Room, path: Path, key_id: str, ring: KeyRing) -> datetime | None:
    """From when on that key sealed nothing: as the audit log has it, else no later than the key file was written.

    None: it never sealed anything.
    """
    acts = await room.records.custody.entries(action="keys", subject="key/", limit=100_000)
    written = (await asyncio.to_thread(path.stat)).st_mtime
    return put_aside(acts[::-1], key_id, ring, datetime.fromtimestamp(written, UTC))


def put_aside(acts: Sequence[Entry], key_id: str, ring: KeyRing, written: datetime) -> datetime | None:
    """`acts` on keys, oldest first; `written`: when the ring's file was. An act may be missing: the records were away then.

    So the log is believed where it tells of the key's end, and where it tells without a gap that the key had no beginning.
    """
    mine = [one for one in acts if one.subject == f"key/{key_id}" or one.detail == f"{INSTEAD_OF}{key_id}"]
    if mine and mine[-1].detail == f"{INSTEAD_OF}{key_id}":
        return mine[-1].at + NOTICED
    only_added = [one.detail for one in mine] == ["added"] and key_id != ring.keys[0].id
    if only_added and (written <= mine[0].at or _passed_over(acts[acts.index(mine[0]) :], ring)):
        return None
    return written + NOTICED


def _passed_over(acts: Sequence[Entry], ring: KeyRing) -> bool:
    """Whether they lead from the key that sealed the first of them to the one that seals now, each in place of the last."""
    active, rotations = acts[0].key_id, [one for one in acts if one.detail.startswith(INSTEAD_OF)]
    for one in rotations:
        if one.detail != f"{INSTEAD_OF}{active}":
            return False
        active = one.subject.removeprefix("key/")
    return bool(rotations) and active == ring.active


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
