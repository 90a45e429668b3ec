"""Payments on an account: the claim that was named first, then the oldest service, never more than is owed.

What is left over is a credit of the account. A returned payment goes the way back that the payment took.
"""

from __future__ import annotations

from datetime import date

from claims.accounts.draft import PAYMENTS_KEPT, AccountDraft
from claims.accounts.events import AccountPaid
from claims.accounts.state import AccountPayment, Allocation, Entry
from claims.draft import Refused
from claims.events import PatientPaid
from claims.money import dollars


def on_paid(d: AccountDraft, event: AccountPaid) -> None:
    if event.amount_cents == 0:
        raise Refused("a payment of nothing")
    if event.amount_cents < 0:
        _returned(d, event)
        return
    named = d.state.entry(event.claim) if event.claim else None
    if event.claim and named is None:
        raise Refused("no such claim is on this account; leave it out, and the oldest is paid first")
    shares = allocate(d, event.amount_cents, named)
    made = tuple(
        Allocation(key=f"{event.id}#{number}", claim_id=entry.claim_id, amount_cents=cents)
        for number, (entry, cents) in enumerate(shares, 1)
    )
    credit = event.amount_cents - sum(one.amount_cents for one in made)
    _keep(d, event, made, credit)
    d.set(credit_cents=d.state.credit_cents + credit)
    for one in made:
        _tell(d, one, event.method, event.reference)


def allocate(d: AccountDraft, amount_cents: int, named: Entry | None) -> list[tuple[Entry, int]]:
    """Claims and how much of the amount each gets, in order."""
    planned = d.state.plan.claims if d.state.plan else ()

    def order(entry: Entry) -> tuple[bool, bool, date, str]:
        first = named is not None and entry.claim_id == named.claim_id
        return (not first, entry.claim_id not in planned, entry.balance.service_on or date.max, entry.claim_id)

    shares = []
    for entry in sorted(d.state.entries, key=order):
        cents = min(amount_cents, d.state.owed_cents(entry))
        if cents > 0:
            shares.append((entry, cents))
            amount_cents -= cents
    return shares


def _keep(d: AccountDraft, event: AccountPaid, made: tuple[Allocation, ...], credit: int) -> None:
    payment = AccountPayment(
        key=event.id,
        amount_cents=event.amount_cents,
        at=event.at,
        by=event.by,
        method=event.method,
        reference=event.reference,
        paid_on=event.paid_on,
        allocations=made,
        credit_cents=credit,
    )
    d.set(payments=(*d.state.payments[-(PAYMENTS_KEPT - 1) :], payment))


def _tell(d: AccountDraft, one: Allocation, method: str, reference: str) -> None:
    event = PatientPaid(
        at=d.now, id=one.key, by="account", amount_cents=one.amount_cents, method=method, reference=reference
    )
    d.tell(one.claim_id, event)


def _returned(d: AccountDraft, event: AccountPaid) -> None:
    """The payment with that reference, or the last of that amount, is taken back from where it went."""
    amount = -event.amount_cents
    found = [
        p
        for p in d.state.payments
        if p.amount_cents == amount and not p.returned and (not event.reference or p.reference == event.reference)
    ]
    if not found:
        raise Refused(f"no payment of {dollars(amount)} with this reference stands on the account")
    original = found[-1]
    if original.credit_cents > d.state.credit_cents:
        raise Refused("its credit was given back already: settle that with the guarantor first")
    back = tuple(
        Allocation(key=f"{event.id}#{number}", claim_id=one.claim_id, amount_cents=-one.amount_cents)
        for number, one in enumerate(original.allocations, 1)
    )
    marked = original.model_copy(update={"returned": True})
    d.set(payments=tuple(marked if p.key == original.key else p for p in d.state.payments))
    _keep(d, event, back, -original.credit_cents)
    d.set(credit_cents=d.state.credit_cents - original.credit_cents)
    for one in back:
        _tell(d, one, event.method, event.reference)
    d.open_task(
        "returned_payment", f"a payment of {dollars(amount)} was returned: talk to the guarantor", category=event.id
    )


def use_credit(d: AccountDraft) -> None:
    """A credit pays what is owed newly before anybody is asked for it; it stays with the payment that it came from."""
    for payment in d.state.payments:
        if payment.credit_cents <= 0 or payment.returned or d.state.credit_cents <= 0:
            continue
        shares = allocate(d, min(payment.credit_cents, d.state.credit_cents), None)
        begun = len(payment.allocations)
        more = tuple(
            Allocation(key=f"{payment.key}#{begun + number}", claim_id=entry.claim_id, amount_cents=cents)
            for number, (entry, cents) in enumerate(shares, 1)
        )
        if not more:
            return
        used = sum(one.amount_cents for one in more)
        changed = payment.model_copy(
            update={"allocations": (*payment.allocations, *more), "credit_cents": payment.credit_cents - used}
        )
        d.set(
            payments=tuple(changed if p.key == payment.key else p for p in d.state.payments),
            credit_cents=d.state.credit_cents - used,
        )
        for one in more:
            _tell(d, one, payment.method, payment.reference)
