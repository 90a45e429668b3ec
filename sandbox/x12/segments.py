"""From text to interchanges, groups, sets and segments, with what is wrong with their envelopes."""

from __future__ import annotations

from dataclasses import dataclass, field


class Unreadable(ValueError):
    """The text has no readable ISA: nobody can even be told so in X12."""


@dataclass(frozen=True)
class Delimiters:
    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


@dataclass(frozen=True)
class Segment:
    """One segment. `position` counts from ST = 1 inside a set, from ISA = 1 outside."""

    id: str
    elements: tuple[str, ...]
    position: int
    component: str = ":"

    def at(self, number: int) -> str:
        """Element `number` (1 is the first), empty when absent."""
        return self.elements[number - 1] if len(self.elements) >= number else ""

    def part(self, number: int, component: int) -> str:
        """Component `component` of element `number`, both from 1, empty when absent."""
        parts = self.at(number).split(self.component)
        return parts[component - 1] if len(parts) >= component else ""


@dataclass
class TransactionSet:
    """ST to SE. `codes` are the set's own faults as IK502 codes."""

    st: Segment
    segments: list[Segment]
    codes: list[str] = field(default_factory=list)

    @property
    def control_number(self) -> str:
        return self.st.at(2)


@dataclass
class Group:
    """GS to GE. `codes` are the group's own faults as AK905 codes."""

    gs: Segment
    sets: list[TransactionSet] = field(default_factory=list)
    declared_sets: int = 0
    codes: list[str] = field(default_factory=list)


@dataclass
class Interchange:
    """ISA to IEA. `code` is the TA105 note code, 000 when the envelope is right."""

    isa: Segment
    delimiters: Delimiters
    groups: list[Group] = field(default_factory=list)
    code: str = "000"

    @property
    def control_number(self) -> str:
        return self.isa.at(13)

    @property
    def sender(self) -> tuple[str, str]:
        return self.isa.at(5), self.isa.at(6)


def read(text: str) -> Interchange:
    """Read one interchange.

    Raises Unreadable when there is no ISA of the right length. Every later fault is a code on the part it spoils.
    """
    text = text.lstrip("\ufeff \r\n\t")
    if not text.startswith("ISA"):
        raise Unreadable("the text does not start with ISA")
    if len(text) < 106:
        raise Unreadable(f"ISA has {len(text)} characters, an interchange header has 106")
    delimiters = Delimiters(element=text[3], repetition=text[82], component=text[104], segment=text[105])
    isa_parts = text[:105].split(delimiters.element)
    if len(isa_parts) != 17:
        raise Unreadable(f"ISA has {len(isa_parts) - 1} elements of fixed length, 16 are expected")
    segments = _segments(text, delimiters)
    interchange = Interchange(segments[0], delimiters)
    if not isa_parts[12].startswith("00501"):
        interchange.code = "003"
    _envelopes(interchange, segments[1:])
    return interchange


def _segments(text: str, delimiters: Delimiters) -> list[Segment]:
    found: list[Segment] = []
    position = 0
    for raw in text.split(delimiters.segment):
        body = raw.strip("\r\n\t ") if found else raw
        if not body.strip():
            continue
        parts = body.split(delimiters.element)
        position = 1 if parts[0] == "ST" else position + 1
        found.append(Segment(parts[0], tuple(parts[1:]), position, delimiters.component))
    return found


def _envelopes(interchange: Interchange, segments: list[Segment]) -> None:
    group: Group | None = None
    current: TransactionSet | None = None
    closed = False

    def note(code: str) -> None:
        if interchange.code == "000":
            interchange.code = code

    for segment in segments:
        if closed:
            note("022")
        elif segment.id == "GS":
            group = Group(segment)
            interchange.groups.append(group)
            current = None
        elif segment.id == "GE" and group:
            if current is not None:
                current.codes.append("2")
                current = None
            _close_group(group, segment)
            group = None
        elif segment.id == "IEA":
            closed = True
            if group is not None:
                group.codes.append("3")
            if segment.at(2) != interchange.control_number:
                note("001")
            if segment.at(1) != str(len(interchange.groups)):
                note("021")
        elif segment.id == "ST" and group:
            if current is not None:
                current.codes.append("2")
            current = TransactionSet(segment, [segment])
            group.sets.append(current)
        elif current is not None:
            current.segments.append(segment)
            if segment.id == "SE":
                _close_set(current, segment)
                current = None
        else:
            note("022")
    if not closed:
        note("023")
        if current is not None:
            current.codes.append("2")


def _close_set(current: TransactionSet, se: Segment) -> None:
    if se.at(2) != current.control_number:
        current.codes.append("3")
    if se.at(1) != str(len(current.segments)):
        current.codes.append("4")
    if not current.control_number:
        current.codes.append("7")


def _close_group(group: Group, ge: Segment) -> None:
    group.declared_sets = int(ge.at(1)) if ge.at(1).isdigit() else 0
    if ge.at(2) != group.gs.at(6):
        group.codes.append("4")
    if group.declared_sets != len(group.sets):
        group.codes.append("5")
