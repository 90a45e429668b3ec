"""The credit of an account goes back to who paid it: named, approved where the practice wants it, never more than is there."""

from __future__ import annotations

from claims import second_person
from claims.accounts.draft import AccountDraft
from claims.accounts.events import CreditDecided, CreditReturned
from claims.accounts.state import CreditRequest, CreditReturn
from claims.draft import Refused
from claims.money import dollars


def on_credit_returned(d: AccountDraft, event: CreditReturned) -> None:
    """Where a claim's refund of this amount would wait for a second person, the account's does too.

    The first message then asks; once it is approved, the second one records what left. A small one that needs nobody
    leaves a request that waits, or is approved, where it is.
    """
    if not event.by.strip():
        raise Refused("giving a credit back needs the name of the person who did")
    if not 0 < event.amount_cents <= d.state.credit_cents:
        raise Refused(f"the account's credit is {dollars(d.state.credit_cents)}")
    asked = d.state.credit_request
    if asked is not None and asked.approved_by and event.amount_cents == asked.amount_cents:
        d.set(credit_request=None)
        _give_back(d, event, approved_by=asked.approved_by)
        return
    alone = second_person.lately(((one.at, one.amount_cents) for one in d.state.returned_alone), d.now)
    tier = second_person.reached(d.rules.refund_tiers, event.amount_cents + alone)
    if tier is None:
        _give_back(d, event, approved_by="")
        return
    if asked is not None:
        waits = "is approved" if asked.approved_by else "awaits approval"
        raise Refused(f"giving back {dollars(asked.amount_cents)} {waits} already")
    request = CreditRequest(
        amount_cents=event.amount_cents, requested_by=event.by, at=event.at, approvers=tier.approvers
    )
    d.set(credit_request=request)
    before = f" after {dollars(alone)} within {second_person.LATELY.days} days" if alone else ""
    words = f"{event.by} asks to give {dollars(event.amount_cents)} back{before}: approve it or not (approve_credit)"
    d.open_task("approve_credit", words, supervisor=True)


def _give_back(d: AccountDraft, event: CreditReturned, *, approved_by: str) -> None:
    """The newest credits first. What one person gave back alone counts towards the tier of what comes next."""
    left = event.amount_cents
    payments = list(d.state.payments)
    for place in range(len(payments) - 1, -1, -1):
        taken = min(left, max(payments[place].credit_cents, 0))
        if taken and not payments[place].returned:
            payments[place] = payments[place].model_copy(update={"credit_cents": payments[place].credit_cents - taken})
            left -= taken
    agreed = f", approved by {approved_by}" if approved_by else ""
    number = f" ({event.reference})" if event.reference else ""
    d.set(payments=tuple(payments), credit_cents=d.state.credit_cents - event.amount_cents)
    if not approved_by:
        kept = tuple(one for one in d.state.returned_alone if second_person.is_lately(one.at, d.now))
        d.set(returned_alone=(*kept, CreditReturn(amount_cents=event.amount_cents, at=event.at)))
    d.note(f"credit of {dollars(event.amount_cents)} given back{number}{agreed}", by=event.by)


def on_credit_decided(d: AccountDraft, event: CreditDecided) -> None:
    """A second person's word; the first decision wins."""
    asked = d.state.credit_request
    if not event.by.strip():
        raise Refused("an approval needs the name of the person who gives it")
    if asked is None or asked.approved_by:
        raise Refused("nothing awaits this approval")
    if not event.approved:
        d.set(credit_request=None)
        d.note(f"{dollars(asked.amount_cents)} not given back: {event.reason or 'not approved'}", by=event.by)
    elif reason := second_person.why_not(event.by, asked.requested_by, asked.approvers):
        raise Refused(reason)
    else:
        d.set(credit_request=asked.model_copy(update={"approved_by": event.by}))
    d.close_tasks(["approve_credit"])


def settle(d: AccountDraft) -> None:
    """Keeps the tasks as the credit asks for them; a request for more than is left is withdrawn."""
    asked, credit = d.state.credit_request, d.state.credit_cents
    if asked is not None and asked.amount_cents > credit:
        d.set(credit_request=None)
        d.note(f"{dollars(asked.amount_cents)} are not given back: the credit is {dollars(credit)} by now")
        asked = None
    if asked is None:
        d.close_tasks(["approve_credit"])
    if credit <= 0:
        d.close_tasks(["refund"])
        return
    what = f"{dollars(credit)} was paid beyond everything owed: give it back (return_credit)"
    if asked is not None and asked.approved_by:
        what = f"send {dollars(asked.amount_cents)}, approved by {asked.approved_by}, and record it (return_credit)"
    d.open_task("refund", what, category="credit")
