"""Takes the layout out of the text of one interchange. Reading a big file starts with this, so it is kept lean."""

from __future__ import annotations

from adapters.x12.delimiters import BLANK
from adapters.x12.segments import Delimiters
from adapters.x12.stretch import Stretch


def cut(text: str, delimiters: Delimiters, position: int) -> tuple[Stretch, int]:
    """The segments of `text`, numbered on from `position`, and how many of them were broken over lines.

    Layout around a segment (line ends, indentation) is no part of it; an empty one is none and is not counted.
    """
    separator, terminator = delimiters.element, delimiters.segment
    if terminator not in "\r\n" and "\n" in text:
        text = text.replace(f"{terminator}\r\n", terminator).replace(f"{terminator}\n", terminator)
    broken = 0
    if (
        any(mark in text for mark in "\r\n\0\t\ufeff" if mark not in (separator, terminator))
        or f"{terminator} " in text
    ):
        pieces, broken = _without_layout(text.split(terminator), "".join(c for c in BLANK if c != separator))
        text = terminator.join(filter(None, pieces))
    elif terminator * 2 in text:
        text = terminator.join(filter(None, text.split(terminator)))
    text = f"{terminator}{text.strip(terminator)}{terminator}"
    return Stretch(text, (1, len(text) - 1), delimiters, position + 1), broken


def _without_layout(pieces: list[str], blank: str) -> tuple[list[str], int]:
    clean: list[str] = []
    broken = 0
    for piece in pieces:
        body = piece.lstrip(blank).rstrip("\r\n")
        if "\n" in body or "\r" in body:
            broken += 1
            body = body.replace("\r", "").replace("\n", "")
        clean.append(body)
    return clean, broken
