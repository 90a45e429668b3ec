"""Cuts a file of X12 into transaction sets, tolerating and reporting what real senders do to the envelope.

Nothing here knows what a set means; content never raises, it becomes a Problem with its segment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.x12.delimiters import (
    BLANK,
    Unreadable,
    bare_delimiters,
    bare_start,
    component_in_use,
    isa_delimiters,
    isa_positions,
)
from adapters.x12.kinds import kind_of
from adapters.x12.segments import Delimiters, Segment
from claims.documents import Problem

__all__ = ["Delimiters", "Document", "Segment", "TransactionSet", "read_document"]


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
    segments: list[Segment]
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
        return sum(1 for segment in self.segments if segment.id in ids)


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


def read_document(raw: bytes) -> Document:
    """Cut `raw` into sets. Never raises on content: what can't be read is a fatal Problem of document or set."""
    document = Document()
    text = _decode(raw, document.problems)
    if not text.strip(BLANK):
        document.problems.append(Problem(segment=0, reason="the file is empty", fatal=True))
        return document
    starts = isa_positions(text)
    start = starts[0] if starts else bare_start(text)
    if start < 0:
        document.problems.append(Problem(segment=0, reason=_what_stands_there(text), fatal=True))
        return document
    _report_lead(text[:start], document.problems)
    if not starts:
        document.problems.append(Problem(segment=1, reason="no ISA envelope; delimiters were guessed from ST"))
        starts = [start]
    elif (early := bare_start(text[: starts[0]])) >= 0:
        document.problems.append(Problem(segment=1, reason="segments stand before the first ISA", fatal=True))
        starts.insert(0, early)
    _read_interchanges(text, starts, document)
    return document


