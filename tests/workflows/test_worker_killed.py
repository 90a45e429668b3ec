"""A worker is killed with -9 while claims are under way, and started again: every claim goes on, none is sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from temporalio.client import Client

from commands.processes import free_port
from tests.workflows.kit import World, claim_of, registered

ROOT = Path(__file__).parents[2]
CLAIMS = 8


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment})
    try:
        yield running
    finally:
        running.kill()
        running.wait()


async def answering(address: str) -> None:
    end = time.monotonic() + 20
    async with httpx.AsyncClient() as web:
        while time.monotonic() < end:
            try:
                if (await web.get(f"{address}/health")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"nothing answers at {address}")


async def test_a_worker_killed_in_mid_life_loses_nothing_and_sends_nothing_twice(
    client: Client, queue: str, world: World
) -> None:
    port = free_port(18765, set())
    sandbox = f"http://127.0.0.1:{port}"
    settings = {
        "CLAIMLINE_TEMPORAL_ADDRESS": client.service_client.config.target_host.replace("localhost", "127.0.0.1"),
        "CLAIMLINE_TEMPORAL_TASK_QUEUE": queue,
        "CLAIMLINE_RECORDS_URL": world.records_url,
        "CLAIMLINE_CARRIER_URL": sandbox,
        "CLAIMLINE_POLL_SECONDS": "1",
        "CLAIMLINE_STICKY_SECONDS": "2",
        "CLAIMLINE_LOG_LEVEL": "error",
    }
    with process("-m", "sandbox", "--port", str(port), "--speed", "4", SANDBOX_LOG="error"):
        await answering(sandbox)
        names = [f"c{number}" for number in range(CLAIMS)]
        with process("worker.py", **settings) as first:
            for name in names:
                event = registered(claim_of("SBXPAID", f"KILL{name}"), name, payer_rules="default")
                await world.start(client, event, queue)
            await world.until(
                "c0",
                "scrubbing",
                "submitting",
                "submitted",
                "closed",
                "payer_accepted",
                "clearinghouse_accepted",
                seconds=90,
            )
            first.send_signal(signal.SIGKILL)
            first.wait()
        with process("worker.py", **settings) as second:
            for name in names:
                assert (await world.until(name, "closed", seconds=90)).open_cents == 0
            second.send_signal(signal.SIGTERM)
            assert second.wait(15) == 0
        async with httpx.AsyncClient(headers={"authorization": "sandbox-key"}) as web:
            accepted = (await web.get(f"{sandbox}/sandbox/accepted")).json()["accepted"]
    assert sorted(row["patientControlNumber"] for row in accepted) == sorted(f"KILL{name}" for name in names)
