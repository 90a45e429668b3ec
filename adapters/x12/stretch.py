"""Segments that follow one another in a file, kept as text until somebody looks at them.

A remittance of a hundred thousand claims is read claim by claim, and never holds all of its segments at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import overload

from adapters.x12.segments import Delimiters, Segment


class Stretch(Sequence[Segment]):
    """The segments between `start` and `end` of `text`, where `position` is the number of the first in its file.

    `text` has a terminator before its first and behind its last segment and no empty segment; `start` is where the
    first segment begins and `end` where the last one's terminator stands. A stretch put together out of pieces that do
    not adjoin has its segments only, and no text (`whole` is false).
    """

    __slots__ = ("_counts", "_length", "_segments", "delimiters", "end", "position", "start", "text")

    def __init__(
        self,
        text: str,
        span: tuple[int, int],
        delimiters: Delimiters,
        position: int,
        segments: list[Segment] | None = None,
    ) -> None:
        self.text = text
        self.start, self.end = span
        self.delimiters = delimiters
        self.position = position
        self._segments = segments
        self._counts: dict[str, int | None] = {}
        self._length = -1 if segments is None else len(segments)

    @classmethod
    def joined(cls, parts: Sequence[Stretch]) -> Stretch:
        """One stretch of several, in the order given; with text where they adjoin."""
        first, last = parts[0], parts[-1]
        if all(one.end + 1 == two.start and two.whole for one, two in pairwise(parts)):
            made = cls(first.text, (first.start, last.end), first.delimiters, first.position)
            made._length = last.position + len(last) - first.position
            return made
        return cls("", (1, 0), first.delimiters, first.position, [segment for part in parts for segment in part])

    @property
    def whole(self) -> bool:
        """Whether its segments stand together in `text`."""
        return bool(self.text)

    def part(self, start: int, end: int, position: int) -> Stretch:
        """What stands from `start` to the terminator at `end`."""
        return Stretch(self.text, (start, end), self.delimiters, position)

    def __len__(self) -> int:
        if self._length < 0:
            self._length = self.text.count(self.delimiters.segment, self.start, self.end + 1)
        return self._length

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> list[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | list[Segment]:
        if index == 0 and self._segments is None and self.end > self.start:
            to = self.text.index(self.delimiters.segment, self.start)
            return segment_of(self.text[self.start : to], self.position, self.delimiters)
        return self._all()[index]

    def last(self) -> Segment:
        """Its last segment, without cutting the others."""
        if self._segments is not None:
            return self._segments[-1]
        start = self.text.rindex(self.delimiters.segment, 0, self.end) + 1
        return segment_of(self.text[start : self.end], self.position + len(self) - 1, self.delimiters)

    def _all(self) -> list[Segment]:
        if self._segments is None:
            pieces = self.text[self.start : self.end].split(self.delimiters.segment) if self.end > self.start else []
            self._segments = cut_pieces(pieces, self.position, self.delimiters)
        return self._segments

    def plain_count(self, identifier: str) -> int | None:
        """How many segments have `identifier`, where nothing else in the text reads like it; else None."""
        if not self.whole:
            return None
        if identifier not in self._counts:
            mark = f"{self.delimiters.segment}{identifier}{self.delimiters.element}"
            found = self.text.count(mark, self.start - 1, self.end)
            plain = found == self.text.count(identifier, self.start, self.end)
            self._counts[identifier] = found if plain else None
        return self._counts[identifier]

    def count_of(self, identifier: str) -> int:
        """How many segments have `identifier`."""
        found = self.plain_count(identifier)
        return sum(1 for segment in self if segment.id == identifier) if found is None else found

    def only(self, identifiers: Iterable[str]) -> bool:
        """Whether every segment plainly has one of `identifiers`; false also where it only can't be told at a glance."""
        if not self.whole:
            return False
        pattern = _another(self.delimiters.segment, self.delimiters.element, frozenset(identifiers))
        return pattern.search(self.text, self.start - 1, self.end) is None

    def marks(self, identifiers: Iterable[str]) -> Iterator[Stretch]:
        """Each segment that has one of `identifiers`, as a stretch of its own."""
        terminator = self.delimiters.segment
        pattern = _one_of(terminator, self.delimiters.element, frozenset(identifiers))
        at, position = self.start, self.position
        for match in pattern.finditer(self.text, self.start - 1, self.end + 1):
            start = self.text.rindex(terminator, 0, match.start(1)) + 1
            position += self.text.count(terminator, at, start)
            at = start
            yield self.part(start, self.text.index(terminator, start), position)


def segment_of(piece: str, position: int, delimiters: Delimiters) -> Segment:
    """One segment out of its text."""
    row = piece.split(delimiters.element)
    return Segment(position, row[0].strip(), tuple(row[1:]), delimiters)


def cut_pieces(pieces: Iterable[str], position: int, delimiters: Delimiters) -> list[Segment]:
    """Segments out of their texts, numbered on from `position`."""
    separator, make, kind = delimiters.element, tuple.__new__, Segment
    rows = (piece.split(separator) for piece in pieces)
    return [make(kind, (n, row[0].strip(), tuple(row[1:]), delimiters)) for n, row in enumerate(rows, position)]


@lru_cache(maxsize=64)
def _one_of(terminator: str, separator: str, identifiers: frozenset[str]) -> re.Pattern[str]:
    """An identifier as a segment has it: blanks around it do not count."""
    t, s, names = re.escape(terminator), re.escape(separator), "|".join(sorted(identifiers))
    return re.compile(rf"{t}\s*({names})\s*(?={s}|{t})")


@lru_cache(maxsize=64)
def _another(terminator: str, separator: str, identifiers: frozenset[str]) -> re.Pattern[str]:
    """A segment that does not start with one of the identifiers and a separator."""
    t, s, names = re.escape(terminator), re.escape(separator), "|".join(sorted(identifiers))
    return re.compile(rf"{t}(?!(?:{names}){s})")
