"""What commands work with: settings, records, a Temporal client; and how a claim is found by what people call it.

Where a stack runs in the folder, its addresses are taken; the environment goes before them.
"""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError

from adapters.opening import records_of
from adapters.records.audit_log import Act
from adapters.records.reading import NotACursor
from adapters.records.records import SqlRecords
from adapters.settings import Settings, SettingsError, load_settings
from claims.ports import RecordsError
from claims.views import ClaimView
from commands.connecting import CannotServe, connect_to
from commands.processes import read_note
from commands.stack import environment_of
from commands.trouble import Trouble, Unreachable, Unreadable

CONNECT_SECONDS = 5.0
HOW_TO_START = "Start one with `make up` (python starter.py up), or set CLAIMLINE_TEMPORAL_ADDRESS."


def data_folder() -> Path:
    return Path(os.environ.get("CLAIMLINE_DATA") or ".claimline")


def settings() -> Settings:
    """From the environment, else from the stack that runs in the data folder, else the defaults."""
    found = environment_of(read_note(data_folder())) or _at_rest(data_folder())
    if folder := os.environ.get("CLAIMLINE_DATA"):
        found = {"CLAIMLINE_RECORDS_URL": f"sqlite:///{Path(folder) / 'records.db'}", **found}
    try:
        return load_settings(found)
    except SettingsError as error:
        raise Unreadable(f"settings: {error}", "Correct the environment or .env, and try again.") from error


def _at_rest(folder: Path) -> dict[str, str]:
    """What a stack that doesn't run now left in its folder: its records are sealed with its own ring."""
    keys = folder / "keys.json"
    return {"CLAIMLINE_KEYS_FILE": str(keys)} if keys.is_file() else {}


@dataclass(slots=True)
class Room:
    """What is open while a command runs. `client` is None where the command needs no server, or none answers."""

    settings: Settings
    records: SqlRecords
    client: Client | None

    @property
    def server(self) -> Client:
        if self.client is None:
            raise Unreachable(f"no Temporal server answers at {self.settings.temporal_address}", HOW_TO_START)
        return self.client

    async def query(self, handle: WorkflowHandle[Any, Any], question: str) -> Any:
        """The answer of a running claim; Unreachable where nobody can answer now."""
        try:
            return await asyncio.wait_for(handle.query(question), CONNECT_SECONDS)
        except (RPCError, TimeoutError, WorkflowQueryFailedError) as error:
            raise Unreachable(f"claim {handle.id} doesn't answer: is a worker running?", HOW_TO_START) from error


@asynccontextmanager
async def open_room(*, server: bool, optional_server: bool = False) -> AsyncIterator[Room]:
    """Opens what a command needs; every failure becomes one clear message."""
    chosen = settings()
    client = None
    if server:
        try:
            client = await connect(chosen)
        except Unreachable:
            if not optional_server:
                raise
    _must_exist(chosen.records_url)
    try:
        records = records_of(chosen)
    except RecordsError as error:
        raise Unreachable(str(error)) from error
    try:
        yield Room(chosen, records, client)
    except NotACursor as error:
        raise Unreadable(f"--cursor: {error}") from error
    except RecordsError as error:
        raise Unreachable(str(error)) from error
    finally:
        records.close()


def _must_exist(url: str) -> None:
    """A new file here would be another database than the worker's, and every list silently empty."""
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise Unreachable(
            f"no records database at {path}",
            "A worker makes it: run `make up` here, or set CLAIMLINE_RECORDS_URL (or CLAIMLINE_DATA) to the worker's.",
        )


async def connect(chosen: Settings) -> Client:
    """A client of the Temporal server; Unreachable names the address and what to do."""
    # Loaded here because it brings in every workflow and adapter, which commands that only read don't need.
    import worker

    try:
        return await asyncio.wait_for(
            connect_to(chosen, worker.converter_for(chosen)),
            CONNECT_SECONDS,
        )
    except CannotServe as error:
        raise Unreachable(str(error)) from error
    except TimeoutError as error:
        raise Unreachable(
            f"what listens at {chosen.temporal_address} doesn't answer as Temporal", HOW_TO_START
        ) from error


async def note_look(room: Room, view: ClaimView, command: str) -> None:
    """A person looks at one claim: noted before it is shown."""
    subject = f"claim/{view.practice}/{view.claim_id}"
    await room.records.custody.note(Act(actor=getpass.getuser(), action="read", subject=subject, detail=command))


async def note_list(room: Room, what: str, count: int) -> None:
    """A person looks at a list in which patients' numbers or words stand: noted, with how many rows, before it is shown."""
    act = Act(actor=getpass.getuser(), action="read", subject=f"list/{what}", detail=f"{count} rows")
    await room.records.custody.note(act)


async def note_where_records_are(*acts: Act) -> None:
    """For commands that work without records, too: noted where there are any that can be opened."""
    with suppress(Unreachable):
        async with open_room(server=False) as room:
            await room.records.custody.note(*acts)


async def find_claim(room: Room, reference: str) -> ClaimView:
    """The claim that a claim id, patient control number or workflow id names."""
    wanted = reference.removeprefix("claim/")
    found = await room.records.claim(wanted)
    if not found and wanted != reference:
        found = await room.records.claim(reference)
    if not found:
        raise Trouble(f"no claim is known as {reference}", "python starter.py list shows what there is.")
    if len(found) > 1:
        raise Unreadable(
            f"{len(found)} claims are called {reference}:\n{_choices(found)}", "Say which by its claim id."
        )
    return found[0]


def _choices(views: Sequence[ClaimView]) -> str:
    return "\n".join(f"  {one.claim_id}  {one.practice}  {one.payer_id}  {one.status}" for one in views)
