"""What people do about money that has to go back: ask for a refund, send it, find an overpayment, answer a demand."""

from __future__ import annotations

from claims import credits, second_person
from claims.deadlines import END_OF_DAY, START_OF_BUSINESS, at_local, last_day, local_day
from claims.draft import Draft, Refused
from claims.events import (
    DemandAnswered,
    OverpaymentIdentified,
    OverpaymentInvestigated,
    RefundDemanded,
    RefundRequested,
    RefundReverted,
    RefundSent,
)
from claims.money import dollars
from claims.phases import gate, overpayment, settling
from claims.refunds import Overpayment, Refund
from claims.state import ITSELF, Approval
from claims.status import Status as S


def on_refund_requested(d: Draft, event: RefundRequested) -> None:
    """Never more than is owed to whom it goes; where the practice asks for it, a second person decides."""
    _named(event.by, "a refund")
    if event.amount_cents <= 0:
        raise Refused("a refund is a positive amount")
    if d.state.approvals:
        raise Refused("something awaits approval already: approve or reject it first")
    if d.state.status is S.BLOCKED_ON_FAILURE:
        raise Refused("a step failed: retry, skip or abandon it first")
    coverage = event.coverage if event.to == "payer" else 0
    _payer(d, coverage)
    owed = max(credits.owed_to(d.state, d.tables, event.to, coverage), 0)
    if event.amount_cents > owed:
        raise Refused(f"only {dollars(owed)} are owed to the {event.to}, not {dollars(event.amount_cents)}")
    if d.state.status is S.VOIDED:
        touch(d)
        overpayment.follow(d, moves=True)
    alone = _alone(d, event.to, coverage)
    if gate.needs_approval(d, "refund", event.amount_cents + alone):
        gate.await_approval(d, "refund", event, amount=event.amount_cents, reason=event.reason, alone=alone)
        return
    refund = Refund(
        key=event.id,
        to=event.to,
        coverage=coverage,
        amount_cents=event.amount_cents,
        reason=event.reason,
        by=event.by,
        at=event.at,
    )
    _decide(d, refund)


def _alone(d: Draft, to: str, coverage: int) -> int:
    """What went to the same receiver lately without a second person: small ones don't add up to what she would see."""
    gone = (r for r in d.state.refunds if (r.to, r.coverage) == (to, coverage) and not r.approved_by)
    return second_person.lately(((r.at, r.amount_cents) for r in gone if r.pending or r.standing), d.now)


def approved(d: Draft, approval: Approval, by: str, key: str) -> None:
    """Money may have moved while the request waited: never more is given back than is owed."""
    if approval.amount_cents > credits.owed_to(d.state, d.tables, approval.to, approval.coverage):
        gate.send_back(d, approval, "approved, but less is owed by now: nothing is refunded")
        settling.settle(d)
        return
    refund = Refund(
        key=key,
        to=approval.to,
        coverage=approval.coverage,
        amount_cents=approval.amount_cents,
        reason=approval.reason,
        by=approval.requested_by,
        approved_by=by,
        at=d.now,
    )
    _decide(d, refund)


def _decide(d: Draft, refund: Refund) -> None:
    d.set(refunds=(*d.state.refunds, refund))
    _go_on(d)


def on_refund_sent(d: Draft, event: RefundSent) -> None:
    """It left: from now on the ledger is without it. A check that is out is a fact, whatever became of the credit."""
    if not event.reference.strip():
        raise Refused("a refund that was sent has the number of its check or EFT")
    if event.sent_on is not None and event.sent_on > d.today:
        raise Refused("the day of sending lies in the future")
    waiting = [r for r in d.state.refunds if r.pending and event.refund in ("", r.key)]
    waiting += [r for r in d.state.refunds if event.refund == r.key and r.reverted_by == ITSELF and r.sent_at is None]
    if not waiting:
        raise Refused("no such refund waits to be sent: ask for it first (refund)")
    overpayment.put(
        d,
        waiting[0],
        sent_at=d.now,
        sent_on=event.sent_on or d.today,
        method=event.method,
        reference=event.reference,
        reverted_by="",
        reverted_at=None,
        why_reverted="",
    )
    touch(d)
    _go_on(d)


