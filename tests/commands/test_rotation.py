"""A rotation of keys while claims are open, on a running stack: nothing stops, nothing is lost, and the old key goes last."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime
from unittest import mock

import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.worker import Replayer

from adapters.codec import ENCODING, KEY_ID
from adapters.keys import KeyRing, Keys, keys_of, read_ring, write_ring
from adapters.tables.loader import load_tables
from claims.views import ClaimView
from commands.app import main
from commands.context import open_room
from commands.stack import Stack, running
from commands.synthetic import Scenario, encounters, make
from commands.trouble import Exit
from worker import WORKFLOWS, converter_of, runner
from workflows.tables import install

NUMBERS = ("ROT1", "ROT2", "ROT3", "ROT4")
CODES = ("diagnoses=J069", 'lines=[{"number": 1, "procedure": "99213", "pointers": [1]}]')
PATIENCE_SECONDS = 40.0
Run = Callable[..., str]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("rotation")
    # a killed worker's claims are given to the next one after a second
    with (
        mock.patch.dict(os.environ, {"CLAIMLINE_STICKY_SECONDS": "1"}),
        running(folder, poll_seconds=1.0, speed=4.0) as up,
    ):
        fresh = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
        ours = {**fresh, **up.at.environment(), "CLAIMLINE_DATA": str(folder), "COLUMNS": "200"}
        with mock.patch.dict(os.environ, ours, clear=True):
            yield up


@pytest.fixture
def run(stack: Stack, capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command says; it has to end with that exit code."""

    def one(*arguments: str, code: int = 0) -> str:
        assert main(list(arguments)) == code, capsys.readouterr()
        captured = capsys.readouterr()
        return captured.out + captured.err

    return one


