"""What a claim payment of an 835 means in money: buckets, outcomes, reversals, and the ledger that always sums.

The ledger is a function of the set of payments, never of the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Literal

from claims.base import Value
from claims.claim import Adjustment, Claim, ServiceLine
from claims.documents import ClaimPayment, PaymentLine
from claims.events import RemittanceReceived, TakebackReceived
from claims.refunds import ACKNOWLEDGED, to_patient_cents, to_payers_cents
from claims.state import ClaimState, PostedPayment
from claims.tables import AdjustmentClass, Tables

Bucket = Literal["patient", "contractual", "prior_payer", "pending", "denied"]
Outcome = Literal[
    "paid",
    "partially_denied",
    "denied",
    "zero_paid_patient_resp",
    "zero_paid",
    "reversal",
    "forwarded",
    "predetermination",
    "pending",
]

REVERSAL, PREDETERMINATION, NOT_OURS = "22", "25", "23"
FORWARDED = ("19", "20", "21")
CROSSOVER_REMARKS = ("MA18", "N89")
PATIENTS_SHARE = ("patient", "contractual", "money", "payment_direction", "coordination")
"""Classes whose group PR amounts are the patient's without another word; of all others a person decides first."""
_ORDERS = {"primary": 0, "secondary": 1, "tertiary": 2, "other": 3}


def reason_class(adjustment: Adjustment, tables: Tables) -> AdjustmentClass:
    """The class of a CARC, `unknown` where our table doesn't have it."""
    reason = tables.reasons.get(adjustment.reason)
    return reason.reason_class if reason else "unknown"


def bucket(adjustment: Adjustment, tables: Tables) -> Bucket:
    """Where an adjustment's amount goes, by group and reason (X12 835 TR3, CAS; domain rules in docs/posting.md).

    A patient's share needs group PR and a reason that a patient may be billed for and that is no denial (not covered, not
    eligible, ...): those are a person's to look at first. Money that the payer sent to the patient herself (CARC 100) is
    hers to pass on under OA too, which is no contractual amount; under CO and PI a person looks first. A contractual
    write-off needs a contractual reason under a contract (CO, OA, CR); PI is the payer's own idea. All else was paid by
    nobody and stays open until somebody decides.
    """
    kind = reason_class(adjustment, tables)
    if kind == "prior_payer":
        return "prior_payer"
    if kind == "pending":
        return "pending"
    if adjustment.group == "OA" and paid_to_patient(adjustment, tables):
        return "patient"
    if adjustment.group == "PR":
        reason = tables.reasons.get(adjustment.reason)
        billed = reason is not None and reason.patient_may_be_billed and kind in PATIENTS_SHARE
        return "patient" if billed else "denied"
    if kind in ("contractual", "money") and adjustment.group != "PI":
        return "contractual"
    return "denied"


def paid_to_patient(adjustment: Adjustment, tables: Tables) -> bool:
    """Whether the patient has this money already (CARC 100 and its like), and the group leaves her the one to ask."""
    reason = tables.reasons.get(adjustment.reason)
    if reason is None or reason.reason_class != "payment_direction" or not reason.patient_may_be_billed:
        return False
    return adjustment.group in ("PR", "OA") and reason.remedy == "bill_patient"


class Sums(Value):
    """Adjustments of a payment or a line by bucket, in cents."""

    patient: int = 0
    contractual: int = 0
    prior_payer: int = 0
    pending: int = 0
    denied: int = 0


def sums(adjustments: tuple[Adjustment, ...], tables: Tables) -> Sums:
    totals: dict[Bucket, int] = {}
    for adjustment in adjustments:
        where = bucket(adjustment, tables)
        totals[where] = totals.get(where, 0) + adjustment.amount_cents
    return Sums(**totals)


def all_adjustments(payment: ClaimPayment) -> tuple[Adjustment, ...]:
    """Claim-level adjustments, then those of the lines: both count."""
    return payment.adjustments + tuple(a for line in payment.lines for a in line.adjustments)


def all_remarks(payment: ClaimPayment) -> tuple[str, ...]:
    """Remark codes of claim (MIA, MOA) and lines (LQ), each once, in order."""
    found = payment.remarks + tuple(remark for line in payment.lines for remark in line.remarks)
    return tuple(dict.fromkeys(found))


