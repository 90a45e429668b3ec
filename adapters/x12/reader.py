"""Cuts a file of X12 into transaction sets, tolerating and reporting what real senders do to the envelope.

Nothing here knows what a set means; content never raises, it becomes a Problem with its segment.
"""

from __future__ import annotations

from adapters.x12.cutting import cut
from adapters.x12.delimiters import (
    BLANK,
    Unreadable,
    bare_delimiters,
    bare_start,
    component_in_use,
    isa_delimiters,
    isa_positions,
)
from adapters.x12.envelopes import EnvelopeWalk
from adapters.x12.segments import Delimiters, Segment
from adapters.x12.stretch import Stretch
from adapters.x12.transaction_set import Document, TransactionSet
from claims.documents import Problem

__all__ = ["Delimiters", "Document", "Segment", "TransactionSet", "read_document"]

_OTHER_FORMATS = {
    "%PDF-": "a PDF file",
    "PK\x03\x04": "a zip archive",
    "\x1f\x8b": "a gzip archive",
    "-----BEGIN PGP": "a PGP message",
    "<": "an XML or HTML page",
    "{": "JSON text",
    "[": "JSON text",
}
"""First characters of what is uploaded by mistake."""


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
        return f"{_format_of(text) or 'binary content'}; expected X12 text starting with ISA"
    if known := _format_of(text):
        return f"{known}; expected X12 text starting with ISA"
    if text.lstrip(BLANK).startswith("ISA"):
        return "the ISA segment is not readable: expected sixteen elements and a segment terminator"
    return "no ISA segment and no ST segment in the file; expected X12 text starting with ISA"


def _format_of(text: str) -> str:
    """What else the file is, by its first characters."""
    start = text.lstrip(BLANK)
    return next((name for mark, name in _OTHER_FORMATS.items() if start.startswith(mark)), "")


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
    padded = False
    for at, end in zip(starts, [*starts[1:], len(text)], strict=True):
        chunk = text[at:end].strip(BLANK)
        padded = padded or text[at:end].rstrip(" \t\r\n").endswith("\0")
        if chunk in seen:
            document.duplicates += 1
            first_repeat = first_repeat or position + 1
            position += seen[chunk]
            continue
        segments = _cut(chunk, position, document)
        seen[chunk] = found = len(segments) if segments is not None else 0
        position += found
        if segments is not None and found:
            EnvelopeWalk(document, document.interchanges).interchange(segments)
        document.interchanges += 1
    if padded:
        reason = "NUL characters stand behind the last segment; they were taken out"
        document.problems.append(Problem(segment=position, reason=reason))
    if document.duplicates:
        document.problems.append(Problem(segment=first_repeat, reason=_repeats(document)))


def _repeats(document: Document) -> str:
    if document.interchanges == 1:
        return f"{document.duplicates + 1} interchanges are identical; read once"
    total = document.duplicates + document.interchanges
    return f"{document.duplicates} of {total} interchanges repeat an earlier one; left out"


def _cut(chunk: str, position: int, document: Document) -> Stretch | None:
    """The segments of one interchange, numbered on from `position`; None where its delimiters can't be told."""
    try:
        delimiters = isa_delimiters(chunk, 0) if chunk.startswith("ISA") else bare_delimiters(chunk, 0)
    except Unreadable as error:
        document.problems.append(Problem(segment=position + 1, reason=str(error), fatal=True))
        return None
    used = component_in_use(chunk, delimiters)
    if used != delimiters.component:
        reason = f"ISA16 declares `{delimiters.component}` but the composites use `{used}`; read with `{used}`"
        document.problems.append(Problem(segment=position + 1, element=16, reason=reason))
        delimiters = delimiters._replace(component=used)
    segments, layout = cut(chunk, delimiters, position)
    if layout.broken:
        reason = f"{layout.broken} segments are broken over lines; the line ends were taken out"
        document.problems.append(Problem(segment=segments[0].position, reason=reason))
    if layout.indented:
        reason = f"{layout.indented} segments are indented; the blanks before them were taken out"
        document.problems.append(Problem(segment=segments[0].position, reason=reason))
    if "\0" in chunk:
        document.problems.append(Problem(segment=segments[0].position, reason="the text contains NUL characters"))
    if segments and delimiters.segment not in "\r\n" and not chunk.endswith(delimiters.segment):
        last = segments.last()
        document.problems.append(Problem(segment=last.position, reason=f"{last.id[:3]} has no segment terminator"))
    return segments
