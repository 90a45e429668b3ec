"""The auditor's own calendar: federal holidays, months and last days, counted apart from the core.

5 USC 6103 names the holidays; one on a Saturday is observed on Friday, one on a Sunday on Monday.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Data = dict[str, Any]


def _weekday_of_month(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month; -1 is its last."""
    days = [d for d in calendar.Calendar().itermonthdates(year, month) if d.month == month and d.weekday() == weekday]
    return days[nth - 1] if nth > 0 else days[nth]


@cache
def holidays(year: int) -> frozenset[date]:
    """Days without business of a year, those of the neighbouring years that are observed in it included."""
    found: set[date] = set()
    for one in (year - 1, year, year + 1):
        fixed = [date(one, 1, 1), date(one, 7, 4), date(one, 11, 11), date(one, 12, 25)]
        if one >= 2021:
            fixed.append(date(one, 6, 19))
        for day in fixed:
            found.add(day)
            if day.weekday() == 5:
                found.add(day - timedelta(days=1))
            elif day.weekday() == 6:
                found.add(day + timedelta(days=1))
        found |= {
            _weekday_of_month(one, 1, 0, 3),
            _weekday_of_month(one, 2, 0, 3),
            _weekday_of_month(one, 5, 0, -1),
            _weekday_of_month(one, 9, 0, 1),
            _weekday_of_month(one, 10, 0, 2),
            _weekday_of_month(one, 11, 3, 4),
        }
    return frozenset(day for day in found if day.year == year)


def works(day: date) -> bool:
    """Whether anybody is in the office."""
    return day.weekday() < 5 and day not in holidays(day.year)


def onward(day: date) -> date:
    """The day itself, or the next on which somebody works."""
    while not works(day):
        day += timedelta(days=1)
    return day


def after(start: date, wait: Data) -> date:
    """The last day of a wait (`amount`, `unit`) that begins on `start`."""
    amount, unit = wait["amount"], wait["unit"]
    if unit == "calendar_days":
        return start + timedelta(days=amount)
    if unit == "business_days":
        day = start
        for _ in range(amount):
            day = onward(day + timedelta(days=1))
        return day
    months = amount * (12 if unit == "years" else 1)
    total = start.year * 12 + start.month - 1 + months
    year, month = total // 12, total % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if start.day > last and wait.get("missing_day") == "first_of_next":
        return date(year, month, last) + timedelta(days=1)
    return date(year, month, min(start.day, last))


def last_filing_day(claim: Data, rules: Data) -> date | None:
    """The last day on which a first payer takes an original."""
    limit = rules["filing"]
    basis = limit["basis_institutional"] if claim["type"] == "institutional" else limit["basis_professional"]
    starts = [line["service_from"] for line in claim["lines"] if line["service_from"]]
    ends = [line["service_to"] or line["service_from"] for line in claim["lines"]]
    day: date | None
    if basis == "service_from":
        day = min(starts) if starts else claim["statement_from"]
    else:
        through = claim["statement_to"] if claim["type"] == "institutional" else None
        known = [one for one in ends if one]
        day = through or (max(known) if known else claim["statement_to"])
    if day is None:
        return None
    last = after(day, limit["limit"])
    return onward(last) if limit["roll"] else last


def last_appeal_day(level: Data, notice: date, roll: bool) -> date:
    """The last day to file a level, after presumed receipt of the notice."""
    last = after(notice + timedelta(days=level["presumed_receipt_days"]), level["file_within"])
    rolls = roll if level["roll"] is None else level["roll"]
    return onward(last) if rolls else last


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of a moment where the practice is."""
    return moment.astimezone(ZoneInfo(zone)).date()


def ends_its_day(moment: datetime, zone: str) -> bool:
    """Whether a limit lasts to the end of its day."""
    local = moment.astimezone(ZoneInfo(zone))
    return (local.hour, local.minute, local.second) == (23, 59, 59)
