"""What stands in a set, counted apart from its readers: nothing may vanish between the file and what was read of it."""

from __future__ import annotations

import re

from adapters.x12.reader import TransactionSet
from claims.documents import ClaimSubmissionSet, Parsed, Problem, Remittance, StatusReport


def _ids(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HEADER = "ST SE BHT HL NM1 N3 N4 REF TRN "
_CLAIM = (
    _HEADER + "N2 PER PRV CUR SBR PAT DMG DTP CLM PWK CN1 AMT K3 NTE HI HCP CAS OI MOA LX LIN SVD LQ "
    "CR5 CR6 CR7 HSD TS3 "  # home health and others of 4010
)
_SEGMENTS = {
    "835": _ids(
        "ST SE BPR NTE TRN CUR REF DTM N1 N2 N3 N4 PER RDM LX TS3 TS2 CLP CAS NM1 MIA MOA AMT QTY SVC LQ PLB",
    ),
    "277CA": _ids(_HEADER + "PER STC QTY AMT DTP SVC"),
    "277": _ids(_HEADER + "PER STC AMT DTP SVC DMG"),
    "271": _ids(_HEADER + "N2 PER PRV AAA DMG INS HI DTP MPI EB HSD MSG III LS LE"),
    "999": _ids("ST SE AK1 AK2 AK3 AK4 AK5 AK9 IK3 IK4 IK5 CTX"),
    "837P": _ids(_CLAIM + "CR1 CR2 CR3 CRC SV1 SV5 MEA PS1 FRM CTP QTY"),
    "837I": _ids(_CLAIM + "CL1 CRC SV2 MIA CTP QTY"),
    "997": _ids("ST SE AK1 AK2 AK3 AK4 AK5 AK9"),
}
"""Segments that the guides of a kind use (005010X221A1, X214, X212, X279A1, X231A1, X222A1, X223A2 and their 4010 forerunners)."""

_COUNTED = {"835": "CLP", "277CA": "STC", "277": "STC", "837P": "CLM", "837I": "CLM"}
_MONEY = re.compile(r"-?\d+(?:\.\d*)?$")
_STATUS = re.compile(r"[A-Z]{1,2}\d{1,2}\W\d")


def unexpected_segments(ts: TransactionSet) -> list[Problem]:
    """One Problem for each identifier that the guide of this kind does not know, and one for each swallowed claim."""
    known = _SEGMENTS.get(ts.kind)
    if known is None:
        return []
    if ts.segments.only(known):
        return _swallowed(ts)
    first: dict[str, list[int]] = {}
    for segment in ts.segments:
        if segment.id not in known:
            first.setdefault(segment.id, []).append(segment.position)
    problems = [
        Problem(
            segment=places[0], reason=f"{_named(identifier)} does not belong in this set; found {_times(len(places))}"
        )
        for identifier, places in first.items()
    ]
    return problems + _swallowed(ts)


def unread_of(ts: TransactionSet, parsed: list[Parsed], problems: list[Problem]) -> int:
    """How many claims or statuses of the set are in none of `parsed`; where no fatal Problem says so, one is added."""
    counted = _COUNTED.get(ts.kind)
    if counted is None:
        return 0
    expected = ts.count(counted)
    unread = expected - sum(_read(one) for one in parsed)
    if unread and not any(problem.fatal for problem in problems):
        reason = f"{expected} {counted} segments stand in the set, {expected - unread} were read"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    return unread


def _read(parsed: Parsed) -> int:
    if isinstance(parsed, (Remittance, ClaimSubmissionSet)):
        return len(parsed.claims)
    if isinstance(parsed, StatusReport):
        return len(parsed.statuses)
    return 0


def _swallowed(ts: TransactionSet) -> list[Problem]:
    """Claims whose own segment has no terminator before it, so that they hide at the end of another one."""
    counted = _COUNTED.get(ts.kind, "")
    if not counted or ts.segments.plain_count(counted) is not None:
        return []
    problems: list[Problem] = []
    for segment in ts.segments:
        elements = segment.elements
        if counted not in "*".join(elements):  # one search in C instead of one an element
            continue
        for i, element in enumerate(elements):
            if element.endswith(counted) and _looks_like(counted, elements[i + 1 :]):
                reason = f"a {counted} hides inside {_named(segment.id)}: the segment terminator before it is missing"
                problems.append(Problem(segment=segment.position, element=i + 1, reason=reason, fatal=True))
    return problems


def _looks_like(counted: str, elements: tuple[str, ...]) -> bool:
    if counted == "CLP":
        return len(elements) >= 4 and all(_MONEY.match(element.strip()) for element in elements[2:4])
    return bool(elements) and _STATUS.match(elements[0]) is not None


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _named(identifier: str) -> str:
    """A segment's identifier, as far as it is one: damaged text may stand in its place."""
    clean = identifier[:3]
    return clean if clean.isalnum() and len(identifier) <= 3 else "a segment without an identifier"
