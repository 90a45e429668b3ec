"""A worker that can't serve says in one line what is wrong; one that can has registered what the namespace needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from activities.names import INBOX_SCHEDULE
from adapters.settings import Settings
from commands.connecting import connect
from commands.processes import free_port
from tests.workflows.kit import World, claim_of, registered
from worker import CannotServe, Exit, compose, main
from workflows.namespace import prepare


async def test_no_server_at_the_address_is_said_with_the_address() -> None:
    port = free_port(17233, set())
    with pytest.raises(CannotServe, match=f"127.0.0.1:{port}") as failed:
        await connect(f"127.0.0.1:{port}")
    assert failed.value.code is Exit.NO_SERVER


async def test_something_else_at_the_address_is_no_server() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    web = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with web:
        port = web.sockets[0].getsockname()[1]
        with pytest.raises(CannotServe) as failed:
            await connect(f"127.0.0.1:{port}")
    assert failed.value.code is Exit.NO_SERVER


async def test_a_missing_namespace_is_said_by_name(client: Client) -> None:
    with pytest.raises(CannotServe, match="no namespace nowhere") as failed:
        await connect(client.service_client.config.target_host, "nowhere")
    assert failed.value.code is Exit.NO_NAMESPACE


def test_records_that_cant_be_opened_are_said(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"this is no database, whatever its name says" * 100)
    url = f"sqlite:///{tmp_path / 'records.db'}"
    with pytest.raises(CannotServe) as failed:
        compose(Settings(_env_file=None, records_url=url))  # type: ignore[call-arg]
    assert failed.value.code is Exit.RECORDS


def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", "not-an-address")
    assert main([]) == Exit.SETTINGS
    said = capsys.readouterr().err
    assert "CLAIMLINE_TEMPORAL_ADDRESS" in said
    assert "not-an-address" not in said


async def test_a_namespace_gets_its_search_attributes_and_the_inbox_schedule_once(client: Client) -> None:
    await prepare(client, poll_seconds=60)
    await prepare(client, poll_seconds=30)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    ours = [kind for name, kind in listed.custom_attributes.items() if name.startswith("Claimline")]
    # SQL visibility has room for 10 keywords and 3 datetimes; two keywords are left to others
    assert ours.count(2) <= 8
    assert ours.count(6) <= 3
    described = await client.get_schedule_handle(INBOX_SCHEDULE).describe()
    assert described.schedule.spec.intervals[0].every.total_seconds() == 30


async def test_operations_find_a_claim_by_what_it_waits_for(client: Client, queue: str, world: World) -> None:
    async with world.worker(client, queue):
        event = registered(claim_of("SBXPAID", coded=False), "c1", coded=False, payer_rules="default")
        handle = await world.start(client, event, queue)
        await world.until("c1", "awaiting_coding")
        query = "ClaimlineStatus = 'awaiting_coding' AND ClaimlineOwner = 'coder' AND ClaimlineNeedsAction = true"
        for _ in range(200):
            found = [one.id async for one in client.list_workflows(query)]
            if found:
                break
            await asyncio.sleep(0.02)
        assert found == [handle.id]
        seen = (await handle.describe()).raw_description.workflow_execution_info.search_attributes.indexed_fields
        plain = b" ".join(payload.data for payload in seen.values()).decode()
        assert "SAMPLE" not in plain
        assert "M1234567" not in plain
