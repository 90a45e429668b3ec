"""Claims over a carrier of two folders, on a real Temporal and a real SSH server; the sandbox works behind the folders."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.inbox import InboxActivities
from activities.names import document_workflow_id
from adapters.carriers.sftp import Folders
from claims.ports import RecordsError
from tests.adapters.carriers.sftp_server import Gateway
from tests.workflows.kit import KEY, World, claim_of, registered, replay
from tests.workflows.test_inbox_cut_off import CutOff
from worker import build_worker

FOLDERS = Folders("inbound", "outbound")


@dataclass
class Clearinghouse:
    """The sandbox behind a gateway: it takes files out of one folder and leaves its answers in the other."""

    world: World
    gateway: Gateway

    def __post_init__(self) -> None:
        self.inside = self.world.stedi(KEY)
        self.since = self.world.clock.now()
        self.left: set[str] = set()
        self.took: list[str] = []

    async def work(self, files: list[str] | None = None, *, later: float = 0) -> None:
        """Takes what was uploaded (or `files`, taken before), lets time pass and leaves every document once."""
        for text in self.gateway.pick_up() if files is None else files:
            self.took.append(text)
            answer = await self.inside.submit(text, claim_type="professional", idempotency_key=uuid.uuid4().hex)
            assert answer.accepted
        self.world.clock.advance(later)
        page: str | None = None
        while True:
            listed = await self.inside.poll(since=self.since - timedelta(days=1), page=page)
            for item in listed.items:
                if item.set != "837" and item.id not in self.left:
                    self.left.add(item.id)
                    self.gateway.leave(f"{item.id}.x12", (await self.inside.fetch(item.id)).decode())
            page = listed.next_page
            if page is None:
                return


@pytest.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[Clearinghouse]:
    gateway = Gateway(tmp_path / "gateway", tmp_path / "keys")
    await gateway.start()
    made = Clearinghouse(world, gateway)
    yield made
    await made.inside.close()
    await gateway.stop()


async def start(world: World, client: Client, queue: str, number: str) -> WorkflowHandle[Any, Any]:
    return await world.start(client, registered(claim_of("SBXPAID", number), number, payer_rules="default"), queue)


async def test_a_claim_goes_by_two_folders_from_its_registration_to_its_money(
    client: Client, queue: str, world: World, house: Clearinghouse
) -> None:
    carrier = house.gateway.carrier(world.records, folders=FOLDERS)
    async with build_worker(client, replace(world.parts(), carrier=carrier), task_queue=queue, build="t", blink=0.05):
        handle = await start(world, client, queue, "FTP1")
        await world.until("FTP1", "submitted")
        # nobody could be asked for coverage: the claim went on without, and says so
        assert (await handle.query("state"))["coverage"] == "overridden"
        await house.work(later=2)
        report = await world.inbox(client, queue)
        assert report.trouble == ""
        await world.until("FTP1", "payer_accepted")
        await handle.execute_update("inquire", {"by": "biller-1"})
        await house.work(later=10)
        await world.inbox(client, queue)
        look = await world.until("FTP1", "closed")
        assert look.paid_cents + look.contractual_cents == 12_500
        assert house.gateway.files("outbound") == []
        assert house.gateway.files("inbound") == []
        assert len(house.took) == 1
        steps = await world.records.journal("prac1", "FTP1")
        assert "status_unanswered" in {step.event for step in steps}
        assert "effect_failed" not in {step.event for step in steps}
        await replay(await handle.fetch_history())
    await carrier.close()


async def test_an_upload_whose_answer_is_lost_parks_the_claim_until_a_person_or_an_acknowledgement_tells(
    client: Client, queue: str, world: World, house: Clearinghouse
) -> None:
    """The server dies between the rename and its answer, and the clearinghouse has taken the file already."""
    taken: list[str] = []
    gateway = house.gateway
    gateway.dies["rename"] = "after"
    gateway.after = lambda call: taken.extend(gateway.pick_up()) if call == "rename" else None
    carrier = gateway.carrier(world.records, folders=FOLDERS)
    async with build_worker(client, replace(world.parts(), carrier=carrier), task_queue=queue, build="t", blink=0.05):
        handle = await start(world, client, queue, "FTP2")
        look = await world.until("FTP2", "submission_unknown")
        while "can't tell" not in look.tasks[0].reason:
            await asyncio.sleep(0.02)
            look = await world.until("FTP2", "submission_unknown")
        assert [(task.type, task.owner) for task in look.tasks] == [("find_submission", "biller")]
        assert len(taken) == 1
        assert gateway.files("inbound") == []
        # what a person might do now is allowed; but first the clearinghouse speaks, and nothing is left to do
        assert "submit" in {action["message"] for action in await handle.query("allowed_actions")}
        await house.work(taken, later=2)
        await world.inbox(client, queue)
        look = await world.until("FTP2", "payer_accepted")
        assert look.tasks == ()
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("submit", {"by": "biller-1"})
        assert len(house.took) == 1
    await carrier.close()


@pytest.mark.parametrize("archive", ["", "archive"])
async def test_a_round_that_is_cut_off_anywhere_loses_nothing_and_takes_nothing_twice(
    client: Client, queue: str, world: World, house: Clearinghouse, archive: str
) -> None:
    """Between list, fetch, store, start and delete, at the carrier's side and at ours, before and after each."""
    gateway = house.gateway
    calls = ("scandir", "open", "read", "stat", "rename" if archive else "remove")
    places = ("fetched", "store_document", "remember_item", "move_cursor")
    cases = [(what, moment) for what in (*calls, *places) for moment in ("before", "after")]
    for number, (what, moment) in enumerate(cases):
        text = f"ISA*00*{queue}{number}~ST*999*0001~"
        gateway.leave(f"{number}.x12", text)
        if what in calls:
            gateway.dies[what] = moment
            records: Any = world.records
        else:
            records = CutOff(world.records, what, after=moment == "after")
            records.armed = True
        folders = Folders("inbound", "outbound", archive=archive)
        for _ in range(3):
            # a new carrier for each: the worker was killed with it
            carrier = gateway.carrier(world.records, folders=folders)
            inbox = InboxActivities(carrier, records, world.post(client, queue))
            with suppress(ApplicationError, RecordsError):
                await ActivityEnvironment().run(inbox.fetch_documents)
            await carrier.close()
        assert not gateway.dies, (what, moment)
        assert gateway.files("outbound") == [], (what, moment)
        assert len(gateway.files("archive")) == (number + 1 if archive else 0), (what, moment)
        (stored,) = [one for one in await world.records.documents(kind="999") if await _is(world, one.sha256, text)]
        assert await client.get_workflow_handle(document_workflow_id(stored.sha256)).describe()
    assert len(await world.records.documents(kind="999")) == len(cases)


async def _is(world: World, sha256: str, text: str) -> bool:
    try:
        return await world.records.load_document(sha256) == text.encode()
    except RecordsError:
        return False


async def test_files_that_may_not_be_deleted_are_said_and_stop_nobody(
    client: Client, queue: str, world: World, house: Clearinghouse
) -> None:
    for number in range(3):
        house.gateway.leave(f"{number}.x12", f"ISA*00*{queue}{number}~ST*999*0001~")
    carrier = house.gateway.carrier(world.records, folders=Folders("inbound", "outbound", archive="nowhere"))
    inbox = InboxActivities(carrier, world.records, world.post(client, queue))
    for new in (3, 0):
        report = await ActivityEnvironment().run(inbox.fetch_documents)
        assert (report.listed, report.new, report.known) == (3, new, 3 - new)
        assert report.trouble == "AuthenticationFailed at letting go: item of set not told"
    await carrier.close()
