"""The auditor's own books: what documents and people told, in cents, and the balance that follows from it.

Written after docs/posting.md and the 835 guide (X12 835 TR3 1.10.2), apart from the core. It only knows the codes that the
made-up world sends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Data = dict[str, Any]

PATIENT_REASONS = frozenset({"1", "2", "3"})
CONTRACT_REASONS = frozenset({"45", "253"})
REVERSAL, PRICED, NOT_OURS = "22", "25", "23"
PARTS = ("paid", "contractual", "written_off", "patient", "next_payer", "open")


def identity(event: Data) -> str:
    """A claim payment by what it says: trace, payer, date, place among its likes, and every amount and number of it."""
    payment = {name: value for name, value in event["payment"].items() if name != "segment"}
    parts = [event["trace_number"], event["payer_id"], event["paid_on"], event["occurrence"], payment]
    return json.dumps(parts, sort_keys=True, default=str)


def reasons(payment: Data) -> list[Data]:
    """Every adjustment of a claim payment, of the claim and of its lines."""
    return [*payment["adjustments"], *(a for line in payment["lines"] for a in line["adjustments"])]


def balances(payment: Data) -> bool:
    """CLP03 less every CAS is CLP04; a reversal without any CAS has nothing to balance."""
    found = reasons(payment)
    if payment["status_code"] == REVERSAL and not found:
        return True
    return bool(payment["charge_cents"] - sum(a["amount_cents"] for a in found) == payment["paid_cents"])


def where(adjustment: Data) -> str:
    """Whose an adjusted amount is: the patient's, paid to her already, written off, a prior payer's, or nobody's yet."""
    group, reason = adjustment["group"], adjustment["reason"]
    if reason == "23":
        return "prior"
    if reason == "133":
        return "pending"
    if reason == "100" and group in ("PR", "OA"):
        return "direct"
    if group == "PR":
        return "patient" if reason in PATIENT_REASONS | {"45"} else "denied"
    return "contract" if reason in CONTRACT_REASONS and group != "PI" else "denied"


def split(payment: Data) -> Data:
    """The adjusted cents of a payment by whose they are."""
    found = {"patient": 0, "direct": 0, "contract": 0, "prior": 0, "pending": 0, "denied": 0, "denied_patient": 0}
    for a in reasons(payment):
        found[where(a)] += a["amount_cents"]
        if where(a) == "denied" and a["group"] == "PR":
            found["denied_patient"] += a["amount_cents"]
    return found


@dataclass
class Posting:
    """A claim payment that counts, under the key that the core gave it."""

    name: str
    coverage: int
    on: date | None
    payment: Data
    key: str = ""

    @property
    def paid(self) -> int:
        return int(self.payment["paid_cents"])

    @property
    def number(self) -> str:
        return str(self.payment["payer_claim_control_number"])

    @property
    def day(self) -> str:
        return self.on.isoformat() if self.on else ""


