"""`doctor` finds each fault of a real installation and says how it is mended; a healthy one gets a clean bill."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client

from adapters.keys import KeyRing, write_ring
from adapters.records import open_records
from adapters.settings import Settings
from adapters.tables import loader
from commands import examining
from commands.app import main
from commands.examining import Finding, Patient
from commands.processes import free_port
from sandbox.clearinghouse import Clearinghouse
from sandbox.clock import ManualClock
from sandbox.store import Store
from sandbox.web import create_app
from tests.workflows.conftest import client, queue, world
from tests.workflows.kit import KEY, World

FIXTURES = (client, queue, world)


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


async def answers(check: examining.Check, patient: Patient) -> list[Finding]:
    return [finding async for finding in check(patient)]


async def one(check: examining.Check, **given: Any) -> Finding:
    (finding,) = await answers(check, Patient(settings(**given)))
    return finding


# ------------------------------------------------------------------------------------------------- the server


async def test_a_server_that_is_not_there_is_named_with_what_to_start() -> None:
    found = await one(examining.server, temporal_address=f"127.0.0.1:{free_port(17233, set())}")
    assert found.verdict == "failed"
    assert "make up" in found.mend


async def test_a_missing_namespace_is_named_with_the_command_that_makes_it(client: Client) -> None:
    found = await one(
        examining.server, temporal_address=client.service_client.config.target_host, temporal_namespace="nowhere"
    )
    assert found.verdict == "failed"
    assert "temporal operator namespace create -n nowhere" in found.mend


async def test_each_missing_search_attribute_and_each_of_another_type_is_told(client: Client) -> None:
    here = client.service_client.config.target_host
    patient = Patient(settings(temporal_address=here), client)
    assert (await answers(examining.namespace, patient))[-1].verdict == "ok"
    await client.operator_service.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace="default", search_attributes=["ClaimlineStage", "ClaimlineOpenCents"])
    )
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace="default", search_attributes={"ClaimlineStage": IndexedValueType.INDEXED_VALUE_TYPE_TEXT}
        )
    )
    told = {
        found.said: found.mend for found in await answers(examining.namespace, patient) if found.verdict == "failed"
    }
    assert set(told) == {"ClaimlineStage is Text, not Keyword", "ClaimlineOpenCents is missing"}
    make = "temporal operator search-attribute create --name ClaimlineOpenCents --type Int"
    assert told["ClaimlineOpenCents is missing"] == make


async def test_queues_that_nobody_serves_are_named(client: Client, queue: str, world: World) -> None:
    patient = Patient(settings(temporal_task_queue=queue), client)
    (found,) = await answers(examining.workers, patient)
    assert (found.verdict, found.said) == ("warning", f"nobody takes work from {queue} and {queue}-carrier")
    async with world.worker(client, queue):
        for _ in range(500):
            (found,) = await answers(examining.workers, patient)
            if found.verdict == "ok":
                break
            await asyncio.sleep(0.01)
    assert found.verdict == "ok"


# ------------------------------------------------------------------------------------------------- what is kept


async def test_records_that_are_not_there_are_not_made(tmp_path: Path) -> None:
    found = await one(examining.records, records_url=f"sqlite:///{tmp_path}/records.db")
    assert found.verdict == "failed"
    assert "no records database" in found.said
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240


async def test_older_records_get_the_commands_of_an_upgrade_and_newer_ones_another_release(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    open_records(url).close()
    assert (await one(examining.records, records_url=url)).verdict == "ok"
    for version, mend in ((1, "python starter.py records upgrade"), (99, "the release that made it")):
        with sqlite3.connect(tmp_path / "records.db") as database:
            database.execute("UPDATE schema_version SET version = ?", (version,))
        database.close()
        found = await one(examining.records, records_url=url)
        assert found.verdict == "failed"
        assert mend in found.mend


async def test_a_key_file_that_is_missing_damaged_or_open_to_others_is_told(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert "keys.json" in (await one(examining.keys, keys_file=file)).said
    ring = KeyRing.new(datetime.now(UTC))
    write_ring(file, ring)
    assert (await one(examining.keys, keys_file=file)).said == f"active key {ring.active}"
    file.chmod(0o644)
    assert "others may read it" in (await one(examining.keys, keys_file=file)).said
    file.chmod(0o600)
    file.write_text("{}")
    found = await one(examining.keys, keys_file=file)
    assert found.verdict == "failed"
    assert "never make a new one over it" in found.mend


async def test_no_key_ring_is_a_warning_here_and_a_fault_in_production() -> None:
    assert (await one(examining.keys)).verdict == "warning"
    production = {
        "mode": "production",
        "carrier": "stedi",
        "carrier_key": "k",
        "submitter_id": "1",
        "submitter_name": "A",
        "submitter_contact": "B",
        "submitter_phone": "5555550100",
    }
    assert (await one(examining.keys, **production)).verdict == "failed"


@pytest.mark.parametrize(("free", "verdict"), [(10**7, "failed"), (10**9, "warning"), (10**10, "ok")])
async def test_a_disk_that_fills_is_told_before_it_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, verdict: str
) -> None:
    # the one thing that can't be brought about here: a disk's size is the operating system's to say
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    found = await one(examining.disk, records_url=f"sqlite:///{tmp_path}/not/yet/records.db")
    assert found.verdict == verdict
    assert found.said.endswith(f"free at {tmp_path}")


async def test_payer_rules_that_cant_be_read_are_located(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await one(examining.rules)).verdict == "ok"
    broken = tmp_path / "payer_rules"
    shutil.copytree(loader.RULES, broken)
    (broken / "default.toml").write_text("name = ")
    monkeypatch.setattr(loader, "RULES", broken)
    found = await one(examining.rules)
    assert found.verdict == "failed"
    assert "default.toml" in found.said


# ------------------------------------------------------------------------------------------------- others


@contextmanager
def web(answer: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(status: int, *, late: timedelta = timedelta()) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            self.send_header("Date", format_datetime(datetime.now(UTC) - late, usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *_words: object) -> None:
            """Silent."""

    return Answer


async def test_a_carrier_that_refuses_the_key_is_told_from_one_that_is_away() -> None:
    with web(answering(401)) as address:
        found = await one(examining.carrier, carrier_url=address)
    assert found.verdict == "failed"
    assert "key" in found.mend
    found = await one(examining.carrier, carrier_url=f"http://127.0.0.1:{free_port(18765, set())}")
    assert found.verdict == "failed"
    assert "status page" in found.mend


async def test_the_sandbox_lets_us_in_with_its_key() -> None:
    import uvicorn

    app = create_app(Clearinghouse(Store(), ManualClock(datetime.now(UTC))), KEY)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    assert (await one(examining.carrier, carrier_url=address, carrier_key=KEY)).verdict == "ok"
    assert (await one(examining.carrier, carrier_url=address, carrier_key="wrong")).verdict == "failed"
    server.should_exit = True
    await task


@pytest.mark.parametrize(("late", "verdict"), [(0, "ok"), (20, "warning"), (300, "failed"), (-300, "failed")])
async def test_a_clock_that_is_off_is_told_with_its_seconds(tmp_path: Path, late: int, verdict: str) -> None:
    with web(answering(404, late=timedelta(seconds=late))) as address:
        found = await one(examining.clock, carrier_url=address, records_url=f"sqlite:///{tmp_path}/records.db")
    assert found.verdict == verdict
    if late:
        # HTTP tells whole seconds
        seconds = int(found.said.split(" s ")[0])
        assert abs(seconds - late) <= 2
        assert "timedatectl" in found.mend


# ------------------------------------------------------------------------------------------------- the command


def test_the_command_tells_people_and_programs_and_its_exit_code_says_whether_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = free_port(17234, set())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAIMLINE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", f"127.0.0.1:{nobody}")
    monkeypatch.setenv("CLAIMLINE_CARRIER_URL", f"http://127.0.0.1:{nobody}")
    assert main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    verdicts = {found["check"]: found["verdict"] for found in told}
    assert verdicts == {
        "server": "failed",
        "search attributes": "skipped",
        "workers": "skipped",
        "records": "failed",
        "keys": "warning",
        "carrier": "failed",
        "clock": "skipped",
        "disk": verdicts["disk"],
        "payer rules": "ok",
    }
    assert all(found["mend"] for found in told if found["verdict"] in ("failed", "warning"))
    assert main(["doctor"]) == 1
    assert f"no Temporal server answers at 127.0.0.1:{nobody}" in capsys.readouterr().out

    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", "nonsense")
    assert main(["doctor"]) == 2
