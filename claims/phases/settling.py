"""Who owes next once a payer decided: the next payer, the patient, us (a credit), or nobody - then the claim closes."""

from __future__ import annotations

from claims import credits
from claims.draft import Draft, Refused
from claims.events import ClaimArchived, ClosingRequested
from claims.money import dollars
from claims.patient_balance import DECIDED as DECIDED
from claims.phases import next_payer, overpayment, patients_turn, small_balances
from claims.posting import counted_takebacks, ledger, patients_net
from claims.status import Status as S

UNDERPAID = "underpaid"
"""The class of what is no denial but less than the contract: it is accepted by a person, or appealed."""
DENIED = (S.DENIED, S.PARTIALLY_DENIED, S.APPEAL_UPHELD, S.CORRECTING)
"""Statuses in which a denial is worked."""
LEAVING = ("transmit_claim", "find_submission", "send_appeal", "send_documents")
"""Effects that a claim may not close over: whether they left would never be known."""


def settle(d: Draft) -> None:
    """After anything that moved money: closes, bills, or opens the work that the balance asks for."""
    status = d.state.status
    if status not in (*DENIED, *DECIDED):
        return
    balance = ledger(d.state, d.tables)
    if balance.open == 0 and status not in DENIED:
        d.close_tasks("review_payment", category="open")
    moves = status in DECIDED and status is not S.UNDERPAID
    if overpayment.follow(d, moves=moves):
        return
    if d.state.void:
        end(d, S.VOIDED)
        return
    if status is S.APPEAL_UPHELD and d.state.denial is not None and d.state.denial.reason_class == UNDERPAID:
        return
    if status in DENIED:
        if balance.settled:
            close(d)
        elif balance.open == 0:
            d.drop_waiting()
            d.move(S.ADJUDICATED)
            settle(d)
        return
    if status is S.UNDERPAID:
        return
    if small_balances.written_off(d, balance):
        settle(d)
        return
    if balance.settled:
        close(d)
        return
    if status in (S.OVERPAYMENT_REVIEW, S.REFUND_PENDING):
        d.move(S.ADJUDICATED)
    if balance.next_payer > 0:
        next_payer.go_on(d)
    elif balance.patient > 0:
        patients_turn.bill_patient(d, balance)
    if balance.open > 0:
        taken = sum(counted_takebacks(d.state))
        why = f": the payers took {dollars(taken)} back (PLB)" if taken else ""
        reason = f"{dollars(balance.open)} is neither paid nor explained{why}"
        d.open_task("review_payment", "biller", reason, category="open")


def close(d: Draft) -> None:
    """Nobody owes anything."""
    end(d, S.CLOSED)


def end(d: Draft, status: S) -> None:
    """Closed or voided: it waits for late events, then its state is stored and its workflow ends."""
    d.move(status)
    archiving = tuple(effect for effect in d.state.in_flight if effect.kind == "archive_claim")
    d.set(deadlines=(), tasks=(), approvals=(), failure=None, in_flight=archiving, void=status is S.VOIDED)
    d.arm("linger")
    hers = patients_net(d.state)
    if status is S.VOIDED and hers > 0:
        d.open_task("refund", "biller", f"the claim is void, and the patient has paid {dollars(hers)}: pay it back")


def reopen(d: Draft) -> None:
    """A closed claim that hears of money is open again, once for each such event; its holds are reviewed again."""
    if not d.state.closed:
        return
    d.disarm("linger")
    d.forget("archive_claim")
    d.set(archived=False, void=False)
    d.move(S.REOPENED)
    for hold in d.state.holds:
        d.arm("hold_review", subject=hold.kind)


def never_on_file(d: Draft) -> bool:
    """Whether no payer has the claim or ever had it, and one should: it is still to be filed in time."""
    sent = any(one.outcome not in ("rejected", "refused") for one in d.state.submissions)
    return not sent and not d.state.payments and d.state.coverage != "self_pay"


def on_closing_requested(d: Draft, event: ClosingRequested) -> None:
    if event.reopen:
        d.require(S.CLOSED, S.VOIDED, what="reopening")
        reopen(d)
        d.open_task("review_payment", "biller", event.reason or "reopened by a person")
        if never_on_file(d):
            d.arm_filing()
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
    back = credits.outstanding(d.state, d.tables)
    if back > 0:
        raise Refused(f"{dollars(back)} have to go back to a payer: refund it, or see it recouped first")
    close(d)


def on_claim_archived(d: Draft, event: ClaimArchived) -> None:
    d.answered(event.effect)
    d.require(S.CLOSED, S.VOIDED, what="archiving")
    d.set(archived=True)
