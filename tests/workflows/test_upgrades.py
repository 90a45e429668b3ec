"""A changed program takes over running claims: by another queue, by `patched`, and by new runs that carry everything."""

from __future__ import annotations

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from activities.names import HAND_OVER
from tests.workflows.changed_claim import Guarded, Unguarded
from tests.workflows.kit import BIN, World, claim_of, registered, replay
from worker import CONVERTER, runner
from workflows.namespace import ensure_search_attributes

NOT_DETERMINISTIC = workflow.NondeterminismError


async def paid(client: Client, queue: str, world: World) -> None:
    """From `submitted` to the end, with everything that comes twice."""
    await world.inbox(client, queue, later=2)
    await world.until("c1", "payer_accepted")
    await world.inbox(client, queue, later=10)
    await world.until("c1", "closed")


async def test_a_claim_moves_to_the_queue_of_the_worker_that_takes_over(
    client: Client, queue: str, world: World
) -> None:
    new = f"{queue}-2"
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        before = await handle.query("state")
        await handle.signal(HAND_OVER, {"queue": new})
        again = client.get_workflow_handle(handle.id)
        await world.until_run(again, other_than=handle.first_execution_run_id)
        run = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
        first = await run.fetch_history()
    async with world.worker(client, new, build="changed"):
        assert (await again.describe()).task_queue == new
        # all that was known is known: the state is the same, but for what each run counts itself
        assert (await again.query("state")) == before
        await paid(client, new, world)
        steps = [step.sequence for step in await world.records.journal("prac1", "c1")]
        assert steps == list(range(1, len(steps) + 1))
    # the old program reads its own history to the last event
    await replay(first)


async def test_a_hand_over_without_a_queue_is_refused_and_changes_nothing(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        await handle.signal(HAND_OVER, {"queue": 7})
        for _ in range(200):
            refused = (await handle.query("state"))["refused"]
            if refused:
                break
        assert refused[0]["message"] == HAND_OVER
        assert (await client.get_workflow_handle(handle.id).describe()).run_id == handle.first_execution_run_id


@pytest.mark.parametrize("events", [8, 13, 21])
async def test_a_claim_that_continues_as_new_wherever_the_server_suggests_it_ends_as_if_it_never_had(
    queue: str, world: World, events: int
) -> None:
    env = await WorkflowEnvironment.start_local(
        data_converter=CONVERTER,
        dev_server_existing_path=str(BIN / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=["--dynamic-config-value", f"limit.historyCount.suggestContinueAsNew={events}"],
    )
    try:
        await ensure_search_attributes(env.client)
        async with world.worker(env.client, queue):
            event = registered(claim_of("SBXPAID"), "c1", payer_rules="default")
            handle = await world.start(env.client, event, queue)
            await world.until("c1", "submitted")
            await handle_note(env.client, handle.id, "called the payer")
            await world.inbox(env.client, queue, later=2)
            await world.until("c1", "payer_accepted")
            await world.inbox(env.client, queue, later=10)
            await world.until("c1", "closed")
            await handle_note(env.client, handle.id, "closed, I think")
            again = env.client.get_workflow_handle(handle.id)
            assert (await again.describe()).run_id != handle.first_execution_run_id
            state = await again.query("state")
            steps = await world.records.journal("prac1", "c1")
        assert [note["text"] for note in state["notes"]] == ["called the payer", "closed, I think"]
        assert [len(state["submissions"]), len(state["payments"])] == [1, 1]
        assert [step.sequence for step in steps] == list(range(1, len(steps) + 1))
        assert len({step.event_id for step in steps}) == len(steps)
    finally:
        await env.shutdown()


async def handle_note(client: Client, identity: str, text: str) -> None:
    await client.get_workflow_handle(identity).execute_update("note", {"text": text, "by": "biller-1"})


# A changed workflow


async def read_by(program: type, history: WorkflowHistory) -> None:
    replayer = Replayer(workflows=[program], data_converter=pydantic_data_converter, workflow_runner=runner())
    await replayer.replay_workflow(history)


async def test_a_changed_command_behind_patched_reads_the_histories_from_before_and_one_without_it_does_not(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        history = await handle.fetch_history()
    await read_by(Guarded, history)
    with pytest.raises(NOT_DETERMINISTIC):
        await read_by(Unguarded, history)