def on_refund_reverted(d: Draft, event: RefundReverted) -> None:
    """A check that came back or was voided: the credit is there again, and its clock counts from when it first was."""
    _named(event.by, "reverting a refund")
    if not event.reason.strip():
        raise Refused("reverting a refund needs a reason")
    found = [r for r in d.state.refunds if (r.pending or r.standing) and event.refund in ("", r.key)]
    if not found:
        raise Refused("no such refund stands")
    overpayment.put(d, found[-1], reverted_by=event.by, reverted_at=d.now, why_reverted=event.reason)
    touch(d)
    _go_on(d)


def on_overpayment_identified(d: Draft, event: OverpaymentIdentified) -> None:
    """What the ledger doesn't show: an audit, a wrong code, a service that wasn't given. The clock starts."""
    _named(event.by, "an overpayment")
    found_on = event.identified_on or d.today
    if found_on > d.today:
        raise Refused("the day of identification lies in the future")
    _payers_money(d, event.amount_cents, event.coverage)
    known = d.state.overpayment
    if known is not None and known.settled_at is None and known.basis != "credit":
        raise Refused(f"an overpayment of {dollars(known.amount_cents)} is known already: settle that first")
    _not_too_old(d, event.coverage)
    begins = min(at_local(found_on, START_OF_BUSINESS, d.state.zone), d.now)
    found = Overpayment(
        basis="identified",
        amount_cents=event.amount_cents,
        coverage=event.coverage,
        identified_at=begins,
        by=event.by,
        reason=event.reason,
        payers_net_cents=credits.payers_net(d.state, d.tables),
    )
    d.set(overpayment=found)
    touch(d)
    overpayment.arm(d, found, anew=True)
    _go_on(d)


def _not_too_old(d: Draft, coverage: int) -> None:
    """42 CFR 401.305(f): what was received more than six years before it was identified need not be returned."""
    look_back = overpayment.rules_of(d, coverage).overpayments.look_back
    days = [p.paid_on or local_day(p.at, d.state.zone) for p in d.state.payments if p.coverage == coverage]
    if look_back is None or not days:
        return
    if last_day(max(days), look_back, d.tables.holidays) < d.today:
        raise Refused(f"it was received on {max(days).isoformat()}, longer ago than is looked back: {look_back.source}")


def on_overpayment_investigated(d: Draft, event: OverpaymentInvestigated) -> None:
    """A timely, good-faith investigation suspends the clock until it ends, and never past the payer's longest."""
    _named(event.by, "an investigation")
    known = d.state.overpayment
    if known is None or known.settled_at is not None:
        raise Refused("no overpayment is known: identify it first")
    suspension = overpayment.rules_of(d, known.coverage).overpayments.suspension
    if suspension is None:
        raise Refused("this payer's rules let no investigation suspend the clock")
    if event.ended:
        if known.investigation_from is None or known.investigation_until is not None:
            raise Refused("no investigation is under way")
        update: dict[str, object] = {"investigation_until": d.now}
        if event.amount_cents is not None:
            if known.basis == "credit" or event.amount_cents < 0:
                raise Refused("the amount of a credit stands in the ledger")
            _payers_money(d, event.amount_cents, known.coverage) if event.amount_cents else None
            update["amount_cents"] = event.amount_cents
        d.disarm("overpayment", subject="investigation")
    else:
        if known.investigation_from is not None:
            raise Refused("it was investigated already: the clock is suspended once")
        limit = last_day(local_day(known.identified_at, d.state.zone), suspension, d.tables.holidays)
        if d.today >= limit:
            raise Refused(f"too late: it could have been suspended until {limit.isoformat()} ({suspension.source})")
        update = {"investigation_from": d.now}
        overpayment.arm_from(d, suspension, "investigation", known.identified_at, "the investigation ends")
    changed = known.model_copy(update=update)
    d.set(overpayment=changed)
    overpayment.arm(d, changed, anew=True)
    _go_on(d)


