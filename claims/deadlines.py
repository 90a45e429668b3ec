"""Dates by which something must happen: calendars, waits, filing limits, and which deadline is next.

Two habits of the trade decide the hour. A limit (filing, appeal, correction, documents) lasts to the end of its last
day; an alarm (follow-up, acknowledgement, ...) rings at eight in the morning of a business day, so that somebody is there
to act on it. A wait in seconds does neither and exists for the sandbox alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from claims.claim import Claim
from claims.events import DeadlinePassed
from claims.payer_rules import FilingLimit, PayerRules, Wait
from claims.state import ClaimState, Deadline, DeadlineKind
from claims.tables import Tables

LIMITS: frozenset[str] = frozenset(
    {"filing", "correction", "appeal", "appeal_decision", "documents", "approval", "overpayment"}
)
"""Kinds that end with their last day; all others are alarms."""

END_OF_DAY = time(23, 59, 59)
START_OF_BUSINESS = time(8, 0)

_HABIT = "common practice, see docs/deadlines.md"
DEFAULT_WAITS: dict[str, Wait] = {
    key: Wait(amount=amount, unit=unit, source=source)
    for key, amount, unit, source in (
        (
            "eligibility",
            1,
            "business_days",
            "CAQH CORE 270/271: real time within 20 seconds, batch by next business day",
        ),
        ("coding", 2, "business_days", _HABIT),
        ("hold_review", 7, "business_days", _HABIT),
        ("acknowledgement_999", 1, "business_days", "CAQH CORE 150: batch 999 within one hour"),
        ("acknowledgement_277ca_clearinghouse", 2, "business_days", _HABIT),
        ("acknowledgement_277ca_payer", 7, "business_days", _HABIT),
        ("inquiry_first", 14, "calendar_days", "Stedi: no claim status check before a week has passed"),
        ("inquiry_repeat", 14, "calendar_days", _HABIT),
        ("follow_up", 30, "calendar_days", "state prompt-pay laws, commonly 30 days for electronic claims"),
        ("missing_remittance", 45, "calendar_days", _HABIT),
        ("escalation_60", 60, "calendar_days", _HABIT),
        ("escalation_90", 90, "calendar_days", _HABIT),
        ("documents", 45, "calendar_days", "Medicare additional documentation requests: 45 days"),
        ("approval", 14, "calendar_days", _HABIT),
        ("crossover", 30, "calendar_days", "Blue plans' advice; Medicare 15 working days (MLN SE0909)"),
        ("reversal_correction", 5, "business_days", _HABIT),
        ("eft_pairing", 4, "business_days", "CAQH CORE 370: three business days"),
        ("corrected_remittance", 60, "calendar_days", _HABIT),
        ("statement", 30, "calendar_days", _HABIT),
        ("statement_gather", 1, "calendar_days", "the remittances of a day make one statement; no law behind it"),
        ("collections", 120, "calendar_days", "26 CFR 1.501(r)-6(c)(3)(i): not within 120 days of the first statement"),
        ("collections_notice", 30, "calendar_days", "26 CFR 1.501(r)-6(c)(4)(i): written notice 30 days before"),
        ("assistance_application", 240, "calendar_days", "26 CFR 1.501(r)-1(b)(3): 240 days from the first statement"),
        ("plan_grace", 10, "calendar_days", _HABIT),
        ("account_review", 30, "calendar_days", _HABIT),
        ("account_watch", 45, "calendar_days", "half a statement's interval after the next one was due"),
        ("account_linger", 90, "calendar_days", _HABIT),
        ("overpayment", 60, "calendar_days", "42 CFR 401.305"),
        ("linger", 365, "calendar_days", _HABIT),
        ("task", 2, "business_days", _HABIT),
    )
}
"""What holds where a payer's rules are silent."""
PEND = Wait(amount=3, unit="business_days", source="common practice of billing worklists")
"""How long a task is put off."""


def wait_for(rules: PayerRules, key: str) -> Wait:
    """The payer's wait under `key`, else the common one; a `task_...` key falls back to `task`."""
    found = rules.waits.get(key) or DEFAULT_WAITS.get(key)
    if found is None and key.startswith("task_"):
        found = rules.waits.get("task") or DEFAULT_WAITS["task"]
    if found is None:
        raise KeyError(key)
    return found


SETTLING_IN = timedelta(days=7)
"""No payer is asked earlier about a claim (Stedi: no claim status check before a week has passed)."""


def first_question(sent_at: datetime, rules: PayerRules, zone: str) -> datetime:
    """The earliest moment at which a payer may be asked by itself: eight in the morning of the seventh day.

    A wait in seconds, the sandbox's, takes the place of the week.
    """
    wait = wait_for(rules, "inquiry_first")
    if wait.unit == "seconds":
        return sent_at + timedelta(seconds=wait.amount)
    return at_local(local_day(sent_at, zone) + SETTLING_IN, START_OF_BUSINESS, zone)


