"""One 835: proved to balance, then delivered to its claims like any document."""

from __future__ import annotations

from temporalio import workflow

from activities.names import REMITTANCE
from activities.orders import DeliveryReport, DocumentReference, DocumentSummary
from claims.money import dollars
from workflows.inbound_document import Poisoned, carry_out, deliver, in_words, set_aside


@workflow.defn(name=REMITTANCE)
class RemittanceWorkflow:
    """A set that does not balance is delivered only as far as its claims do; the rest is held, and said here."""

    @workflow.run
    async def run(self, document: DocumentReference) -> DeliveryReport:
        try:
            proof = await carry_out("prove_document", document, DocumentSummary, "does it balance?")
            workflow.set_current_details(proved(proof))
            report = await deliver(document)
        except Poisoned as poisoned:
            return await set_aside(document, str(poisoned))
        workflow.set_current_details("\n\n".join((proved(proof), in_words(report), where_the_cash_is(report))))
        return report


def proved(proof: DocumentSummary) -> str:
    """A table for operations: each set with its payment, its claims and whether it balances.

    Amounts have no dollar signs: the UI sets what stands between two of them as a formula.
    """
    rows = ["| set | claims | payment | balance |", "|---|---|---|---|"]
    for one in proof.sets:
        amount = "" if one.amount_cents is None else dollars(one.amount_cents)
        balance = "balances" if one.balanced else f"off by {dollars(one.difference_cents)}"
        rows.append(f"| {one.set} | {one.parts} | {amount} | {balance} |")
    return "\n".join([*rows, *(f"- {problem}" for problem in proof.problems)])


def where_the_cash_is(report: DeliveryReport) -> str:
    """A table for operations: payment = posted + held + unmatched + provider level, for each set."""
    if not report.remittances:
        return ""
    rows = ["| trace | payment | posted | held | unmatched | provider level |", "|---|---|---|---|---|---|"]
    for one in report.remittances:
        amounts = (one.payment_cents, one.posted_cents, one.held_cents, one.unmatched_cents, one.provider_cents)
        rows.append(f"| {one.trace_number} | {' | '.join(map(dollars, amounts))} |")
    return "\n".join([*rows, *(f"- {one.trace_number} is held: {one.held}" for one in report.remittances if one.held)])