def _decode(raw: bytes, problems: list[Problem]) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append(Problem(segment=0, reason="the file is UTF-16; X12 is single-byte text"))
        return raw.decode("utf-16", errors="replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        problems.append(Problem(segment=0, reason="the file starts with a byte-order mark"))
        raw = raw[3:]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _what_stands_there(text: str) -> str:
    if "\0" in text[:1000] or sum(not c.isprintable() and c not in "\r\n\t" for c in text[:1000]) > 100:
        return "binary content; expected X12 text starting with ISA"
    if text.lstrip(BLANK).startswith("ISA"):
        return "the ISA segment is not readable: expected sixteen elements and a segment terminator"
    return "no ISA segment and no ST segment in the file"


def _report_lead(lead: str, problems: list[Problem]) -> None:
    if lead.strip(BLANK):
        problems.append(
            Problem(segment=0, reason=f"{len(lead)} characters that are no X12 stand before the first segment")
        )
    elif lead:
        problems.append(Problem(segment=0, reason="blank lines or spaces stand before the first segment"))


def _read_interchanges(text: str, starts: list[int], document: Document) -> None:
    seen: dict[str, int] = {}
    position = 0
    first_repeat = 0
    for at, end in zip(starts, [*starts[1:], len(text)], strict=True):
        chunk = text[at:end].strip(BLANK)
        if chunk in seen:
            document.duplicates += 1
            first_repeat = first_repeat or position + 1
            position += seen[chunk]
            continue
        segments = _cut(chunk, position, document)
        seen[chunk] = len(segments)
        position += len(segments)
        _Walk(document, document.interchanges).interchange(segments)
        document.interchanges += 1
    if document.duplicates:
        document.problems.append(Problem(segment=first_repeat, reason=_repeats(document)))


def _repeats(document: Document) -> str:
    if document.interchanges == 1:
        return f"{document.duplicates + 1} interchanges are identical; read once"
    total = document.duplicates + document.interchanges
    return f"{document.duplicates} of {total} interchanges repeat an earlier one; left out"


def _cut(chunk: str, position: int, document: Document) -> list[Segment]:
    """The segments of one interchange, numbered on from `position`."""
    try:
        delimiters = isa_delimiters(chunk, 0) if chunk.startswith("ISA") else bare_delimiters(chunk, 0)
    except Unreadable as error:
        document.problems.append(Problem(segment=position + 1, reason=str(error), fatal=True))
        return []
    used = component_in_use(chunk, delimiters)
    if used != delimiters.component:
        reason = f"ISA16 declares `{delimiters.component}` but the composites use `{used}`; read with `{used}`"
        document.problems.append(Problem(segment=position + 1, element=16, reason=reason))
        delimiters = delimiters._replace(component=used)
    separator, terminator = delimiters.element, delimiters.segment
    blank = "".join(c for c in BLANK if c != separator)
    segments: list[Segment] = []
    append, make = segments.append, tuple.__new__
    wrapped = 0
    for piece in chunk.split(terminator):
        body = piece.lstrip(blank)
        if not body:
            continue
        if "\n" in body or "\r" in body:
            whole = body.rstrip("\r\n")
            wrapped += "\n" in whole or "\r" in whole
            body = whole.replace("\r", "").replace("\n", "")
        position += 1
        parts = body.split(separator)
        append(make(Segment, (position, parts[0].strip(), tuple(parts[1:]), delimiters)))
    if wrapped:
        reason = f"{wrapped} segments are broken over lines; the line ends were taken out"
        document.problems.append(Problem(segment=segments[0].position, reason=reason))
    if "\0" in chunk:
        document.problems.append(Problem(segment=segments[0].position, reason="the text contains NUL characters"))
    if segments and terminator not in "\r\n" and not chunk.endswith(terminator):
        last = segments[-1]
        document.problems.append(Problem(segment=last.position, reason=f"{last.id[:3]} has no segment terminator"))
    return segments


class _Walk:
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
        self.open: list[Segment] = []
        self.stray: list[Segment] = []
        self.closed = False

    def interchange(self, segments: list[Segment]) -> None:
        handlers = {"ISA": self._isa, "GS": self._gs, "ST": self._st, "SE": self._se, "GE": self._ge, "IEA": self._iea}
        for segment in segments:
            handler = handlers.get(segment.id)
            if handler is not None:
                handler(segment)
            elif self.open:
                self.open.append(segment)
            elif segment.id == "TA1" and not self.stray:
                self._ta1(segment)
            else:
                self.stray.append(segment)
        last = segments[-1] if segments else None
        if last is not None:
            self._cut_off(last, "the file ends")
            self._report_stray()
            if self.gs is not None:
                self._say(last, "GE is missing")
            if self.isa is not None and not self.closed:
                self._say(last, "IEA is missing")

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
        self.open = [segment]

    def _se(self, segment: Segment) -> None:
        if not self.open:
            self.stray.append(segment)
            return
        self.open.append(segment)
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
        made = self._set([segment], "TA1", "", complete=True)
        made.control_number = segment.get(1).strip()
        self.document.tas.append(made)

    def _close(self, *, complete: bool) -> TransactionSet:
        segments, self.open = self.open, []
        st, gs = segments[0], self.gs
        in_set = st.get(3).strip()
        in_group = gs.get(8).strip() if gs is not None else ""
        made = self._set(segments, kind_of(segments, in_set or in_group, gs), in_set or in_group, complete=complete)
        if in_set and in_group and in_set != in_group:
            made.problems.append(_problem(st, 3, f"ST03 {_shown(in_set)} is not GS08 {_shown(in_group)}"))
        self.document.sets.append(made)
        self.sets_in_group += 1
        self.st_index += 1
        return made

    def _set(self, segments: list[Segment], kind: str, version: str, *, complete: bool) -> TransactionSet:
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
        self.document.problems.append(Problem(segment=stray[0].position, reason=reason, fatal=True))

    def _say(self, segment: Segment, reason: str, element: int = 0) -> None:
        self.document.problems.append(_problem(segment, element, reason))


def _problem(segment: Segment, element: int, reason: str) -> Problem:
    return Problem(segment=segment.position, element=element, reason=reason)


def _same_number(said: str, found: int) -> bool:
    return said.strip().isdecimal() and int(said) == found


def _same(one: str, other: str) -> bool:
    return one.strip().lstrip("0") == other.strip().lstrip("0")


def _shown(value: str) -> str:
    """An envelope value fit for a message: short, printable, and never a whole segment."""
    return "".join(c for c in value if c.isprintable())[:20] or "nothing"
