"""Two workers share one PostgreSQL and one is killed: no control number goes out twice, and no claim is sent twice."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

import httpx
from sqlalchemy import create_engine, text
from temporalio.client import Client

from commands.processes import free_port
from tests.postgres import schemas
from tests.workflows.kit import World, claim_of, registered
from tests.workflows.test_worker_killed import answering, process

CLAIMS = 6


async def test_two_workers_one_killed_draw_no_control_number_twice(client: Client, queue: str, world: World) -> None:
    port = free_port(18765, set())
    sandbox = f"http://127.0.0.1:{port}"
    with schemas() as places:
        url = places.new()
        await world.move_to(url)
        settings = {
            "CLAIMLINE_TEMPORAL_ADDRESS": client.service_client.config.target_host.replace("localhost", "127.0.0.1"),
            "CLAIMLINE_TEMPORAL_TASK_QUEUE": queue,
            "CLAIMLINE_RECORDS_URL": url,
            "CLAIMLINE_CARRIER_URL": sandbox,
            "CLAIMLINE_POLL_SECONDS": "1",
            "CLAIMLINE_STICKY_SECONDS": "2",
            "CLAIMLINE_LOG_LEVEL": "error",
        }
        with process("-m", "sandbox", "--port", str(port), "--speed", "4", SANDBOX_LOG="error"):
            await answering(sandbox)
            names = [f"c{number}" for number in range(CLAIMS)]
            with process("worker.py", **settings) as doomed, process("worker.py", **settings) as other:
                for name in names:
                    event = registered(claim_of("SBXPAID", f"TWO{name}"), name, payer_rules="default")
                    await world.start(client, event, queue)
                engine = create_engine(url)
                with engine.connect() as connection:
                    for _ in range(3000):
                        drawn = connection.scalar(text("SELECT count(*) FROM submissions"))
                        connection.rollback()
                        if drawn and drawn >= 3:
                            break
                        await asyncio.sleep(0.01)
                doomed.send_signal(signal.SIGKILL)
                doomed.wait()
                for name in names:
                    assert (await world.until(name, "closed", seconds=90)).open_cents == 0
                other.send_signal(signal.SIGTERM)
                assert other.wait(20) == 0
            async with httpx.AsyncClient(headers={"authorization": "sandbox-key"}) as web:
                accepted = (await web.get(f"{sandbox}/sandbox/accepted")).json()["accepted"]
            with engine.connect() as connection:
                numbers = connection.execute(text("SELECT key, interchange FROM control_numbers")).all()
                sent = connection.execute(text("SELECT claim_id, interchange FROM submissions")).all()
            engine.dispose()
            await world.close()
    assert sorted(row["patientControlNumber"] for row in accepted) == sorted(f"TWO{name}" for name in names)
    assert max(Counter(number for _, number in numbers).values()) == 1
    assert max(Counter(number for _, number in sent).values()) == 1
    # a submission for each claim, a question about eligibility for each, and perhaps more after the kill
    assert len(sent) == CLAIMS
    assert len(numbers) >= CLAIMS