def is_business_day(day: date, holidays: frozenset[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def next_business_day(day: date, holidays: frozenset[date]) -> date:
    """The day itself when it is one, else the next."""
    while not is_business_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_months(day: date, months: int, *, first_of_next: bool = False) -> date:
    """The same day of a later month; where it has none, its last day, or with `first_of_next` the day after that."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    after = date(year + (month == 11), 1 if month == 11 else month + 2, 1)
    last = after - timedelta(days=1)
    if day.day > last.day and first_of_next:
        return after
    return date(year, month + 1, min(day.day, last.day))


def last_day(start: date, wait: Wait, holidays: frozenset[date]) -> date:
    """The day a wait ends on, counted from the day after `start`, not rolled; in seconds: its first day."""
    match wait.unit:
        case "seconds":
            return start
        case "calendar_days":
            return start + timedelta(days=wait.amount)
        case "months":
            return add_months(start, wait.amount, first_of_next=wait.missing_day == "first_of_next")
        case "years":
            return add_months(start, 12 * wait.amount)
        case "business_days":
            day = start
            for _ in range(wait.amount):
                day = next_business_day(day + timedelta(days=1), holidays)
            return day


def at_local(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone))


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def due_instant(kind: str, start: datetime, wait: Wait, zone: str, holidays: frozenset[date]) -> datetime:
    """When a wait that starts now is over: a limit at the end of its last day, an alarm at eight of a business day."""
    if wait.unit == "seconds":
        return start + timedelta(seconds=wait.amount)
    day = last_day(local_day(start, zone), wait, holidays)
    if kind in LIMITS:
        return at_local(day, END_OF_DAY, zone)
    return at_local(next_business_day(day, holidays), START_OF_BUSINESS, zone)


def in_words(wait: Wait) -> str:
    """`45 calendar days`, `1 year`."""
    unit = wait.unit.replace("_", " ")
    return f"{wait.amount} {unit[:-1] if wait.amount == 1 else unit}"


def filing_basis(claim: Claim, limit: FilingLimit) -> tuple[date | None, str]:
    """The day that timely filing counts from, and its name; None where the claim has no such date."""
    basis = limit.basis_institutional if claim.type == "institutional" else limit.basis_professional
    if basis == "service_from":
        return claim.service_from, "the first day of service"
    through = claim.statement_to if claim.type == "institutional" and claim.statement_to else claim.service_to
    return through, "the last day of service"


def last_filing_day(
    claim: Claim, rules: PayerRules, holidays: frozenset[date], prior_decision: date | None = None
) -> tuple[date | None, str]:
    """The last day on which an original claim is timely, and how it was counted.

    A later payer's limit counts from `prior_decision`, the prior payer's decision. Medicare: 42 CFR 424.44.
    """
    limit = rules.filing
    wait, (basis, words) = limit.limit, filing_basis(claim, limit)
    if prior_decision is not None and limit.secondary is not None:
        wait, basis, words = limit.secondary, prior_decision, "the prior payer's decision"
    if basis is None:
        return None, "the claim has no date of service"
    return counted_day(basis, wait, words, holidays, roll=limit.roll)


def counted_day(
    basis: date, wait: Wait, words: str, holidays: frozenset[date], *, roll: bool = False
) -> tuple[date, str]:
    """The last day of a limit that runs from `basis` (called `words`), and how it was counted."""
    day = last_day(basis, wait, holidays)
    counted = f"{in_words(wait)} from {words} ({basis.isoformat()})"
    if roll and not is_business_day(day, holidays):
        return next_business_day(day, holidays), f"{counted}, moved from {day.isoformat()} to the next business day"
    return day, counted


def filing_deadlines(state: ClaimState, tables: Tables, prior_decision: date | None = None) -> tuple[Deadline, ...]:
    """The filing limit of the payer now billed, with its warnings ahead of it."""
    rules = state.rules
    day, counted = last_filing_day(state.claim, rules, tables.holidays, prior_decision)
    if day is None:
        return ()
    limit = at_local(day, END_OF_DAY, state.zone)
    source = (rules.filing.secondary or rules.filing.limit).source if prior_decision else rules.filing.limit.source
    found = [
        Deadline(
            id="filing:limit",
            kind="filing",
            due=limit,
            zone=state.zone,
            rule=f"last day to file: {counted}",
            source=source,
            subject="limit",
            latest=limit,
        )
    ]
    for ahead in rules.filing.warn_days:
        warn = at_local(day - timedelta(days=ahead), START_OF_BUSINESS, state.zone)
        if warn > state.changed_at:
            found.append(
                Deadline(
                    id=f"filing:warn-{ahead}",
                    kind="filing",
                    due=warn,
                    zone=state.zone,
                    rule=f"{ahead} days before the last day to file ({day.isoformat()})",
                    source=source,
                    subject=f"warn-{ahead}",
                    latest=limit,
                )
            )
    return tuple(found)


def next_due(state: ClaimState) -> Deadline | None:
    """What is due first: a deadline, or the return of a task that was put off; ties go by id, so that replays agree."""
    both = (*state.deadlines, *returns(state))
    return min(both, key=lambda deadline: (deadline.due, deadline.id), default=None)


def returns(state: ClaimState) -> tuple[Deadline, ...]:
    """The return of every task that was put off, as a deadline of its own: it goes when its task goes."""
    return tuple(
        Deadline(
            id=f"task:{task.id}",
            kind="task",
            due=task.pended_until,
            zone=state.zone,
            rule=f"{in_words(PEND)} after it was put off",
            source=PEND.source,
            subject=task.id,
        )
        for task in state.tasks
        if task.pended_until is not None
    )


def due_event(state: ClaimState, now: datetime) -> DeadlinePassed | None:
    """The passing of the first deadline that is due by `now`, dated at its own instant."""
    deadline = next_due(state)
    if deadline is None or deadline.due > now:
        return None
    moment = max(deadline.due, state.changed_at)
    return DeadlinePassed(at=moment, id=f"passed:{deadline.id}:{deadline.due.isoformat()}", deadline=deadline.id)


def deadline_id(kind: DeadlineKind, subject: str) -> str:
    return f"{kind}:{subject}" if subject else kind
