"""A file cut into sets: the shapes that reader.py makes and that every other room of X12 reads from."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.x12.segments import Segment
from adapters.x12.stretch import Stretch
from claims.documents import Problem


@dataclass(slots=True)
class TransactionSet:
    """One set, ST to SE inclusive (or one TA1), with where it stood.

    `kind` is what the trade calls it ("837P", "277CA", "835", "TA1", ...), `version` ST03 or else GS08.
    `isa_index`, `gs_index`, `st_index` count from 0: the interchange in the file, the group in it, the set in that.
    `complete` is false where the file ends, or another envelope begins, before its SE: its last loop can't be trusted.
    """

    kind: str
    version: str
    control_number: str
    interchange_control_number: str
    group_control_number: str
    isa_index: int
    gs_index: int
    st_index: int
    segments: Stretch
    complete: bool = True
    problems: list[Problem] = field(default_factory=list)
    isa: Segment | None = None
    gs: Segment | None = None

    @property
    def first(self) -> int:
        """The position of its first segment in the file."""
        return self.segments[0].position

    def count(self, *ids: str) -> int:
        """How many of its segments have one of these identifiers: the independent count that readers prove against."""
        return sum(self.segments.count_of(identifier) for identifier in ids)


@dataclass(slots=True)
class Document:
    """A file as read: its sets, its TA1s, and what is wrong with the file itself (a set keeps its own problems)."""

    sets: list[TransactionSet] = field(default_factory=list)
    tas: list[TransactionSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interchanges: int = 0
    duplicates: int = 0
    """How many interchanges repeated an earlier one byte for byte, and were left out."""

    @property
    def all_problems(self) -> list[Problem]:
        """Of the file and of every set, in the order of the file."""
        found = [*self.problems, *(p for one in (*self.sets, *self.tas) for p in one.problems)]
        return sorted(found, key=lambda problem: problem.segment)

    @property
    def unreadable(self) -> bool:
        """Nothing could be read at all."""
        return not self.sets and not self.tas and any(problem.fatal for problem in self.problems)
