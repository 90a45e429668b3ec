"""What a claim payment of an 835 means in money: when two are one, and the ledger that always sums.

The ledger is a function of the set of payments, never of the order in which they came. What an adjustment means stands
in adjustments.py, which payments count in deciding.py.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from claims.adjustments import (
    CROSSOVER_REMARKS,
    FORWARDED,
    NOT_OURS,
    PATIENTS_SHARE,
    PREDETERMINATION,
    REVERSAL,
    Bucket,
    Outcome,
    Sums,
    all_adjustments,
    all_remarks,
    bucket,
    outcome_of,
    paid_to_patient,
    reason_class,
    sums,
)
from claims.base import Value
from claims.claim import Claim, ServiceLine
from claims.deciding import (
    Decisions,
    chain,
    decisions,
    former_coverages,
    last_decided,
    later_coverages,
    next_coverage,
    pair_reversals,
    prior,
    written_off,
)
from claims.documents import ClaimPayment, PaymentLine, ProviderAdjustment
from claims.events import RemittanceReceived, TakebackReceived
from claims.memo import Memo, money_of
from claims.refunds import ACKNOWLEDGED, to_patient_cents, to_payers_cents
from claims.state import ClaimState, PostedPayment
from claims.tables import Tables

__all__ = [
    "CROSSOVER_REMARKS",
    "FORWARDED",
    "NOT_OURS",
    "PATIENTS_SHARE",
    "PREDETERMINATION",
    "REVERSAL",
    "Bucket",
    "Decisions",
    "Ledger",
    "LineBalance",
    "Outcome",
    "Sums",
    "alike",
    "alike_payments",
    "all_adjustments",
    "all_remarks",
    "bucket",
    "content_of",
    "counted_takebacks",
    "decisions",
    "last_decided",
    "later_coverages",
    "ledger",
    "line_balances",
    "match_line",
    "next_coverage",
    "outcome_of",
    "paid_to_patient",
    "pair_reversals",
    "patients_net",
    "payment_key",
    "reason_class",
    "sums",
    "takeback_key",
]


def content_of(payment: ClaimPayment) -> str:
    """A payment without its place: two alike in one set are told apart by their order."""
    return payment.model_copy(update={"segment": 0}).model_dump_json()


def payment_key(event: RemittanceReceived) -> str:
    """Made of the content alone: the same payment out of another file, envelope or name has the same key."""
    content = content_of(event.payment)
    day = event.paid_on.isoformat() if event.paid_on else ""
    text = "\x1f".join((event.trace_number, event.payer_id, day, str(event.occurrence), content))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def takeback_key(event: TakebackReceived) -> str:
    """The same takeback out of another file has the same key; two alike in one set are told apart by their order."""
    key = f"{event.trace_number}:{event.reason}:{event.reference}:{event.amount_cents}"
    return f"{key}:{event.occurrence}" if event.occurrence else key


def alike(adjustments: Sequence[ProviderAdjustment]) -> Iterator[tuple[ProviderAdjustment, int]]:
    """Each provider adjustment of a set with how many before it have its code, reference and amount."""
    seen: Counter[tuple[str, str, int]] = Counter()
    for one in adjustments:
        what = (one.reason, one.reference, one.amount_cents)
        yield one, seen[what]
        seen[what] += 1


def alike_payments(payments: Sequence[ClaimPayment]) -> Iterator[tuple[ClaimPayment, int]]:
    """Each payment of a set with how many before it read alike; only those that share their numbers can."""
    numbers = [(one.patient_control_number, one.payer_claim_control_number) for one in payments]
    sharing, seen = Counter(numbers), Counter[str]()
    for one, both in zip(payments, numbers, strict=True):
        if sharing[both] == 1:
            yield one, 0
            continue
        content = content_of(one)
        yield one, seen[content]
        seen[content] += 1


# the ledger


class LineBalance(Value):
    """One line of the claim (`number` 0: amounts that the payer gave for the claim as a whole), in cents."""

    number: int
    charge: int
    paid: int = 0
    contractual: int = 0
    patient: int = 0
    open: int = 0


class Ledger(Value):
    """Where every cent of the charge is: charge = paid + contractual + written_off + patient + next_payer + open.

    `paid` includes what the patient paid, and is less by what was given back; a negative `open` is a credit balance.
    """

    charge: int
    paid: int
    contractual: int
    written_off: int
    patient: int
    next_payer: int
    open: int
    lines: tuple[LineBalance, ...] = ()

    @property
    def settled(self) -> bool:
        return self.open == 0 and self.patient == 0 and self.next_payer == 0


def _share(posted: tuple[PostedPayment, ...], state: ClaimState, tables: Tables) -> int:
    """What the payer says the patient (or the next payer) owes: PR adjustments that may be billed."""
    adjustments = tuple(a for p in posted for a in all_adjustments(p.payment))
    share = sums(adjustments, tables).patient
    if state.denial is not None and state.denial.chosen == "bill_patient":
        share += sum(a.amount_cents for a in adjustments if a.group == "PR" and bucket(a, tables) == "denied")
    return share


def _direct(posted: tuple[PostedPayment, ...], tables: Tables) -> int:
    """What the payer paid to the patient instead of us."""
    return sum(a.amount_cents for p in posted for a in all_adjustments(p.payment) if paid_to_patient(a, tables))


_LEDGERS: Memo[Ledger] = Memo()


def ledger(state: ClaimState, tables: Tables) -> Ledger:
    """The claim's money as of now, in cents."""
    return _LEDGERS.of((*money_of(state), tables), lambda: _ledger(state, tables))


