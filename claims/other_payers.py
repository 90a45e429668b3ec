"""Coordination of benefits: the claim of a later payer, which carries what every earlier one decided.

Out of what is posted (posting.decisions), never out of what was once sent: 837 TR3s 005010X222A1 and 005010X223A2,
section 1.4.1 (coordination of benefits) and 1.4.2 (balancing). Whose turn it is stands in posting.py, the flow in
phases/next_payer.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from claims.base import Segment
from claims.claim import Adjustment, Claim, Coverage, LineDecision, PriorDecision, ServiceLine
from claims.deadlines import local_day
from claims.deciding import chain, decisions
from claims.documents import ClaimPayment, PaymentLine
from claims.posting import all_adjustments, match_line, sums
from claims.state import ClaimState, PostedPayment
from claims.tables import Tables

OTHER_PAYERS_REFERENCES = ("2U", "EI", "FY", "NF")
"""REF of a payer that loop 2330B has room for too; G2, the provider's number with it, belongs to 2010BB alone."""


def earlier(claim: Claim, coverage: int) -> tuple[int, ...]:
    """Positions of the coverages billed before this one."""
    order = chain(claim)
    return order[: order.index(coverage)] if coverage in order else ()


def prior_decision(state: ClaimState, coverage: int) -> date | None:
    """The day of the latest decision of the payers before `coverage`: a later payer's filing limit counts from it."""
    before = earlier(state.claim, coverage)
    days = [p.paid_on or local_day(p.at, state.zone) for p in state.payments if p.coverage in before]
    return max(days, default=None)


def claim_for(state: ClaimState, coverage: int, tables: Tables) -> Claim:
    """The claim as it goes to the payer of `coverage`: that coverage first, the earlier ones with their decisions.

    A number that another payer gave the claim (REF*F8) is not sent as this one's; without its own number the claim is
    an original. Amounts balance as the 835s did: on each line charge = paid + adjusted, over all AMT*D = the lines'
    payments less the claim's adjustments.
    """
    frequency, references = _own_number(state, coverage)
    claim = state.claim.model_copy(update={"frequency": frequency, "references": references})
    if coverage == 0:
        return claim.model_copy(update={"coverages": tuple(c for c in claim.coverages if c.order != "former")})
    priors: dict[int, PriorDecision] = {}
    lines = claim.lines
    for payer in earlier(claim, coverage):
        payments = decisions(state, payer, tables).whole
        if payments:
            priors[payer], lines = _decided(claim, lines, payer, payments, state.zone, tables)
    target = claim.coverages[coverage]
    others = tuple(
        as_other(one, claim, priors.get(i), first=i == 0)
        for i, one in enumerate(claim.coverages)
        if i != coverage and one.order != "former"
    )
    own = target.relationship == "18"
    return claim.model_copy(
        update={
            "coverages": (as_destination(target, claim), *others),
            "patient_relationship": "" if own else target.relationship,
            "lines": lines,
        }
    )


