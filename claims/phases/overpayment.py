"""Money that has to go back: the claim stays with it, the payer's clock runs, and what settles it is seen here.

42 CFR 401.305 as amended for 2025 (89 FR 97710) is the strictest of these clocks: report and return within 60 days of
identification; a good-faith investigation of related overpayments suspends that, until it ends or 180 days after the
identification. We read "suspended" as: the days of the investigation are added to the sixty.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from claims import credits
from claims.deadlines import (
    END_OF_DAY,
    START_OF_BUSINESS,
    at_local,
    deadline_id,
    due_instant,
    in_words,
    last_day,
    local_day,
    wait_for,
)
from claims.draft import Draft
from claims.money import dollars
from claims.payer_rules import PayerRules, Wait
from claims.refunds import Overpayment, Refund
from claims.state import ITSELF, Deadline
from claims.status import Status as S

CLOCK: Final = "overpayment"


def follow(d: Draft, *, moves: bool) -> bool:
    """Keeps the work as the ledger asks for it. True while money has to go back, and the claim stays with that.

    `moves` false leaves the status alone: a denial, or an underpayment, is worked beside it.
    """
    _withdraw(d)
    left = credits.outstanding(d.state, d.tables)
    if left <= 0:
        _settled(d)
        return False
    credit = credits.credit_of(d.state, d.tables)
    known = _known(d, credit, left)
    if known.basis != "demanded" or credit.total_cents:
        arm(d, known)
    _tasks(d, credit, left, known)
    if moves:
        pending = any(refund.pending for refund in d.state.refunds)
        if d.state.status is not S.REFUND_PENDING or not pending:
            d.move(S.OVERPAYMENT_REVIEW)
        if pending:
            d.move(S.REFUND_PENDING)
    return True


def rules_of(d: Draft, coverage: int) -> PayerRules:
    """The rules of the payer that the overpayment is about."""
    return d.state.payer_rules[min(coverage, len(d.state.payer_rules) - 1)]


def _withdraw(d: Draft) -> None:
    """A refund that has not left, and would give back more than is owed now, is not sent: the payer took it already."""
    for refund in reversed(d.state.refunds):
        if refund.pending and credits.owed_to(d.state, d.tables, refund.to, refund.coverage) < 0:
            why = "what it was to give back has gone another way meanwhile"
            put(d, refund, reverted_by=ITSELF, reverted_at=d.now, why_reverted=why)
            d.note(f"the refund of {dollars(refund.amount_cents)} is withdrawn: {why}")


def put(d: Draft, refund: Refund, **changes: object) -> None:
    changed = refund.model_copy(update=changes)
    d.set(refunds=tuple(changed if other.key == changed.key else other for other in d.state.refunds))


def _settled(d: Draft) -> None:
    known = d.state.overpayment
    if known is not None and known.settled_at is None:
        d.set(overpayment=known.model_copy(update={"settled_at": d.now}))
    d.disarm(CLOCK)
    d.close_tasks("refund")


def _known(d: Draft, credit: credits.Credit, left: int) -> Overpayment:
    """What is known of it; a credit that shows now was identified now, one that came back when it first was."""
    known = d.state.overpayment
    if known is not None and known.settled_at is None:
        return known
    payer = credit.payers[0].coverage if credit.payers else 0
    if known is not None and d.event.kind == "refund_reverted":
        fresh = known.model_copy(update={"settled_at": None})
    else:
        fresh = Overpayment(basis="credit", amount_cents=left, coverage=payer, identified_at=d.now, by=ITSELF)
    d.set(overpayment=fresh)
    return fresh


# the clock


def arm(d: Draft, known: Overpayment, *, anew: bool = False) -> None:
    """Arms the time to report and return, with its warnings; one that is armed keeps its date unless `anew`."""
    if not anew and any(x.id == CLOCK for x in d.state.deadlines):
        return
    rules = rules_of(d, known.coverage)
    wait, extra = wait_for(rules, CLOCK), suspended_days(d, known)
    due = due_instant(CLOCK, known.identified_at, wait, d.state.zone, d.tables.holidays) + timedelta(days=extra)
    if due <= d.now:
        reason = f"the time to return the overpayment is over ({wait.source})"
        d.open_task("refund", "supervisor", reason, category="late")
        return
    day = local_day(known.identified_at, d.state.zone)
    told = f"{in_words(wait)} from {day.isoformat()}"
    if extra:
        told = f"{told}, suspended for {extra} days by an investigation"
    latest = due if rules.overpayments.hard else None
    _put(d, "", due, told, wait.source, latest)
    d.set(deadlines=tuple(x for x in d.state.deadlines if not x.id.startswith(f"{CLOCK}:warn-")))
    for ahead in () if wait.unit == "seconds" else rules.overpayments.warn_days:
        warn = at_local(day + timedelta(days=ahead + extra), START_OF_BUSINESS, d.state.zone)
        if d.now < warn < due:
            _put(d, f"warn-{ahead}", warn, f"{ahead} days of {told}", wait.source, due)


def suspended_days(d: Draft, known: Overpayment) -> int:
    """By how many days the investigation moves the clock: to its end, or to the longest that the payer's rules allow."""
    suspension = rules_of(d, known.coverage).overpayments.suspension
    if known.investigation_from is None or suspension is None:
        return 0
    limit = last_day(local_day(known.identified_at, d.state.zone), suspension, d.tables.holidays)
    ended = known.investigation_until
    until = min(local_day(ended, d.state.zone), limit) if ended else limit
    return max((until - local_day(known.investigation_from, d.state.zone)).days, 0)


