"""Reading one loop: typed elements on one side, on the other what we only carry."""

from __future__ import annotations

from collections.abc import Collection

from adapters.x12.fields import NotReadable, amount, day_of
from adapters.x12.segments import Segment
from claims.base import Day
from claims.base import Segment as Carried
from claims.documents import Problem


class Rest:
    """Collects what a loop holds beyond its typed values, to be carried with it."""

    def __init__(self) -> None:
        self.segments: list[Carried] = []

    def add(self, segment: Segment) -> None:
        """Carry a whole segment."""
        self.segments.append(segment.carried())

    def beyond(self, segment: Segment, typed: Collection[int]) -> None:
        """Carry the elements whose position (from 1) is not in `typed`, if any says something; others stay empty."""
        whole = segment.carried()
        left = tuple("" if n in typed else value for n, value in enumerate(whole))
        left = (whole[0], *left[1:])
        if any(left[1:]):
            while not left[-1]:
                left = left[:-1]
            self.segments.append(left)


def required_amount(segment: Segment, n: int) -> int:
    """Element `n` in cents. Raises NotReadable where it is empty or no amount."""
    value = amount(segment, n)
    if value is None:
        reason = f"{segment.id}{n:02d} is empty; expected an amount"
        raise NotReadable(Problem(segment=segment.position, element=n, reason=reason, fatal=True))
    return value


def period(segment: Segment, problems: list[Problem]) -> tuple[Day | None, Day | None]:
    """First and last day of a DTP: `D8` gives one day and no last, `RD8` both. Not readable: a Problem and no day."""
    form, value = segment.get(2).strip(), segment.get(3).strip()
    first, dash, last = value.partition("-")
    start, end = day_of(first.strip()), day_of(last.strip())
    if form not in ("D8", "RD8", "DT", "RDT") or start is None or (dash and end is None):
        reason = f"DTP*{segment.get(1)[:3]} is no date; expected D8 CCYYMMDD or RD8 CCYYMMDD-CCYYMMDD"
        problems.append(Problem(segment=segment.position, element=3, reason=reason))
        return None, None
    if end is not None and end < start:
        problems.append(Problem(segment=segment.position, element=3, reason="the range of dates is reversed"))
    return start, end
