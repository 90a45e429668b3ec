"""The quick reading of a CLP loop that has nothing remarkable about it, which is what most of a big remittance is.

It gives up on anything that claim_payment.py would report, and that room then reads the loop again and says what is
wrong. So both give the same values, and a test holds one against the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.x12.claim_payment import (
    ALWAYS_OF_THE_CLAIM,
    CARC,
    ENDS_A_CLAIM,
    GROUPS,
    MEMBER_QUALIFIERS,
    REMARKS_AT,
)
from adapters.x12.fields import composite, day_of, days, part
from adapters.x12.segments import Delimiters, Segment
from claims.adjustments import CLAIM_STATUS
from claims.base import Day
from claims.claim import Adjustment
from claims.documents import ClaimPayment, PaymentLine, Problem
from claims.making import maker
from claims.money import MAX_DIGITS, NotAnAmount, cents

_SKIP, _SERVICE, _ADJUSTMENTS, _DAY, _REFERENCE, _MEMBER, _REMARKS, _LINE_REMARK, _NAMED, _ALLOWED, _END, _CLAIM = (
    range(12)
)
_NOTHING = (_SKIP, None)
_AT_MOST = 16_384
"""How many texts and amounts are remembered: they repeat within a file, and a file has no end of them."""
_CLAIM_DAYS = {"232": "service_from", "472": "service_from", "233": "service_to", "050": "received_on"}
_CENTS = (100, 10, 1)
"""What the last digit of an amount is worth, by its places."""
_NAMES = {"TT": "crossover_carrier", "PR": "corrected_payer"}

_make_claim, _make_line, _make_adjustment = maker(ClaimPayment), maker(PaymentLine), maker(Adjustment)
_BLANKS = ("",) * 9
"""Behind a row, for the elements that its sender left out."""
Meaning = tuple[int, Any]


class Remarkable(Exception):
    """Something that claim_payment.py has to look at."""


class PlainClaims:
    """Reads the claims of one set; what their segments mean is remembered, since they repeat."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._meanings = _Meanings(delimiters)
        self._ended = ""

    def read(self, pieces: list[str], position: int) -> tuple[ClaimPayment, int]:
        """The claim whose CLP is the first of `pieces`, and how many of them are its own.

        Raises Remarkable where it has to be read with claim_payment.py.
        """
        self._ended = ""
        members: dict[str, str] = {}
        _, claim = self._meanings[pieces[0]]
        claim["segment"] = position
        rest = iter(pieces)
        next(rest)
        line = self._claim_level(rest, claim, members)
        if line is not None:
            claim["lines"] = self._lines(rest, line, claim, members)
        if members:
            claim["member_id"] = members.get("IL") or members.get("QC") or members.get("74") or ""
            claim["corrected_member_id"] = members.get("74", "")
        if claim["service_from"] is None or claim["service_to"] is None:
            _days_of_lines(claim)
        return _make_claim(claim), pieces.index(self._ended) if self._ended else len(pieces)

    def _claim_level(
        self, rest: Iterator[str], claim: dict[str, Any], members: dict[str, str]
    ) -> dict[str, Any] | None:
        """Loop 2100 up to the first SVC, which is given back."""
        meanings = self._meanings
        for piece in rest:
            code, value = meanings[piece]
            if code == _SKIP:
                continue
            if code == _DAY:
                if value[0]:
                    claim[value[0]] = value[1]
            elif code == _SERVICE:
                line: dict[str, Any] = value.copy()
                return line
            elif code == _REFERENCE:
                claim["references"] += (value,)
            elif code == _ADJUSTMENTS:
                claim["adjustments"] += value[0]
            elif code in (_REMARKS, _LINE_REMARK):
                claim["remarks"] += value
            elif code == _END:
                self._ended = piece
                break
            else:
                _name(code, value, claim, members)
        return None

    def _lines(
        self, rest: Iterator[str], line: dict[str, Any], claim: dict[str, Any], members: dict[str, str]
    ) -> tuple[PaymentLine, ...]:
        """Every SVC loop; `line` is the first one's SVC."""
        meanings = self._meanings
        lines: list[PaymentLine] = []
        taken = 0
        for piece in rest:
            code, value = meanings[piece]
            if code == _SKIP:
                continue
            if code == _ADJUSTMENTS:
                line["adjustments"] += value[0]
                taken += value[1]
            elif code == _DAY:
                line.update(value[2])
            elif code == _REFERENCE:
                if value[0] == "6R":
                    line["control_number"] = value[1]
                elif value[0] in ALWAYS_OF_THE_CLAIM:
                    claim["references"] += (value,)
            elif code == _ALLOWED:
                line["allowed_cents"] = value
            elif code == _SERVICE:
                lines.append(_balanced(line, taken))
                line, taken = value.copy(), 0
            elif code == _LINE_REMARK:
                line["remarks"] += value
            elif code == _REMARKS:
                claim["remarks"] += value
            elif code == _END:
                self._ended = piece
                break
            else:
                _name(code, value, claim, members)
        lines.append(_balanced(line, taken))
        return tuple(lines)


