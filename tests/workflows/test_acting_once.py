"""An act whose answer never came is sent again under its key: it happens once, and the first answer comes back."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from temporalio.client import Client

from commands import acting
from commands.app import main
from tests.workflows.kit import World, claim_of, registered


async def run(*words: str) -> int:
    return await asyncio.to_thread(main, list(words))


async def test_a_payment_whose_answer_was_lost_is_posted_once_under_its_key(
    client: Client, queue: str, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", client.service_client.config.target_host)
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_TASK_QUEUE", queue)
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", world.records_url)
    monkeypatch.setenv("CLAIMLINE_DATA", str(world.folder))
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
    # no worker: the update is taken by the server and nobody answers
    monkeypatch.setattr(acting, "ANSWER_SECONDS", 0.5)
    assert await run("pay", "c1", "25.00", "--by", "desk-1") == 3
    told = capsys.readouterr().err
    key = re.search(r"--id (\w+)", told)
    assert key is not None, told
    monkeypatch.setattr(acting, "ANSWER_SECONDS", 15.0)
    answers: list[dict[str, Any]] = []
    async with world.worker(client, queue):
        for words in (["--id", key[1]], ["--id", key[1]], ["--id", "desk-1:2"], ["--id", "desk-1:2"]):
            assert await run("pay", "c1", "25.00", "--by", "desk-1", "--json", *words) == 0
            answers.append(json.loads(capsys.readouterr().out))
        # the same key under another verb is another act
        assert await run("note", "c1", "said hello", "--id", "desk-1:2", "--json") == 0
        capsys.readouterr()
        # an update stands in the history first; the journal has it a moment later
        for _ in range(200):
            steps = await world.records.journal("prac1", "c1")
            if steps[-1].event == "note_added":
                break
            await asyncio.sleep(0.02)
    paid = [step.event_id for step in steps if step.event == "patient_paid"]
    assert paid == [f"pay:{key[1]}", "pay:desk-1:2"]
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    assert "note_added" in {step.event for step in steps}
    assert [step.refused for step in steps if step.event == "patient_paid"] == ["", ""]


@pytest.mark.parametrize("key", ["two words", "Jane/Doe", "x" * 65, "ä"])
async def test_what_no_key_may_be_is_told_before_anything_is_sent(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("pay", "c1", "25.00", "--id", key) == 2
    assert "a key has 1 to 64" in capsys.readouterr().err
