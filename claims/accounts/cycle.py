"""The cycle of an account: what claims report, the statements over all of them, and the word of a person at its end."""

from __future__ import annotations

from datetime import date, datetime

from claims.accounts import clock, credits, payments, plans
from claims.accounts.draft import STATEMENTS_KEPT, AccountDraft
from claims.accounts.effects import ArchiveAccount, LayOutStatement, StatementPart, TellClaim
from claims.accounts.events import (
    AccountArchived,
    AccountDeadlinePassed,
    AccountEffectFailed,
    BalanceReported,
    ClaimTold,
    CollectionsDecided,
    StatementLaidOut,
)
from claims.accounts.state import Entry, SentStatement, Standing
from claims.accounts.values import NOTICES, Notice
from claims.deadlines import local_day
from claims.draft import Refused
from claims.events import AccountStanding, StatementSent
from claims.money import dollars

TOLD: frozenset[str] = frozenset({"held", "plan", "small_balance", "final_notice", "pre_collections", "collections"})
"""Standings in which no statement reaches the claim for long: it is told, so that it knows whom it waits for."""


class Known(Refused):
    """It came before, or something newer did; nothing changes, and that is no error."""


def on_balance_reported(d: AccountDraft, event: BalanceReported) -> None:
    """The newest report of a claim is what its patient owes. More than was ever asked for begins a cycle of its own.

    A claim whose worker died before its step was in the history takes that step anew: what it tells then counts.
    """
    report = event.balance
    entry = d.state.entry(report.claim_id)
    d.set(debtor=event.debtor, creditor=event.creditor, rules=event.rules)
    if entry is None:
        entry = Entry(balance=report, since=event.at)
    elif _known(entry, event):
        raise Known("this report of the claim, or a newer one, is here already")
    elif report.sequence == entry.balance.sequence:
        d.note(f"claim {report.number} took its step {report.sequence} anew: what it told first does not count")
    before = d.state.owed_cents(entry)
    d.put_entry(entry, balance=report, asked_at=event.asked_at)
    entry = d.state.entry(report.claim_id) or entry
    now = d.state.owed_cents(entry)
    if before == 0 and now > 0:
        d.put_entry(entry, since=event.at)
    entry = d.state.entry(report.claim_id) or entry
    if now > entry.billed_cents > 0:
        fresh = {"notices": 0, "first_on": None, "final_on": None, "last_on": None, "billed_cents": 0}
        d.put_entry(entry, since=event.at, handed_on=None, **fresh)
    payments.use_credit(d)


def _known(entry: Entry, event: BalanceReported) -> bool:
    """Whether a report says nothing new. Of the same step the one that was asked for later counts, if it differs."""
    kept = entry.balance
    if event.balance.sequence != kept.sequence:
        return event.balance.sequence < kept.sequence
    earlier = event.asked_at is None or (entry.asked_at is not None and event.asked_at < entry.asked_at)
    return event.balance == kept or earlier


# Statements


def notice_of(entry: Entry) -> Notice:
    return NOTICES[min(entry.notices, len(NOTICES) - 1)]


def _parts(d: AccountDraft) -> tuple[StatementPart, ...]:
    """Every claim that may be asked for, the oldest service first."""
    chosen = sorted(clock.askable(d.state), key=lambda e: (e.balance.service_on or date.max, e.claim_id))
    return tuple(
        StatementPart(balance=e.balance, notice=notice_of(e), amount_cents=d.state.owed_cents(e)) for e in chosen
    )


def lay_out(d: AccountDraft) -> None:
    """Asks for a statement over what is owed at this moment: what was paid or changed before is in it already."""
    state = d.state
    parts = _parts(d)
    if not parts or state.debtor is None or state.creditor is None:
        return
    first = min((e.first_on for e in clock.askable(state) if e.first_on is not None), default=d.now)
    d.ask(
        LayOutStatement(
            id=d.next_effect_id("statement"),
            number=state.statement_count + 1,
            notice=max((part.notice for part in parts), key=NOTICES.index),
            amount_cents=sum(part.amount_cents for part in parts),
            debtor=state.debtor,
            creditor=state.creditor,
            parts=parts,
            on=d.today,
            assistance_until=local_day(clock.instant(d, first, d.rules.application), state.zone),
        )
    )