def _own_number(state: ClaimState, coverage: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Frequency and references of the claim for this payer."""
    claim, number = state.claim, state.claim.payer_claim_control_number
    ours, others = set[str](), set[str]()
    for sent in state.submissions:
        (ours if sent.coverage == coverage else others).add(sent.payer_claim_control_number)
    for posted in state.payments:
        (ours if posted.coverage == coverage else others).add(posted.payment.payer_claim_control_number)
    foreign = bool(number) and number in others and number not in ours
    if (coverage and number not in ours - {""}) or foreign:
        return "1" if claim.frequency in ("7", "8") else claim.frequency, _without_number(claim)
    return claim.frequency, claim.references


def _without_number(claim: Claim) -> tuple[tuple[str, str], ...]:
    return tuple(reference for reference in claim.references if reference[0] != "F8")


# what an earlier payer decided


def _decided(
    claim: Claim,
    lines: tuple[ServiceLine, ...],
    payer: int,
    payments: tuple[PostedPayment, ...],
    zone: str,
    tables: Tables,
) -> tuple[PriorDecision, tuple[ServiceLine, ...]]:
    """What a payer decided on the claim, and the lines with what it decided on each: an amount stands at one of the two."""
    payer_id = claim.coverages[payer].payer.payer_id
    latest = payments[-1]
    on = latest.paid_on or local_day(latest.at, zone)
    by_line = _by_line(claim, payments) if payer_id else None
    everything = [a for p in payments for a in all_adjustments(p.payment)]
    own = [a for p in payments for a in p.payment.adjustments] if by_line is not None else everything
    prior = PriorDecision(
        paid_cents=sum(p.payment.paid_cents for p in payments),
        remaining_cents=sums(tuple(everything), tables).patient,
        decided_on=None if by_line else on,
        payer_claim_control_number=latest.payment.payer_claim_control_number,
        adjustments=summed(own),
        remarks=() if _inpatient(claim) else tuple(dict.fromkeys(r for p in payments for r in p.payment.remarks))[:5],
    )
    if by_line is None:
        return prior, lines
    return prior, tuple(
        line.model_copy(
            update={
                "decisions": (
                    *(d for d in line.decisions if d.payer_id != payer_id),
                    *(_line_decision(payer_id, line, paid, on) for paid in by_line[line.number]),
                )
            }
        )
        for line in lines
    )


def _by_line(claim: Claim, payments: Iterable[PostedPayment]) -> dict[int, list[PaymentLine]] | None:
    """The payer's lines by ours. None where they don't cover the claim line by line: then all stands at the claim."""
    found: dict[int, list[PaymentLine]] = {line.number: [] for line in claim.lines}
    for posted in payments:
        if not _balanced(posted.payment):
            return None
        taken: set[int] = set()
        for line in posted.payment.lines:
            own = match_line(claim, line, taken)
            if own is None or not line.balanced:
                return None
            taken.add(own.number)
            found[own.number].append(line)
    whole = all(sum(paid.charge_cents for paid in found[line.number]) == line.charge_cents for line in claim.lines)
    return found if whole and all(found.values()) else None


def _balanced(payment: ClaimPayment) -> bool:
    """The lines' payments less the claim's adjustments are what was paid."""
    taken = sum(a.amount_cents for a in payment.adjustments)
    return sum(line.paid_cents for line in payment.lines) - taken == payment.paid_cents


def _line_decision(payer_id: str, own: ServiceLine, paid: PaymentLine, on: date) -> LineDecision:
    procedure, modifiers = (paid.procedure, paid.modifiers) if paid.procedure else (own.procedure, own.modifiers)
    qualifier = paid.procedure_qualifier if paid.procedure else own.procedure_qualifier
    return LineDecision(
        payer_id=payer_id,
        paid_cents=paid.paid_cents,
        procedure=":".join((qualifier or "HC", procedure, *modifiers)) if procedure else "",
        revenue_code=paid.revenue_code or own.revenue_code,
        quantity=paid.quantity or own.quantity,
        adjustments=summed(paid.adjustments),
        decided_on=on,
    )


def summed(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Each group and reason once, in the order of their first; what nets to zero is left out (a reversed part)."""
    totals: dict[tuple[str, str], Adjustment] = {}
    for one in adjustments:
        known = totals.get((one.group, one.reason))
        totals[(one.group, one.reason)] = (
            known.model_copy(update={"amount_cents": known.amount_cents + one.amount_cents}) if known else one
        )
    return tuple(one for one in totals.values() if one.amount_cents)


def _inpatient(claim: Claim) -> bool:
    """Remarks of an inpatient claim stand in an MIA, which needs figures that nobody but the payer has."""
    return claim.type == "institutional" and claim.facility_code[1:2] == "1"


# coverages in another place


def as_destination(target: Coverage, claim: Claim) -> Coverage:
    """The coverage as loop 2000B: where the patient is the subscriber her demographics are needed there (2330A has none)."""
    subscriber = target.subscriber
    if target.relationship == "18":
        patient = claim.patient
        subscriber = subscriber.model_copy(
            update={
                "birth_date": subscriber.birth_date or patient.birth_date,
                "gender": subscriber.gender or patient.gender,
                "address": subscriber.address or patient.address,
            }
        )
    return target.model_copy(
        update={
            "subscriber": subscriber,
            "prior": None,
            "carried": tuple(segment for segment in target.carried if segment[0] == "SBR"),
            "payer": target.payer.model_copy(update={"carried": _references(target.payer.carried)}),
        }
    )


def as_other(one: Coverage, claim: Claim, prior: PriorDecision | None, *, first: bool) -> Coverage:
    """The coverage as loop 2320, with what its payer decided here, else with what it came with."""
    if prior is not None:
        one = one.model_copy(update={"prior": prior, "carried": _without_decision(one.carried)})
    if not first:
        return one
    return one.model_copy(
        update={
            "relationship": one.relationship or claim.patient_relationship or "18",
            "carried": tuple(segment for segment in one.carried if segment[0] == "SBR"),
            "payer": one.payer.model_copy(update={"carried": _references(one.payer.carried)}),
            "subscriber": one.subscriber.model_copy(
                update={"carried": tuple(s for s in one.subscriber.carried if s[:2] == ("REF", "SY"))}
            ),
        }
    )


def _without_decision(carried: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return tuple(segment for segment in carried if segment[0] not in ("CAS", "AMT", "MOA", "MIA"))


def _references(carried: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return tuple(
        segment
        for segment in carried
        if segment[:2] == ("NM1", "") or (segment[0] == "REF" and segment[1] in OTHER_PAYERS_REFERENCES)
    )
