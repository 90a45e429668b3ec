"""One round of the inbox, started by a Schedule: what waits at the carrier is stored, and its workflows are started."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from activities.heart import HEARTBEAT
from activities.names import INBOX
from activities.orders import InboxReport


@workflow.defn(name=INBOX)
class InboxWorkflow:
    """Short-lived. A carrier that is away is no failure here: the next round asks again."""

    @workflow.run
    async def run(self) -> InboxReport:
        try:
            report: InboxReport = await workflow.execute_activity(
                "fetch_documents",
                result_type=InboxReport,
                start_to_close_timeout=timedelta(minutes=10),
                heartbeat_timeout=HEARTBEAT,
                retry_policy=RetryPolicy(maximum_attempts=3),
                summary="documents waiting at the carrier",
            )
        except ActivityError as error:
            cause = error.cause
            kind = cause.type if isinstance(cause, ApplicationError) and cause.type else type(cause).__name__
            report = InboxReport(trouble=kind)
        workflow.set_current_details(
            f"listed {report.listed}, new {report.new}, known {report.known}"
            + (f", trouble: {report.trouble}" if report.trouble else "")
        )
        return report
