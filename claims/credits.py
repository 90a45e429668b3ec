"""Who is owed money that came in beyond what was owed: the patient before the payers, and how much of it each."""

from __future__ import annotations

from typing import Literal

from claims.base import Value
from claims.deciding import chain, former_coverages
from claims.money import dollars
from claims.posting import decisions, ledger, patients_net
from claims.state import ClaimState
from claims.tables import Tables


class PayerCredit(Value):
    """What one payer has coming, by its place among the claim's coverages; in cents."""

    coverage: int
    cents: int


class Credit(Value):
    """A credit balance by whom it belongs to, in cents.

    `given_up_cents` is no money: an amount was written off and then paid, and the write-off is to be taken back.
    `unexplained_cents` is nobody's as far as the ledger can tell: a person looks.
    """

    patient_cents: int = 0
    payers: tuple[PayerCredit, ...] = ()
    given_up_cents: int = 0
    unexplained_cents: int = 0

    @property
    def total_cents(self) -> int:
        return self.patient_cents + sum(p.cents for p in self.payers) + self.given_up_cents + self.unexplained_cents

    def of_payer(self, coverage: int) -> int:
        return sum(p.cents for p in self.payers if p.coverage == coverage)


def payers_net(state: ClaimState, tables: Tables) -> int:
    """What payers paid, less what they took or were given back, in cents."""
    return ledger(state, tables).paid - patients_net(state)


def patients_share(state: ClaimState, tables: Tables) -> int:
    """What the decisions leave to the patient (or to a next payer), before anybody paid or gave up any of it."""
    bare = ledger(state.model_copy(update={"patient_payments": (), "refunds": (), "write_offs": ()}), tables)
    return bare.patient + bare.next_payer


def credit_of(state: ClaimState, tables: Tables) -> Credit:
    """The credit balance of a claim by whom it belongs to.

    The patient comes first: what she paid beyond her share is hers, and so is all of it once the claim is void. Then a
    payer that is the claim's no more, whose money was never owed; then a payer's second payment of the same decision;
    then what had been written off before it was paid; then the payer that paid last. A share that was forgiven for want
    (26 CFR 1.501(r)-6(c)(6)) is no share any more; one given up for another reason and then paid is a write-off to take
    back.
    """
    hers = patients_net(state)
    if state.void:
        return Credit(patient_cents=max(hers, 0))
    left = max(-ledger(state, tables).open, 0)
    if not left:
        return Credit()
    given_up = [w for w in state.write_offs if not w.reverted_by]
    forgiven = sum(w.amount_cents for w in given_up if w.category == "financial_assistance" and w.bucket == "patient")
    share = max(patients_share(state, tables) - forgiven, 0)
    patient = min(left, max(hers - share, 0))
    left -= patient
    found: dict[int, int] = {}
    payers, former = chain(state.claim), former_coverages(state.claim)
    counted = {coverage: decisions(state, coverage, tables) for coverage in (*payers, *former)}
    for coverage in former:
        had = sum(p.payment.paid_cents for p in counted[coverage].whole + counted[coverage].paid_only)
        left -= _take(found, coverage, min(left, had))
    for coverage in payers:
        left -= _take(found, coverage, min(left, sum(p.payment.paid_cents for p in counted[coverage].paid_only)))
    written = min(left, sum(w.amount_cents for w in given_up))
    left -= written
    for coverage in reversed(payers):
        paid = sum(p.payment.paid_cents for p in counted[coverage].whole)
        left -= _take(found, coverage, min(left, paid))
    return Credit(
        patient_cents=patient,
        payers=tuple(PayerCredit(coverage=c, cents=cents) for c, cents in sorted(found.items())),
        given_up_cents=written,
        unexplained_cents=left,
    )


def _take(found: dict[int, int], coverage: int, cents: int) -> int:
    if cents <= 0:
        return 0
    found[coverage] = found.get(coverage, 0) + cents
    return cents


def identified_left(state: ClaimState, tables: Tables) -> int:
    """What is left of an overpayment that a person or a payer named, once what went back since is taken off; in cents."""
    known = state.overpayment
    if known is None or known.basis == "credit" or known.settled_at is not None or known.answer == "withdrawn":
        return 0
    returned = max(known.payers_net_cents - payers_net(state, tables), 0)
    return max(known.amount_cents - returned, 0)


def outstanding(state: ClaimState, tables: Tables) -> int:
    """All that has to go back: the credit in the ledger, or what was identified where that is more; in cents."""
    return max(credit_of(state, tables).total_cents, identified_left(state, tables))


def owed_to(state: ClaimState, tables: Tables, to: Literal["patient", "payer"], coverage: int) -> int:
    """What may be refunded to the patient or to the payer of a coverage, without what is on its way; in cents."""
    credit = credit_of(state, tables)
    if to == "patient":
        owed = credit.patient_cents
    else:
        named = state.overpayment.coverage if state.overpayment else -1
        owed = max(credit.of_payer(coverage), identified_left(state, tables) if named == coverage else 0)
    return owed - sum(r.amount_cents for r in state.refunds if r.pending and (r.to, r.coverage) == (to, coverage))


def in_words(state: ClaimState, credit: Credit) -> str:
    """`the patient 54.00, HARBR 10.00`: payers by their ids, nobody by name."""
    parts = [f"the patient {dollars(credit.patient_cents)}"] if credit.patient_cents else []
    for one in credit.payers:
        payer = state.claim.coverages[one.coverage].payer
        parts.append(f"{payer.payer_id or 'the payer'} {dollars(one.cents)}")
    if credit.given_up_cents:
        parts.append(f"{dollars(credit.given_up_cents)} were written off and then paid: take the write-off back")
    if credit.unexplained_cents:
        parts.append(f"{dollars(credit.unexplained_cents)} of nobody known")
    return ", ".join(parts)
