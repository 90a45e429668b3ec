"""An 835 set (005010X221, X221A1, 004010X091) into a Remittance.

One claim that can't be read never takes its neighbours along.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.x12.claim_payment import ENDS_A_CLAIM, read_claim_payment
from adapters.x12.fields import NotReadable, amount, composite, day, text
from adapters.x12.plain_claims import PlainClaims, Remarkable
from adapters.x12.reader import TransactionSet
from adapters.x12.segments import Delimiters, Segment
from adapters.x12.stretch import Stretch, cut_pieces
from claims.base import Day
from claims.documents import ClaimPayment, Problem, ProviderAdjustment, Remittance

_PLB_PAIRS = range(3, 15, 2)


def read_remittance(ts: TransactionSet, *, quick: bool = True) -> tuple[Remittance | None, list[Problem]]:
    """The remittance of an 835 and what is wrong with it.

    A fatal Problem at a CLP loop means that this claim alone was not read; at BPR or PLB, that the set's own money
    was not.
    The Remittance is None only when the set has neither a payment (BPR) nor a claim. Unless it is to be `quick`, every
    claim is read by the room that can say what is wrong with it, with the same result.
    """
    loops = _Loops()
    loops.read(ts.segments, quick=quick)
    problems = [*loops.outside, *loops.problems]
    plb = [one for segment in loops.adjustments for one in _provider_adjustments(segment, problems)]
    expected = ts.count("CLP")
    if loops.found != expected:
        reason = f"{expected} CLP segments stand in the set, {loops.found} claims were found"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    bpr = next((segment for segment in loops.header if segment.id == "BPR"), None)
    if bpr is None:
        reason = "BPR is missing; expected the payment of this remittance"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
        if not loops.found:
            return None, problems
    return _remittance(ts, loops.header, bpr, loops.claims, plb, problems), problems


class _Loops:
    """Goes through a set: its header and PLB segments as they are, its claims as values."""

    def __init__(self) -> None:
        self.header: list[Segment] = []
        self.claims: list[ClaimPayment] = []
        self.adjustments: list[Segment] = []
        self.found = 0
        self.outside: list[Problem] = []
        """Money that stands outside a claim."""
        self.problems: list[Problem] = []

    def read(self, segments: Stretch, *, quick: bool) -> None:
        if not quick or segments.plain_count("CLP") is None:
            self._carefully(segments)
            return
        text, delimiters, at = segments.text, segments.delimiters, segments.position
        terminator = delimiters.segment
        mark = f"{terminator}CLP{delimiters.element}"
        plain = PlainClaims(delimiters)
        start = text.find(mark, segments.start - 1, segments.end)
        head = segments.part(segments.start, start if start >= 0 else segments.end, at)
        self._carefully(head)
        at += len(head)
        while start >= 0:
            end = text.find(mark, start + 1, segments.end)
            pieces = text[start + 1 : end if end >= 0 else segments.end].split(terminator)
            self._quickly(plain, pieces, at, delimiters)
            at += len(pieces)
            start = end

    def _quickly(self, plain: PlainClaims, pieces: list[str], at: int, delimiters: Delimiters) -> None:
        """One claim, and what stands between it and the next; carefully where something about it is remarkable."""
        try:
            claim, own = plain.read(pieces, at)
        except Remarkable:
            own = 0
        else:
            self.found += 1
            self.claims.append(claim)
        if own < len(pieces):
            self._carefully(cut_pieces(pieces[own:], at + own, delimiters))

    def _carefully(self, segments: Iterable[Segment]) -> None:
        block: list[Segment] | None = None
        blocks: list[list[Segment]] = []
        for segment in segments:
            kind = segment.id
            if kind == "CLP":
                block = [segment]
                blocks.append(block)
            elif kind == "PLB":
                self.adjustments.append(segment)
                block = None
            elif kind in ENDS_A_CLAIM or (kind == "N1" and text(segment, 1) in ("PR", "PE")):
                block = None
                self.header.append(segment)
            elif block is not None:
                block.append(segment)
            else:
                self.header.append(segment)
                if kind in ("SVC", "CAS"):
                    reason = f"{kind} stands outside a claim; its money was not read"
                    self.outside.append(Problem(segment=segment.position, reason=reason, fatal=True))
        for block in blocks:
            self._claim(block)

    def _claim(self, block: list[Segment]) -> None:
        own: list[Problem] = []
        self.found += 1
        try:
            self.claims.append(read_claim_payment(block, own))
        except NotReadable as error:
            reason = f"{error.problem.reason}; the claim of CLP at segment {block[0].position} was not read"
            own.append(error.problem.model_copy(update={"reason": reason}))
        self.problems += [problem.model_copy(update={"claim": block[0].position}) for problem in own]


def _provider_adjustments(plb: Segment, problems: list[Problem]) -> list[ProviderAdjustment]:
    found: list[ProviderAdjustment] = []
    fiscal_year_end: Day | None = day(plb, 2, problems)
    for n in _PLB_PAIRS:
        parts = composite(plb, n)
        if not parts and not text(plb, n + 1):
            continue
        try:
            taken = amount(plb, n + 1)
        except NotReadable as error:
            problems.append(error.problem)
            continue
        if taken is None:
            reason = f"PLB{n + 1:02d} is empty; expected the amount of the adjustment before it"
            problems.append(Problem(segment=plb.position, element=n + 1, reason=reason))
            continue
        found.append(
            ProviderAdjustment(
                provider=text(plb, 1),
                fiscal_year_end=fiscal_year_end,
                reason=parts[0] if parts else "",
                reference=":".join(parts[1:]),
                amount_cents=taken,
            )
        )
    return found


def _remittance(
    ts: TransactionSet,
    header: list[Segment],
    bpr: Segment | None,
    claims: list[ClaimPayment],
    adjustments: list[ProviderAdjustment],
    problems: list[Problem],
) -> Remittance:
    trn = next((segment for segment in header if segment.id == "TRN"), None)
    produced = next((segment for segment in header if segment.id == "DTM" and text(segment, 1) == "405"), None)
    payer, payer_id = _party(header, "PR", ("2U", "EO"))
    payee, payee_id = _party(header, "PE", ("TJ", "PQ"))
    if trn is None:
        problems.append(Problem(segment=ts.first, reason="TRN is missing; expected the trace number of the payment"))
    taken = sum(a.amount_cents for a in adjustments)
    return Remittance(
        control_number=ts.control_number,
        version=ts.version,
        trace_number=text(trn, 2) if trn else "",
        originator=text(trn, 3) if trn else "",
        payer=payer,
        payer_id=payer_id,
        payee=payee,
        payee_id=payee_id,
        handling=text(bpr, 1) if bpr else "",
        credit_debit=text(bpr, 3) if bpr else "",
        payment_cents=_payment(bpr, sum(c.paid_cents for c in claims) - taken, problems) if bpr else 0,
        method=text(bpr, 4) if bpr else "",
        paid_on=day(bpr, 16, problems) if bpr else None,
        produced_on=day(produced, 2, problems) if produced else None,
        claims=tuple(claims),
        provider_adjustments=tuple(adjustments),
    )


def _payment(bpr: Segment, owed_cents: int, problems: list[Problem]) -> int:
    """BPR02 in cents, 0 with a fatal Problem when it is no number.

    BPR03 `D` says that the provider draws the money (835 TR3, BPR03), so it is money to the provider all the same;
    some payers use it for money they take back, and then only the negative amount balances.
    """
    try:
        paid = amount(bpr, 2)
    except NotReadable as error:
        problems.append(error.problem)
        return 0
    if paid is None:
        problems.append(Problem(segment=bpr.position, element=2, reason="BPR02 is empty; read as 0"))
        return 0
    if text(bpr, 3) == "D" and paid > 0 and owed_cents == -paid:
        reason = "BPR03 is D and the claims sum to money taken back: read as a negative payment"
        problems.append(Problem(segment=bpr.position, element=3, reason=reason))
        return -paid
    return paid


def _party(header: list[Segment], entity: str, id_references: tuple[str, ...]) -> tuple[str, str]:
    """Name and identifier of the first N1 loop of `entity`; N104, else the first REF of its loop that is an id."""
    name = identifier = ""
    inside = False
    for segment in header:
        if segment.id == "N1":
            if inside:
                break
            inside = text(segment, 1) == entity
            if inside:
                name, identifier = text(segment, 2), text(segment, 4)
        elif inside and segment.id == "REF" and not identifier and text(segment, 1) in id_references:
            identifier = text(segment, 2)
        elif segment.id == "LX":
            inside = False
    return name, identifier
