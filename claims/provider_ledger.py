"""The provider's ledger: what a payer adjusts outside of any claim (PLB of an 835). Never a patient's account.

Entries keep X12's sign: a positive amount reduced the payment. Which forwarded balances are open, and which
recoveries wait for their cash, is a function of the set of entries, whatever the order in which documents came.
"""

from __future__ import annotations

from collections.abc import Iterable

from claims.base import Day, Instant, Value
from claims.provider_codes import PROVIDER_CODES, ProviderCode

UNKNOWN = ProviderCode(code="", label="unknown code", needs_person=True)


class ProviderEntry(Value):
    """One PLB adjustment as booked. `remittance` is the key of its 835 set, `position` its place there, from 1."""

    remittance: str
    position: int
    document: str
    trace_number: str = ""
    payer: str = ""
    payer_id: str = ""
    payee: str = ""
    provider: str = ""
    """PLB01: the provider that it is booked to."""
    on: Day | None = None
    at: Instant
    code: str
    label: str
    reference: str = ""
    amount_cents: int
    needs_person: bool = False
    practice: str = ""
    claim_id: str = ""
    """The claim of ours that it names; empty where it names none."""
    done_by: str = ""
    """Who dealt with it by hand, and in `done_why` how; empty while nobody has."""
    done_why: str = ""

    @property
    def id(self) -> str:
        """What people call it: the beginning of its remittance's key, and its place there."""
        return f"{self.remittance[:10]}-{self.position}"


class Balance(Value):
    """An entry with what of it is still open, in cents: for FB the part that no later remittance has settled.

    `open_cents` of a balance moved forward is what the payer still carries (positive: it will take that much);
    a settlement of more than was ever moved forward is open with the opposite sign, and a person's to explain.
    """

    entry: ProviderEntry
    open_cents: int = 0
    settled_by: tuple[str, ...] = ()
    """Trace numbers of the remittances that settled it."""

    @property
    def needs_person(self) -> bool:
        unexplained = self.entry.code == "FB" and self.open_cents < 0
        return not self.entry.done_by and (self.entry.needs_person or unexplained)


def provider_code(code: str) -> ProviderCode:
    """The row of a PLB code; a code that is not in our table is recorded and looked at by a person."""
    return PROVIDER_CODES.get(code) or UNKNOWN.model_copy(update={"code": code})


def person_needed(code: str, amount_cents: int, *, names_a_claim_of_ours: bool) -> bool:
    """Whether somebody has to look: by the code, by a sign against its habit, or for a recovery of nobody's claim."""
    row = provider_code(code)
    against = (row.usual == "increases" and amount_cents > 0) or (row.usual == "reduces" and amount_cents < 0)
    lost = code == "WO" and amount_cents > 0 and not names_a_claim_of_ours
    return row.needs_person or against or lost


def balances(entries: Iterable[ProviderEntry]) -> tuple[Balance, ...]:
    """Every entry in the order of the payer's dates, forwarded balances settled against each other.

    A negative FB moves a balance forward, a positive one of the same payer and payee in a later remittance settles it:
    first the balance with the same reference, then one of the same amount, then the oldest; in parts where it must.
    What a person dealt with is open no longer, and settles nothing.
    """
    ordered = sorted(set(entries), key=_dated)
    balanced = [e for e in ordered if e.code == "FB" and not e.done_by]
    open_cents = {_key(e): -e.amount_cents for e in balanced if e.amount_cents < 0}
    settled: dict[tuple[str, int], list[str]] = {}
    over: dict[tuple[str, int], int] = {}
    forwarded = [e for e in ordered if _key(e) in open_cents]
    for settling in (e for e in balanced if e.amount_cents > 0):
        left = settling.amount_cents
        for one in _candidates(settling, forwarded, open_cents):
            part = min(left, open_cents[_key(one)])
            open_cents[_key(one)] -= part
            left -= part
            if part:
                settled.setdefault(_key(one), []).append(settling.trace_number)
        over[_key(settling)] = -left
    return tuple(
        Balance(
            entry=one,
            open_cents=open_cents.get(_key(one), over.get(_key(one), 0)),
            settled_by=tuple(settled.get(_key(one), ())),
        )
        for one in ordered
    )


def _candidates(
    settling: ProviderEntry, forwarded: list[ProviderEntry], open_cents: dict[tuple[str, int], int]
) -> list[ProviderEntry]:
    """Open balances that an FB may settle, the likeliest first. A balance is never settled by its own remittance."""
    found = [
        one
        for one in forwarded
        if _party(one) == _party(settling)
        and one.remittance != settling.remittance
        and _day(one) <= _day(settling)
        and open_cents[_key(one)]
    ]
    return sorted(
        found,
        key=lambda one: (
            not (one.reference and one.reference == settling.reference),
            open_cents[_key(one)] != settling.amount_cents,
            _dated(one),
        ),
    )


def _key(entry: ProviderEntry) -> tuple[str, int]:
    return entry.remittance, entry.position


def _party(entry: ProviderEntry) -> tuple[str, str]:
    """Payer and payee; a payer without an id is told by its name."""
    return entry.payer_id or entry.payer.casefold(), entry.payee or entry.provider


def _day(entry: ProviderEntry) -> str:
    return entry.on.isoformat() if entry.on else ""


def _dated(entry: ProviderEntry) -> tuple[str, str, int]:
    """By the payer's own date; the hour of arrival would let the order of documents decide."""
    return _day(entry), entry.remittance, entry.position
