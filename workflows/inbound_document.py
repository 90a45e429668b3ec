"""One inbound document: read, matched, delivered to its claims; what is nobody's is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

from activities.heart import HEARTBEAT
from activities.names import INBOUND_DOCUMENT
from activities.orders import DeliveryReport, DocumentReference

T = TypeVar("T")
SMALL = 20_000
"""Bytes; an acknowledgement, or a remittance of some twenty claims."""
QUICK = timedelta(seconds=5)
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))


async def deliver(document: DocumentReference) -> DeliveryReport:
    """Tried until it succeeds: a document that came is never put aside because the records or the server were away."""
    report = await carry_out(
        "deliver_document", document, DeliveryReport, f"{document.set or 'document'} to its claims"
    )
    workflow.set_current_details(in_words(report))
    return report


async def carry_out(name: str, document: DocumentReference, result: type[T], summary: str) -> T:
    """A small document is tried once as a local activity, which spares the server half of its work.

    A large one, and what a local try could not do in a few seconds, is a normal, heartbeating activity. Delivering
    twice is harmless.
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
    report: T = await workflow.execute_activity(
        name,
        document,
        result_type=result,
        start_to_close_timeout=timedelta(hours=2),
        heartbeat_timeout=HEARTBEAT,
        retry_policy=PATIENT,
        summary=summary,
    )
    return report


def in_words(report: DeliveryReport) -> str:
    """A table for operations."""
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
        return await deliver(document)
