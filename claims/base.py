"""What every value of the domain has in common: it is frozen, refuses unknown fields and has no zone-less time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value. Validation errors never repeat the input: it may hold protected health information."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _has_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, for example 2026-03-02T09:00:00-05:00")
    return moment


Instant = Annotated[datetime, AfterValidator(_has_zone)]
"""A moment with its offset (RFC 3339)."""

Day = date
"""A calendar day, in the zone of the practice unless said otherwise."""

Segment = tuple[str, ...]
"""One X12 segment as it stood: identifier first, then its elements; components joined by `:`, repetitions by `^`."""
