"""Which payments of a payer count: the order of the payers, reversals with what they reverse, and answers that are held.

A function of the set of payments, never of the order in which they came.
"""

from __future__ import annotations

from claims.adjustments import NOT_OURS, REVERSAL, all_adjustments, reason_class, sums
from claims.base import Value
from claims.claim import Claim
from claims.documents import ClaimPayment
from claims.memo import Memo, money_of
from claims.state import ClaimState, PostedPayment
from claims.tables import Tables

_ORDERS = {"primary": 0, "secondary": 1, "tertiary": 2, "other": 3, "former": 4}

# the order of the payers


def later_coverages(claim: Claim) -> tuple[int, ...]:
    """Positions of the coverages that come after the one the claim goes to, in order."""
    first = _ORDERS[claim.coverages[0].order]
    places = [(i, _ORDERS[c.order]) for i, c in enumerate(claim.coverages) if i and c.order != "former"]
    return tuple(i for i, order in sorted(places, key=lambda pair: pair[1]) if order > first)


def chain(claim: Claim) -> tuple[int, ...]:
    """Positions of the coverages in the order in which they are billed, the one that the claim came for first."""
    return (0, *later_coverages(claim))


def former_coverages(claim: Claim) -> tuple[int, ...]:
    """Positions of payers that aren't the claim's any more, kept for what stands under them."""
    return tuple(i for i, coverage in enumerate(claim.coverages) if coverage.order == "former")


def next_coverage(state: ClaimState, after: int) -> int | None:
    """The coverage that is billed after this one, or None when the patient is next."""
    order = chain(state.claim)
    if after not in order or state.responsible >= len(state.claim.coverages):
        return None
    position = order.index(after) + 1
    return order[position] if position < len(order) else None


def prior(claim: Claim, tables: Tables) -> tuple[int, int]:
    """What payers before the first one paid, and their contractual write-offs, as upstream stated them."""
    first = _ORDERS[claim.coverages[0].order]
    earlier = [c for c in claim.coverages[1:] if _ORDERS[c.order] < first and c.prior is not None]
    paid = sum(c.prior.paid_cents or 0 for c in earlier if c.prior)
    ids = {c.payer.payer_id for c in earlier}
    adjustments = tuple(a for c in earlier if c.prior for a in c.prior.adjustments)
    adjustments += tuple(a for n in claim.lines for d in n.decisions if d.payer_id in ids for a in d.adjustments)
    return paid, sums(adjustments, tables).contractual


# effective decisions


def _dated(posted: PostedPayment) -> tuple[str, str]:
    """By the payer's own date; the hour of arrival would let the order of documents decide."""
    return (posted.paid_on.isoformat() if posted.paid_on else "", posted.key)


def pair_reversals(payments: tuple[PostedPayment, ...]) -> tuple[tuple[PostedPayment, ...], tuple[PostedPayment, ...]]:
    """Originals that still stand, and reversals of nothing that was posted.

    A reversal cancels the payment with the opposite amount and, where both have one, the same payer claim control
    number; of several, the one whose every amount it negates, then one of another remittance, then the oldest. What is
    left pairs where every amount is the opposite one. So pairs net to zero in any order of arrival.
    """
    standing = sorted((p for p in payments if p.payment.status_code != REVERSAL), key=_dated)
    lone: list[PostedPayment] = []
    by_amount: dict[int, list[PostedPayment]] = {}
    for posted in standing:
        by_amount.setdefault(posted.payment.paid_cents, []).append(posted)
    gone: set[int] = set()
    for reversal in sorted((p for p in payments if p.payment.status_code == REVERSAL), key=_dated):
        same = by_amount.get(-reversal.payment.paid_cents, [])
        place = _meant(reversal, same)
        if place is None:
            lone.append(reversal)
        else:
            gone.add(id(same.pop(place)))
    return _paired_by_content([posted for posted in standing if id(posted) not in gone], lone)


def _meant(reversal: PostedPayment, same: list[PostedPayment]) -> int | None:
    """Which of these payments, oldest first, a reversal means; None where it can be none of them."""
    number, charge = reversal.payment.payer_claim_control_number, abs(reversal.payment.charge_cents)
    found, best = None, (True, True)
    for place, posted in enumerate(same):
        if charge not in (0, posted.payment.charge_cents):
            continue
        if number and posted.payment.payer_claim_control_number not in ("", number):
            continue
        rank = (not _negated(reversal, posted), posted.trace_number == reversal.trace_number)
        if rank == (False, False):
            return place
        if found is None or rank < best:
            found, best = place, rank
    return found


def _negated(reversal: PostedPayment, posted: PostedPayment) -> bool:
    """Whether every amount of the payment is that of the reversal, with the other sign."""
    told = _OPPOSITES.of((reversal.payment,), lambda: _opposite(reversal.payment))
    return _amounts(posted.payment) == told


def _paired_by_content(
    standing: list[PostedPayment], lone: list[PostedPayment]
) -> tuple[tuple[PostedPayment, ...], tuple[PostedPayment, ...]]:
    """Some payers number the reversal anew: it then is of the one payment whose every amount it negates."""
    left: list[PostedPayment] = []
    for reversal in lone:
        fits = [posted for posted in standing if _negated(reversal, posted)]
        if len(fits) == 1 and all_adjustments(reversal.payment):
            standing.remove(fits[0])
        else:
            left.append(reversal)
    return tuple(standing), tuple(left)


