"""Amounts in whole cents, and the one way between cents and the decimal strings of X12 and JSON.

What an amount means (paid, contractual, denied) is decided in posting.py; this room only counts.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"^([+-]?)(\d*)(?:\.(\d*))?$", re.ASCII)

MAX_DIGITS = 15
"""In dollars, before the point: more is no charge, and cents of it would not fit a 64-bit column."""


class NotAnAmount(ValueError):
    """A text that is no decimal amount in US dollars with at most two places."""


def cents(text: str) -> int:
    """Whole cents out of a decimal string such as `"12"`, `"12.5"`, `"-.05"`; zeros beyond cents are allowed.

    Raises NotAnAmount when the text is empty, is no decimal number or has a part smaller than a cent.
    """
    match = _AMOUNT.match(text.strip())
    if match is None or not (match[2] or match[3]):
        raise NotAnAmount("not a decimal amount")
    places = (match[3] or "").rstrip("0")
    if len(match[2]) > MAX_DIGITS:
        raise NotAnAmount(f"an amount has at most {MAX_DIGITS} digits before the point")
    if len(places) > 2:
        raise NotAnAmount("an amount has at most two decimal places")
    value = int(match[2] or "0") * 100 + int(places.ljust(2, "0") or "0")
    return -value if match[1] == "-" else value


def dollars(amount_cents: int) -> str:
    """A decimal string with two places, `"-3.07"`, for people and JSON."""
    sign = "-" if amount_cents < 0 else ""
    return f"{sign}{abs(amount_cents) // 100}.{abs(amount_cents) % 100:02d}"


def x12_amount(amount_cents: int) -> str:
    """The shortest form, `"12"`, `"12.5"`, `"-3.07"`: X12 data type R carries no trailing zeros (X12.6 3.5.1.2)."""
    text = dollars(amount_cents)
    return text.rstrip("0").rstrip(".")
