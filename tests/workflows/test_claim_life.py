"""A clean claim from its start to its close, on a real server, against the sandbox clearinghouse."""

from __future__ import annotations

from temporalio.client import Client

from tests.workflows.kit import World, claim_of, registered, until_status


async def test_a_clean_claim_is_sent_without_anybodys_help(client: Client, queue: str, world: World) -> None:
    claim, _ = claim_of("LKE3003")
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim, "c1", payer_rules="default"), queue)
        seen = await until_status(handle, "submitted", "clearinghouse_accepted")
        print(seen)
        history = await handle.fetch_history()
        for event in history.events:
            print(event.event_id, event.event_type, event.ByteSize())
