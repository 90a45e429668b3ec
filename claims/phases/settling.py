"""Who owes next once a payer decided: the next payer, the patient, us (a credit), or nobody - then the claim closes."""

from __future__ import annotations

from claims.draft import Draft, Refused
from claims.effects import SendStatement, StatementLine
from claims.events import ClaimArchived, ClosingRequested, PatientPaid, StatementSent
from claims.money import dollars
from claims.posting import Ledger, ledger
from claims.state import PatientPayment
from claims.status import Status as S

DENIED = (S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.CORRECTING)
"""Statuses in which a denial is worked."""
DECIDED = (
    S.ADJUDICATED,
    S.PAID,
    S.UNDERPAID,
    S.ZERO_PAID_PATIENT_RESP,
    S.PATIENT_BILLING,
    S.OVERPAYMENT_REVIEW,
    S.REFUND_PENDING,
    S.REOPENED,
    S.SECONDARY_READY,
)
"""Statuses in which the money alone says what is next; denial work, appeals and submissions go on by themselves."""
LEAVING = ("transmit_claim", "find_submission", "send_appeal", "send_documents")
"""Effects that a claim may not close over: whether they left would never be known."""


def settle(d: Draft) -> None:
    """After anything that moved money: closes, bills, or opens the work that the balance asks for."""
    balance = ledger(d.state, d.tables)
    if d.state.status in DENIED:
        if balance.settled:
            close(d)
        elif balance.open == 0:
            d.drop_waiting()
            d.move(S.ADJUDICATED)
            settle(d)
        return
    if d.state.status not in DECIDED:
        return
    if balance.open >= 0:
        d.disarm("overpayment")
        d.close_tasks("refund")
    if balance.open == 0:
        d.close_tasks("review_payment", category="open")
    if balance.settled:
        close(d)
    elif balance.open < 0:
        overpaid(d, balance.open)
    elif balance.next_payer > 0:
        _next_payer(d, balance)
    elif balance.patient > 0:
        bill_patient(d, balance)
    if balance.open > 0:
        d.open_task(
            "review_payment", "biller", f"{dollars(balance.open)} is neither paid nor explained", category="open"
        )


def _next_payer(d: Draft, balance: Ledger) -> None:
    if d.state.status is S.SECONDARY_READY:
        return
    d.move(S.SECONDARY_READY)
    d.open_task(
        "review_coverage",
        "biller",
        f"{dollars(balance.next_payer)} go to the next payer: bill it, or choose bill_patient where there is none",
    )


def bill_patient(d: Draft, balance: Ledger) -> None:
    """Asks for a statement over what the patient owes now, unless it may not be billed or one is on its way."""
    if not d.state.rules.bill_patient:
        d.open_task("review_write_off", "biller", "this payer's rules forbid billing the patient", category="protected")
        return
    if d.state.holds:
        d.open_task("review_hold", "supervisor", "a hold stops the patient's statement")
        return
    if any(isinstance(effect, SendStatement) for effect in d.state.in_flight):
        return
    if d.state.statements:
        d.move(S.PATIENT_BILLING)
        d.arm("statement")
        return
    claim = d.state.claim
    rows = {row.number: row for row in balance.lines}
    lines = tuple(
        StatementLine(
            service_on=line.service_from or claim.service_from,
            description=" ".join(part for part in (line.procedure or line.revenue_code, *line.modifiers) if part),
            charge_cents=line.charge_cents,
            payer_paid_cents=rows[line.number].paid if line.number in rows else 0,
            adjusted_cents=rows[line.number].contractual if line.number in rows else 0,
            patient_cents=rows[line.number].patient if line.number in rows else 0,
        )
        for line in claim.lines
    )
    d.ask(
        SendStatement(
            id=d.next_effect_id("statement"),
            claim=claim,
            amount_cents=balance.patient,
            lines=lines,
            statement_number=d.state.statements + 1,
            on=d.today,
        )
    )
    d.arm("statement")


def on_statement_sent(d: Draft, event: StatementSent) -> None:
    d.answered(event.effect)
    d.set(statements=d.state.statements + 1)
    if d.state.status in DECIDED and ledger(d.state, d.tables).patient > 0:
        d.move(S.PATIENT_BILLING)
        d.arm("statement")


def on_patient_paid(d: Draft, event: PatientPaid) -> None:
    if event.amount_cents == 0:
        raise Refused("a payment of nothing")
    paid = sum(payment.amount_cents for payment in d.state.patient_payments)
    if paid + event.amount_cents < 0:
        raise Refused(f"more is returned than was paid ({dollars(paid)})")
    payment = PatientPayment(
        key=event.id, amount_cents=event.amount_cents, at=event.at, method=event.method, reference=event.reference
    )
    d.set(patient_payments=(*d.state.patient_payments, payment))
    reopen(d)
    settle(d)


def overpaid(d: Draft, open_cents: int) -> None:
    """More came in than was owed: the clock to report and return it starts (42 CFR 401.305 for Medicare)."""
    if d.state.status not in (S.DENIED, S.PARTIALLY_DENIED):
        d.move(S.OVERPAYMENT_REVIEW)
    d.arm("overpayment")
    d.open_task("refund", "biller", f"credit balance of {dollars(-open_cents)}: refund it to whom it belongs")


def close(d: Draft) -> None:
    """Nobody owes anything."""
    end(d, S.CLOSED)


def end(d: Draft, status: S) -> None:
    """Closed or voided: it waits for late events, then its state is stored and its workflow ends."""
    d.move(status)
    archiving = tuple(effect for effect in d.state.in_flight if effect.kind == "archive_claim")
    d.set(deadlines=(), tasks=(), approvals=(), failure=None, in_flight=archiving)
    d.arm("linger")


def reopen(d: Draft) -> None:
    """A closed claim that hears of money is open again, once for each such event; its holds are reviewed again."""
    if not d.state.closed:
        return
    d.disarm("linger")
    d.forget("archive_claim")
    d.set(archived=False)
    d.move(S.REOPENED)
    for hold in d.state.holds:
        d.arm("hold_review", subject=hold.kind)


def on_closing_requested(d: Draft, event: ClosingRequested) -> None:
    if event.reopen:
        d.require(S.CLOSED, S.VOIDED, what="reopening")
        reopen(d)
        d.open_task("review_payment", "biller", event.reason or "reopened by a person")
        return
    if d.state.closed:
        raise Refused("the claim is closed already")
    if any(effect.kind in LEAVING for effect in d.state.in_flight):
        raise Refused("something is on its way out: wait until it has left")
    balance = ledger(d.state, d.tables)
    if not balance.settled:
        owed = ", ".join(
            f"{name} {dollars(cents)}"
            for name, cents in (
                ("open", balance.open),
                ("patient", balance.patient),
                ("next payer", balance.next_payer),
            )
            if cents
        )
        raise Refused(f"something is still owed ({owed}): collect it or write it off first")
    close(d)


def on_claim_archived(d: Draft, event: ClaimArchived) -> None:
    d.answered(event.effect)
    d.require(S.CLOSED, S.VOIDED, what="archiving")
    d.set(archived=True)
