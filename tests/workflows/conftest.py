"""One Temporal dev server for the folder, a fresh task queue, database and clearinghouse for every test."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from tests.workflows.kit import BIN, World
from tests.workflows.paper import paper
from worker import ensure_search_attributes


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real server."""
    loop = asyncio.new_event_loop()
    env = loop.run_until_complete(
        WorkflowEnvironment.start_local(
            dev_server_existing_path=str(BIN / "temporal"),
            dev_server_extra_args=["--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'],
        )
    )
    client = env.client
    loop.run_until_complete(ensure_search_attributes(client))
    yield client.service_client.config.target_host
    loop.run_until_complete(env.shutdown())
    loop.close()


@pytest.fixture
async def client(server: str) -> Client:
    return await Client.connect(server, data_converter=pydantic_data_converter)


@pytest.fixture
def queue() -> str:
    return f"claimline-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    documents, letters = paper()
    made = World(tmp_path, documents, letters)
    yield made
    await made.close()
