"""Walks an interchange once: opens and closes its envelopes, proves their counts and numbers, and makes the sets."""

from __future__ import annotations

import re

from adapters.x12.fields import can_be_shown
from adapters.x12.kinds import kind_of
from adapters.x12.segments import Segment
from adapters.x12.stretch import Stretch
from adapters.x12.transaction_set import Document, TransactionSet
from claims.documents import Problem

_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
_MONEY = {"BPR", "CLP", "SVC", "CAS", "PLB", "CLM", "SV1", "SV2", "SV3"}
_ANSWERS = {"STC", "EB", "AAA", "AK1", "AK2", "AK5", "AK9", "IK5", "TA1"}
_TELLING = frozenset(_MONEY | _ANSWERS)
"""Segments that carry what a document is sent for; outside any set they are lost, any other is mere noise."""

_OURS = re.compile(r"\d{1,9}|\d{6}(?:X\d{3}(?:[A-Z]\d{1,2})*)?", re.ASCII)
"""A control number or a guide's name, `005010X221A1`."""


class EnvelopeWalk:
    """One pass over an interchange: opens and closes envelopes, and proves their counts and numbers."""

    def __init__(self, document: Document, isa_index: int) -> None:
        self.document = document
        self.isa_index = isa_index
        self.isa: Segment | None = None
        self.gs: Segment | None = None
        self.groups = 0
        self.groups_said = 0
        self.sets_in_group = 0
        self.st_index = 0
        self.here: Stretch
        self.open: list[Stretch] = []
        self.stray: list[Segment] = []
        self.closed = False
        self._handlers = {
            "ISA": self._isa,
            "GS": self._gs,
            "ST": self._st,
            "SE": self._se,
            "GE": self._ge,
            "IEA": self._iea,
        }

    def interchange(self, segments: Stretch) -> None:
        before = len(self.document.sets) + len(self.document.tas)
        at, position = segments.start, segments.position
        for self.here in segments.marks(_ENVELOPE):
            self._between(segments.part(at, self.here.start - 1, position))
            self._handlers[self.here[0].id](self.here[0])
            at, position = self.here.end + 1, self.here.position + 1
        self._between(segments.part(at, segments.end, position))
        last = segments.last()
        self._cut_off(last, "the file ends")
        self._report_stray()
        if self.gs is not None:
            self._say(last, "GE is missing")
        if self.isa is not None and not self.closed:
            self._say(last, "IEA is missing")
        if len(self.document.sets) + len(self.document.tas) == before:
            reason = "no set (ST to SE) stands in the interchange"
            self.document.problems.append(Problem(segment=last.position, reason=reason, fatal=not self.closed))

    def _between(self, segments: Stretch) -> None:
        """Segments with no envelope among them: of the open set, or of none."""
        if segments.start >= segments.end:
            return
        if self.open:
            self.open.append(segments)
            return
        for segment in segments:
            if segment.id == "TA1" and not self.stray:
                self._ta1(segment)
            else:
                self.stray.append(segment)

    def _isa(self, segment: Segment) -> None:
        self.isa = segment

    def _gs(self, segment: Segment) -> None:
        self._cut_off(segment, "GS stands")
        self._report_stray()
        if self.gs is not None:
            self._say(segment, "GE of the group before is missing")
        self.gs = segment
        self.groups += 1
        self.sets_in_group = 0
        self.st_index = 0

    def _st(self, segment: Segment) -> None:
        self._cut_off(segment, "another ST stands")
        self._report_stray()
        if self.gs is None and self.isa is not None:
            self._say(segment, "ST stands outside a group; GS is missing")
        self.open = [self.here]

    def _se(self, segment: Segment) -> None:
        if not self.open:
            self.stray.append(segment)
            return
        self.open.append(self.here)
        made = self._close(complete=True)
        said, found = segment.get(1), len(made.segments)
        if not _same_number(said, found):
            made.problems.append(_problem(segment, 1, f"SE01 counts {_shown(said)} segments, {found} stand in the set"))
        if segment.get(2).strip() != made.control_number:
            made.problems.append(_problem(segment, 2, "SE02 is not the control number of its ST"))

    def _ge(self, segment: Segment) -> None:
        self._cut_off(segment, "GE stands")
        self._report_stray()
        if self.gs is None:
            self._say(segment, "GE without GS")
            return
        if not _same_number(segment.get(1), self.sets_in_group):
            self._say(segment, f"GE01 counts {_shown(segment.get(1))} sets, {self.sets_in_group} stand in the group", 1)
        if not _same(segment.get(2), self.gs.get(6)):
            self._say(segment, "GE02 is not the control number of its GS", 2)
        self.gs = None

    def _iea(self, segment: Segment) -> None:
        self._cut_off(segment, "IEA stands")
        self._report_stray()
        if self.isa is None:
            self._say(segment, "IEA without ISA")
            return
        if self.gs is not None:
            self._say(segment, "GE is missing")
            self.gs = None
        if self.closed:
            self._say(segment, "a second IEA in one interchange")
        self.closed = True
        if not _same_number(segment.get(1), self.groups):
            self._say(
                segment, f"IEA01 counts {_shown(segment.get(1))} groups, {self.groups} stand in the interchange", 1
            )
        if not _same(segment.get(2), self.isa.get(13)):
            self._say(segment, "IEA02 is not the control number of its ISA", 2)

    def _ta1(self, segment: Segment) -> None:
        alone = Stretch("", (1, 0), segment.delimiters, segment.position, [segment])
        made = self._set(alone, "TA1", "", complete=True)
        made.control_number = segment.get(1).strip()
        self.document.tas.append(made)

    def _close(self, *, complete: bool) -> TransactionSet:
        segments, self.open = Stretch.joined(self.open), []
        st, gs = segments[0], self.gs
        in_set = st.get(3).strip()
        in_group = gs.get(8).strip() if gs is not None else ""
        made = self._set(segments, kind_of(segments, in_set or in_group, gs), in_set or in_group, complete=complete)
        if made.kind == "?":
            made.problems.append(
                Problem(segment=st.position, element=1, reason="ST01 is no number of a transaction set", fatal=True)
            )
        if in_set and in_group and in_set != in_group:
            made.problems.append(_problem(st, 3, f"ST03 {_shown(in_set)} is not GS08 {_shown(in_group)}"))
        self.document.sets.append(made)
        self.sets_in_group += 1
        self.st_index += 1
        return made

    def _set(self, segments: Stretch, kind: str, version: str, *, complete: bool) -> TransactionSet:
        return TransactionSet(
            kind=kind,
            version=version,
            control_number=segments[0].get(2).strip(),
            interchange_control_number=self.isa.get(13).strip() if self.isa is not None else "",
            group_control_number=self.gs.get(6).strip() if self.gs is not None else "",
            isa_index=self.isa_index,
            gs_index=max(0, self.groups - 1),
            st_index=self.st_index,
            segments=segments,
            complete=complete,
            isa=self.isa,
            gs=self.gs,
        )

    def _cut_off(self, at: Segment, where: str) -> None:
        """A set is open although `where`: it is kept, but its end is missing."""
        if self.open:
            made = self._close(complete=False)
            reason = f"set {_shown(made.control_number)} is cut off: {where} before its SE"
            made.problems.append(Problem(segment=at.position, reason=reason, fatal=True))

    def _report_stray(self) -> None:
        if not self.stray:
            return
        stray, self.stray = self.stray, []
        ids = sorted({segment.id[:3] for segment in stray if segment.id.isalnum()})[:8]
        reason = f"{len(stray)} segments stand outside any set and were not read ({' '.join(ids)})"
        lost = not _TELLING.isdisjoint(segment.id for segment in stray)
        self.document.problems.append(Problem(segment=stray[0].position, reason=reason, fatal=lost))

    def _say(self, segment: Segment, reason: str, element: int = 0) -> None:
        self.document.problems.append(_problem(segment, element, reason))


def _problem(segment: Segment, element: int, reason: str) -> Problem:
    return Problem(segment=segment.position, element=element, reason=reason)


def _same_number(said: str, found: int) -> bool:
    return (said.strip().lstrip("0") or "0") == str(found)


def _same(one: str, other: str) -> bool:
    return one.strip().lstrip("0") == other.strip().lstrip("0")


def _shown(value: str) -> str:
    """An envelope value fit for a message: a count, a control number or a guide's name, never what may be a person's."""
    clean = value.strip()
    if not clean:
        return "nothing"
    return clean if _OURS.fullmatch(clean) or can_be_shown(clean) else f"({len(value)} characters)"