def _ledger(state: ClaimState, tables: Tables) -> Ledger:
    claim = state.claim
    insurer_paid, contractual = prior(claim, tables)
    decided, share, direct = -1, 0, 0
    for coverage in chain(claim):
        counted = decisions(state, coverage, tables)
        if counted.latest is None:
            continue
        decided = coverage
        insurer_paid += sum(p.payment.paid_cents for p in counted.whole + counted.paid_only)
        contractual += written_off(counted.whole, tables)
        hers = _direct(counted.whole, tables)
        share = _share(counted.whole, state, tables) - hers
        direct += hers
    for coverage in former_coverages(claim):
        # Its cash came; what it wrote off or left to somebody is nothing to the payers that the claim has now.
        counted = decisions(state, coverage, tables)
        insurer_paid += sum(p.payment.paid_cents for p in counted.whole + counted.paid_only)
    if decided < 0 and state.coverage == "self_pay":
        share = claim.charge_cents
    patient_paid = patients_net(state)
    standing = [w for w in state.write_offs if not w.reverted_by]
    forgiven = sum(w.amount_cents for w in standing if w.bucket == "patient")
    to_next = decided >= 0 and next_coverage(state, decided) is not None
    # What the payer paid to the patient herself is hers to pass on; no next payer is asked for it.
    credit = max(patient_paid, 0) + forgiven
    owed = max(share - max(credit - max(direct, 0), 0), 0)
    patient = max(direct - credit, 0) if to_next else max(share + direct - credit, 0)
    paid = insurer_paid + patient_paid - sum(counted_takebacks(state)) - _refunded_to_payers(state)
    given_up = sum(w.amount_cents for w in standing)
    next_payer = owed if to_next else 0
    rest = claim.charge_cents - paid - contractual - given_up - patient - next_payer
    return Ledger(
        charge=claim.charge_cents,
        paid=paid,
        contractual=contractual,
        written_off=given_up,
        patient=patient,
        next_payer=next_payer,
        open=rest,
        lines=line_balances(state, decided, tables) if decided >= 0 else (),
    )


def patients_net(state: ClaimState) -> int:
    """What the patient paid, less what she was given back, in cents."""
    return sum(p.amount_cents for p in state.patient_payments) - to_patient_cents(state.refunds)


def _refunded_to_payers(state: ClaimState) -> int:
    acknowledged = (-t.amount_cents for t in state.takebacks if t.reason == ACKNOWLEDGED)
    return to_payers_cents(state.refunds, tuple(acknowledged))


def counted_takebacks(state: ClaimState) -> list[int]:
    """Takebacks that nothing explains.

    With a reversal of the amount the PLB only moves its cash; so it does where a negative WO put the amount off before
    (X12 RFI 227 and 791: a reversal whose money moves later has a pair of WO).
    """
    reversed_cents = Counter(-p.payment.paid_cents for p in state.payments if p.payment.status_code == REVERSAL)
    takebacks = [t for t in state.takebacks if t.reason != ACKNOWLEDGED]
    put_off_cents = Counter(-t.amount_cents for t in takebacks if t.amount_cents < 0)
    explained = reversed_cents | put_off_cents
    counted = []
    for takeback in takebacks:
        if explained[takeback.amount_cents] > 0:
            explained[takeback.amount_cents] -= 1
        elif takeback.amount_cents > 0:
            counted.append(takeback.amount_cents)
    return counted


def match_line(claim: Claim, line: PaymentLine, taken: set[int]) -> ServiceLine | None:
    """The claim's line that a payment line is about: by REF*6R, then procedure and charge, then procedure."""
    free = [own for own in claim.lines if own.number not in taken]
    if line.control_number:
        for own in free:
            if own.control_number == line.control_number:
                return own
    same = [own for own in free if own.procedure == line.procedure and own.revenue_code in ("", line.revenue_code)]
    same = same or [own for own in free if line.procedure and own.procedure == line.procedure]
    exact = [own for own in same if own.charge_cents == line.charge_cents]
    return next(iter(exact or same), None)


def line_balances(state: ClaimState, coverage: int, tables: Tables) -> tuple[LineBalance, ...]:
    """The decision of one payer line by line; what it gave for the claim as a whole stands in line 0."""
    rows = {line.number: LineBalance(number=line.number, charge=line.charge_cents) for line in state.claim.lines}
    rows[0] = LineBalance(number=0, charge=0)
    for posted in decisions(state, coverage, tables).whole:
        taken: set[int] = set()
        line_paid = 0
        for line in posted.payment.lines:
            own = match_line(state.claim, line, taken)
            number = own.number if own else 0
            taken.add(number)
            line_paid += line.paid_cents
            rows[number] = _add(rows[number], line.paid_cents, sums(line.adjustments, tables))
        whole = sums(posted.payment.adjustments, tables)
        rows[0] = _add(rows[0], posted.payment.paid_cents - line_paid, whole)
    balanced = (
        row.model_copy(update={"open": row.charge - row.paid - row.contractual - row.patient}) for row in rows.values()
    )
    return tuple(sorted(balanced, key=lambda row: row.number))


def _add(row: LineBalance, paid: int, amounts: Sums) -> LineBalance:
    return row.model_copy(
        update={
            "paid": row.paid + paid,
            "contractual": row.contractual + amounts.contractual,
            "patient": row.patient + amounts.patient,
        }
    )