def _name(code: int, value: Any, claim: dict[str, Any], members: dict[str, str]) -> None:
    if code == _MEMBER:
        if value[1]:
            members.setdefault(*value)
    elif code == _NAMED:
        claim[value[0]] = value[1]


def _balanced(line: dict[str, Any], taken: int) -> PaymentLine:
    if line["charge_cents"] - taken != line["paid_cents"]:
        raise Remarkable
    return _make_line(line)


def _days_of_lines(claim: dict[str, Any]) -> None:
    known = [day for line in claim["lines"] for day in (line.service_from, line.service_to) if day]
    claim["service_to"] = claim["service_to"] or claim["service_from"] or (max(known) if known else None)
    claim["service_from"] = claim["service_from"] or (min(known) if known else None)


class _Amounts(dict[str, int]):
    """Cents by their text. Raises Remarkable for what is no amount, or is missing."""

    def __missing__(self, value: str) -> int:
        whole, _, places = value.partition(".")
        digits = whole + places
        if digits.isdecimal() and len(places) < 3 and len(digits) <= MAX_DIGITS and digits.isascii():
            found = int(digits) * _CENTS[len(places)]
        else:
            try:
                found = cents(value)
            except NotAnAmount:
                raise Remarkable from None
        if len(self) < _AT_MOST:
            self[value] = found
        return found


