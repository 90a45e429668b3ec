"""Our own grammar for the sets that pyx12 has no maps for, 270 and 276.

It proves order, usage, repeats, lengths, codes, HL linkage, and that every patient is asked about. The tables are in
guides.py; here is only how a set is walked along them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from adapters.x12.fields import day_of, text
from adapters.x12.guides import GUIDE_270, GUIDE_276, PARENT_LEVELS
from adapters.x12.reader import TransactionSet, read_document
from adapters.x12.segments import Segment
from claims.documents import Problem
from claims.money import NotAnAmount, cents

_GUIDES = {"270": GUIDE_270, "276": GUIDE_276}
_RULE = re.compile(r"(\d+)([=?!])(.+)")
_PAIR = re.compile(r"(\d+)&(\d+)")
_LENGTHS = re.compile(r"an(?:(\d+)-)?(\d+)")
_ANY_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one element must be."""

    required: bool
    tells: bool
    spec: str


@dataclass(slots=True)
class _Row:
    """One row of a guide: a segment with rules, or a loop with rows of its own."""

    name: str
    required: bool
    most: int
    rules: dict[int, _Rule] = field(default_factory=dict)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)

    def starts_with(self, segment: Segment) -> bool:
        """Whether the segment is this row, or opens this loop."""
        if self.rows:
            return self.rows[0].starts_with(segment)
        if segment.id != self.name:
            return False
        return all(text(segment, n) in rule.spec.split(",") for n, rule in self.rules.items() if rule.tells)


def check(x12: str) -> list[Problem]:
    """What is wrong with a file of 270 or 276 sets, envelope included; empty where it may go out."""
    document = read_document(x12.encode())
    problems = document.all_problems
    for one in document.sets:
        problems += check_set(one)
    if not document.sets:
        problems.append(Problem(segment=0, reason="the file holds no transaction set", fatal=True))
    return sorted(problems, key=lambda problem: (problem.segment, problem.element))


def check_set(ts: TransactionSet) -> list[Problem]:
    """What is wrong with one 270 or 276 set, apart from the counts and numbers that the reader proves itself."""
    if ts.kind not in _GUIDES:
        return [Problem(segment=ts.first, reason=f"no grammar proves a set of kind {ts.kind}", fatal=True)]
    problems: list[Problem] = []
    rows = _guide(ts.kind)
    at = _walk(rows, ts.segments, 0, problems)
    if at < len(ts.segments):
        stray = ts.segments[at]
        reason = f"{stray.id[:3]} does not belong here; the rest of the set was not proved"
        problems.append(Problem(segment=stray.position, reason=reason, fatal=True))
    problems += _linkage(ts)
    problems += _questions(ts)
    return problems


@cache
def _guide(kind: str) -> list[_Row]:
    """The table of a guide as a tree of rows."""
    root = _Row(name="", required=True, most=1)
    stack: list[tuple[int, _Row]] = [(-1, root)]
    for line in _GUIDES[kind].splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        name, usage, most, *elements = line.split()
        row = _Row(name=name, required=usage == "R", most=_ANY_NUMBER if most == ">" else int(most))
        for element in elements:
            if pair := _PAIR.fullmatch(element):
                row.pairs.append((int(pair[1]), int(pair[2])))
            elif rule := _RULE.fullmatch(element):
                row.rules[int(rule[1])] = _Rule(required=rule[2] != "?", tells=rule[2] == "!", spec=rule[3])
        while stack[-1][0] >= indent:
            stack.pop()
        stack[-1][1].rows.append(row)
        stack.append((indent, row))
    return root.rows


def _walk(rows: list[_Row], segments: Sequence[Segment], at: int, problems: list[Problem]) -> int:
    """Goes along the rows of one loop from `at` and gives back where the next one begins."""
    for row in rows:
        count = 0
        while at < len(segments) and row.starts_with(segments[at]):
            count += 1
            if count == row.most + 1:
                reason = f"{row.name} stands more than {row.most} times"
                problems.append(Problem(segment=segments[at].position, reason=reason))
            if row.rows:
                at = _walk(row.rows, segments, at, problems)
            else:
                _prove(row, segments[at], problems)
                at += 1
        if row.required and not count:
            here = segments[min(at, len(segments) - 1)]
            problems.append(Problem(segment=here.position, reason=f"{row.name} is missing before {here.id[:3]}"))
    return at