def outcome_of(payment: ClaimPayment, tables: Tables) -> Outcome:
    """What a payer decided, from group, CARC and status: paid nothing is not denied, and status 1 is not paid."""
    if payment.status_code == PREDETERMINATION:
        return "predetermination"
    if payment.status_code == REVERSAL:
        return "reversal"
    if payment.status_code in (*FORWARDED, NOT_OURS):
        return "forwarded"
    if payment.status_code == "4":
        return "denied"
    amounts = sums(all_adjustments(payment), tables)
    if amounts.denied > 0:
        shared = payment.paid_cents != 0 or amounts.patient != 0
        return "partially_denied" if shared else "denied"
    if amounts.pending and payment.paid_cents == 0:
        return "pending"
    if payment.paid_cents != 0:
        return "paid"
    return "zero_paid_patient_resp" if amounts.patient > 0 else "zero_paid"


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
    """The same takeback out of another file has the same key."""
    return f"{event.trace_number}:{event.reason}:{event.reference}:{event.amount_cents}"


# effective decisions


def _dated(posted: PostedPayment) -> tuple[str, str]:
    """By the payer's own date; the hour of arrival would let the order of documents decide."""
    return (posted.paid_on.isoformat() if posted.paid_on else "", posted.key)


def pair_reversals(payments: tuple[PostedPayment, ...]) -> tuple[tuple[PostedPayment, ...], tuple[PostedPayment, ...]]:
    """Originals that still stand, and reversals of nothing that was posted.

    A reversal cancels the payment with the opposite amount and, where both have one, the same payer claim control
    number; of several, one of another remittance and the oldest. What is left pairs where every amount is the opposite
    one. So pairs net to zero in any order of arrival.
    """
    standing = sorted((p for p in payments if p.payment.status_code != REVERSAL), key=_dated)
    lone: list[PostedPayment] = []
    for reversal in sorted((p for p in payments if p.payment.status_code == REVERSAL), key=_dated):
        number = reversal.payment.payer_claim_control_number
        fits = [
            posted
            for posted in standing
            if posted.payment.paid_cents == -reversal.payment.paid_cents
            and abs(reversal.payment.charge_cents) in (0, posted.payment.charge_cents)
            and (not number or posted.payment.payer_claim_control_number in ("", number))
        ]
        if not fits:
            lone.append(reversal)
            continue
        fits.sort(key=lambda posted: (posted.trace_number == reversal.trace_number, _dated(posted)))
        standing.remove(fits[0])
    return _paired_by_content(standing, lone)


def _paired_by_content(
    standing: list[PostedPayment], lone: list[PostedPayment]
) -> tuple[tuple[PostedPayment, ...], tuple[PostedPayment, ...]]:
    """Some payers number the reversal anew: it then is of the one payment whose every amount it negates."""
    left: list[PostedPayment] = []
    for reversal in lone:
        told = _amounts(reversal.payment, -1)
        fits = [posted for posted in standing if _amounts(posted.payment) == told]
        if len(fits) == 1 and all_adjustments(reversal.payment):
            standing.remove(fits[0])
        else:
            left.append(reversal)
    return tuple(standing), tuple(left)


def _amounts(payment: ClaimPayment, sign: int = 1) -> tuple[object, ...]:
    """Charge, paid amount and every adjustment of a claim payment, all times `sign`."""
    adjusted = sorted((a.group, a.reason, sign * a.amount_cents) for a in all_adjustments(payment))
    return sign * payment.charge_cents, sign * payment.paid_cents, tuple(adjusted)


def _is_duplicate_denial(posted: PostedPayment, tables: Tables) -> bool:
    adjustments = all_adjustments(posted.payment)
    return posted.payment.paid_cents == 0 and any(reason_class(a, tables) == "duplicate" for a in adjustments)


class Decisions(Value):
    """One payer's decisions that count. `whole` give paid amount and adjustments, `paid_only` the paid amount alone."""

    whole: tuple[PostedPayment, ...] = ()
    paid_only: tuple[PostedPayment, ...] = ()
    lone_reversals: tuple[PostedPayment, ...] = ()

    @property
    def latest(self) -> PostedPayment | None:
        return self.whole[-1] if self.whole else None