_Amounts = tuple[int, int, tuple[tuple[str, str, int], ...]]
_AMOUNTS: Memo[_Amounts] = Memo(2048)


def _amounts(payment: ClaimPayment) -> _Amounts:
    """Charge, paid amount and every adjustment of a claim payment, in an order of their own."""
    return _AMOUNTS.of((payment,), lambda: _read_amounts(payment))


def _read_amounts(payment: ClaimPayment) -> _Amounts:
    adjusted = sorted((a.group, a.reason, a.amount_cents) for a in all_adjustments(payment))
    return payment.charge_cents, payment.paid_cents, tuple(adjusted)


_OPPOSITES: Memo[_Amounts] = Memo(2048)


def _opposite(payment: ClaimPayment) -> _Amounts:
    charge, paid, adjusted = _read_amounts(payment)
    return -charge, -paid, tuple(sorted((group, reason, -cents) for group, reason, cents in adjusted))


def _is_duplicate_denial(posted: PostedPayment, tables: Tables) -> bool:
    adjustments = all_adjustments(posted.payment)
    return posted.payment.paid_cents == 0 and any(reason_class(a, tables) == "duplicate" for a in adjustments)


class Decisions(Value):
    """One payer's decisions that count. `whole` give paid amount and adjustments, `paid_only` the paid amount alone.

    `held` don't count: what they write off is more than the earlier payers left, so it repeats their write-off.
    """

    whole: tuple[PostedPayment, ...] = ()
    paid_only: tuple[PostedPayment, ...] = ()
    lone_reversals: tuple[PostedPayment, ...] = ()
    held: tuple[PostedPayment, ...] = ()

    @property
    def latest(self) -> PostedPayment | None:
        return self.whole[-1] if self.whole else None


_DECISIONS: Memo[Decisions] = Memo()


def decisions(state: ClaimState, coverage: int, tables: Tables) -> Decisions:
    """Which of a payer's payments count: reversed ones don't, parts of a split claim all do, else the last one decides.

    Two paying decisions on the whole charge without a reversal are both cash; only the later one's adjustments hold. A
    later payer's answer that would leave less than nothing is held; once the payer answers anew, that answer counts
    alone.
    """
    return _DECISIONS.of((*money_of(state), coverage, tables), lambda: _decisions(state, coverage, tables))


_Pairs = tuple[tuple[PostedPayment, ...], tuple[PostedPayment, ...]]
_PAIRS: Memo[_Pairs] = Memo()


def _paired(payments: tuple[PostedPayment, ...], coverage: int) -> _Pairs:
    mine = tuple(p for p in payments if p.coverage == coverage and p.payment.status_code != NOT_OURS)
    return pair_reversals(mine)


def _decisions(state: ClaimState, coverage: int, tables: Tables) -> Decisions:
    standing, lone = _PAIRS.of((state.payments, coverage), lambda: _paired(state.payments, coverage))
    left = left_by_earlier(state, coverage, tables)
    held = tuple(p for p in standing if _too_much((p,), left, tables))
    counted = _counted(tuple(p for p in standing if p not in held), state, tables)
    if _too_much(counted.whole, left, tables):
        held, counted = standing, Decisions()
    return counted.model_copy(update={"lone_reversals": lone, "held": held})


def _counted(standing: tuple[PostedPayment, ...], state: ClaimState, tables: Tables) -> Decisions:
    if sum(p.payment.charge_cents for p in standing) <= state.claim.charge_cents:
        return Decisions(whole=standing)
    paying = tuple(p for p in standing if p.payment.paid_cents != 0)
    if paying:
        return Decisions(whole=paying[-1:], paid_only=paying[:-1])
    fresh = tuple(p for p in standing if not _is_duplicate_denial(p, tables)) or standing
    return Decisions(whole=fresh[-1:])


def left_by_earlier(state: ClaimState, coverage: int, tables: Tables) -> int | None:
    """What the earlier payers left of the charge after what they paid and wrote off, in cents; None for the first one."""
    order = chain(state.claim)
    if coverage not in order or order.index(coverage) == 0:
        return None
    paid, contractual = prior(state.claim, tables)
    for before in order[: order.index(coverage)]:
        counted = decisions(state, before, tables)
        paid += sum(p.payment.paid_cents for p in counted.whole + counted.paid_only)
        contractual += written_off(counted.whole, tables)
    return state.claim.charge_cents - paid - contractual


def written_off(posted: tuple[PostedPayment, ...], tables: Tables) -> int:
    """Their contractual amounts, in cents."""
    return sums(tuple(a for p in posted for a in all_adjustments(p.payment)), tables).contractual


def _too_much(posted: tuple[PostedPayment, ...], left: int | None, tables: Tables) -> bool:
    """Whether a later payer writes off more than there is left once it has paid: it repeats an earlier write-off.

    A payment alone beyond what is left is a credit and no mistake of this kind.
    """
    if left is None:
        return False
    written = written_off(posted, tables)
    return written > 0 and sum(p.payment.paid_cents for p in posted) + written > max(left, 0)


def last_decided(state: ClaimState, tables: Tables) -> int:
    """The position of the last payer in the order whose decision counts; -1 where none has decided."""
    found = [c for c in chain(state.claim) if decisions(state, c, tables).latest is not None]
    return found[-1] if found else -1
