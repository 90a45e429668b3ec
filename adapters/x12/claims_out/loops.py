"""Putting one loop together: typed segments, what the loop carries beyond them, and the order of the guide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.x12.order import Block, arrange, blocks
from adapters.x12.writer import carried as guarded
from claims.base import Day, Segment


def loop(table: str, typed: Iterable[Segment], carried: Sequence[Segment], inner: Iterable[Block] = ()) -> Block:
    """One loop in order. A typed segment takes in the carried one that completes it; an empty one is left out."""
    rest = list(carried)
    own: list[Block] = []
    for segment in typed:
        if not any(segment[1:]):
            continue
        more = next((other for other in rest if _completes(other, segment)), None)
        if more is not None:
            rest.remove(more)
            segment = _merged(segment, more)
        own.append((segment,))
    kept = [tuple(guarded(segment) for segment in block) for block in blocks(rest)]
    return arrange(table, kept, [*own, *inner])


def _completes(other: Segment, typed: Segment) -> bool:
    """`other` is what the reader left of the same segment: it says nothing where `typed` does."""
    if other[0] != typed[0] or other[0] in ("REF", "DTP", "AMT", "CAS", "HI", "OI", "MOA", "PRV"):
        return False
    return not any(said and more for said, more in zip(typed[1:], other[1:], strict=False))


def _merged(typed: Segment, more: Segment) -> Segment:
    width = max(len(typed), len(more))
    one = (*typed, *[""] * (width - len(typed)))
    other = guarded((*more, *[""] * (width - len(more))))
    return tuple(said or extra for said, extra in zip(one, other, strict=True))


def period(qualifier: str, first: Day, last: Day | None) -> Segment:
    """A DTP: D8 for a day, RD8 where a last day is known."""
    if last is None:
        return ("DTP", qualifier, "D8", f"{first:%Y%m%d}")
    return ("DTP", qualifier, "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}")
