"""Claims that share a number, told apart by lines, days and charge. Never by a name."""

from __future__ import annotations

from claims.base import Day
from claims.deliveries import IndexEntry
from claims.documents import ClaimPayment


def first_day(payment: ClaimPayment) -> Day | None:
    """The first day that a payment is about: the claim's own, else its lines' earliest."""
    days = [line.service_from for line in payment.lines if line.service_from]
    return payment.service_from or (min(days) if days else None)


def told_apart(payment: ClaimPayment, candidates: list[IndexEntry]) -> tuple[IndexEntry | None, str]:
    """Of several claims under one number: the one whose lines, else dates, else charge the payment has."""
    lines = {line.control_number for line in payment.lines if line.control_number}
    day = first_day(payment)
    for fits in (
        [e for e in candidates if lines and lines <= set(e.line_control_numbers)],
        [e for e in candidates if day is not None and e.service_from == day and e.charge_cents == payment.charge_cents],
        [e for e in candidates if day is not None and e.service_from == day],
    ):
        if len(fits) == 1:
            return fits[0], ""
    return None, f"{len(candidates)} claims have this number, and neither lines nor dates tell which is meant"
