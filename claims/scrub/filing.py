"""Edits on timely filing: the last day to file under the payer's rules, passed or near."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import timedelta

from claims.base import Day
from claims.payer_rules import FilingLimit, Wait
from claims.scrub.edit import Fault, Scene

_A_YEAR = Wait(amount=1, unit="years", source="42 CFR 424.44; 42 CFR 447.45(d): Medicare's and Medicaid's longest")
_DELAY_REASON = 14
"""Place of CLM20 (delay reason code) in `Claim.indicators`, which begins at CLM06."""


def last_day_to_file(scene: Scene) -> Day | None:
    """The last day on which the payer takes the claim; None where no limit runs.

    Replacements and voids (frequency 7, 8) have windows of their own, and a wait in seconds is a sandbox's.
    """
    claim, limit = scene.claim, scene.rules.filing
    if claim.frequency in {"7", "8"} or scene.notice:
        return None
    wait, basis = limit.limit, _basis(scene, limit)
    decided = _decided_on(scene)
    if limit.secondary and decided:
        wait, basis = limit.secondary, decided
    if basis is None or wait.unit == "seconds":
        return None
    last = after(basis, wait, scene.tables.holidays)
    while limit.roll and last < Day.max and not _business_day(last, scene.tables.holidays):
        last = _plus(last, 1)
    return last


def _basis(scene: Scene, limit: FilingLimit) -> Day | None:
    which = limit.basis_institutional if scene.institutional else limit.basis_professional
    if not scene.days:
        return None
    return scene.days[0] if which == "service_from" else scene.days[-1]


def _decided_on(scene: Scene) -> Day | None:
    """When the payers before this one decided, the latest of them; None where the claim goes to the primary."""
    if scene.payer is None or scene.payer.order == "primary":
        return None
    days = [c.prior.decided_on for c in scene.claim.coverages[1:] if c.prior and c.prior.decided_on]
    days += [d.decided_on for line in scene.claim.lines for d in line.decisions if d.decided_on]
    return max(days, default=None)


def after(day: Day, wait: Wait, holidays: frozenset[Day]) -> Day:
    """`day` plus a wait; a month or year that lacks the day ends on its last one. Never beyond the calendar's end."""
    if wait.unit == "calendar_days":
        return _plus(day, wait.amount)
    if wait.unit == "business_days":
        left = wait.amount
        while left and day < Day.max:
            day = _plus(day, 1)
            left -= _business_day(day, holidays)
        return day
    months = day.year * 12 + day.month - 1 + wait.amount * (12 if wait.unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    if year > Day.max.year:
        return Day.max
    return Day(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _plus(day: Day, days: int) -> Day:
    return day + timedelta(days=min(days, (Day.max - day).days))


def _business_day(day: Day, holidays: frozenset[Day]) -> bool:
    return day.weekday() < 5 and day not in holidays


def _excused(scene: Scene) -> bool:
    indicators = scene.claim.indicators
    return len(indicators) > _DELAY_REASON and bool(indicators[_DELAY_REASON])


def _own_rules(scene: Scene) -> bool:
    """Whether the limit is this payer's; the default rules are a careful guess for payers that nobody described."""
    return bool(scene.rules.payer_ids or scene.rules.filing_indicators)


def limit_passed(scene: Scene) -> Iterator[Fault]:
    """Past the payer's own limit, or past a year, the longest that payers commonly give."""
    last = last_day_to_file(scene)
    if last and scene.today > last and not _excused(scene) and (_own_rules(scene) or _past_a_year(scene)):
        yield Fault(
            "2300 CLM",
            f"the last day to file was {last} ({scene.rules.name})",
            "send proof of timely filing, or a delay reason (CLM20) that the payer accepts",
        )


def limit_perhaps_passed(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    if last and scene.today > last and not _excused(scene) and not _own_rules(scene) and not _past_a_year(scene):
        yield Fault(
            "2300 CLM",
            f"no filing limit of this payer is known; the usual one passed on {last}",
            "look the limit up in the payer's manual, and enter it in payer_rules/",
        )


def _past_a_year(scene: Scene) -> bool:
    return bool(scene.days) and scene.today > after(scene.days[-1], _A_YEAR, frozenset())


def limit_passed_with_reason(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    if last and scene.today > last and _excused(scene):
        yield Fault(
            "2300 CLM20",
            f"the last day to file was {last} ({scene.rules.name}); the claim gives a delay reason",
            "make sure that the payer accepts the reason, and have the proof at hand",
        )


def limit_near(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    days = max(scene.rules.filing.warn_days, default=0)
    if last and _own_rules(scene) and scene.today <= last <= _plus(scene.today, days):
        yield Fault(
            "2300 CLM", f"the last day to file is {last} ({scene.rules.name})", "send the claim now, keep the proof"
        )
