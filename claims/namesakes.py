"""Whose a payment is among claims that share a number: told by lines, days and charge. Never by a name, never a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from claims.base import Day
from claims.deliveries import IndexEntry
from claims.documents import ClaimPayment
from claims.numbers import plain, plain_member


def first_day(payment: ClaimPayment) -> Day | None:
    """The first day that a payment is about: the claim's own, else its lines' earliest."""
    days = [line.service_from for line in payment.lines if line.service_from]
    return payment.service_from or (min(days) if days else None)


def told_apart(payment: ClaimPayment, candidates: list[IndexEntry]) -> tuple[IndexEntry | None, str]:
    """Of the claims under one number: the one whose lines, else day, else charge the payment has.

    A number that only one claim here has may still be meant for another: where neither day nor charge nor any line is
    that claim's, it is nobody's.
    """
    if len(candidates) == 1:
        only = candidates[0]
        if _another(payment, only):
            return None, "one claim has this number, but neither its days nor its charge nor any of its lines"
        return only, ""
    day = first_day(payment)
    for fits in (
        [e for e in candidates if _names_its_lines(payment, e)],
        [e for e in candidates if day is not None and e.service_from == day and e.charge_cents == payment.charge_cents],
        [e for e in candidates if day is not None and e.service_from == day],
        [e for e in candidates if day in (None, e.service_from) and _has_its_lines(payment, e)],
    ):
        if len(fits) == 1:
            return fits[0], ""
    return None, f"{len(candidates)} claims have this number, and neither lines nor dates tell which is meant"


def _names_its_lines(payment: ClaimPayment, entry: IndexEntry) -> bool:
    """Every line control number that the payer gave back (REF*6R) is the claim's."""
    given = {line.control_number for line in payment.lines if line.control_number}
    return bool(given) and given <= set(entry.line_control_numbers)


def _has_its_lines(payment: ClaimPayment, entry: IndexEntry) -> bool:
    """Every line of the payment has a line of the claim with its procedure and charge."""
    return bool(payment.lines) and not Counter(_lines(payment)) - Counter(entry.lines)


def _lines(payment: ClaimPayment) -> list[tuple[str, int]]:
    """What was billed: the procedure that we sent where the payer paid for another; reversals without their sign."""
    return [
        (line.submitted_procedure or line.procedure or line.revenue_code, abs(line.charge_cents))
        for line in payment.lines
    ]


def _another(payment: ClaimPayment, entry: IndexEntry) -> bool:
    """Whether everything that could agree with the claim disagrees; what either side does not say agrees."""
    if entry.service_from is None or abs(payment.charge_cents) == entry.charge_cents:
        return False
    last = entry.service_to or entry.service_from
    days = [payment.service_from, *(line.service_from for line in payment.lines)]
    known = [day for day in days if day is not None]
    if not known or any(entry.service_from <= day <= last for day in known):
        return False
    given = {line.control_number for line in payment.lines if line.control_number}
    return not given & set(entry.line_control_numbers) and not set(_lines(payment)) & set(entry.lines)


class ByNumber:
    """The claims by one kind of number: who has it as it was written, and where nobody has, who has it as compared."""

    def __init__(self, compared: Callable[[str], str] = plain) -> None:
        self._compared = compared
        self._written: dict[str, list[IndexEntry]] = {}
        self._alike: dict[str, list[IndexEntry]] | None = None
        """Made when it is asked for: most documents never do."""

    def add(self, number: str, entry: IndexEntry) -> None:
        self._written.setdefault(number, []).append(entry)
        if self._alike is not None:
            self._alike.setdefault(self._compared(number), []).append(entry)

    def find(self, number: str) -> list[IndexEntry]:
        if not number:
            return []
        found = self._written.get(number) or self._named_alike(self._compared(number))
        return list(found) if len(found) < 2 else _once(found)

    def _named_alike(self, compared: str) -> list[IndexEntry]:
        if self._alike is None:
            self._alike = {}
            for number, entries in self._written.items():
                self._alike.setdefault(self._compared(number), []).extend(entries)
        return self._alike.get(compared, []) if compared else []


class Lookups:
    """The claims by each of their numbers, so that a remittance of thousands is matched in one pass."""

    def __init__(self, index: Sequence[IndexEntry]) -> None:
        self._ours, self._payers, self._traces, self._members = (
            ByNumber(),
            ByNumber(),
            ByNumber(),
            ByNumber(plain_member),
        )
        for entry in index:
            self._ours.add(entry.patient_control_number, entry)
            for kept, numbers in (
                (self._payers, entry.payer_claim_control_numbers),
                (self._traces, entry.traces),
                (self._members, entry.member_ids),
            ):
                for number in numbers:
                    kept.add(number, entry)

    def learn(self, number: str, entry: IndexEntry) -> None:
        """The document pays this claim under a number of the payer's: what comes after in it may name that number."""
        self._payers.add(number, entry)

    def by_control_number(self, number: str) -> list[IndexEntry]:
        return self._ours.find(number)

    def by_payer_number(self, number: str) -> list[IndexEntry]:
        return self._payers.find(number)

    def by_traces(self, *traces: str) -> list[IndexEntry]:
        return _once(entry for trace in traces for entry in self._traces.find(trace))

    def by_members(self, *member_ids: str) -> list[IndexEntry]:
        return _once(entry for member in member_ids for entry in self._members.find(member))


def _once(entries: Iterable[IndexEntry]) -> list[IndexEntry]:
    return list({(entry.practice, entry.claim_id): entry for entry in entries}.values())
