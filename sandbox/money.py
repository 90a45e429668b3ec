"""Money in cents: reading it from X12, writing it, and taking a share of it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")


def cents(text: str) -> int:
    """`"109.2"` -> 10920. Raises ValueError for anything that is no amount in whole cents."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a decimal amount")
    value = Decimal(text) * 100
    if value != value.to_integral_value():
        raise ValueError("more than two decimals")
    return int(value)


def amount(cents_: int) -> str:
    """10920 -> `"109.2"`: X12 wants no trailing zeros (TR3 B.1.1.3.1.2, decimal data elements)."""
    sign = "-" if cents_ < 0 else ""
    whole, rest = divmod(abs(cents_), 100)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")


def share(cents_: int, percent: Decimal) -> int:
    """That percentage of an amount, half a cent rounded up."""
    return int((Decimal(cents_) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
