"""What a Temporal namespace needs once before claims can live in it: our search attributes, and the inbox's schedule."""

from __future__ import annotations

from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.service import RPCError, RPCStatusCode

from activities.names import INBOX, INBOX_SCHEDULE, TASK_QUEUE
from workflows import attributes

SHORTEST_POLL = 1.0
"""Seconds; the server refuses schedules with shorter intervals."""


async def prepare(client: Client, *, poll_seconds: float | None = None, task_queue: str = TASK_QUEUE) -> None:
    """What a namespace needs once: our search attributes and, with `poll_seconds`, the inbox's schedule."""
    await ensure_search_attributes(client)
    if poll_seconds is not None:
        await ensure_schedule(client, poll_seconds, task_queue)


async def ensure_search_attributes(client: Client) -> None:
    """Adds those of ours that the namespace does not have. Harmless where all are there."""
    kinds = {
        SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
        SearchAttributeIndexedValueType.BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
        SearchAttributeIndexedValueType.INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    }
    try:
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        there = set(listed.custom_attributes)
    except RPCError as error:
        if error.status != RPCStatusCode.UNIMPLEMENTED:
            raise
        there = set()
    missing = {key.name: kinds[key.indexed_value_type] for key in attributes.ALL if key.name not in there}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise


async def ensure_schedule(client: Client, poll_seconds: float, task_queue: str = TASK_QUEUE) -> None:
    """The inbox is looked into every `poll_seconds`; a round that is still under way is not doubled."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(INBOX, id="inbox", task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(seconds=max(poll_seconds, SHORTEST_POLL)))]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(seconds=60)),
    )
    try:
        await client.create_schedule(INBOX_SCHEDULE, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(INBOX_SCHEDULE).update(lambda found: _renewed(found, schedule))


async def wake_inbox(client: Client) -> None:
    """The inbox is looked into now; where a round is under way, once more after it. Raises RPCError."""
    await client.get_schedule_handle(INBOX_SCHEDULE).trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)


def _renewed(found: ScheduleUpdateInput, schedule: Schedule) -> ScheduleUpdate:
    """A pause that operations set stays."""
    schedule.state = found.description.schedule.state
    return ScheduleUpdate(schedule=schedule)