def on_refund_demanded(d: Draft, event: RefundDemanded) -> None:
    """The payer's letter: it may be rebutted, an appeal in time stays the recoupment, then the payer takes it back."""
    _payers_money(d, event.amount_cents, event.coverage)
    written = event.letter_on or d.today
    if written > d.today:
        raise Refused("the letter's date lies in the future")
    known = d.state.overpayment
    letter = {"demanded_on": written, "reference": event.reference, "answer": ""}
    if known is None or known.settled_at is not None:
        known = Overpayment(
            basis="demanded",
            amount_cents=event.amount_cents,
            coverage=event.coverage,
            identified_at=d.now,
            by=event.by,
            reason=event.reason,
            payers_net_cents=credits.payers_net(d.state, d.tables),
        )
    d.set(overpayment=known.model_copy(update=letter))
    touch(d)
    rules, start = overpayment.rules_of(d, event.coverage).overpayments, at_local(written, END_OF_DAY, d.state.zone)
    overpayment.arm_from(d, rules.rebuttal, "rebuttal", start, "last day for a rebuttal of the demand")
    overpayment.arm_from(d, rules.stay, "stay", start, "last day on which an appeal stops the recoupment")
    overpayment.arm_from(d, rules.recoupment, "recoupment", start, "the payer may begin to recoup", alarm=True)
    _go_on(d)


def on_demand_answered(d: Draft, event: DemandAnswered) -> None:
    """Accepted, it is identified and the clock runs; disputed, the payer's dates stay; withdrawn, it is over."""
    _named(event.by, "an answer to a demand")
    known = d.state.overpayment
    if known is None or known.settled_at is not None or known.demanded_on is None:
        raise Refused("no payer's demand is open")
    if event.answer == known.answer:
        raise Refused(f"the answer is {event.answer} already")
    if event.answer == "dispute" and not event.reason.strip():
        raise Refused("a dispute needs a reason")
    changed = known.model_copy(update={"answer": event.answer, "reason": event.reason or known.reason})
    for subject in ("rebuttal",) if event.answer == "dispute" else ("rebuttal", "stay"):
        d.disarm("overpayment", subject=subject)
    d.close_tasks("refund", category="demand")
    if event.answer == "accept" and known.basis == "demanded":
        changed = changed.model_copy(update={"basis": "identified", "identified_at": d.now})
        overpayment.arm(d, changed, anew=True)
    d.set(overpayment=changed)
    _go_on(d)


def _go_on(d: Draft) -> None:
    """The claim goes where its money says; where it is elsewhere (with a payer, at a gate), the work is kept beside."""
    if d.state.status in (*settling.DECIDED, *settling.DENIED):
        settling.settle(d)
    elif not d.state.closed:
        overpayment.follow(d, moves=False)


def touch(d: Draft) -> None:
    """A closed claim is open again; a void one stays void, and open until the patient has her money."""
    void = d.state.void
    settling.reopen(d)
    d.set(void=void)


def _named(by: str, what: str) -> None:
    if not by.strip():
        raise Refused(f"{what} needs the name of the person")


def _payer(d: Draft, coverage: int) -> None:
    if not 0 <= coverage < len(d.state.claim.coverages):
        raise Refused(f"the claim has no coverage {coverage}: they count from 0")


def _payers_money(d: Draft, amount: int, coverage: int) -> None:
    """Nobody has to give back more than payers have paid."""
    _payer(d, coverage)
    net = max(credits.payers_net(d.state, d.tables), 0)
    if amount <= 0:
        raise Refused("an overpayment is a positive amount")
    if amount > net:
        raise Refused(f"payers have paid {dollars(net)} for this claim, which is less than {dollars(amount)}")