@pytest.fixture
def act(run: Run, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """An act under a key of its own: where no answer came (a worker has just died), it is sent again, and taken once."""

    def one(verb: str, claim: str, *words: str) -> None:
        again = [verb, claim, *words, "--by", "coder-1", "--id", f"{verb}-{claim}-{len(words[0])}"]
        for _ in range(4):
            if (code := main(again)) != Exit.UNREACHABLE:
                break
        assert code == Exit.OK, capsys.readouterr()
        capsys.readouterr()

    return one


def test_keys_are_rotated_while_claims_are_open_and_the_old_one_goes_when_nothing_needs_it(
    stack: Stack, run: Run, act: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    first = read_ring(stack.at.keys).active
    scenarios = tuple(
        Scenario(number, "encounter", "SBXPAID", coded=False, procedures=("99213",), diagnoses=("J069",))
        for number in NUMBERS
    )
    file = stack.at.folder / "open.json"
    file.write_text(encounters(make(1, datetime.now(UTC).date(), scenarios)))
    run("start", str(file))
    _until("awaiting_coding", *NUMBERS)
    before = _sealed_by(stack)
    assert set(before) == {first}
    worker = _worker(stack)

    run("keys", "new")
    run("keys", "rotate")
    second = read_ring(stack.at.keys).active
    assert second != first
    asyncio.run(asyncio.sleep(1.2))  # processes look at the ring's file once a second
    act("code", "ROT1", *CODES)
    act("note", "ROT2", "text=asked the coder")
    _until("closed", "ROT1")
    assert _worker(stack) == worker, "the same process went on"
    mixed = _sealed_by(stack)
    assert mixed[first] >= before[first], "what was sealed before stands as it was"
    assert mixed[second] > 20, "what came after is sealed by the new key"
    assert _newest_of(stack, "ROT1") == second
    assert _newest_of(stack, "ROT2") == second

    # Today's program replays what both keys sealed.
    act("note", "ROT2", "text=asked again")
    assert _replayed(stack) >= len(NUMBERS)
    act("code", "ROT2", *CODES)
    _until("closed", "ROT2")

    # What needs the old key, and what is done about it
    assert "rows of the records need key" in run("keys", "retire", first, "--confirmed", code=1)
    resealed = run("keys", "re-encrypt")
    assert "rows sealed anew" in resealed
    assert "began under key" in run("keys", "retire", first, "--confirmed", code=1)
    moved = run("keys", "renew")
    assert int(moved.split()[0]) >= 2, "ROT3 and ROT4 wait for a coder; others may linger at their ends"
    assert "; 0 left" in moved
    ended = run("keys", "retire", first, code=1)
    assert "ended runs that need key" in ended
    assert "is gone" in run("keys", "retire", first, "--confirmed")
    assert [one["id"] for one in json.loads(run("keys", "list", "--json"))] == [second]

    # With the new key alone, another worker brings the claims to their ends, and their whole story is there
    _another_worker(stack)
    for number in ("ROT3", "ROT4"):
        act("code", number, *CODES)
    views = _until("closed", *NUMBERS)
    assert [view.paid_cents for view in views] == [12_500] * len(NUMBERS), "99213 is charged 125.00, and paid in full"
    steps = {number: json.loads(run("timeline", number, "--json")) for number in NUMBERS}
    assert [told[0]["event"] for told in steps.values()] == ["claim_registered"] * len(NUMBERS)
    assert sum(one["event"] == "note_added" for one in steps["ROT2"]) == 2
    after = _sealed_by(stack, running_only=True)
    assert set(after) <= {second}
    assert "the chain is whole" in run("audit", "verify")
    with capsys.disabled():
        print(f"\nrotation: under key 1 {before[first]} payloads, then {mixed[first]} and {mixed[second]} under key 2")
        print(f"rotation: {resealed.strip().splitlines()[-1]}; {moved.strip()}; {ended.strip().splitlines()[0]}")


def test_a_worker_without_the_key_says_so_loses_nothing_and_goes_on_when_it_is_back(
    stack: Stack, run: Run, act: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = Scenario("ROT9", "encounter", "SBXPAID", coded=False, procedures=("99213",), diagnoses=("J069",))
    file = stack.at.folder / "away.json"
    file.write_text(encounters(make(2, datetime.now(UTC).date(), (scenario,))))
    run("start", str(file))
    _until("awaiting_coding", "ROT9")
    whole, told, claim = read_ring(stack.at.keys), _first_run(stack, "ROT9"), _workflow_of("ROT9")
    write_ring(stack.at.keys, KeyRing.new(datetime.now(UTC)))
    _another_worker(stack)
    _signal(stack, Keys(whole), claim, "note", {"text": "is anybody there?", "by": "biller-1"})
    said = run("show", claim, code=3)
    assert f"key {whole.active} is not in the ring; add it to the key file" in said
    log = _said_by_the_worker(stack, "error=UnknownKey")
    assert f"key {whole.active} is not in the ring" in log

    write_ring(stack.at.keys, whole)
    act("code", "ROT9", *CODES)
    (view,) = _until("closed", "ROT9")
    assert view.paid_cents == 12_500
    now = _first_run(stack, "ROT9")
    assert now[: len(told)] == told, "nothing of what stood there was lost or changed"
    events = [one["event"] for one in json.loads(run("timeline", "ROT9", "--json"))]
    assert events.count("note_added") == 1, "what came while the key was away was taken once"
    with capsys.disabled():
        print(f"\nkey away: {len(told)} events before, {len(now)} at the end; the worker said: {log[29:]}")


def _worker(stack: Stack) -> int:
    process = next(part for part in stack.group.parts if part.name == "worker").process
    assert process is not None
    return process.pid


def _another_worker(stack: Stack) -> None:
    """The one that runs ends as on a deployment; returns once the next one serves, which knows nothing yet."""
    process = next(part for part in stack.group.parts if part.name == "worker").process
    assert process is not None
    served = _worker_log(stack).count(" serving ")
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()
    stack.watch()
    until = time.monotonic() + PATIENCE_SECONDS
    while _worker_log(stack).count(" serving ") == served:
        assert time.monotonic() < until, _worker_log(stack)[-600:]
        asyncio.run(asyncio.sleep(0.1))


def _worker_log(stack: Stack) -> str:
    return (stack.at.folder / "logs" / "worker.log").read_text()


def _until(status: str, *numbers: str) -> list[ClaimView]:
    """Those claims, once each stands there."""

    async def look() -> list[ClaimView]:
        async with open_room(server=False) as room:
            for _ in range(round(PATIENCE_SECONDS / 0.2)):
                found = {view.patient_control_number: view for view in (await room.records.list_claims()).claims}
                if all(number in found and found[number].status == status for number in numbers):
                    return [found[number] for number in numbers]
                await asyncio.sleep(0.2)
        raise AssertionError({number: found[number].status for number in numbers if number in found})

    return asyncio.run(look())


async def _bare(stack: Stack) -> Client:
    return await Client.connect(stack.at.temporal)


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for _, value in message.ListFields():
        parts = [value] if isinstance(value, Message) else value
        parts = parts.values() if isinstance(parts, MutableMapping) else parts
        if not isinstance(parts, str | bytes | int | float):
            for one in parts:
                if isinstance(one, Message):
                    yield from _payloads(one)


def _key_ids(history_events: object) -> list[str]:
    return [
        one.metadata[KEY_ID].decode()
        for event in history_events  # type: ignore[attr-defined]
        for one in _payloads(event)
        if one.metadata.get("encoding") == ENCODING
    ]


def _sealed_by(stack: Stack, *, running_only: bool = False) -> Counter[str]:
    """Payloads in all histories that the server keeps, by the key that sealed them."""

    async def count() -> Counter[str]:
        client, found = await _bare(stack), Counter[str]()
        query = "ExecutionStatus = 'Running'" if running_only else ""
        async for one in client.list_workflows(query):
            history = await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()
            found.update(_key_ids(history.events))
        return found

    return asyncio.run(count())


def _newest_of(stack: Stack, number: str) -> str:
    """The key of the last payload of a claim's history."""

    async def look() -> str:
        handle = (await _bare(stack)).get_workflow_handle(claim)
        return _key_ids((await handle.fetch_history()).events)[-1]

    claim = _workflow_of(number)
    return asyncio.run(look())


def _workflow_of(number: str) -> str:
    async def look() -> str:
        async with open_room(server=False) as room:
            (view,) = await room.records.claim(number)
            return f"claim/{view.practice}/{view.claim_id}"

    return asyncio.run(look())


def _first_run(stack: Stack, number: str) -> list[bytes]:
    """The history of a claim's first run as the server holds it, event by event."""

    async def look() -> list[bytes]:
        client = await _bare(stack)
        runs = [one async for one in client.list_workflows(f"WorkflowId = '{claim}'")]
        first = min(runs, key=lambda one: one.start_time)
        history = await client.get_workflow_handle(claim, run_id=first.run_id).fetch_history()
        return [one.SerializeToString(deterministic=True) for one in history.events]

    claim = _workflow_of(number)
    return asyncio.run(look())


def _signal(stack: Stack, keys: Keys, claim: str, name: str, body: dict[str, str]) -> None:
    async def send() -> None:
        client = await Client.connect(stack.at.temporal, data_converter=converter_of(keys))
        await client.get_workflow_handle(claim).signal(name, body)

    asyncio.run(send())


def _said_by_the_worker(stack: Stack, words: str) -> str:
    """The line of its log with those words, once it is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (lines := [line for line in _worker_log(stack).splitlines() if words in line]):
        assert time.monotonic() < until, _worker_log(stack)[-1500:]
        asyncio.run(asyncio.sleep(0.1))
    return lines[-1]


def _replayed(stack: Stack) -> int:
    """How many claims' histories today's program replays with the ring."""

    async def replay() -> int:
        client, count = await _bare(stack), 0
        install(load_tables(sandbox=True))
        converter = converter_of(keys_of(stack.at.keys))
        replayer = Replayer(workflows=WORKFLOWS, data_converter=converter, workflow_runner=runner())
        async for one in client.list_workflows("WorkflowType = 'ClaimWorkflow'"):
            await replayer.replay_workflow(await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history())
            count += 1
        return count

    return asyncio.run(replay())
