"""A real Temporal dev server, database and clearinghouse for every test: ids are made of content, so worlds stay apart."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.workflows.kit import BIN, World
from tests.workflows.paper import paper
from worker import CONVERTER
from workflows.namespace import ensure_search_attributes


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Of a server of this test's own; deadlines of seconds are met to ten milliseconds."""
    env = await WorkflowEnvironment.start_local(
        data_converter=CONVERTER,
        dev_server_existing_path=str(BIN / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=["--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'],
    )
    await ensure_search_attributes(env.client)
    yield env.client
    await env.shutdown()


@pytest.fixture
def queue() -> str:
    return f"claimline-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    documents, letters = paper()
    made = World(tmp_path, documents, letters)
    yield made
    await made.close()
