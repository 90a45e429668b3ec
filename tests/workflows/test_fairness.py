"""A practice's few claims don't wait until another practice's many are done. By order, not by the clock."""

from __future__ import annotations

import asyncio

from activities.fairness import SERVER
from bench.bell import BELL
from bench.engine_desk import in_flight, open_desk, registered, start_claim
from tests.deploy.test_compose import loaded
from worker import build_worker

MANY, FEW = 160, 20


async def test_twenty_claims_are_sent_before_half_of_those_that_another_practice_started_earlier() -> None:
    sent: list[str] = []

    async def note(name: str) -> None:
        await BELL.wait(name, "submitted")
        sent.append(name)

    async with open_desk() as desk:
        many = [f"fairmany{number}" for number in range(MANY)]
        few = [f"fairfew{number}" for number in range(FEW)]
        await in_flight(many, lambda name: start_claim(desk, registered(name, practice="large-practice")), 50)
        await in_flight(few, lambda name: start_claim(desk, registered(name, practice="small-practice")), 20)
        others = [asyncio.create_task(note(name)) for name in many]
        async with build_worker(desk.client, desk.parts(written=False), task_queue=desk.queue):
            await asyncio.gather(*(note(name) for name in few))
            before = len(set(sent) - set(few))
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    # turn by turn 20 of the many; up to 30 more are in the worker's hands at any moment (worker.TASKS_AT_ONCE)
    assert before < MANY / 2, f"{before} of {MANY} went before the last of {FEW}"


def test_the_servers_of_the_compose_file_take_turns_as_the_embedded_one_does() -> None:
    configured = loaded()["configs"]["temporal-dynamic"]["content"]
    for name, value in SERVER.items():
        assert f"{name}:\n  - value: {value}\n" in configured