def on_statement_laid_out(d: AccountDraft, event: StatementLaidOut) -> None:
    """Sent, where the account still owes just what the page says, and people may be written to at this hour."""
    effect = d.answered(event.effect)
    if not isinstance(effect, LayOutStatement):
        raise Refused("nobody waits for this statement any more")
    asked = {part.balance.claim_id: part.amount_cents for part in effect.parts}
    owed = {e.claim_id: d.state.owed_cents(e) for e in clock.askable(d.state)}
    if asked != owed:
        d.note(f"statement {effect.number} did not go out: what is owed changed before it left")
        return
    if not clock.in_sandbox(d) and clock.in_hours(event.at, d.state.zone) != event.at:
        d.note(f"statement {effect.number} did not go out: it was ready outside the hours in which statements leave")
        return
    for part in effect.parts:
        _sent(d, part, event)
    sent = SentStatement(
        number=effect.number,
        notice=effect.notice,
        amount_cents=effect.amount_cents,
        on=event.at,
        document=event.document,
        claims=tuple(asked),
    )
    kept = d.state.statements[-(STATEMENTS_KEPT - 1) :]
    d.set(statements=(*kept, sent), statement_count=effect.number)


def _sent(d: AccountDraft, part: StatementPart, event: StatementLaidOut) -> None:
    entry = d.state.entry(part.balance.claim_id)
    assert entry is not None
    notices = min(entry.notices + 1, clock.LAST_NOTICE)
    d.put_entry(
        entry,
        notices=notices,
        first_on=entry.first_on or event.at,
        last_on=event.at,
        final_on=entry.final_on or (event.at if notices == clock.LAST_NOTICE else None),
        billed_cents=max(entry.billed_cents, part.amount_cents),
    )
    identity = f"{d.state.account}/{event.effect}"
    told = StatementSent(
        at=event.at,
        id=identity,
        by="account",
        document=event.document,
        amount_cents=part.amount_cents,
        notice=part.notice,
    )
    d.tell(entry.claim_id, told)


# Collections


def ask_about_collections(d: AccountDraft) -> None:
    """A person decides; nothing goes to an agency by itself."""
    ready = [e for e in clock.final_entries(d.state) if clock.may_hand_over(d, e) <= d.now]
    if not ready:
        return
    amount = sum(d.state.owed_cents(e) for e in ready)
    numbers = ", ".join(e.balance.number for e in ready)
    d.open_task(
        "decide_collections",
        f"{dollars(amount)} on {numbers} is still owed after the final notice: hand it over, write it off, or go on",
        supervisor=True,
    )


def on_collections_decided(d: AccountDraft, event: CollectionsDecided) -> None:
    if not event.by:
        raise Refused("a hand-over to collections needs the name of the person who decides it")
    ready = [e for e in clock.final_entries(d.state) if clock.may_hand_over(d, e) <= event.at]
    if not ready:
        raise Refused(_why_not_collections(d))
    d.close_tasks(["decide_collections"])
    for entry in ready:
        if event.hand_over:
            d.put_entry(entry, handed_on=event.at)
        else:
            d.put_entry(entry, notices=clock.LAST_NOTICE - 1, final_on=None)
    what = "handed over to collections" if event.hand_over else "not handed over: another final notice follows"
    d.note(f"{', '.join(e.balance.number for e in ready)}: {what}", by=event.by)


def _why_not_collections(d: AccountDraft) -> str:
    state = d.state
    if clock.held(state):
        return f"the account is held ({', '.join(h.kind for h in state.holds)}): no collections"
    if state.plan is not None:
        return "a payment plan stands: no collections while it is kept"
    dues = [clock.may_hand_over(d, e) for e in clock.final_entries(state)]
    if dues:
        day = local_day(min(dues), state.zone).isoformat()
        return f"not before {day}: 120 days after the first statement and 30 after the final notice"
    return "no claim of the account has had its final notice"


# Where the account stands


def standing_of(d: AccountDraft) -> Standing:
    state = d.state
    owing = [e for e in state.entries if state.owed_cents(e) > 0]
    if not owing:
        return "settled"
    if clock.held(state):
        return "held"
    if state.plan is not None:
        return "plan"
    mine = [e for e in owing if e.handed_on is None]
    if not mine:
        return "collections"
    if d.has_task("decide_collections"):
        return "pre_collections"
    free = [e for e in mine if not clock.held(state, e)]
    if not free:
        return "held"
    notices = max(e.notices for e in free)
    if notices == 0 and sum(state.owed_cents(e) for e in free) < d.rules.minimum_cents:
        return "small_balance"
    names: tuple[Standing, ...] = ("ready", "statement", "reminder", "final_notice")
    return names[notices]


