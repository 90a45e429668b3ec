"""One inbound document: read, matched, delivered to its claims; what is nobody's is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError, TimeoutError

from activities.heart import HEARTBEAT
from activities.names import INBOUND_DOCUMENT
from activities.orders import DeliveryReport, DocumentReference, SetAside
from claims.ports import UNREADABLE

T = TypeVar("T")
SMALL = 20_000
"""Bytes; an acknowledgement, or a remittance of some twenty claims."""
QUICK = timedelta(seconds=5)
ONE_ROUND = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(minutes=10), maximum_attempts=16
)
"""Some forty minutes of tries; then it is asked what they failed of."""
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))
OUTAGES = frozenset({"RPCError", "RecordsError", "ClaimNotStarted", "OperationalError", "OSError", "ConnectionError"})
"""Failures of the world around: a document is never put aside for one of these."""


class Poisoned(Exception):
    """This program fails at this document however often it tries; the text is a type and a place."""


async def deliver(document: DocumentReference) -> DeliveryReport:
    """Tried until it succeeds: a document that came is never put aside because the records or the server were away.

    One that this program itself fails at is set aside, so that somebody sees it and the rest goes on.
    """
    report = await carry_out(
        "deliver_document", document, DeliveryReport, f"{document.set or 'document'} to its claims"
    )
    workflow.set_current_details(in_words(report))
    return report


async def set_aside(document: DocumentReference, reason: str) -> DeliveryReport:
    """The end of a document that this program fails at: kept, listed among the unmatched, read again after an upgrade."""
    report: DeliveryReport = await workflow.execute_activity(
        "set_document_aside",
        SetAside(document=document, reason=reason),
        result_type=DeliveryReport,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=PATIENT,
        summary="set aside: this program can't read it",
    )
    workflow.set_current_details(in_words(report))
    return report


async def carry_out(name: str, document: DocumentReference, result: type[T], summary: str) -> T:
    """A small document is tried once as a local activity, which spares the server half of its work.

    A large one, and what a local try could not do in a few seconds, is a normal, heartbeating activity. Delivering
    twice is harmless. Raises Poisoned after a round of tries that failed of no outage.
    """
    if 0 < document.size <= SMALL:
        try:
            quick: T = await workflow.execute_local_activity(
                name,
                document,
                result_type=result,
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=QUICK,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=summary,
            )
            return quick
        except FailureError:
            workflow.logger.info(f"a local try of {name} failed; it goes on as a normal activity")
    while True:
        try:
            report: T = await workflow.execute_activity(
                name,
                document,
                result_type=result,
                start_to_close_timeout=timedelta(hours=2),
                heartbeat_timeout=HEARTBEAT,
                retry_policy=ONE_ROUND,
                summary=summary,
            )
            return report
        except ActivityError as error:
            if reason := poison(error):
                raise Poisoned(reason) from error
            workflow.logger.warning(f"{name}: a round of tries failed of an outage; the next one begins")


def poison(error: ActivityError) -> str:
    """What a document fails of, a type and a place; empty where the world around was away."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        return "" if cause.type in OUTAGES else f"{cause.type or 'error'}: {cause.message}"[:300]
    if isinstance(cause, TimeoutError):
        return f"the worker ended or hung at it each time ({cause.type.name.lower() if cause.type else 'no answer'})"
    if isinstance(cause, CancelledError):
        raise error
    return type(cause).__name__


def in_words(report: DeliveryReport) -> str:
    """A table for operations."""
    if report.trouble:
        return f"Set aside: {UNREADABLE}. {report.trouble}. After an upgrade: `starter.py reread`."
    if report.found_later:
        return f"{report.found_later} parts that were nobody's before found their claims."
    if report.already_done:
        return "This content was taken before; nothing was delivered again."
    rows = [
        "| | |",
        "|---|---|",
        f"| parts | {report.parts} |",
        f"| delivered | {report.delivered} to {report.claims} claims |",
        f"| unmatched or held | {len(report.unmatched)} |",
        f"| problems | {report.problems} |",
    ]
    rows += [f"| {one.set} {one.reference} | {one.reason} |" for one in report.unmatched[:10]]
    return "\n".join(rows)


@workflow.defn(name=INBOUND_DOCUMENT)
class InboundDocumentWorkflow:
    """Its id is the hash of its content, so that a document which comes twice is one workflow."""

    @workflow.run
    async def run(self, document: DocumentReference) -> DeliveryReport:
        try:
            return await deliver(document)
        except Poisoned as poisoned:
            return await set_aside(document, str(poisoned))
