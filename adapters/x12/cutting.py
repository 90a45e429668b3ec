"""Cuts the text of one interchange into segments. Reading a big file is mostly this, so it is kept lean."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.x12.delimiters import BLANK
from adapters.x12.segments import Delimiters, Segment


def cut(text: str, delimiters: Delimiters, position: int) -> tuple[list[Segment], int]:
    """The segments of `text`, numbered on from `position`, and how many of them were broken over lines.

    Layout around a segment (line ends, indentation) is no part of it; an empty one is none and is not counted.
    """
    separator, terminator = delimiters.element, delimiters.segment
    if terminator not in "\r\n":
        text = text.replace(f"{terminator}\r\n", terminator).replace(f"{terminator}\n", terminator)
    pieces = text.split(terminator)
    broken = 0
    if (
        any(mark in text for mark in "\r\n\0\t\ufeff" if mark not in (separator, terminator))
        or f"{terminator} " in text
    ):
        pieces, broken = _without_layout(pieces, "".join(c for c in BLANK if c != separator))
    with _collection_paused():
        segments = _segments(pieces, delimiters, position)
    return segments, broken


def _segments(pieces: list[str], delimiters: Delimiters, position: int) -> list[Segment]:
    separator, make, kind = delimiters.element, tuple.__new__, Segment
    segments: list[Segment] = []
    append = segments.append
    for piece in pieces:
        if piece:
            position += 1
            row = piece.split(separator)
            append(make(kind, (position, row[0].strip(), tuple(row[1:]), delimiters)))
    return segments


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Only tuples of text are made, so no cycles; looking for them would take longer than the cutting itself."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


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
