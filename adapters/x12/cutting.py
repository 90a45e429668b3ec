"""Takes the layout out of the text of one interchange. Reading a big file starts with this, so it is kept lean."""

from __future__ import annotations

from typing import NamedTuple

from adapters.x12.delimiters import BLANK
from adapters.x12.segments import Delimiters
from adapters.x12.stretch import Stretch


class Layout(NamedTuple):
    """How many segments were broken over lines, and how many were indented."""

    broken: int = 0
    indented: int = 0


def cut(text: str, delimiters: Delimiters, position: int) -> tuple[Stretch, Layout]:
    """The segments of `text`, numbered on from `position`, and what layout was taken out of it.

    Layout around a segment (line ends, indentation) is no part of it; an empty one is none and is not counted.
    """
    separator, terminator = delimiters.element, delimiters.segment
    if terminator not in "\r\n" and "\n" in text:
        text = text.replace(f"{terminator}\r\n", terminator).replace(f"{terminator}\n", terminator)
    layout = Layout()
    if (
        any(mark in text for mark in "\r\n\0\t\ufeff" if mark not in (separator, terminator))
        or f"{terminator} " in text
    ):
        pieces, layout = _without_layout(text.split(terminator), "".join(c for c in BLANK if c != separator))
        text = terminator.join(filter(None, pieces))
    elif terminator * 2 in text:
        text = terminator.join(filter(None, text.split(terminator)))
    text = f"{terminator}{text.strip(terminator)}{terminator}"
    return Stretch(text, (1, len(text) - 1), delimiters, position + 1), layout


def _without_layout(pieces: list[str], blank: str) -> tuple[list[str], Layout]:
    clean: list[str] = []
    broken = indented = 0
    for piece in pieces:
        inner = piece.lstrip(blank)
        if inner and piece[: len(piece) - len(inner)].endswith((" ", "\t")):
            indented += 1
        body = inner.rstrip("\r\n")
        if "\n" in body or "\r" in body:
            broken += 1
            body = body.replace("\r", "").replace("\n", "")
        clean.append(body)
    return clean, Layout(broken, indented)