class _Procedures(dict[str, tuple[str, str, tuple[str, ...], bool]]):
    """Qualifier, code and modifiers of a procedure by its text, and whether it has more than a qualifier."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters

    def __missing__(self, value: str) -> tuple[str, str, tuple[str, ...], bool]:
        parts = composite(Segment(0, "SVC", (value,), self.delimiters), 1)
        found = part(parts, 1), part(parts, 2), tuple(m for m in parts[2:6] if m), len(parts) > 1
        if len(self) < _AT_MOST:
            self[value] = found
        return found


class _Reasons(dict[str, str]):
    """Reason codes that have the form of one."""

    def __missing__(self, value: str) -> str:
        if CARC.fullmatch(value) is None:
            raise Remarkable
        self[value] = value
        return value


class _Meanings(dict[str, Meaning]):
    """What a segment means, by its text; those that are likely to come again are remembered."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.separator = delimiters.element
        self.amounts = _Amounts()
        self.procedures = _Procedures(delimiters)
        self.reasons = _Reasons()
        self.kinds = {
            "SVC": self._svc,
            "REF": self._ref,
            "CAS": self._cas,
            "DTM": self._dtm,
            "NM1": self._nm1,
            "AMT": self._amt,
            "LQ": self._lq,
            "MIA": self._mia,
            "MOA": self._mia,
            "N1": self._n1,
        }

    def __missing__(self, piece: str) -> Meaning:
        row = piece.split(self.separator)
        if " " in piece or not piece.isprintable():
            row = [element.strip() for element in row]
        kind = row[0]
        row += _BLANKS
        if kind == "REF" and row[1] != "1L":  # a group's number comes again, a line's does not
            return _REFERENCE, (row[1], row[2])
        if kind == "CLP":
            return self._clp(row)
        if kind in ENDS_A_CLAIM:
            return _END, None
        read = self.kinds.get(kind)
        found = read(row) if read is not None else _NOTHING
        if found[0] != _MEMBER and len(self) < _AT_MOST:
            self[piece] = found
        return found

    def _clp(self, row: list[str]) -> Meaning:
        if row[2] not in CLAIM_STATUS:
            raise Remarkable
        amounts = self.amounts
        return _CLAIM, {
            "segment": 0,
            "patient_control_number": row[1],
            "status_code": row[2],
            "charge_cents": amounts[row[3]],
            "paid_cents": amounts[row[4]],
            "patient_responsibility_cents": amounts[row[5]] if row[5] else None,
            "filing_indicator": row[6],
            "payer_claim_control_number": row[7],
            "facility_code": row[8],
            "frequency": row[9],
            "member_id": "",
            "corrected_member_id": "",
            "service_from": None,
            "service_to": None,
            "received_on": None,
            "adjustments": (),
            "remarks": (),
            "crossover_carrier": "",
            "corrected_payer": "",
            "references": (),
            "lines": (),
        }

    def _svc(self, row: list[str]) -> Meaning:
        qualifier, code, modifiers, _ = self.procedures[row[1]]
        if not code and len(qualifier) > 2:
            raise Remarkable
        revenue, sent = row[4], ""
        sent_modifiers: tuple[str, ...] = ()
        if qualifier == "NU":  # the line is known by its revenue code alone
            revenue, code = revenue or code, ""
        if row[6]:
            _, sent, sent_modifiers, several = self.procedures[row[6]]
            if not several:
                sent, sent_modifiers = "", ()
        return _SERVICE, {
            "control_number": "",
            "procedure_qualifier": qualifier,
            "procedure": code,
            "modifiers": modifiers,
            "revenue_code": revenue,
            "charge_cents": self.amounts[row[2]],
            "paid_cents": self.amounts[row[3]],
            "quantity": row[5],
            "service_from": None,
            "service_to": None,
            "adjustments": (),
            "remarks": (),
            "allowed_cents": None,
            "submitted_procedure": sent,
            "submitted_modifiers": sent_modifiers,
        }

    def _cas(self, row: list[str]) -> Meaning:
        group, count = row[1], len(row) - len(_BLANKS)
        if group not in GROUPS or count > 20:
            raise Remarkable
        found: tuple[Adjustment, ...] = ()
        taken = 0
        for n in range(2, count, 3):
            if not row[n + 1]:
                if row[n]:
                    raise Remarkable
                continue
            value = self.amounts[row[n + 1]]
            taken += value
            fields = {"group": group, "reason": self.reasons[row[n]], "amount_cents": value, "quantity": row[n + 2]}
            found += (_make_adjustment(fields),)
        return _ADJUSTMENTS, (found, taken)

    def _dtm(self, row: list[str]) -> Meaning:
        qualifier = row[1]
        one: Day | None = day_of(row[2]) if row[2] else None
        if one is None and row[2]:
            raise Remarkable
        of_line: dict[str, Day | None] = {}
        if qualifier == "472":
            first, last = self._range(row[6]) if row[5] == "RD8" else (one, one)
            of_line = {"service_from": first, "service_to": last}
        elif qualifier in ("150", "151"):
            of_line = {"service_from" if qualifier == "150" else "service_to": one}
        return _DAY, (_CLAIM_DAYS.get(qualifier, ""), one, of_line)

    def _range(self, value: str) -> tuple[Day | None, Day | None]:
        problems: list[Problem] = []
        found = days(Segment(0, "DTM", (value,), self.delimiters), 1, problems)
        if problems:
            raise Remarkable
        return found

    def _ref(self, row: list[str]) -> Meaning:
        return _REFERENCE, (row[1], row[2])

    def _nm1(self, row: list[str]) -> Meaning:
        entity = row[1]
        if entity in ("QC", "IL", "74"):
            return _MEMBER, (entity, row[9] if row[8] in MEMBER_QUALIFIERS else "")
        return (_NAMED, (_NAMES[entity], row[3] or row[9])) if entity in _NAMES else _NOTHING

    def _amt(self, row: list[str]) -> Meaning:
        if row[1] != "B6":
            return _NOTHING
        return _ALLOWED, self.amounts[row[2]] if row[2] else None

    def _lq(self, row: list[str]) -> Meaning:
        return _LINE_REMARK, (row[2],) if row[2] else ()

    def _mia(self, row: list[str]) -> Meaning:
        return _REMARKS, tuple(row[n] for n in REMARKS_AT[row[0]] if n < len(row) and row[n])

    def _n1(self, row: list[str]) -> Meaning:
        return (_END, None) if row[1] in ("PR", "PE") else _NOTHING
