"""Elements as values: amounts, days, composites. An element that is none becomes a Problem that names its place."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from adapters.x12.segments import Segment
from claims.base import Day
from claims.documents import Problem
from claims.money import NotAnAmount, cents

_cents = lru_cache(maxsize=8192)(cents)  # a remittance repeats few amounts and days many times
_QUALIFIED = re.compile(r"[A-Z0-9]{1,3}([:>|]).")

_ZEROS = re.compile(r"(?<=\d)[Oo]+")


class NotReadable(Exception):
    """A money element that is no number: its claim or set can't be read. Carries the fatal Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def text(segment: Segment, n: int) -> str:
    """Element `n` without the blanks around it."""
    return segment.get(n).strip()


def amount(segment: Segment, n: int) -> int | None:
    """Element `n` in cents, None where it is empty.

    Raises NotReadable when it is no amount: guessing at money would post it.
    """
    value = segment.get(n).strip()
    if not value:
        return None
    try:
        return _cents(value)
    except NotAnAmount as error:
        reason = f"{segment.id}{n:02d} is {shown(value)}; expected an amount such as 12.50 ({error})"
        raise NotReadable(Problem(segment=segment.position, element=n, reason=reason, fatal=True)) from None


def amount_to_show(segment: Segment, n: int, problems: list[Problem]) -> int | None:
    """Element `n` in cents where nothing is posted from it: no amount is then a Problem, and None."""
    try:
        return amount(segment, n)
    except NotReadable as error:
        problems.append(error.problem.model_copy(update={"fatal": False}))
        return None


def day(segment: Segment, n: int, problems: list[Problem]) -> Day | None:
    """Element `n`, CCYYMMDD, None where it is empty or, with a Problem, where it is no day of the calendar."""
    value = segment.get(n).strip()
    if not value:
        return None
    found = day_of(value)
    if found is None:
        reason = f"{segment.id}{n:02d} is no date; expected CCYYMMDD, found {len(value)} characters"
        problems.append(Problem(segment=segment.position, element=n, reason=reason))
    return found


def days(segment: Segment, n: int, problems: list[Problem]) -> tuple[Day | None, Day | None]:
    """Element `n` as one day or as a range CCYYMMDD-CCYYMMDD: first and last."""
    value = segment.get(n).strip()
    first, dash, last = value.partition("-")
    if not dash:
        one = day(segment, n, problems)
        return one, one
    start, end = day_of(first.strip()), day_of(last.strip())
    if start is None or end is None:
        reason = f"{segment.id}{n:02d} is no range of dates; expected CCYYMMDD-CCYYMMDD"
        problems.append(Problem(segment=segment.position, element=n, reason=reason))
    return start, end


@lru_cache(maxsize=4096)
def day_of(value: str) -> Day | None:
    """CCYYMMDD (a time behind it is left out) as a day, or None."""
    if len(value) < 8 or not (value.isascii() and value.isdigit()):
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return None


def composite(segment: Segment, n: int) -> tuple[str, ...]:
    """The components of element `n`, also where the sender joined them with another mark than ISA16 declares.

    Files whose ISA16 says `>` while the body uses `:` are common; the wrong mark is only believed behind a qualifier.
    """
    parts = segment.components(n)
    if len(parts) == 1:
        match = _QUALIFIED.match(parts[0])
        if match and match[1] != segment.delimiters.component and match[1] != segment.delimiters.element:
            parts = tuple(parts[0].split(match[1]))
    return tuple(part.strip() for part in parts)


def part(parts: tuple[str, ...], n: int) -> str:
    """Component `n`, counted from 1, an empty text where it is absent."""
    return parts[n - 1] if n <= len(parts) else ""


def shown(value: str) -> str:
    """A value that should have been a number, fit for a message: what might be a name, or a person's number, is only counted.

    No name is `12O.50`, `1OO` or `$50`: at most one letter, or an O for each zero behind a digit; seven digits at most.
    """
    if can_be_shown(value):
        return f"`{value}`"
    return f"{len(value)} characters that are no number"


def can_be_shown(value: str) -> bool:
    """At most one letter, where O behind a digit is a zero; a birthday, a social security or a member number has more digits."""
    if not value.isprintable() or len(value) > 12:
        return False
    rest = _ZEROS.sub("", value)
    letters = [c for c in rest if c.isalpha()]
    return len(letters) <= 1 and all(c.isascii() for c in letters) and sum(c.isdigit() for c in value) <= 7
