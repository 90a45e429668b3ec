"""Which loop of the 837 guides (005010X222A1, 005010X223A2) each segment belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.x12.segments import Segment, TransactionSet


@dataclass
class Loop:
    """A loop with its own segments and the loops inside it."""

    id: str
    segments: list[Segment]
    parent: Loop | None = None
    children: list[Loop] = field(default_factory=list)

    def get(self, segment_id: str, *qualifiers: str) -> Segment | None:
        """The loop's first such segment; with qualifiers, one whose first element is among them."""
        return next(
            (s for s in self.segments if s.id == segment_id and (not qualifiers or s.at(1) in qualifiers)), None
        )

    def all(self, segment_id: str) -> list[Segment]:
        return [s for s in self.segments if s.id == segment_id]

    def inner(self, loop_id: str) -> list[Loop]:
        """The loops of that id directly inside this one."""
        return [child for child in self.children if child.id == loop_id]

    def first(self, loop_id: str) -> Loop | None:
        return next(iter(self.inner(loop_id)), None)


_NAMES = {
    "header": {"41": "1000A", "40": "1000B"},
    "2000A": {"85": "2010AA", "87": "2010AB", "PE": "2010AC"},
    "2000B": {"IL": "2010BA", "PR": "2010BB"},
    "2000C": {"QC": "2010CA"},
}
_HL = {"20": "2000A", "22": "2000B", "23": "2000C"}
_PROVIDERS = {"2300": "2310", "2320": "2330", "2400": "2420"}
_LEVEL = {"2000A": 0, "2000B": 1, "2000C": 2, "2300": 3, "2320": 4, "2400": 4, "2410": 5, "2430": 5}


def split(transaction: TransactionSet) -> Loop:
    """The set's loops as a tree. A segment in no known place stays in the loop where it was met."""
    root = Loop("header", [])
    stack = [root]
    for segment in transaction.segments:
        opened = _opens(segment, stack)
        if opened is None:
            stack[-1].segments.append(segment)
            continue
        while len(stack) > 1 and not _holds(stack[-1].id, opened):
            stack.pop()
        loop = Loop(opened, [segment], stack[-1])
        stack[-1].children.append(loop)
        stack.append(loop)
    return root


def _opens(segment: Segment, stack: list[Loop]) -> str | None:
    ids = [loop.id for loop in stack]
    if segment.id == "HL":
        return _HL.get(segment.at(3))
    if segment.id == "CLM":
        return "2300"
    if segment.id == "LX" and "2300" in ids:
        return "2400"
    if segment.id == "SBR" and "2300" in ids:
        return "2320"
    if segment.id == "LIN" and "2400" in ids:
        return "2410"
    if segment.id == "SVD" and "2400" in ids:
        return "2430"
    if segment.id == "NM1":
        holder = next((i for i in reversed(ids) if i in _NAMES or i in _PROVIDERS), "header")
        if holder in _PROVIDERS:
            return f"{_PROVIDERS[holder]}:{segment.at(1)}"
        return _NAMES[holder].get(segment.at(1))
    return None


def _holds(outer: str, opened: str) -> bool:
    """May `opened` lie inside `outer`?"""
    if outer == "header":
        return True
    if outer not in _LEVEL:
        return False
    if opened in _LEVEL:
        return _LEVEL[outer] < _LEVEL[opened]
    if ":" in opened:
        return _PROVIDERS.get(outer) == opened.split(":")[0]
    return opened in _NAMES.get(outer, {}).values()
