"""The same carrier against the sandbox: the two were written apart and have to understand each other."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn

from adapters.carriers.stedi import Stedi
from claims.ports import AuthenticationFailed, RateLimited, RequestRefused, Unavailable
from sandbox.clearinghouse import Clearinghouse
from sandbox.clock import ManualClock
from sandbox.faults import Fault
from sandbox.store import Store
from sandbox.web import create_app
from tests.sandbox.kit import KEY, START, professional


@dataclass
class Sandbox:
    """The sandbox, served without a network, its clock standing still."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def __post_init__(self) -> None:
        self.house = Clearinghouse(Store(), self.clock)
        self.app = create_app(self.house, KEY)

    def stedi(self, key: str = KEY) -> Stedi:
        root = "http://sandbox"
        return Stedi(
            key,
            healthcare=f"{root}/2024-04-01",
            core=f"{root}/2023-08-01",
            correspondence_path="/sandbox/correspondence",
            lists_submissions=True,
            transport=httpx.ASGITransport(app=self.app),
            clock=self.clock.now,
        )

    async def documents(self, stedi: Stedi) -> list[tuple[str, bytes]]:
        """All that is waiting, page by page."""
        page, found = None, []
        while True:
            answer = await stedi.poll(since=START - timedelta(days=1), page=page)
            found += [(one.set, await stedi.fetch(one.id)) for one in answer.items]
            page = answer.next_page
            if page is None:
                return found


@pytest.fixture
async def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def stedi(sandbox: Sandbox) -> AsyncIterator[Stedi]:
    carrier = sandbox.stedi()
    yield carrier
    await carrier.close()


async def submit(stedi: Stedi, x12: str, key: str = "k1") -> Any:
    return await stedi.submit(x12, claim_type="professional", idempotency_key=key)


async def test_a_claim_is_taken_and_answered_until_it_is_paid(sandbox: Sandbox, stedi: Stedi) -> None:
    answer = await submit(stedi, professional())
    assert answer.accepted
    assert answer.reference
    assert "ST*277*" in answer.x12
    sandbox.clock.advance(60)
    documents = await sandbox.documents(stedi)
    assert {"999", "277", "835"} <= {kind for kind, _ in documents}
    assert all(raw.startswith(b"ISA") for _, raw in documents)


async def test_an_appeal_gets_a_receipt_and_a_letter_that_is_json(sandbox: Sandbox, stedi: Stedi) -> None:
    await submit(stedi, professional("SBXNECESSITY"))
    sandbox.clock.advance(60)
    await sandbox.documents(stedi)
    fields = {"patientControlNumber": "PCN101", "payerClaimControlNumber": "", "level": "1", "documents": "abc"}
    receipt = await stedi.send_correspondence(kind="appeal", fields=fields, idempotency_key="a1")
    assert receipt
    assert await stedi.send_correspondence(kind="appeal", fields=fields, idempotency_key="a1") == receipt
    sandbox.clock.advance(60)
    letters = [json.loads(raw) for kind, raw in await sandbox.documents(stedi) if kind == "letter"]
    assert len(letters) == 1


async def test_the_same_key_brings_the_same_answer_and_one_claim(sandbox: Sandbox, stedi: Stedi) -> None:
    first = await submit(stedi, professional())
    assert await submit(stedi, professional()) == first
    with pytest.raises(RequestRefused, match="422"):
        await submit(stedi, professional(pcn="PCN102", number=102))
    assert len(sandbox.house.store.accepted()) == 1


async def test_a_submission_is_looked_up_by_its_number(sandbox: Sandbox, stedi: Stedi) -> None:
    assert await stedi.find_submission("PCN101") is False
    await submit(stedi, professional())
    sandbox.clock.advance(60)
    assert await stedi.find_submission("PCN101") is True
    assert await stedi.find_submission("PCN999") is False


async def test_a_claim_that_edits_refuse_is_not_on_file(sandbox: Sandbox, stedi: Stedi) -> None:
    answer = await submit(stedi, professional("SBXNOSUCH"))
    assert not answer.accepted
    assert answer.errors
    assert answer.x12.startswith("ISA")
    assert await stedi.find_submission("PCN101") is False


@pytest.mark.parametrize(
    ("fault", "error"),
    [("server_error", Unavailable), ("too_many_requests", RateLimited), ("conflict", RateLimited)],
)
async def test_after_a_fault_the_same_key_brings_the_claim_through_once(
    sandbox: Sandbox, stedi: Stedi, fault: Any, error: type[Exception]
) -> None:
    sandbox.house.faults.arm(Fault(fault=fault))
    with pytest.raises(error):
        await submit(stedi, professional())
    assert (await submit(stedi, professional())).accepted
    assert len(sandbox.house.store.accepted()) == 1


async def test_a_wrong_key_is_an_authentication_failure(sandbox: Sandbox) -> None:
    stranger = sandbox.stedi("another key")
    with pytest.raises(AuthenticationFailed):
        await stranger.poll(since=START)
    await stranger.close()


class Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
async def over_the_wire(sandbox: Sandbox) -> AsyncIterator[Stedi]:
    """The sandbox behind a real socket, which can be cut."""
    server = Announced(uvicorn.Config(sandbox.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await server.listening.wait()
    root = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    carrier = Stedi(KEY, healthcare=f"{root}/2024-04-01", core=f"{root}/2023-08-01", clock=sandbox.clock.now)
    yield carrier
    await carrier.close()
    server.should_exit = True
    await serving


@pytest.mark.parametrize(("fault", "accepted"), [("drop_reply", 1), ("drop_request", 0)])
async def test_a_line_cut_in_mid_submission_is_mended_under_the_same_key(
    sandbox: Sandbox, over_the_wire: Stedi, fault: Any, accepted: int
) -> None:
    sandbox.house.faults.arm(Fault(fault=fault))
    with pytest.raises(Unavailable, match="may have been carried out"):
        await submit(over_the_wire, professional())
    assert len(sandbox.house.store.accepted()) == accepted
    assert (await submit(over_the_wire, professional())).accepted
    assert len(sandbox.house.store.accepted()) == 1


async def test_a_document_is_fetched_over_the_wire_through_its_redirect(sandbox: Sandbox, over_the_wire: Stedi) -> None:
    await submit(over_the_wire, professional())
    sandbox.clock.advance(60)
    assert {kind for kind, _ in await sandbox.documents(over_the_wire)} >= {"277", "835"}


async def test_nobody_listening_is_an_outage_in_which_nothing_was_sent() -> None:
    carrier = Stedi(KEY, healthcare="http://127.0.0.1:1", core="http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="nothing was sent"):
        await submit(carrier, professional())
    await carrier.close()