def decisions(state: ClaimState, coverage: int, tables: Tables) -> Decisions:
    """Which of a payer's payments count: reversed ones don't, parts of a split claim all do, else the last one decides.

    Two paying decisions on the whole charge without a reversal are both cash; only the later one's adjustments hold.
    """
    mine = tuple(p for p in state.payments if p.coverage == coverage and p.payment.status_code != NOT_OURS)
    standing, lone = pair_reversals(mine)
    if sum(p.payment.charge_cents for p in standing) <= state.claim.charge_cents:
        return Decisions(whole=standing, lone_reversals=lone)
    paying = tuple(p for p in standing if p.payment.paid_cents != 0)
    if paying:
        return Decisions(whole=paying[-1:], paid_only=paying[:-1], lone_reversals=lone)
    fresh = tuple(p for p in standing if not _is_duplicate_denial(p, tables)) or standing
    return Decisions(whole=fresh[-1:], lone_reversals=lone)


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


def later_coverages(claim: Claim) -> tuple[int, ...]:
    """Positions of the coverages that come after the one the claim goes to, in order."""
    first = _ORDERS[claim.coverages[0].order]
    later = [(i, _ORDERS[c.order]) for i, c in enumerate(claim.coverages) if i and _ORDERS[c.order] > first]
    return tuple(i for i, _ in sorted(later, key=lambda pair: pair[1]))


def next_coverage(state: ClaimState, after: int) -> int | None:
    """The coverage that is billed after this one, or None when the patient is next."""
    chain = (0, *later_coverages(state.claim))
    if after not in chain or state.responsible >= len(state.claim.coverages):
        return None
    position = chain.index(after) + 1
    return chain[position] if position < len(chain) else None


def _prior(claim: Claim, tables: Tables) -> tuple[int, int]:
    """What payers before the first one paid, and their contractual write-offs, as upstream stated them."""
    first = _ORDERS[claim.coverages[0].order]
    earlier = [c for c in claim.coverages[1:] if _ORDERS[c.order] < first and c.prior is not None]
    paid = sum(c.prior.paid_cents or 0 for c in earlier if c.prior)
    ids = {c.payer.payer_id for c in earlier}
    adjustments = tuple(a for c in earlier if c.prior for a in c.prior.adjustments)
    adjustments += tuple(a for n in claim.lines for d in n.decisions if d.payer_id in ids for a in d.adjustments)
    return paid, sums(adjustments, tables).contractual


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


def ledger(state: ClaimState, tables: Tables) -> Ledger:
    """The claim's money as of now, in cents."""
    claim = state.claim
    insurer_paid, contractual = _prior(claim, tables)
    decided, share, direct = -1, 0, 0
    chain = (0, *later_coverages(claim))
    for coverage in chain:
        counted = decisions(state, coverage, tables)
        if counted.latest is None:
            continue
        decided = coverage
        insurer_paid += sum(p.payment.paid_cents for p in counted.whole + counted.paid_only)
        contractual += sums(tuple(a for p in counted.whole for a in all_adjustments(p.payment)), tables).contractual
        hers = _direct(counted.whole, tables)
        share = _share(counted.whole, state, tables) - hers
        direct += hers
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
    paid = insurer_paid + patient_paid - sum(_counted_takebacks(state)) - _refunded_to_payers(state)
    written_off = sum(w.amount_cents for w in standing)
    next_payer = owed if to_next else 0
    rest = claim.charge_cents - paid - contractual - written_off - patient - next_payer
    return Ledger(
        charge=claim.charge_cents,
        paid=paid,
        contractual=contractual,
        written_off=written_off,
        patient=patient,
        next_payer=next_payer,
        open=rest,
        lines=_lines(state, decided, tables) if decided >= 0 else (),
    )


def patients_net(state: ClaimState) -> int:
    """What the patient paid, less what she was given back, in cents."""
    return sum(p.amount_cents for p in state.patient_payments) - to_patient_cents(state.refunds)


def _refunded_to_payers(state: ClaimState) -> int:
    acknowledged = (-t.amount_cents for t in state.takebacks if t.reason == ACKNOWLEDGED)
    return to_payers_cents(state.refunds, tuple(acknowledged))


def _counted_takebacks(state: ClaimState) -> list[int]:
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


def _lines(state: ClaimState, coverage: int, tables: Tables) -> tuple[LineBalance, ...]:
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
