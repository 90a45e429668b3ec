"""How a set falls into claims: who stands above each (billing provider, subscriber, patient), what is its own.

HL says it, but HL is often wrong, so what stands in the loops decides and HL is checked against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from adapters.x12.segments import Segment
from claims.documents import Problem

Level = Literal["billing", "subscriber", "patient"]
_LEVEL_BY_CODE: dict[str, Level] = {"20": "billing", "22": "subscriber", "23": "patient"}
_LEVEL_BY_ENTITY: dict[str, Level] = {
    "85": "billing",
    "87": "billing",
    "IL": "subscriber",
    "PR": "subscriber",
    "QC": "patient",
}


_OF_A_CLAIM = frozenset({"HI", "CL1", "LX", "SV1", "SV2", "SVD"})


@dataclass(slots=True)
class ClaimBlock:
    """One claim: its segments from CLM on, and those of the loops above it."""

    billing: list[Segment]
    subscriber: list[Segment]
    patient: list[Segment]
    segments: list[Segment] = field(default_factory=list)
    cut_off: bool = False

    @property
    def position(self) -> int:
        return self.segments[0].position


def split(segments: Sequence[Segment], *starters: str) -> list[list[Segment]]:
    """Cut before every segment that starts an inner loop; the first part is the outer loop's own, maybe empty."""
    parts: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.id in starters:
            parts.append([])
        parts[-1].append(segment)
    return parts


def claim_blocks(segments: Sequence[Segment], problems: list[Problem], *, complete: bool) -> list[ClaimBlock]:
    """All claims of a set, in its order: as many as it has CLM segments.

    Where the set is cut off its last claim is marked: nobody knows what it lacks.
    """
    walk = _Walk(segments, problems)
    for index, segment in enumerate(segments):
        walk.take(index, segment)
    if not complete and walk.claim is not None:
        walk.claim.cut_off = True
    return walk.claims


class _Walk:
    def __init__(self, segments: Sequence[Segment], problems: list[Problem]) -> None:
        self.segments = segments
        self.problems = problems
        self.claims: list[ClaimBlock] = []
        self.claim: ClaimBlock | None = None
        self.level: Level | None = None
        self.loops: dict[Level, list[Segment]] = {"billing": [], "subscriber": [], "patient": []}
        self.in_lines = False
        self.hl_count = 0
        self.orphaned = -1
        self.hl_levels: dict[str, Level] = {}

    def take(self, index: int, segment: Segment) -> None:
        if segment.id == "HL":
            self._hl(index, segment)
        elif segment.id == "CLM":
            self._clm(segment)
        elif segment.id == "SE":
            self.claim = None
            self.level = None
        else:
            lost = self._lost_level(segment)
            if lost is not None:
                self._say(segment, f"a {lost} loop starts here without its HL")
                self._open(lost)
            if self.claim is not None:
                self.in_lines = self.in_lines or segment.id == "LX"
                self.claim.segments.append(segment)
            elif segment.id in _OF_A_CLAIM:
                self._orphan(segment)
            elif self.level is not None:
                self.loops[self.level].append(segment)

    def _orphan(self, segment: Segment) -> None:
        """Part of a claim where no claim is open. Said once a gap, and fatal: a whole claim may be missing."""
        if self.orphaned != self.hl_count:
            self.orphaned = self.hl_count
            reason = f"{segment.id} stands outside any claim: the CLM that it belongs to is missing"
            self.problems.append(Problem(segment=segment.position, reason=reason, fatal=True))

    def _hl(self, index: int, segment: Segment) -> None:
        self.hl_count += 1
        said, code = segment.get(1).strip(), segment.get(3).strip()
        if said != str(self.hl_count):
            self._say(segment, "HL01 is out of sequence", 1)
        by_code = _LEVEL_BY_CODE.get(code)
        level = self._level_by_content(index) or by_code or "subscriber"
        if level != by_code:
            self._say(segment, f"HL03 does not say the level of a {level} loop, which stands here", 3)
        self._check_parent(segment, level)
        self.hl_levels[said] = level
        self._open(level)

    def _check_parent(self, segment: Segment, level: Level) -> None:
        parent = segment.get(2).strip()
        expected: Level | None = {"subscriber": "billing", "patient": "subscriber"}.get(level)  # type: ignore[assignment]
        found = self.hl_levels.get(parent)
        if parent and found is None:
            self._say(segment, "HL02 names a parent that does not exist", 2)
        elif found != expected:
            self._say(segment, f"HL02 does not name a parent of the {expected or 'highest'} level", 2)

    def _level_by_content(self, index: int) -> Level | None:
        """The level that the first telling segment after an HL belongs to, whatever HL03 says."""
        for segment in self.segments[index + 1 : index + 40]:
            if segment.id in ("HL", "CLM", "SE"):
                break
            if segment.id in ("SBR", "PAT"):
                return "subscriber" if segment.id == "SBR" else "patient"
            if segment.id == "NM1" and (level := _LEVEL_BY_ENTITY.get(segment.get(1))):
                return level
        return None

    def _lost_level(self, segment: Segment) -> Level | None:
        """The level whose HL must have been here: what this segment starts can't stand where it stands."""
        entity = segment.get(1) if segment.id == "NM1" else ""
        if self.claim is not None:
            if segment.id == "PAT":
                return "patient"
            if self.in_lines and segment.id == "SBR":
                return "subscriber"
            return "billing" if self.in_lines and entity in ("85", "87") else None
        if self.level == "billing" and segment.id == "SBR":
            return "subscriber"
        if self.level == "subscriber" and entity == "QC":
            return "patient"
        if self.level is None and entity == "85":
            return "billing"
        if self.level is None and segment.id == "SBR":
            return "subscriber"
        return None

    def _open(self, level: Level) -> None:
        self.claim = None
        self.level = level
        self.in_lines = False
        self.loops[level] = []
        if level == "billing":
            self.loops["subscriber"] = []
        if level != "patient":
            self.loops["patient"] = []

    def _clm(self, segment: Segment) -> None:
        loops = self.loops
        self.claim = ClaimBlock(loops["billing"], loops["subscriber"], loops["patient"], [segment])
        self.claims.append(self.claim)
        self.in_lines = False

    def _say(self, segment: Segment, reason: str, element: int = 0) -> None:
        self.problems.append(Problem(segment=segment.position, element=element, reason=reason))
