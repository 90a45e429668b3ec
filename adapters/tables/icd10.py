"""The ICD-10-CM table: which code is valid on which day. Data only; what a wrong code means is for the scrubber to say.

Read only in the scrub's local activity and on the command line, never in workflow code: it is large.
"""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from claims.base import Day

Range = tuple[Day, Day]
Answer = Literal["valid", "header", "unknown", "not_valid_on_date", "year_partial"]
DATA = Path(__file__).with_name("icd10cm.txt.gz")


class Icd10Table:
    """Codes without dot, each with the ranges of days on which it is valid.

    `covers` is the range of days for which the list is whole. Beyond its last day nobody can know yet which codes
    will stand, so that an unknown code is then `year_partial` (at most a doubt) and a known one is still `valid`.
    """

    def __init__(self, covers: Range, ranges: Mapping[str, tuple[Range, ...]]) -> None:
        self.covers = covers
        self._ranges = ranges
        self._sorted = sorted(ranges)

    def __len__(self) -> int:
        return len(self._ranges)

    def check(self, code: str, on: Day) -> Answer:
        """What stands against `code`, without its dot, on a date of service or discharge."""
        last = self.covers[1]
        ranges = self._ranges.get(code)
        if ranges is None:
            if on > last:
                return "year_partial"
            return "header" if self._is_header(code) else "unknown"
        if any(start <= on <= end for start, end in ranges):
            return "valid"
        return "valid" if on > last and ranges[-1][1] == last else "not_valid_on_date"

    def valid_on(self, on: Day) -> int:
        """How many codes are valid on a day: CMS publishes the figure for each fiscal year."""
        return sum(any(start <= on <= end for start, end in ranges) for ranges in self._ranges.values())

    def _is_header(self, code: str) -> bool:
        """A category or subcategory: at least three characters, and a code that is longer begins with it."""
        place = bisect_right(self._sorted, code)
        return len(code) >= 3 and place < len(self._sorted) and self._sorted[place].startswith(code)


@lru_cache(maxsize=1)
def load_icd10() -> Icd10Table:
    """The table that is part of the project, read once a process (about 0.1 s)."""
    return parse(gzip.decompress(DATA.read_bytes()).decode())


def parse(text: str) -> Icd10Table:
    """Raises ValueError when `text` has no `covers` line or a line that is no code with its days."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    word, *days = lines[0].split()
    if word != "covers" or len(days) != 2:
        raise ValueError("the ICD-10-CM table begins with `covers FIRST LAST`")
    covers = (date.fromisoformat(days[0]), date.fromisoformat(days[1]))
    always = (covers,)
    ranges: dict[str, tuple[Range, ...]] = {}
    for line in lines[1:]:
        code, _, when = line.partition(" ")
        ranges[code] = tuple(_range(part) for part in when.split(",")) if when else always
    return Icd10Table(covers, ranges)


@lru_cache(maxsize=256)
def _range(text: str) -> Range:
    start, _, end = text.partition("-")
    return date.fromisoformat(start), date.fromisoformat(end)
