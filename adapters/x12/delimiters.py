"""Where an interchange starts and which delimiters it uses; guessed from the text where no ISA says so."""

from __future__ import annotations

import re

from adapters.x12.segments import Delimiters

BLANK = " \t\r\n\0\ufeff"
"""What may stand before a segment and belongs to none: layout, padding, a byte-order mark."""

_COMPONENT_MARKS = ":>|<\\^&;!"
_ISA_ELEMENTS = 16
_BARE_START = re.compile(r"(?:GS|ST)([^A-Za-z0-9 \r\n])(?=[A-Z0-9])")
_BARE_ST = re.compile(
    r"ST(?P<sep>[^A-Za-z0-9 \r\n])\d{3}(?P=sep)[A-Za-z0-9-]*(?:(?P=sep)[A-Za-z0-9]*)*(?P<end>[^A-Za-z0-9])"
)
_COMPOSITE = r"(?:SVC|SV1|SV2|SV3|STC|HI|CLM){sep}[^{sep}]*?(?P<comp>[^A-Za-z0-9 .{sep}-])"


class Unreadable(ValueError):
    """No delimiters can be told from this text; the message says what stood there, without content."""


def isa_positions(text: str) -> list[int]:
    """Where interchanges start: each `ISA` at the start of a segment that is followed by its own separator."""
    found: list[int] = []
    terminators: set[str] = set()
    at = text.find("ISA")
    while at >= 0:
        if _starts_interchange(text, at, terminators):
            found.append(at)
            try:
                terminators.add(isa_delimiters(text, at).segment)
            except Unreadable:
                found.pop()
        at = text.find("ISA", at + 3)
    return found


def _starts_interchange(text: str, at: int, terminators: set[str]) -> bool:
    before = text[max(0, at - 80) : at].rstrip(" \t\0\ufeff")
    if before and before[-1] not in "\r\n" and before[-1] not in terminators:
        return False
    after = text[at + 3 : at + 7]
    return len(after) == 4 and not _is_code(after[0]) and after[0] not in " \r\n" and after[3] == after[0]


def _is_code(character: str) -> bool:
    """An ASCII letter or digit; a letter beyond ASCII has been seen as a separator."""
    return character.isascii() and character.isalnum()


def isa_delimiters(text: str, at: int) -> Delimiters:
    """The delimiters that the ISA at `at` declares; it need not have its fixed width.

    Raises Unreadable when it has no sixteen elements or nothing follows them.
    """
    separator = text[at + 3]
    pieces = text[at : at + 400].split(separator, _ISA_ELEMENTS)
    if len(pieces) <= _ISA_ELEMENTS or any("\n" in piece.strip("\r\n") and len(piece) > 40 for piece in pieces[:-1]):
        raise Unreadable(f"ISA has {min(len(pieces) - 1, _ISA_ELEMENTS)} elements; expected {_ISA_ELEMENTS}")
    tail = pieces[_ISA_ELEMENTS]
    if len(tail) < 2:
        raise Unreadable("the text ends inside ISA; expected a component separator and a segment terminator")
    component, terminator = tail[0], tail[1]
    if (
        component in "\r\n"
        or tail[1:3] == "GS"
        or (terminator in "\r\n" and component + terminator in tail[2:] + text[at + 200 :])
    ):
        # ISA16 is empty: what stands in its place is the terminator.
        component, terminator = _guess_component(text[at:], separator), component
    if terminator == "\r" and tail[2:3] == "\n":
        terminator = "\n"
    if _is_code(terminator) or terminator == separator:
        raise Unreadable("ISA16 is not followed by a segment terminator")
    repetition = pieces[11][:1]
    if (
        not repetition
        or _is_code(repetition)
        or repetition.isspace()
        or repetition in (separator, component, terminator)
    ):
        repetition = ""  # before 00402 ISA11 is the standards identifier, `U`
    return Delimiters(separator, component, terminator, repetition)


def component_in_use(text: str, declared: Delimiters) -> str:
    """The component separator that the composites use, which is not always the one that ISA16 declares."""
    separator = re.escape(declared.element)
    first = re.search(
        rf"(?:CLM{separator}[^{separator}]*{separator}[^{separator}]*{separator}{{3}}|SV[12]{separator}|"
        rf"SVC{separator}|STC{separator})[A-Z0-9]{{1,4}}([^A-Z0-9{separator}])",
        text,
    )
    used = first[1] if first else declared.component
    return used if used in _COMPONENT_MARKS and used not in declared else declared.component


def bare_start(text: str) -> int:
    """Where a text without ISA starts its first GS or ST, or -1."""
    match = _BARE_START.search(text)
    while match is not None and text[: match.start()].rstrip(BLANK)[-1:].isalnum():
        match = _BARE_START.search(text, match.end())
    return match.start() if match else -1


def bare_delimiters(text: str, at: int) -> Delimiters:
    """The delimiters of a text that starts with GS or ST at `at`, out of the shape of its first ST.

    Raises Unreadable when no ST can be made out.
    """
    match = _BARE_ST.search(text, at)
    if match is None:
        raise Unreadable("no ISA, and no ST that shows its delimiters")
    separator, terminator = match["sep"], match["end"]
    if terminator == "\r" and text[match.end() : match.end() + 1] == "\n":
        terminator = "\n"
    return Delimiters(separator, _guess_component(text[at:], separator), terminator, "^")


def _guess_component(text: str, separator: str) -> str:
    match = re.search(_COMPOSITE.format(sep=re.escape(separator)), text)
    return match["comp"] if match and match["comp"] in _COMPONENT_MARKS else ":"
