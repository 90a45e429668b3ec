"""What a 999 says of an 837: required segments, and the elements whose form can be checked without a code list.

A selection of the guides' rules, not all of them: those a claim can't be read without, and those that a wrong writer
breaks first. Faults are values; the 999 is written elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sandbox.money import cents
from sandbox.x12.loops_837 import Loop, split
from sandbox.x12.segments import Segment, TransactionSet

GUIDES = {"professional": "005010X222A1", "institutional": "005010X223A2"}


@dataclass(frozen=True)
class ElementFault:
    """IK4: which element, its reference number, the IK403 code and the value (never for a missing one)."""

    element: int
    reference: str
    code: str
    value: str = ""
    component: int = 0


@dataclass(frozen=True)
class SegmentFault:
    """IK3: which segment, where (ST is 1), in which loop, the IK304 code, and its element faults."""

    segment_id: str
    position: int
    loop: str
    code: str
    elements: tuple[ElementFault, ...] = ()


@dataclass(frozen=True)
class SetFaults:
    """All that is wrong with a set: its IK502 codes and its segments'."""

    codes: tuple[str, ...]
    segments: tuple[SegmentFault, ...]

    @property
    def rejected(self) -> bool:
        return bool(self.codes or self.segments)


def check(transaction: TransactionSet, group_guide: str) -> SetFaults:
    """The faults of an 837 set whose GS08 is `group_guide`."""
    codes = list(transaction.codes)
    guide = transaction.st.at(3)
    if transaction.st.at(1) != "837":
        return SetFaults(("1",), ())
    if guide not in GUIDES.values() or guide != group_guide:
        return SetFaults((*codes, "I6"), ())
    if "2" in codes:
        return SetFaults(tuple(codes), ())
    root = split(transaction)
    faults = [*_required(root, guide), *_hierarchy(transaction), *_line_numbers(root), *_elements(root)]
    if faults:
        codes.append("5")
    return SetFaults(tuple(codes), tuple(sorted(faults, key=lambda f: f.position)))


def _missing(segment_id: str, loop: Loop, code: str = "3") -> SegmentFault:
    position = loop.segments[0].position if loop.segments else 1
    return SegmentFault(segment_id, position, _name(loop), code)


def _name(loop: Loop) -> str:
    """A loop as the guide calls it; what stands before every loop has no name."""
    return "" if loop.id == "header" else loop.id.partition(":")[0]


_SEGMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "header": (("BHT",),),
    "1000A": (("PER",),),
    "2010AA": (("N3",), ("N4",), ("REF", "EI", "SY")),
    "2000B": (("SBR",),),
    "2010CA": (("N3",), ("N4",), ("DMG",)),
    "2300": (("HI",),),
}
_LOOPS: dict[str, tuple[tuple[str, str], ...]] = {
    "header": (("1000A", "NM1"), ("1000B", "NM1"), ("2000A", "HL")),
    "2000A": (("2010AA", "NM1"), ("2000B", "HL")),
    "2000B": (("2010BA", "NM1"), ("2010BB", "NM1")),
    "2000C": (("2010CA", "NM1"),),
    "2300": (("2400", "LX"),),
}


def _required(loop: Loop, guide: str) -> Iterator[SegmentFault]:
    for segment_id, *qualifiers in _SEGMENTS.get(loop.id, ()):
        if loop.get(segment_id, *qualifiers) is None:
            yield _missing(segment_id, loop)
    for inner, segment_id in _LOOPS.get(loop.id, ()):
        if loop.first(inner) is None:
            yield _missing(segment_id, loop)
    if loop.id == "2400":
        yield from _required_in_line(loop, guide)
    if loop.id == "2300" and guide == GUIDES["institutional"]:
        if loop.get("CL1") is None:
            yield _missing("CL1", loop)
        if loop.get("DTP", "434") is None:
            yield _missing("DTP", loop)
    if loop.id == "2000B":
        yield from _subscriber(loop)
    for child in loop.children:
        yield from _required(child, guide)


