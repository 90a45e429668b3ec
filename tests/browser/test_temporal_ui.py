"""What operations does in the Temporal UI, in a real browser: find a claim, read it, send a signal, see it move."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from playwright.sync_api import Page, expect

from activities.names import claim_workflow_id
from commands.claim_files import read_claim_file
from commands.context import open_room
from commands.live_desk import run_live
from commands.stack import Stack, running
from commands.synthetic import Scenario, make
from commands.synthetic_x12 import professional
from tools.temporal_ui import NEEDS_ACTION, TemporalUi, chromium, opened

NUMBER = "UIT1001"
DENIED = Scenario(NUMBER, "professional", "SBXUPHELD", procedures=("97110",), diagnoses=("M5450",))
"""Denied with CO-50; one line of therapy at $72.00 in the synthetic fee list."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Server, worker and a clearinghouse that answers in a fraction of its usual seconds."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium): the UI is not opened")
    folder = tmp_path_factory.mktemp("ui")
    with running(folder, poll_seconds=1.0, speed=10.0) as up:
        fresh = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
        ours = {**fresh, **up.at.environment(), "CLAIMLINE_DATA": str(folder)}
        with mock.patch.dict(os.environ, ours, clear=True):
            yield up


@pytest.fixture(scope="module")
def claim(stack: Stack) -> str:
    """The workflow id of a claim that the payer denied."""
    today = datetime.now(UTC).astimezone().date()
    file = stack.at.folder / "one.837"
    file.write_text(professional(make(7, today, (DENIED,)), today))
    return asyncio.run(_denied(file))


async def _denied(file: Path) -> str:
    await run_live([read_claim_file(file)], lambda: None)
    async with open_room(server=False) as room, asyncio.timeout(30):
        while True:
            (known,) = await room.records.claim(NUMBER)
            if known.status == "denied":
                return claim_workflow_id(known.practice, known.claim_id)
            await asyncio.sleep(0.1)


@pytest.fixture
def ui(stack: Stack, claim: str) -> Iterator[TemporalUi]:
    with opened(stack.at.ui) as tab:
        yield tab


def test_a_denied_claim_is_found_read_appealed_and_seen_to_move(ui: TemporalUi, claim: str) -> None:
    ui.open_list(NEEDS_ACTION)
    ui.listed(claim, "denied", "SBXUPHELD", "biller", "7200")

    ui.open_claim(claim, "Search Attributes")
    expect(ui.page.get_by_role("main")).to_contain_text('"ClaimlineStage": "denied"')

    ui.show("User Metadata")
    expect(ui.summary()).to_contain_text(f"{NUMBER} · 837P · SBXUPHELD · $72.00")
    _table_says(ui, "Waits for", "a decision about the denial")
    _table_says(ui, "Who acts", "biller")
    _table_says(ui, "Money", "charge 72.00, paid 0.00, open 72.00")

    ui.send_signal("apeal", '{"level": 1, "by": "biller-1"}')
    ui.refresh()
    _table_says(ui, "Refused", "there is no message of this name")
    _table_says(ui, "Status", "denied")

    ui.send_signal("appeal", '{"level": 1, "reason": "the plan of care is in the records", "by": "biller-1"}')
    ui.refresh()
    _table_says(ui, "Status", "awaiting_approval")
    _table_says(ui, "Who acts", "supervisor")

    ui.show("Queries")
    expect(ui.ask("why_here")).to_contain_text('"waits_for": "a named person\'s approval"')

    # Timers and steps say what they are for.
    ui.show("Event History")
    _history_says(ui.page, "276 to SBXUPHELD|837P to SBXUPHELD, submission 1")
    _history_says(ui.page, r"due 20\d\d-\d\d-\d\d")

    ui.open_list('ClaimlineOwner="supervisor" AND ExecutionStatus="Running"')
    ui.listed(claim, "awaiting_approval")


def _table_says(ui: TemporalUi, label: str, words: str) -> None:
    row = ui.details().get_by_role("row").filter(has_text=label.replace(" ", "\u00a0"))
    expect(row).to_contain_text(words)


def _history_says(page: Page, pattern: str) -> None:
    expect(page.get_by_text(re.compile(pattern)).first).to_be_attached()


def test_the_ui_reads_a_claim_through_the_codec_server_alone_and_every_look_is_noted(stack: Stack, claim: str) -> None:
    before = asyncio.run(_settled_looks(claim))
    with opened(stack.at.ui, cut_off=f"127.0.0.1:{stack.at.codec_port}") as ui:
        ui.open_claim(claim, "Event History")
        expect(ui.page.get_by_role("main")).to_contain_text("Workflow Execution Started")
        shown = ui.page.inner_text("body")
        for word in (NUMBER, "837P", "72.00", "97110"):
            assert word not in shown, word
    assert asyncio.run(_settled_looks(claim)) == before
    with opened(stack.at.ui) as ui:
        ui.open_claim(claim, "User Metadata")
        expect(ui.summary()).to_contain_text(f"{NUMBER} · 837P · SBXUPHELD · $72.00")
    assert asyncio.run(_looks(claim)) > before


async def _settled_looks(claim: str) -> int:
    """The same once what an earlier page asked for is noted: a browser that was closed leaves questions under way."""
    seen, same = await _looks(claim), 0
    while same < 10:
        await asyncio.sleep(0.2)
        now = await _looks(claim)
        seen, same = now, same + 1 if now == seen else 0
    return seen


async def _looks(claim: str) -> int:
    """How many entries of the audit log say that somebody opened this claim's payloads."""
    async with open_room(server=False) as room:
        _, _, faults = await room.records.custody.verify()
        assert faults == ()
        return len(await room.records.custody.entries(action="decode", subject=claim))
