"""One inbound document: read, matched, delivered to its claims; what is nobody's is recorded."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.names import INBOUND_DOCUMENT
from activities.orders import DeliveryReport, DocumentReference

PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))


async def deliver(document: DocumentReference) -> DeliveryReport:
    """Tried until it succeeds: a document that came is never put aside because the records or the server were away."""
    report: DeliveryReport = await workflow.execute_activity(
        "deliver_document",
        document,
        result_type=DeliveryReport,
        start_to_close_timeout=timedelta(hours=2),
        heartbeat_timeout=timedelta(minutes=1),
        retry_policy=PATIENT,
        summary=f"{document.set or 'document'} to its claims",
    )
    workflow.set_current_details(in_words(report))
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