def arm_from(d: Draft, wait: Wait | None, subject: str, start: datetime, words: str, *, alarm: bool = False) -> None:
    """Arms one of the dates beside the clock, counted from a day; a limit to its end, an alarm at its beginning."""
    if wait is None:
        return
    day = last_day(local_day(start, d.state.zone), wait, d.tables.holidays)
    due = at_local(day, START_OF_BUSINESS if alarm else END_OF_DAY, d.state.zone)
    if due > d.now:
        _put(d, subject, due, f"{words}: {in_words(wait)} from {local_day(start, d.state.zone)}", wait.source, None)


def _put(d: Draft, subject: str, due: datetime, rule: str, source: str, latest: datetime | None) -> None:
    d.put_deadline(
        Deadline(
            id=deadline_id(CLOCK, subject),
            kind="overpayment",
            due=due,
            zone=d.state.zone,
            rule=rule,
            source=source,
            subject=subject,
            latest=latest,
        )
    )


def passed(d: Draft, deadline: Deadline) -> str:
    """One of its dates is here. Gives what the open work is escalated with, empty where it is only told."""
    left = credits.outstanding(d.state, d.tables)
    known = d.state.overpayment
    if left <= 0 or known is None:
        _settled(d)
        return ""
    rules, what = rules_of(d, known.coverage), deadline.subject
    if what.startswith("warn-"):
        reason = f"{dollars(left)} have to go back, and {deadline.rule} are over"
        last = max(rules.overpayments.warn_days, default=0)
        first = min(rules.overpayments.warn_days, default=0)
        d.open_task("refund", "biller" if what == f"warn-{first}" else "supervisor", reason)
        return reason if what == f"warn-{last}" else ""
    if what == "investigation":
        d.set(overpayment=known.model_copy(update={"investigation_until": d.now}))
        d.open_task("refund", "supervisor", f"the investigation suspends nothing any more ({deadline.source})")
        return ""
    if what:
        d.open_task("refund", "biller", f"{deadline.rule} ({deadline.source})", category="demand")
        return ""
    d.open_task("refund", "supervisor", f"the time to return the overpayment is over ({deadline.source})")
    return f"the time to report and return it is over ({deadline.source})"


# the work


def _tasks(d: Draft, credit: credits.Credit, left: int, known: Overpayment) -> None:
    """One task for what nobody decided on yet, one for every refund that waits to be sent, one for a demand."""
    sending = 0
    for number, refund in enumerate(d.state.refunds, 1):
        if refund.pending:
            sending += refund.amount_cents
            to = whom(d, refund)
            reason = f"send {dollars(refund.amount_cents)} to {to} and record its number (refund_sent)"
            d.open_task("refund", "biller", reason, category=f"send {number}")
        else:
            d.close_tasks("refund", category=f"send {number}")
    demanded = known.demanded_on is not None and not known.answer
    if demanded and known.demanded_on:
        reason = (
            f"the payer asks for {dollars(known.amount_cents)} back (letter of {known.demanded_on.isoformat()}):"
            " accept or dispute it (answer_demand)"
        )
        d.open_task("refund", "biller", reason, category="demand")
    if credit.total_cents > sending:
        words = credits.in_words(d.state, credit)
        reason = f"credit balance of {dollars(credit.total_cents)}: refund it to whom it belongs ({words})"
        d.open_task("refund", "biller", reason)
    elif left > sending and not demanded:
        said = "disputed: the payer withdraws it or takes it back" if known.answer == "dispute" else "refund it"
        d.open_task("refund", "biller", f"overpayment of {dollars(left)}: {said}, or see it recouped")
    else:
        d.close_tasks("refund", category="")


def whom(d: Draft, refund: Refund) -> str:
    """The patient, or the payer by its id."""
    if refund.to == "patient":
        return "the patient"
    return d.state.claim.coverages[refund.coverage].payer.payer_id or "the payer"
