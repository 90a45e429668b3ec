"""Interchanges on their way out: ISA, GS, ST to SE, GE, IEA around segments that somebody else made.

Delimiters are always `*`, `:`, `^` and `~`, and they are guarded: in free text (names, addresses, notes, descriptions)
such a character becomes a space; in anything that identifies (control numbers, ids, codes) it is refused, because a
changed identifier would be somebody else's. Nothing here looks at a clock: the caller says when, and which numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from claims.base import Instant, Segment, Value

TERMINATOR = "~\n"
_GUARDED = re.compile(r"[~*:^\x00-\x1f\x7f]")
_GUARDED_IN_ELEMENT = re.compile(r"[~*\x00-\x1f\x7f]")


class WriteRefused(ValueError):
    """A value that can't be written without becoming another. `where` names it, e.g. `CLM01`; it is not repeated."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class Envelope(Value):
    """Who sends to whom, when, under which numbers. `at` is written in its own offset; `usage` is T (test) or P."""

    sender_id: str
    sender_qualifier: str = "ZZ"
    receiver_id: str
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    """GS02, where it is not the sender's id."""
    group_receiver: str = ""
    interchange_control_number: int
    group_control_number: int
    set_control_number: str
    """Of the first set; further sets count on from it."""
    at: Instant
    usage: Literal["T", "P"]
    acknowledge: bool = False
    """ISA14: ask for a TA1."""
    submitter_name: str
    submitter_id: str = ""
    submitter_contact: str = ""
    submitter_phone: str
    receiver_name: str
    receiver_code: str = ""
    """NM109 of the receiver (1000B), where it is not the receiver's id."""
    reference: str = ""
    """BHT03; the numbers of interchange and set where empty."""

    def set_number(self, index: int) -> str:
        """ST02 of the set at `index` (from 0). Raises WriteRefused when it has to count on and is no number."""
        if index == 0:
            return self.set_control_number
        if not self.set_control_number.isdecimal():
            raise WriteRefused("ST02", "a control number that is no number can't count on")
        return str(int(self.set_control_number) + index).zfill(len(self.set_control_number))


def text(value: str) -> str:
    """Free text, fit for an element: delimiters and control characters become spaces."""
    return _GUARDED.sub(" ", value).strip() if _GUARDED.search(value) else value


def identifier(where: str, value: str) -> str:
    """A code or id as it is. Raises WriteRefused when it holds a delimiter or a control character."""
    if _GUARDED.search(value):
        raise WriteRefused(where, "holds a delimiter (~ * : ^) or a control character")
    return value


def carried(segment: Segment) -> Segment:
    """A carried segment: its `:` and `^` are structure, every other delimiter in it is text and becomes a space."""
    if not any(_GUARDED_IN_ELEMENT.search(element) for element in segment):
        return segment
    return tuple(_GUARDED_IN_ELEMENT.sub(" ", element) for element in segment)


def join(segment: Iterable[str]) -> str:
    """One segment without its terminator; trailing empty elements are left out (X12.6)."""
    elements = list(segment)
    while len(elements) > 1 and not elements[-1]:
        elements.pop()
    return "*".join(elements)


def write_interchange(
    sets: Sequence[tuple[str, Sequence[Segment]]], envelope: Envelope, *, functional_id: str, version: str
) -> str:
    """One interchange with one group: each of `sets` is its ST01 and the segments between ST and SE.

    `functional_id` is GS01 (`HC`, `HS`, `HR`), `version` GS08 and ST03. Raises WriteRefused.
    """
    out = [_isa(envelope), _gs(envelope, functional_id, version)]
    for index, (number, body) in enumerate(sets):
        control = identifier("ST02", envelope.set_number(index))
        out.append(join(("ST", number, control, version)))
        out.extend(join(carried(segment)) for segment in body)
        out.append(join(("SE", str(len(body) + 2), control)))
    group = str(envelope.group_control_number)
    out.append(join(("GE", str(len(sets)), group)))
    out.append(join(("IEA", "1", _nine(envelope.interchange_control_number))))
    return "".join(segment + TERMINATOR for segment in out)


def _isa(envelope: Envelope) -> str:
    elements = (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        _fixed("ISA05", envelope.sender_qualifier, 2),
        _fixed("ISA06", envelope.sender_id, 15),
        _fixed("ISA07", envelope.receiver_qualifier, 2),
        _fixed("ISA08", envelope.receiver_id, 15),
        f"{envelope.at:%y%m%d}",
        f"{envelope.at:%H%M}",
        "^",
        "00501",
        _nine(envelope.interchange_control_number),
        "1" if envelope.acknowledge else "0",
        envelope.usage,
        ":",
    )
    return "*".join(elements)


def _gs(envelope: Envelope, functional_id: str, version: str) -> str:
    return join(
        (
            "GS",
            functional_id,
            identifier("GS02", envelope.group_sender or envelope.sender_id),
            identifier("GS03", envelope.group_receiver or envelope.receiver_id),
            f"{envelope.at:%Y%m%d}",
            f"{envelope.at:%H%M}",
            str(envelope.group_control_number),
            "X",
            version,
        )
    )


def _fixed(where: str, value: str, width: int) -> str:
    if len(value) > width:
        raise WriteRefused(where, f"has {len(value)} characters; at most {width} fit")
    return identifier(where, value).ljust(width)


def _nine(number: int) -> str:
    if not 0 <= number <= 999_999_999:
        raise WriteRefused("ISA13", "is no number of at most nine digits")
    return f"{number:09d}"
