"""The bare peer: the same engine work as a claim's life, in the same order, and no thought behind it.

`script` names the steps. `local` and `activity` run an activity that does nothing; `upsert` and `timer` do what they say
(a timer is started and not waited for, as a claim's deadlines are; `sleep` is waited for); `signal` and `update` wait for
the next one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RawValue, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from bench.bell import BELL

STEP = SearchAttributeKey.for_keyword("ClaimlineStatus")
SECONDS = timedelta(seconds=30)


@activity.defn(name="bare_work")
async def bare_work(who: str, step: int, load: str) -> str:
    """Nothing, but telling the bench how far the workflow has come."""
    BELL.ring(who, step)
    return load


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    @workflow.init
    def __init__(self, script: list[str], load: str) -> None:
        self._signals: deque[object] = deque()
        self._updates = 0
        self._taken = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @workflow.signal(name="bare")
    def on_signal(self, body: RawValue) -> None:
        self._signals.append(body)

    @workflow.update(name="ask")
    async def on_update(self, body: str) -> str:
        self._updates += 1
        number = self._updates
        await workflow.wait_condition(lambda: self._taken >= number)
        return body

    @workflow.run
    async def run(self, script: list[str], load: str) -> str:
        who = workflow.info().workflow_id
        for number, step in enumerate(script):
            await self._do(who, number, step, load)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return load

    async def _do(self, who: str, number: int, step: str, load: str) -> None:
        arguments: list[Any] = [who, number, load]
        match step:
            case "local":
                await workflow.execute_local_activity("bare_work", args=arguments, start_to_close_timeout=SECONDS)
            case "activity":
                await workflow.execute_activity("bare_work", args=arguments, start_to_close_timeout=SECONDS)
            case "upsert":
                workflow.upsert_search_attributes([STEP.value_set(f"step {number}")])
            case "timer":
                task = asyncio.create_task(workflow.sleep(3600))
                self._tasks.add(task)
            case "sleep":
                await workflow.sleep(1)
            case "signal":
                await workflow.wait_condition(lambda: bool(self._signals))
                self._signals.popleft()
            case "update":
                await workflow.wait_condition(lambda: self._updates > self._taken)
                self._taken += 1
            case _:
                raise ValueError(step)


def script_of(events: list[str]) -> list[str]:
    """A claim's history (kinds of its events, in order) as a bare script; the last timer is the one it lingers for."""
    steps = {
        "marker_recorded": "local",
        "activity_task_scheduled": "activity",
        "upsert_workflow_search_attributes": "upsert",
        "timer_started": "timer",
        "workflow_execution_signaled": "signal",
        "workflow_execution_update_accepted": "update",
    }
    script = [steps[kind] for kind in events if kind in steps]
    if "timer_fired" in events and "timer" in script:
        script[len(script) - 1 - script[::-1].index("timer")] = "sleep"
    return script
