"""Who owes next once a payer decided: the next payer, the patient, us (a credit), or nobody - then the claim closes."""

from __future__ import annotations

from claims.draft import Draft, Refused
from claims.events import ClaimArchived, ClosingRequested
from claims.money import dollars
from claims.patient_balance import DECIDED as DECIDED
from claims.phases import next_payer, patients_turn
from claims.posting import ledger
from claims.status import Status as S

DENIED = (S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.CORRECTING)
"""Statuses in which a denial is worked."""
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
        next_payer.go_on(d)
    elif balance.patient > 0:
        patients_turn.bill_patient(d, balance)
    if balance.open > 0:
        d.open_task(
            "review_payment", "biller", f"{dollars(balance.open)} is neither paid nor explained", category="open"
        )


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
