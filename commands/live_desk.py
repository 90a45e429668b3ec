"""Starts claims for real: registered in the records, then one workflow each; a start cut off goes on next time."""

from __future__ import annotations

import asyncio
import getpass
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.fairness import of_practice
from activities.names import CLAIM, claim_workflow_id
from activities.post import NoSuchClaim, Post
from adapters.records.audit_log import Act
from adapters.records.records import SqlRecords
from adapters.tables.loader import load_tables
from claims.claim import Claim
from claims.events import ClaimRegistered, UpstreamReplacementReceived
from claims.intake import AlreadyKnown, Identity, Replacement, Started
from claims.lifecycle import begin
from claims.matching import IndexEntry
from claims.payer_rules import rules_for
from claims.ports import KnownClaim
from claims.tables import Tables
from claims.views import view
from commands.claim_files import ClaimFile, Item
from commands.context import data_folder, open_room
from commands.intake_report import IntakeReport
from commands.intake_run import take
from commands.trouble import Unreachable
from workflows import attributes
from workflows.words import start_summary


@dataclass(slots=True)
class LiveDesk:
    """The records know claims, Temporal runs them."""

    client: Client
    records: SqlRecords
    tables: Tables
    zone: str
    task_queue: str
    stored: dict[str, asyncio.Task[str]] = field(default_factory=dict)
    """File name -> the storing of its bytes, whose result is their SHA-256."""
    at_once: int = 50

    async def earlier(self, identity: Identity) -> KnownClaim | None:
        return await self.records.known(identity.practice, identity.claim_id)

    async def namesakes(self, claim: Claim) -> tuple[IndexEntry, ...]:
        numbers = [claim.payer_claim_control_number] if claim.payer_claim_control_number else []
        return await self.records.candidates(
            patient_control_numbers=[claim.patient_control_number], payer_claim_control_numbers=numbers
        )

    async def begin(self, decision: Started, item: Item, file: ClaimFile) -> bool:
        event = await self._event(decision.identity, decision.claim, decision.warnings, item, file)
        known = await self.records.register(
            practice=event.practice,
            claim_id=event.claim_id,
            claim=event.claim,
            fingerprint=event.fingerprint,
            at=event.at,
        )
        if known is not None:
            return False
        await self._start(event)
        return True

    async def resume(self, decision: AlreadyKnown, known: KnownClaim, item: Item, file: ClaimFile) -> bool:
        if known.closed:
            return False
        claim = item.claim.model_copy(update={"patient_control_number": known.patient_control_number})
        return await self._start(await self._event(decision.identity, claim, (), item, file))

    async def replace(self, decision: Replacement, item: Item, file: ClaimFile) -> None:
        event = UpstreamReplacementReceived(
            at=_now(),
            id=decision.event_id,
            by="upstream",
            claim=decision.claim,
            document=await self._store(file),
        )
        try:
            post = Post(self.client, self.records, task_queue=self.task_queue)
            await post.deliver(decision.identity.practice, decision.claim_id, (event,))
        except NoSuchClaim as error:
            raise Unreachable(
                f"the claim that {item.claim.patient_control_number} replaces is registered but has no workflow",
                "Start its original file again, then this one.",
            ) from error

    async def _event(
        self, identity: Identity, claim: Claim, warnings: tuple[str, ...], item: Item, file: ClaimFile
    ) -> ClaimRegistered:
        book = self.tables.payer_rules
        return ClaimRegistered(
            at=_now(),
            id=f"registered/{identity.claim_id}",
            by="upstream",
            practice=identity.practice,
            claim_id=identity.claim_id,
            zone=self.zone,
            source=item.source,
            document=await self._store(file),
            fingerprint=identity.fingerprint,
            claim=claim,
            coded=item.coded,
            payer_rules=tuple(rules_for(book, one.payer.payer_id, one.filing_indicator) for one in claim.coverages),
            tables_version=self.tables.version,
            warnings=warnings,
            guarantor=identity.guarantor,
        )

    async def _store(self, file: ClaimFile) -> str:
        """Once a file, however many of its claims ask at the same time."""
        if file.name not in self.stored:
            self.stored[file.name] = asyncio.create_task(self._store_now(file))
        return await self.stored[file.name]

    async def _store_now(self, file: ClaimFile) -> str:
        kind = "json" if file.items and file.items[0].source == "json" else "837"
        sha256, _ = await self.records.store_document(file.raw, kind=kind, source="upstream", at=_now())
        act = Act(actor=getpass.getuser(), action="act", subject=f"document/{sha256}", detail="start")
        await self.records.custody.note(act)
        return sha256

    def _attributes(self, event: ClaimRegistered) -> TypedSearchAttributes:
        """Attributes that come with the start cost the claim no event of their own."""
        return attributes.as_typed(attributes.of_view(view(begin(event, self.tables).state, self.tables)))

    async def _start(self, event: ClaimRegistered) -> bool:
        """False where it runs, or has run, already."""
        try:
            await self.client.start_workflow(
                CLAIM,
                event,
                id=claim_workflow_id(event.practice, event.claim_id),
                task_queue=self.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                static_summary=start_summary(event),
                search_attributes=self._attributes(event),
                priority=of_practice(event.practice),
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise Unreachable(
                    "the Temporal namespace lacks Claimline's search attributes",
                    "A worker registers them: start one first.",
                ) from error
            raise Unreachable(f"the Temporal server refused to start a claim ({error.status.name})") from error
        return True


async def run_live(files: list[ClaimFile], on_claim: Callable[[], None]) -> IntakeReport:
    """Registers and starts every claim of the files."""
    async with open_room(server=True) as room:
        tables = load_tables(sandbox=room.settings.sandbox)
        desk = LiveDesk(room.server, room.records, tables, room.settings.zone, room.settings.temporal_task_queue)
        return await take(files, desk, identity_key(data_folder()), on_claim=on_claim)


def identity_key(folder: Path) -> bytes:
    """The key of claim ids: CLAIMLINE_IDENTITY_KEY, else one that is made once and kept in the data folder.

    Two machines that start claims into one installation must share it, or the same claim gets two ids.
    """
    if given := os.environ.get("CLAIMLINE_IDENTITY_KEY"):
        return given.encode()
    path = folder / "identity.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise Unreachable(f"the data folder {folder} can't be written: {error.strerror}") from error
    return path.read_text().strip().encode()


def _now() -> datetime:
    return datetime.now(UTC)