def _required_in_line(loop: Loop, guide: str) -> Iterator[SegmentFault]:
    professional = guide == GUIDES["professional"]
    if loop.get("SV1" if professional else "SV2") is None:
        yield _missing("SV1" if professional else "SV2", loop)
    if professional and loop.get("DTP", "472") is None:
        yield _missing("DTP", loop)


def _subscriber(loop: Loop) -> Iterator[SegmentFault]:
    """A subscriber who is the patient carries address and demographics; another has the patient in 2000C."""
    sbr, insured = loop.get("SBR"), loop.first("2010BA")
    if sbr is None or insured is None:
        return
    if sbr.at(2) == "18":
        for segment_id in ("N3", "N4", "DMG"):
            if insured.get(segment_id) is None:
                yield _missing(segment_id, insured, "I6")
    claims = [*loop.inner("2300"), *(c for inner in loop.inner("2000C") for c in inner.inner("2300"))]
    if not claims:
        yield _missing("CLM", loop)


_HL_LOOPS = {"20": "2000A", "22": "2000B", "23": "2000C"}


def _hierarchy(transaction: TransactionSet) -> Iterator[SegmentFault]:
    """HL01 counts from 1; HL02 names an earlier HL of the level above."""
    above = {"22": "20", "23": "22"}
    levels: dict[str, str] = {}
    for count, hl in enumerate((s for s in transaction.segments if s.id == "HL"), start=1):
        level, faults = hl.at(3), []
        if hl.at(1) != str(count):
            faults.append(ElementFault(1, "628", "7", hl.at(1)))
        if level not in _HL_LOOPS:
            faults.append(ElementFault(3, "735", "7", level))
        elif level in above and levels.get(hl.at(2)) != above[level]:
            faults.append(ElementFault(2, "734", "7" if hl.at(2) else "1", hl.at(2)))
        levels[hl.at(1)] = level
        if faults:
            yield SegmentFault("HL", hl.position, _HL_LOOPS.get(level, ""), "8", tuple(faults))


def _line_numbers(root: Loop) -> Iterator[SegmentFault]:
    for claim in _walk(root):
        if claim.id == "2300":
            for count, line in enumerate(claim.inner("2400"), start=1):
                lx = line.segments[0]
                if lx.at(1) != str(count):
                    yield SegmentFault("LX", lx.position, "2400", "8", (ElementFault(1, "554", "7", lx.at(1)),))


def _walk(loop: Loop) -> Iterator[Loop]:
    yield loop
    for child in loop.children:
        yield from _walk(child)


@dataclass(frozen=True)
class Rule:
    """One element: required or not, the form of its value, its longest length."""

    element: int
    reference: str
    form: str
    longest: int
    required: bool = True
    component: int = 0


