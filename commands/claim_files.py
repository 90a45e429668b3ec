"""Reads what upstream hands over (837P, 837I, JSON) into claims and what is no claim, each at its place; none is lost.

Whether a claim is new is claims/intake.py; this room only reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from adapters.x12.claims_in import read_claims
from adapters.x12.reader import Document, TransactionSet, read_document
from claims.claim import Claim
from claims.documents import Problem
from claims.encounter import read_json

Source = Literal["837P", "837I", "json"]
_CLAIM_SETS = ("837P", "837I")
# A CLM at the start of a segment: what stands before it is neither text nor the element separator that follows it.
_CLM = re.compile(r"(?:^|(?P<before>[^A-Za-z0-9]))CLM(?P<after>[^A-Za-z0-9\s])")
_NAMES = {
    "835": "a remittance (835); the inbox takes it",
    "837D": "a dental claim file (837D); professional (837P) and institutional (837I) claims are taken",
    "837": "an 837 that is neither professional nor institutional by its version or its service lines",
    "270": "an eligibility question (270)",
    "271": "an eligibility answer (271); the inbox takes it",
    "276": "a claim status question (276)",
    "277": "a claim status answer (277); the inbox takes it",
    "277CA": "a claim acknowledgement (277CA); the inbox takes it",
    "999": "an acknowledgement (999); the inbox takes it",
    "997": "an acknowledgement (997); the inbox takes it",
    "TA1": "an acknowledgement (TA1); the inbox takes it",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One claim as read. `segment` is the position of its CLM in the file, or of the claim in a JSON list, from 1."""

    segment: int
    claim: Claim
    source: Source
    coded: bool = True


@dataclass(frozen=True, slots=True)
class Unread:
    """One claim that could not be read: its CLM01 where that is known, its place, and why."""

    claim: str
    segment: int
    reason: str


@dataclass(slots=True)
class ClaimFile:
    """A file as read. `items`, `unread` and `repeated` add up to the claims that stand in it."""

    name: str
    raw: bytes = b""
    items: list[Item] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    repeated: int = 0
    """Claims in interchanges that repeat an earlier one of the file byte for byte."""
    unreadable: str = ""
    """Why nothing of the file can be taken, in one line; empty where something can."""
    remarks: list[Problem] = field(default_factory=list)
    """What is odd about the file and harms no claim."""

    @property
    def claims(self) -> int:
        return len(self.items) + len(self.unread) + self.repeated


def read_claim_file(path: Path) -> ClaimFile:
    """Never raises on content or on a path that can't be read: `unreadable` says what is wrong."""
    made = ClaimFile(name=str(path))
    try:
        made.raw = path.read_bytes()
    except IsADirectoryError:
        made.unreadable = "is a folder; name the files in it"
    except FileNotFoundError:
        made.unreadable = "no such file"
    except OSError as error:
        made.unreadable = f"can't be read: {error.strerror or type(error).__name__}"
    else:
        if made.raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            _read_json(made)
        else:
            _read_x12(made)
    return made


def _read_json(made: ClaimFile) -> None:
    claims, problems = read_json(made.raw)
    made.items = [Item(one.position, one.claim, "json", one.coded) for one in claims]
    made.unread = [Unread(one.patient_control_number, one.position, one.reason) for one in problems if one.position]
    nothing = "" if made.claims else "no claims in it"
    made.unreadable = next((one.reason for one in problems if not one.position), nothing)


def _read_x12(made: ClaimFile) -> None:
    document = read_document(made.raw)
    if document.unreadable:
        first = next(problem for problem in document.problems if problem.fatal)
        made.unreadable = f"{first.reason} (segment {first.segment})" if first.segment else first.reason
        return
    for ts in document.sets:
        if ts.kind in _CLAIM_SETS:
            _read_set(made, ts)
        else:
            _set_aside(made, ts)
    made.remarks += [problem for problem in document.all_problems if not problem.fatal]
    _account_for_the_rest(made, document)
    if not any(ts.kind in _CLAIM_SETS for ts in document.sets):
        kinds = [ts.kind for ts in (*document.sets, *document.tas)]
        made.unreadable = f"no claims: {_NAMES.get(kinds[0], 'an X12 ' + kinds[0])}" if kinds else "no claims in it"
    elif not made.claims:
        made.unreadable = "an 837 without a single claim (CLM segment)"


def _read_set(made: ClaimFile, ts: TransactionSet) -> None:
    read, problems = read_claims(ts)
    source: Source = "837I" if ts.kind == "837I" else "837P"
    places = [segment.position for segment in ts.segments if segment.id == "CLM"]
    numbers = {segment.position: segment.get(1).strip() for segment in ts.segments if segment.id == "CLM"}
    taken = dict(read.claims) if read is not None else {}
    if not ts.complete and places:
        # The end of the last claim is missing: lines may be lost, and its total would be wrong.
        taken.pop(places[-1], None)
    bounds = [*places[1:], ts.segments[-1].position + 1] if places else []
    for place, end in zip(places, bounds, strict=True):
        if place in taken:
            made.items.append(Item(place, taken[place], source))
            continue
        why = [p for p in problems if p.fatal and (p.claim == place or place <= p.segment < end)]
        why = why or [p for p in (*problems, *ts.problems) if p.fatal]
        at = why[0].segment if why else place
        reason = "; ".join(dict.fromkeys(p.reason for p in why[:3])) or "could not be read"
        made.unread.append(Unread(numbers[place], at, reason))
    made.remarks += [problem for problem in problems if not problem.fatal]


def _set_aside(made: ClaimFile, ts: TransactionSet) -> None:
    what = _NAMES.get(ts.kind, f"an X12 {ts.kind}")
    claims = [segment for segment in ts.segments if segment.id == "CLM"]
    made.unread += [Unread(one.get(1).strip(), one.position, f"stands in {what}") for one in claims]
    if not claims:
        made.remarks.append(Problem(segment=ts.first, reason=f"a set that is no claim: {what}"))


def _account_for_the_rest(made: ClaimFile, document: Document) -> None:
    """Claims that an independent count sees and the reader doesn't: repeated interchanges, else stray segments."""
    missing = count_claims(made.raw) - made.claims
    if missing <= 0:
        return
    if document.duplicates:
        made.repeated = missing
        return
    fatal = next((problem for problem in document.problems if problem.fatal), None)
    reason = fatal.reason if fatal else "stands outside any transaction set"
    made.unread += [Unread("", fatal.segment if fatal else 0, reason) for _ in range(missing)]


def count_claims(raw: bytes) -> int:
    """CLM segments by a plain search of the text: the count that the readers' work is held against."""
    text = raw.decode("latin-1")
    return sum(1 for match in _CLM.finditer(text) if match["before"] != match["after"])
