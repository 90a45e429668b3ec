"""A document that the program itself fails at: set aside and said, its raw bytes kept, its neighbours not kept waiting."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.client import Client
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError, TimeoutType

from activities.names import document_workflow_id
from activities.orders import DeliveryReport, DocumentReference
from activities.reading import Reader
from adapters.x12.parse import parse
from claims.documents import ParsedDocument
from commands.app import main
from tests.workflows.kit import World, replay
from tests.workflows.test_remittances import remittance
from worker import build_worker
from workflows.inbound_document import poison

PATIENT = "JANE"


def chokes_on(control: str) -> Reader:
    """The reader of a release with a fault: one file's content makes it fail, as an unforeseen case would."""

    def read(raw: bytes) -> ParsedDocument:
        if control.encode() in raw:
            raise KeyError(f"patient {PATIENT}")
        return parse(raw)

    return read


async def came(world: World, client: Client, queue: str, raw: bytes, kind: str = "835") -> str:
    at = datetime.now(UTC)
    sha256, _ = await world.records.store_document(raw, kind=kind, source="sandbox", at=at)
    document = DocumentReference(sha256=sha256, set=kind, source="sandbox", received_at=at, size=len(raw))
    assert await world.post(client, queue).start_document(document)
    return sha256


async def outcome(client: Client, sha256: str) -> DeliveryReport:
    handle = client.get_workflow_handle(document_workflow_id(sha256), result_type=DeliveryReport)
    report: DeliveryReport = await handle.result()
    await replay(await handle.fetch_history())
    return report


@pytest.mark.parametrize("kind", ["835", "277"])
async def test_a_document_that_the_program_fails_at_is_set_aside_and_read_again_after_an_upgrade(
    client: Client,
    queue: str,
    world: World,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw = remittance("000000931")
    broken = replace(world.parts(), read=chokes_on("000000931"))
    async with build_worker(client, broken, task_queue=queue, build="one", blink=0.05):
        poisoned = await came(world, client, queue, raw, kind)
        neighbour = await came(world, client, queue, remittance("000000932"))
        assert (await outcome(client, neighbour)).trouble == ""
        report = await outcome(client, poisoned)
    assert report.trouble.startswith("ProgramFault: KeyError in tests/workflows/test_poison.py:")
    assert PATIENT not in report.model_dump_json()
    (item,) = [row for row in await world.records.unmatched_rows(everything=False, limit=50) if row.is_unreadable]
    assert (item.document, item.set, item.amount_cents) == (poisoned, kind, None)
    assert await world.records.load_document(poisoned) == raw

    address = client.service_client.config.target_host
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", address)
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_TASK_QUEUE", queue)
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", world.records_url)
    monkeypatch.setenv("CLAIMLINE_DATA", str(world.folder))
    # no claim may have it meanwhile
    assert await asyncio.to_thread(main, ["match", item.id, "TEST1001"]) == 1
    # still the same program: it fails again, and is listed once
    async with build_worker(client, broken, task_queue=queue, build="one", blink=0.05):
        assert await asyncio.to_thread(main, ["reread", item.id]) == 0
        assert (await outcome(client, poisoned)).trouble == report.trouble
    (item,) = [row for row in await world.records.unmatched_rows(everything=False, limit=50) if row.is_unreadable]
    assert item.ordinal == 1
    capsys.readouterr()
    # the upgrade
    async with build_worker(client, world.parts(), task_queue=queue, build="two", blink=0.05):
        assert await asyncio.to_thread(main, ["reread", "--all", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == [{"item": item.id, "started": True}]
        again = await outcome(client, poisoned)
    assert (again.trouble, again.already_done) == ("", False)
    rows = await world.records.unmatched_rows(everything=True, limit=50)
    mine = [row for row in rows if row.document == poisoned]
    assert [row.resolution for row in mine if row.is_unreadable] == ["superseded", "superseded"]
    assert len({row.ordinal for row in mine}) == len(mine)
    # the neighbour brought the same remittance: of 835 parts nothing is counted again
    assert [row for row in mine if not row.is_unreadable] == []
    assert await asyncio.to_thread(main, ["reread", item.id]) == 1


def failed_of(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="",
        activity_id="",
        retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ApplicationError("server away", type="RPCError"), ""),
        (ApplicationError("records x: locked", type="RecordsError"), ""),
        (ApplicationError("3 claims have no workflow yet", type="ClaimNotStarted"), ""),
        (ApplicationError("KeyError in a.py:3", type="ProgramFault"), "ProgramFault: KeyError in a.py:3"),
        (ApplicationError("records x: document 12 is damaged", type="DocumentDamaged"), "DocumentDamaged: records x"),
        (ApplicationError("KeyError", type="KeyError"), "KeyError: KeyError"),
        (TimeoutError("", type=TimeoutType.HEARTBEAT, last_heartbeat_details=[]), "the worker ended or hung"),
    ],
)
def test_an_outage_sets_no_document_aside(cause: BaseException, words: str) -> None:
    found = poison(failed_of(cause))
    assert found.startswith(words)
    assert bool(found) == bool(words)
