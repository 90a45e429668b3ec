"""The one entry for every inbound document: bytes in, everything that stood in them out, nothing lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from adapters.x12.acknowledgement import read_functional_acknowledgement, read_interchange_acknowledgement
from adapters.x12.census import unexpected_segments, unread_of
from adapters.x12.claims_in import read_claims
from adapters.x12.eligibility import read_eligibility
from adapters.x12.fields import text
from adapters.x12.hierarchy import level_doubts
from adapters.x12.reader import TransactionSet, read_document
from adapters.x12.remittance import read_remittance
from adapters.x12.status_report import read_status_report
from claims.documents import OtherSet, Parsed, ParsedDocument, ParsedSet, Problem
from claims.making import collection_paused

__all__ = ["ParsedDocument", "ParsedSet", "parse"]

Read = Callable[[TransactionSet], tuple[Parsed | None, list[Problem]]]

_READERS: dict[str, Read] = {
    "835": read_remittance,
    "277CA": read_status_report,
    "277": read_status_report,
    "999": read_functional_acknowledgement,
    "997": read_functional_acknowledgement,
    "TA1": read_interchange_acknowledgement,
    "837P": read_claims,
    "837I": read_claims,
}
_FUNCTIONAL = {"HC": ("837",), "HP": ("835",), "HN": ("277",), "HB": ("271",), "FA": ("999", "997")}
"""GS01 of the kinds that are read, with the ST01 that belongs to it."""
_CLAIMS = ("837P", "837I")
_SET_ASIDE = {
    "270": "an eligibility inquiry, which payers answer and practices send",
    "275": "an attachment",
    "276": "a claim status inquiry, which payers answer and practices send",
    "277DRA": "a data reporting acknowledgement of a state agency, no acknowledgement of a claim for payment",
    "277RFAI": "a payer's request for additional information; a person has to read what it asks for",
    "277?": "a 277 whose guide can't be told from its version or BHT06; it may be no 277CA, so it is not taken for one",
    "278": "an authorization request or answer",
    "820": "a premium payment",
    "824": "an application advice; a person has to read it",
    "834": "an enrollment",
    "837": "a claim that is neither professional nor institutional by its version or its service lines",
    "837DR": "claims reported to a data base, adjudicated already; none is for us to bill",
    "837D": "a dental claim; professional and institutional claims are handled here",
}


def parse(raw: bytes) -> ParsedDocument:
    """Everything a file says, set by set. Never raises on content; what can't be read is a fatal Problem at its place.

    Sets of a kind that is not acted on come back as OtherSet with the reason. The sum of what was read and of `unread`
    is the count of CLP, CLM or STC segments, which is taken apart from the readers.
    """
    with collection_paused():
        document = read_document(raw)
        sets: list[ParsedSet] = []
        for ts in sorted((*document.sets, *document.tas), key=lambda one: one.first):
            sets += _read(ts)
    return ParsedDocument(
        sha256=hashlib.sha256(raw).hexdigest(),
        sets=tuple(sets),
        problems=tuple(document.problems),
        duplicates=document.duplicates,
    )


def _read(ts: TransactionSet) -> list[ParsedSet]:
    if ts.kind == "271":
        answers, problems = read_eligibility(ts)
        return _sets(ts, list(answers) or [_other(ts, "a 271 that answers about nobody")], problems)
    reader = _READERS.get(ts.kind)
    if reader is None:
        reason = _SET_ASIDE.get(ts.kind, "a kind of document that is not handled here")
        return _sets(ts, [_other(ts, reason)], list(_doubts(ts)))
    parsed, problems = reader(ts)
    if parsed is None:
        fatal = next((problem.reason for problem in problems if problem.fatal), "nothing of it could be read")
        parsed = _other(ts, fatal)
    return _sets(ts, [parsed], problems)


def _doubts(ts: TransactionSet) -> Iterator[Problem]:
    """Whether a set that is put aside is really of that kind, or one of ours with a damaged ST01."""
    st = ts.segments[0]
    if ts.kind not in _SET_ASIDE:
        yield Problem(segment=st.position, element=1, reason="ST01 is no kind of document that is known here")
    expected = _FUNCTIONAL.get(text(ts.gs, 1)) if ts.gs is not None else None
    if expected and text(st, 1) not in expected:
        reason = f"ST01 is not {' or '.join(expected)}, which GS01 {text(ts.gs, 1) if ts.gs else ''} announces"
        yield Problem(segment=st.position, element=1, reason=reason)
    yield from level_doubts(ts.segments)


def _other(ts: TransactionSet, reason: str) -> OtherSet:
    return OtherSet(set=ts.kind, control_number=ts.control_number, version=ts.version, reason=reason)


def _sets(ts: TransactionSet, parsed: list[Parsed], problems: list[Problem]) -> list[ParsedSet]:
    """The first of `parsed` carries the set's problems, so that none is told twice."""
    found = list(dict.fromkeys((*ts.problems, *unexpected_segments(ts), *problems)))
    unread = unread_of(ts, parsed, found)
    # The claims of an 837 stand alone: one that is refused is no reason to hold the others.
    fatal = [problem for problem in (ts.problems if ts.kind in _CLAIMS else found) if problem.fatal]
    held = next((problem.reason for problem in fatal if not problem.claim), "")
    return [
        ParsedSet(
            parsed=one,
            segment=ts.first,
            interchange_control_number=ts.interchange_control_number,
            group_control_number=ts.group_control_number,
            isa_index=ts.isa_index,
            gs_index=ts.gs_index,
            st_index=ts.st_index,
            problems=tuple(sorted(found, key=lambda problem: problem.segment)) if i == 0 else (),
            unread=unread if i == 0 else 0,
            held=held,
        )
        for i, one in enumerate(parsed)
    ]