def _prove(row: _Row, segment: Segment, problems: list[Problem]) -> None:
    for n in range(1, max([len(segment.elements), *row.rules]) + 1):
        rule, value = row.rules.get(n), segment.get(n)
        if rule is None:
            reason = "is not used in this guide" if value else ""
        elif not value:
            reason = "is empty; expected " + _expected(rule.spec) if rule.required else ""
        else:
            reason = "" if _fits(rule.spec, segment, n) else "is not " + _expected(rule.spec)
        if reason:
            problems.append(Problem(segment=segment.position, element=n, reason=f"{segment.id}{n:02d} {reason}"))
    for one, other in row.pairs:
        if bool(segment.get(one)) != bool(segment.get(other)):
            reason = f"{segment.id}{one:02d} and {segment.id}{other:02d} come together or not at all"
            problems.append(Problem(segment=segment.position, element=one, reason=reason))


def _expected(spec: str) -> str:
    if lengths := _LENGTHS.fullmatch(spec):
        return f"text of {lengths[1] or 1} to {lengths[2]} characters"
    kinds = {"n0": "a whole number", "r": "an amount", "d8": "a day (CCYYMMDD)", "tm": "a time (HHMM)"}
    kinds |= {"dtp": "a day or a range, as the element before says", "types": "service types", "comp": "a composite"}
    return kinds.get(spec) or f"one of {spec.replace(',', ', ')}"


def _fits(spec: str, segment: Segment, n: int) -> bool:
    value = segment.get(n)
    if lengths := _LENGTHS.fullmatch(spec):
        return int(lengths[1] or 1) <= len(value) <= int(lengths[2]) and value.isprintable() and bool(value.strip())
    if spec == "n0":
        return value.isascii() and value.isdigit()
    if spec == "r":
        return _is_amount(value)
    if spec == "d8":
        return len(value) == 8 and day_of(value) is not None
    if spec == "tm":
        return re.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d){0,1}(?:\d\d)?", value) is not None
    if spec == "dtp":
        return _is_period(segment.get(n - 1), value)
    if spec == "types":
        return all(re.fullmatch(r"[A-Z0-9]{1,2}", kind) for kind in segment.repetitions(n))
    if spec == "comp":
        return bool(segment.components(n)[0])
    return value in spec.split(",")


def _is_amount(value: str) -> bool:
    try:
        cents(value)
    except NotAnAmount:
        return False
    return True


def _is_period(qualifier: str, value: str) -> bool:
    days = value.split("-")
    found = [day_of(day) for day in days if len(day) == 8]
    if len(days) != (2 if qualifier == "RD8" else 1) or len(found) != len(days):
        return False
    first, last = found[0], found[-1]
    return first is not None and last is not None and first <= last


def _linkage(ts: TransactionSet) -> Iterator[Problem]:
    """HL01 counts from 1, HL02 names the level above, HL04 says whether a level follows below."""
    above = PARENT_LEVELS[ts.kind]
    last: dict[str, str] = {}
    levels = [segment for segment in ts.segments if segment.id == "HL"]
    for count, hl in enumerate(levels, start=1):
        number, parent, code, child = (text(hl, n) for n in (1, 2, 3, 4))
        if number != str(count):
            yield Problem(segment=hl.position, element=1, reason=f"HL01 is out of sequence; expected {count}")
        if code in above and parent != last.get(above[code], ""):
            reason = "HL02 is not the number of the level above"
            yield Problem(segment=hl.position, element=2, reason=reason)
        last[code] = number
        follows = count < len(levels) and above.get(text(levels[count], 3)) == code
        if child and child != ("1" if follows else "0"):
            reason = "HL04 says otherwise than the level that follows"
            yield Problem(segment=hl.position, element=4, reason=reason)


def _questions(ts: TransactionSet) -> Iterator[Problem]:
    """Every patient is asked about: a subscriber without a dependent has the EQ, or the TRN and DMG, of her own."""
    wanted = {"270": ("EQ",), "276": ("DMG", "TRN")}[ts.kind]
    hl: Segment | None = None
    seen: set[str] = set()
    for segment in ts.segments:
        if segment.id in ("HL", "SE"):
            if hl is not None and text(hl, 3) == "22" and text(hl, 4) != "1":
                for identifier in wanted:
                    if identifier not in seen:
                        reason = f"the subscriber is the patient and has no {identifier}"
                        yield Problem(segment=hl.position, reason=reason)
            hl, seen = segment, set()
        else:
            seen.add(segment.id)
