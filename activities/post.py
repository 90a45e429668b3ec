"""How events reach the workflows of claims, and documents theirs: through Temporal's client, throttled.

Events for one claim that come within a blink (a 999 and two 277CAs of one poll) share one signal, so that the claim
wakes once. A claim whose workflow has completed is started again under its id out of the archive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.account_orders import AccountCarried, AccountOpened
from activities.fairness import of_practice
from activities.names import (
    CLAIM,
    DELIVER,
    INBOUND_DOCUMENT,
    PATIENT_ACCOUNT,
    REMITTANCE,
    TASK_QUEUE,
    account_workflow_id,
    claim_workflow_id,
    document_workflow_id,
)
from activities.orders import Carried, DocumentReference
from claims.accounts.events import BalanceReported
from claims.accounts.state import AccountState
from claims.effects import ReportPatientBalance
from claims.events import AnyEvent
from claims.ports import Records

BLINK = 1.0
"""Seconds that a parcel stays open for more events of the same claim: documents of one poll come within that time."""
PER_SECOND = 200.0
"""Signals a second: a worker on two cores falls behind for good above 250 to 310 (docs/performance.md)."""
ON_THE_WIRE = 64
"""Calls to the server under way at the same time: more of them only wait for each other there."""


class NoSuchClaim(Exception):
    """The claim has no running workflow and nothing in the archive."""


@dataclass
class _Parcel:
    events: list[AnyEvent] = field(default_factory=list)
    sent: asyncio.Task[None] | None = None


class Throttle:
    """At most `per_second` passages a second, evenly spaced."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0

    async def passage(self) -> None:
        clock = asyncio.get_running_loop().time
        self._next = max(self._next + self._gap, clock())
        await asyncio.sleep(max(0.0, self._next - clock()))


class Post:
    """Implements activities.inbox.DocumentStarter; one a worker."""

    def __init__(
        self,
        client: Client,
        records: Records,
        *,
        task_queue: str = TASK_QUEUE,
        per_second: float = PER_SECOND,
        blink: float = BLINK,
    ) -> None:
        self._client = client
        self._records = records
        self._task_queue = task_queue
        self._throttle = Throttle(per_second)
        self._wire = asyncio.Semaphore(ON_THE_WIRE)
        self._blink = blink
        self._open: dict[tuple[str, str], _Parcel] = {}

    async def deliver(self, practice: str, claim_id: str, events: Sequence[AnyEvent]) -> None:
        """Returns once the server has the signal. Raises NoSuchClaim; RPCError where the server is away.

        The same events again change nothing: a claim knows them by their ids.
        """
        key = (practice, claim_id)
        parcel = self._open.get(key)
        if parcel is None:
            parcel = self._open[key] = _Parcel()
            parcel.sent = asyncio.create_task(self._send(key, parcel))
        parcel.events.extend(events)
        assert parcel.sent is not None
        await asyncio.shield(parcel.sent)

    async def _send(self, key: tuple[str, str], parcel: _Parcel) -> None:
        await asyncio.sleep(self._blink)
        await self._throttle.passage()
        async with self._wire:
            del self._open[key]
            body = {"events": [event.model_dump(mode="json") for event in parcel.events]}
            workflow_id = claim_workflow_id(*key)
            try:
                await self._client.get_workflow_handle(workflow_id).signal(DELIVER, body)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                await self._reopen(key, workflow_id, body)

    async def _reopen(self, key: tuple[str, str], workflow_id: str, body: object) -> None:
        state = await self._records.archived(*key)
        if state is None:
            raise NoSuchClaim(workflow_id)
        await self._client.start_workflow(
            CLAIM,
            Carried(state=state),
            id=workflow_id,
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=DELIVER,
            start_signal_args=[body],
            static_summary=f"reopened: {state.claim.patient_control_number}",
            priority=of_practice(key[0]),
        )

    async def report(
        self, practice: str, effect: ReportPatientBalance, event: BalanceReported, archived: AccountState | None
    ) -> None:
        """A claim's balance reaches its guarantor's account, which is begun, or taken out of the archive, if need be."""
        await self._throttle.passage()
        begin = AccountOpened(
            practice=practice,
            account=effect.account,
            zone=effect.zone,
            tables_version=effect.tables_version,
            at=event.at,
        )
        await self._client.start_workflow(
            PATIENT_ACCOUNT,
            AccountCarried(state=archived) if archived is not None else begin,
            id=account_workflow_id(practice, effect.account),
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=DELIVER,
            start_signal_args=[{"events": [event.model_dump(mode="json")]}],
            static_summary="a guarantor's account",
            priority=of_practice(practice),
        )

    async def start_document(self, document: DocumentReference, *, again: bool = False) -> bool:
        """False where this content already has its workflow; with `again`, where it is running just now."""
        once = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        try:
            await self._client.start_workflow(
                REMITTANCE if document.set == "835" else INBOUND_DOCUMENT,
                document,
                id=document_workflow_id(document.sha256),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE if again else once,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                static_summary=f"{document.set or 'document'} from {document.source}",
            )
        except WorkflowAlreadyStartedError:
            return False
        return True
