"""The HL loops of a set as a tree: whose child each level is, also where a parent's number leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.x12.fields import text
from adapters.x12.segments import Segment
from claims.documents import Problem

_DEPTH = {"20": 0, "21": 1, "19": 2, "22": 3, "PT": 3, "23": 4}
"""How deep a level code stands: source, receiver, provider, subscriber (277CA: patient), dependent."""
_BEFORE_ANY_LEVEL = frozenset(("ST", "BHT", "REF", "SE"))


@dataclass(slots=True)
class Level:
    """One HL with the segments up to the next one. `code` is HL03; the segments before the first HL have none."""

    hl: Segment | None
    code: str = ""
    parent: Level | None = None
    children: list[Level] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """0 source, 1 receiver, 2 provider, 3 subscriber or patient, 4 dependent."""
        return _DEPTH.get(self.code, 4)

    def below(self) -> Iterator[Level]:
        """Every level under this one, in the order of the file."""
        for child in self.children:
            yield child
            yield from child.below()

    def above(self) -> Iterator[Level]:
        """Its parent, its parent's parent, and so on."""
        level = self.parent
        while level is not None:
            yield level
            level = level.parent


def levels_of(segments: Sequence[Segment], problems: list[Problem]) -> list[Level]:
    """Every level of a set in the order of the file; the first holds what stands before any HL.

    A parent that does not exist, or does not stand higher, is a Problem; the nearest higher level before it is taken.
    """
    levels = [Level(hl=None)]
    known: dict[str, Level] = {}
    for segment in segments:
        if segment.id == "HL":
            level = Level(hl=segment, code=text(segment, 3))
            if level.code not in _DEPTH:
                problems.append(_at(segment, 3, "HL03 is no level of this set; read as the innermost one"))
            _attach(level, levels, known, problems)
            number = text(segment, 1)
            if number in known:
                problems.append(_at(segment, 1, "HL01 repeats the number of an earlier HL"))
            known[number] = level
            levels.append(level)
        else:
            levels[-1].segments.append(segment)
    for segment in levels[0].segments:
        if segment.id not in _BEFORE_ANY_LEVEL:
            problems.append(_at(segment, 0, f"{segment.id[:3]} stands before the first HL; read as the source's"))
    return levels


def level_doubts(segments: Iterable[Segment]) -> Iterator[Problem]:
    """HL01 that comes twice and HL02 that names no level before it, whatever the kind of the set."""
    known: set[str] = set()
    for segment in segments:
        if segment.id != "HL":
            continue
        number, above = text(segment, 1), text(segment, 2)
        if number in known:
            yield _at(segment, 1, "HL01 repeats the number of an earlier HL")
        if above and above not in known:
            yield _at(segment, 2, "HL02 names no level before this one")
        known.add(number)


def _attach(level: Level, levels: list[Level], known: dict[str, Level], problems: list[Problem]) -> None:
    assert level.hl is not None
    said = text(level.hl, 2)
    parent = known.get(said)
    if parent is None or parent.depth >= level.depth:
        if said:
            problems.append(_at(level.hl, 2, "HL02 names no level that stands above this one"))
        elif level.depth > 0:
            problems.append(_at(level.hl, 2, "HL02 is empty; expected the number of the level above"))
        parent = next((one for one in reversed(levels) if one.hl is not None and one.depth < level.depth), None)
    if parent is not None:
        level.parent = parent
        parent.children.append(level)


def _at(segment: Segment, n: int, reason: str) -> Problem:
    return Problem(segment=segment.position, element=n, reason=reason)