@dataclass
class OwnBooks:
    """What was told so far. `balances()` gives every balance that the documents allow (ties of dates leave two)."""

    charge: int = 0
    coverages: int = 1
    postings: list[Posting] = field(default_factory=list)
    taken_back: list[tuple[str, int]] = field(default_factory=list)
    patient_paid: int = 0
    write_offs: dict[str, tuple[int, str]] = field(default_factory=dict)
    refunds: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What was given back and stayed away: cents, and to whom."""
    self_pay: bool = False
    patient_next: bool = False
    """A person said that no later payer is asked."""
    denied_billed: bool = False
    """A person billed the patient what was denied to her (group PR)."""

    @property
    def patient_net(self) -> int:
        """What the patient paid and did not get back."""
        return self.patient_paid - sum(cents for cents, to in self.refunds.values() if to == "patient")

    def standing(self, coverage: int) -> tuple[list[Posting], list[Posting]]:
        """What of a payer's decisions is not reversed, oldest first, and reversals of nothing."""
        mine = [p for p in self.postings if p.coverage == coverage and p.payment["status_code"] != NOT_OURS]
        standing = sorted((p for p in mine if p.payment["status_code"] != REVERSAL), key=lambda p: p.day)
        lone = []
        for back in sorted((p for p in mine if p.payment["status_code"] == REVERSAL), key=lambda p: p.day):
            fits = [p for p in standing if _negates(back, p)]
            fits = [p for p in fits if _opposite(back, p)] or fits
            fits.sort(key=lambda p: (_trace(p) == _trace(back), p.day))
            if fits:
                standing.remove(fits[0])
            else:
                lone.append(back)
        left = []
        for back in lone:
            same = [p for p in standing if _opposite(back, p)]
            if len(same) == 1 and reasons(back.payment):
                standing.remove(same[0])
            else:
                left.append(back)
        return standing, left

    def decisions(self, coverage: int, left: int | None) -> list[tuple[list[Posting], list[Posting]]]:
        """Each way to read one payer: decisions that count whole, and those whose cash alone does.

        A later payer that writes off more than the earlier ones left of the charge (`left`) repeats their write-off: its
        answer is held, and nothing of it counts.
        """
        standing, _ = self.standing(coverage)
        kept = [p for p in standing if not _repeats([p], left)]
        return [way if not _repeats(way[0], left) else ([], []) for way in self._readings(kept)]

    def _readings(self, standing: list[Posting]) -> list[tuple[list[Posting], list[Posting]]]:
        if sum(p.payment["charge_cents"] for p in standing) <= self.charge:
            return [(standing, [])]
        paying = [p for p in standing if p.paid]
        if paying:
            last = [p for p in paying if p.day == paying[-1].day]
            return [([p], [q for q in paying if q is not p]) for p in last]
        fresh = [p for p in standing if not any(a["reason"] == "18" for a in reasons(p.payment))] or standing
        return [([p], []) for p in fresh if p.day == fresh[-1].day]

    def balances(self) -> list[Data]:
        """Every balance that follows from what was told, in cents."""
        ways: list[tuple[tuple[list[Posting], list[Posting]], ...]] = [()]
        for coverage in range(self.coverages):
            ways = [
                (*way, one)
                for way in ways
                for one in self.decisions(coverage, self.charge - _taken(way) if coverage else None)
            ]
        return [self._balance(way) for way in ways]

    def _balance(self, way: tuple[tuple[list[Posting], list[Posting]], ...]) -> Data:
        paid = contract = share = direct = 0
        decided = -1
        for coverage, (whole, cash) in enumerate(way):
            if not whole:
                continue
            decided = coverage
            parts = [split(p.payment) for p in whole]
            paid += sum(p.paid for p in (*whole, *cash))
            contract += sum(x["contract"] for x in parts)
            share = sum(x["patient"] + (x["denied_patient"] if self.denied_billed else 0) for x in parts)
            direct += sum(x["direct"] for x in parts)
        if decided < 0 and self.self_pay:
            share = self.charge
        given_up = sum(cents for cents, _ in self.write_offs.values())
        forgiven = sum(cents for cents, bucket in self.write_offs.values() if bucket == "patient")
        payers = sum(cents for cents, to in self.refunds.values() if to == "payer")
        credit = max(self.patient_net, 0) + forgiven
        later = 0 <= decided < self.coverages - 1 and not self.patient_next
        if later:
            patient = max(direct - credit, 0)
            next_payer = max(share - max(credit - direct, 0), 0)
        else:
            patient, next_payer = max(share + direct - credit, 0), 0
        paid += self.patient_net - sum(self._recovered()) - payers
        rest = self.charge - paid - contract - given_up - patient - next_payer
        return dict(zip(PARTS, (paid, contract, given_up, patient, next_payer, rest), strict=True))

    def _recovered(self) -> list[int]:
        """Money taken back that neither a reversal nor an earlier entry of the other sign explains."""
        explained: dict[int, int] = {}
        for cents in {-p.paid for p in self.postings if p.payment["status_code"] == REVERSAL}:
            explained[cents] = sum(
                1 for p in self.postings if p.payment["status_code"] == REVERSAL and -p.paid == cents
            )
        for cents in {-c for _, c in self.taken_back if c < 0}:
            put_off = sum(1 for _, c in self.taken_back if -c == cents)
            explained[cents] = max(explained.get(cents, 0), put_off)
        counted = []
        for _, cents in self.taken_back:
            if explained.get(cents, 0) > 0:
                explained[cents] -= 1
            elif cents > 0:
                counted.append(cents)
        return counted


def _taken(way: tuple[tuple[list[Posting], list[Posting]], ...]) -> int:
    """What these payers paid and wrote off."""
    paid = sum(p.paid for whole, cash in way for p in (*whole, *cash))
    return paid + sum(int(split(p.payment)["contract"]) for whole, _ in way for p in whole)


def _repeats(postings: list[Posting], left: int | None) -> bool:
    written = sum(split(p.payment)["contract"] for p in postings)
    return left is not None and written > 0 and sum(p.paid for p in postings) + written > max(left, 0)


def _trace(posting: Posting) -> str:
    return str(json.loads(posting.name)[0]) if posting.name.startswith("[") else posting.name


def _negates(back: Posting, posting: Posting) -> bool:
    if back.paid != -posting.paid or abs(back.payment["charge_cents"]) not in (0, posting.payment["charge_cents"]):
        return False
    return not back.number or posting.number in ("", back.number)


def _opposite(back: Posting, posting: Posting) -> bool:
    """Whether every amount of the reversal is that of the posting, with the other sign."""

    def amounts(one: Posting, sign: int) -> tuple[int, int, list[tuple[str, str, int]]]:
        found = sorted((a["group"], a["reason"], sign * a["amount_cents"]) for a in reasons(one.payment))
        return sign * one.payment["charge_cents"], sign * one.paid, found

    return amounts(back, -1) == amounts(posting, 1)