def settle(d: AccountDraft) -> None:
    """After every event: plans that are paid end, tasks without a cause close, deadlines are read off anew."""
    plans.close_if_paid(d)
    _close_stale(d)
    if clock.idle(d.state) and any(e.notices for e in d.state.entries):
        d.set(quiet_until=None)
    standing = standing_of(d)
    if standing != d.state.standing:
        d.set(standing=standing, since=d.now)
    d.set(deadlines=clock.deadlines(d))
    credits.settle(d)
    _tell_standing(d)
    d.send_outbox()


def _close_stale(d: AccountDraft) -> None:
    if not clock.final_entries(d.state):
        d.close_tasks(["decide_collections"])
    if not 0 < clock.asked_cents(d.state) < d.rules.minimum_cents:
        d.close_tasks(["small_balance"])
    if not any(e.handed_on is not None and d.state.owed_cents(e) > 0 for e in d.state.entries):
        d.close_tasks(["ask_agency"])


def _tell_standing(d: AccountDraft) -> None:
    """Claims hear where the account stands, unless they will hear of a statement anyhow."""
    until = min((x.due for x in d.state.deadlines), default=None)
    for entry in d.state.entries:
        name = _standing_for(d, entry)
        if d.state.owed_cents(entry) == 0 or (name, until) == (entry.told, entry.told_until):
            continue
        if name not in TOLD and entry.told not in TOLD:
            continue
        d.put_entry(entry, told=name, told_until=until)
        identity = f"{d.state.account}/standing/{d.state.sequence}"
        d.tell(entry.claim_id, AccountStanding(at=d.now, id=identity, by="account", standing=name, until=until))


def _standing_for(d: AccountDraft, entry: Entry) -> str:
    if entry.handed_on is not None:
        return "collections"
    return "held" if clock.held(d.state, entry) else d.state.standing


# Answers and endings


def on_claim_told(d: AccountDraft, event: ClaimTold) -> None:
    if d.answered(event.effect) is None:
        raise Refused("nothing of this account waits for it")


def on_effect_failed(d: AccountDraft, event: AccountEffectFailed) -> None:
    """Never in silence: what could not be done is a task."""
    effect = d.answered(event.effect)
    match effect:
        case TellClaim():
            entry = d.state.entry(effect.claim_id)
            number = entry.balance.number if entry else effect.claim_id
            what = ", ".join(event.kind.replace("_", " ") for event in (effect.event, *effect.also))
            d.open_task("claim_not_told", f"claim {number} was not told ({what}): {event.reason}", category=effect.id)
        case LayOutStatement():
            d.open_task("statement_not_made", f"statement {effect.number} could not be laid out: {event.reason}")
        case ArchiveAccount():
            d.note(f"the account could not be stored: {event.reason}")
        case _:
            raise Refused("no such effect is in flight")


def on_archived(d: AccountDraft, event: AccountArchived) -> None:
    if d.answered(event.effect) is None:
        raise Refused("nothing of this account waits for it")
    if clock.idle(d.state):
        d.set(archived=True)


def on_deadline_passed(d: AccountDraft, event: AccountDeadlinePassed) -> None:
    deadline = next((x for x in d.state.deadlines if x.id == event.deadline), None)
    if deadline is None or deadline.due > event.at:
        raise Known("this deadline is not due, or not armed any more")
    match deadline.kind:
        case "statement":
            lay_out(d)
        case "collections":
            if deadline.subject:
                d.open_task("ask_agency", "ask the collection agency what became of what was handed over")
            else:
                ask_about_collections(d)
        case "instalment":
            plans.missed(d)
        case "hold_review":
            _review_hold(d, deadline.subject, event.at)
        case "small_balance":
            amount = dollars(clock.asked_cents(d.state))
            d.open_task("small_balance", f"{amount} is too little for a statement: write it off, or leave it")
        case "linger":
            d.ask(ArchiveAccount(id=d.next_effect_id("archive")))


def _review_hold(d: AccountDraft, subject: str, at: datetime) -> None:
    kind, _, claim = subject.partition(" ")
    for hold in d.state.holds:
        if (hold.kind, hold.claim) == (kind, claim):
            rest = tuple(h.model_copy(update={"review_at": None}) if h == hold else h for h in d.state.holds)
            d.set(holds=rest)
            since = local_day(hold.at, d.state.zone).isoformat()
            d.open_task(
                "review_hold", f"{kind} hold since {since}: release it or leave it", category=subject, supervisor=True
            )