_TEXT, _MONEY, _DATE, _DIGITS, _QUANTITY = "text", "money", "date", "digits", "quantity"
_RULES: dict[str, tuple[Rule, ...]] = {
    "BHT": (
        Rule(1, "1005", "0019", 4),
        Rule(2, "353", "00|18", 2),
        Rule(3, "127", _TEXT, 50),
        Rule(4, "373", _DATE, 8),
    ),
    "NM1": (Rule(1, "98", _TEXT, 3), Rule(2, "1065", "[12]", 1), Rule(3, "1035", _TEXT, 60, False)),
    "N3": (Rule(1, "166", _TEXT, 55),),
    "N4": (Rule(1, "19", _TEXT, 30), Rule(3, "116", r"\d{5}(\d{4})?|[0-9A-Z ]{3,15}", 15, False)),
    "DMG": (Rule(2, "1251", _DATE, 35), Rule(3, "1068", "[FMU]", 1)),
    "SBR": (Rule(1, "1138", "[A-HPSTU]", 1), Rule(9, "1032", "[0-9A-Z]{1,2}", 2, False)),
    "CLM": (
        Rule(1, "1028", _TEXT, 38),
        Rule(2, "782", _MONEY, 18),
        Rule(5, "1331", r"\w{1,2}", 2, component=1),
        Rule(5, "1332", "[AB]", 2, component=2),
        Rule(5, "1325", "[0-9A-Z]", 1, component=3),
        Rule(7, "1359", "[ABC]", 1),
        Rule(8, "1073", "[NWY]", 1),
        Rule(9, "1363", "[IY]", 1),
    ),
    "HI": (Rule(1, "1270", _TEXT, 3, component=1), Rule(1, "1271", _TEXT, 30, component=2)),
    "SV1": (
        Rule(1, "235", "ER|HC|IV|WK", 2, component=1),
        Rule(1, "234", _TEXT, 48, component=2),
        Rule(2, "782", _MONEY, 18),
        Rule(3, "355", "MJ|UN", 2),
        Rule(4, "380", _QUANTITY, 15),
        Rule(7, "1328", r"\d{1,2}", 2, component=1),
    ),
    "SV2": (
        Rule(1, "234", r"\d{3,4}", 48),
        Rule(3, "782", _MONEY, 18),
        Rule(4, "355", "DA|UN", 2),
        Rule(5, "380", _QUANTITY, 15),
    ),
    "LX": (Rule(1, "554", _DIGITS, 6),),
    "REF": (Rule(1, "128", _TEXT, 3), Rule(2, "127", _TEXT, 50)),
}


def _elements(root: Loop) -> Iterator[SegmentFault]:
    for loop in _walk(root):
        for segment in loop.segments:
            faults = [f for rule in _RULES.get(segment.id, ()) if (f := _fault(segment, rule))]
            if segment.id == "DTP":
                faults.extend(_dtp(segment))
            if segment.id == "CLM" and segment.at(6) not in ("", "N", "Y"):
                faults.append(ElementFault(6, "1073", "7", segment.at(6)))
            if faults:
                yield SegmentFault(segment.id, segment.position, _name(loop), "8", tuple(faults))


def _fault(segment: Segment, rule: Rule) -> ElementFault | None:
    value = segment.part(rule.element, rule.component) if rule.component else segment.at(rule.element)
    if segment.id == "CLM" and rule.element == 7 and not value:
        return None  # institutional claims carry it too, but a missing one is no reason to refuse the set
    code = "" if value else "1" if rule.required else ""
    if value:
        code = "5" if len(value) > rule.longest else _wrong(value, rule.form)
    return ElementFault(rule.element, rule.reference, code, value, rule.component) if code else None


def _wrong(value: str, form: str) -> str:
    """The IK403 code of a value of the wrong form, empty when it is right."""
    if form == _TEXT:
        return "" if value.isprintable() else "6"
    if form == _DATE:
        return "" if _is_date(value) else "8"
    if form == _QUANTITY:
        return "" if re.fullmatch(r"\d+(\.\d+)?|\.\d+", value) else "6"
    if form == _MONEY:
        try:
            return "" if cents(value) >= 0 else "6"
        except ValueError:
            return "6"
    if form == _DIGITS:
        return "" if value.isdigit() else "6"
    return "" if re.fullmatch(form, value) else "7"


def _dtp(segment: Segment) -> list[ElementFault]:
    qualifier, value = segment.at(2), segment.at(3)
    lengths = {"D8": 8, "RD8": 17, "DT": 12, "TM": 4}
    if qualifier not in lengths:
        return [ElementFault(2, "1250", "7" if qualifier else "1", qualifier)]
    dates = value.split("-") if qualifier == "RD8" else [value[:8]]
    right = qualifier == "TM" or (len(value) == lengths[qualifier] and all(_is_date(d) for d in dates))
    return [] if right else [ElementFault(3, "1251", "8" if value else "1", value)]


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{8}", text):
        return False
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a calendar date, no instant
    except ValueError:
        return False
    return True
