"""Claims and accounts move to the queue of a new worker by one command, on a real server, sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.keys import KeyRing, Keys
from commands.app import main
from commands.handing_over import HandOver, move
from tests.workflows.kit import BIN, World, claim_of, registered
from tests.workflows.paper import paper
from worker import CONVERTER, converter_of
from workflows.namespace import ensure_search_attributes

OLD, NEW = "claimline-old", "claimline-new"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Of one who holds the key ring: claims are started sealed, and believe a hand-over only under seal."""
    env = await WorkflowEnvironment.start_local(
        data_converter=converter_of(Keys(KeyRing.new(datetime.now(UTC)))),
        dev_server_existing_path=str(BIN / "temporal"),
        dev_server_log_level="error",
    )
    await ensure_search_attributes(env.client)
    yield env.client
    await env.shutdown()


async def test_all_that_runs_on_the_old_queue_moves_once_and_the_old_worker_may_stop(
    client: Client, tmp_path: Path
) -> None:
    world = World(tmp_path, *paper())
    async with world.worker(client, OLD):
        for number in range(3):
            event = registered(claim_of("SBXPAID", f"HAND{number}"), f"c{number}", payer_rules="default")
            await world.start(client, event, OLD)
        for number in range(3):
            await world.until(f"c{number}", "submitted")
        dry = HandOver(OLD, NEW, dry_run=True)
        await _found(client, dry, 3)
        assert [dry.asked, dry.left] == [0, 3]
        # In clear, by somebody without the ring, it is refused: nothing moves.
        await _in_clear(client).get_workflow_handle("claim/prac1/c0").signal("hand_over", {"queue": "elsewhere"})
        done = HandOver(OLD, NEW)
        await move(client, done, 100)
        assert [done.found, done.asked, done.left] == [3, 3, 0]
        again = HandOver(OLD, NEW)
        await move(client, again, 100)
        assert [again.found, again.asked, again.left] == [0, 0, 0]
    async with world.worker(client, NEW, build="new"):
        for number in range(3):
            handle = client.get_workflow_handle(f"claim/prac1/c{number}")
            assert (await handle.describe()).task_queue == NEW
            assert (await handle.query("summary"))["status"] == "submitted"
    await world.close()


async def _found(client: Client, dry: HandOver, number: int) -> None:
    """Visibility is a moment behind."""
    for _ in range(100):
        await move(client, dry, 100)
        if dry.found == number:
            return
    raise AssertionError(f"{dry.found} are seen")


def _in_clear(client: Client) -> Client:
    return Client(**{**client.config(), "data_converter": CONVERTER})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "claimline"], "they are on that queue already"),
        (["--to", "it's"], "is no name of a queue"),
        (["--to", "claimline-2"], "no Temporal server answers"),
    ],
)
def test_what_cannot_be_handed_over_is_said_in_a_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CLAIMLINE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_TASK_QUEUE", "claimline")
    assert main(["hand-over", *arguments]) in (2, 3)
    assert said in capsys.readouterr().err.replace("\n", " ")
