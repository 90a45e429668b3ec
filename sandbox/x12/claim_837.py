"""From the loops of an 837 to claims. It expects a set that `syntax_837` let through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sandbox.model import Claim, Line, Organization, Person
from sandbox.money import cents
from sandbox.x12.loops_837 import Loop, split
from sandbox.x12.segments import Segment, TransactionSet


def claims(transaction: TransactionSet) -> list[Claim]:
    """Every claim of a set, in its order."""
    kind: Literal["professional", "institutional"] = (
        "institutional" if transaction.st.at(3).startswith("005010X223") else "professional"
    )
    root = split(transaction)
    return [
        _claim(kind, transaction, root, billing, subscriber, patient, loop)
        for billing in root.inner("2000A")
        for subscriber in billing.inner("2000B")
        for patient, loop in _claim_loops(subscriber)
    ]


def _claim_loops(subscriber: Loop) -> Iterator[tuple[Loop | None, Loop]]:
    for child in subscriber.children:
        if child.id == "2300":
            yield None, child
        elif child.id == "2000C":
            for loop in child.inner("2300"):
                yield child, loop


def _claim(
    kind: Literal["professional", "institutional"],
    transaction: TransactionSet,
    root: Loop,
    billing: Loop,
    subscriber: Loop,
    patient: Loop | None,
    loop: Loop,
) -> Claim:
    clm, sbr = loop.segments[0], subscriber.get("SBR")
    insured = _person(subscriber.first("2010BA"))
    payer = subscriber.first("2010BB")
    rendering = loop.first("2310:82")
    lines = _coordinate(loop, tuple(_line(inner) for inner in loop.inner("2400")))
    dates = sorted(d for line in lines for d in (line.date_from, line.date_to) if d)
    statement = _dates(loop.get("DTP", "434"))
    return Claim(
        kind=kind,
        set_control_number=transaction.control_number,
        patient_control_number=clm.at(1),
        charge_cents=cents(clm.at(2)),
        facility_code=clm.part(5, 1),
        frequency=clm.part(5, 3),
        filing_indicator=sbr.at(9) if sbr else "",
        payer_order=sbr.at(1) if sbr else "P",
        payer_id=payer.segments[0].at(9) if payer else "",
        payer_name=payer.segments[0].at(3) if payer else "",
        payer_claim_control_number=_reference(loop, "F8"),
        prior_authorization=_reference(loop, "G1"),
        coordinated=any(other.get("AMT", "D") is not None for other in loop.inner("2320")),
        submitter=_organization(root.first("1000A")),
        receiver=_organization(root.first("1000B")),
        billing=_organization(billing.first("2010AA")),
        rendering=_organization(rendering) if rendering else None,
        subscriber=insured,
        patient=_person(patient.first("2010CA")) if patient else insured,
        date_from=statement[0] or (dates[0] if dates else ""),
        date_to=statement[1] or (dates[-1] if dates else ""),
        diagnoses=tuple(hi.part(n, 2) for hi in loop.all("HI") for n in range(1, 13) if hi.part(n, 1) in _DIAGNOSIS),
        lines=lines,
    )


_DIAGNOSIS = {"ABK", "ABF", "BK", "BF"}


def _reference(loop: Loop, qualifier: str) -> str:
    ref = loop.get("REF", qualifier)
    return ref.at(2) if ref else ""


def _dates(dtp: Segment | None) -> tuple[str, str]:
    if dtp is None:
        return "", ""
    first, _, last = dtp.at(3).partition("-")
    return first[:8], (last or first)[:8]


def _person(loop: Loop | None) -> Person:
    if loop is None:
        return Person(last="")
    nm1 = loop.segments[0]
    return Person(last=nm1.at(3), first=nm1.at(4), middle=nm1.at(5), member_id=nm1.at(9))


def _organization(loop: Loop | None) -> Organization:
    if loop is None:
        return Organization(name="")
    nm1, n3, n4 = loop.segments[0], loop.get("N3"), loop.get("N4")
    tax = loop.get("REF", "EI", "SY")
    return Organization(
        name=nm1.at(3),
        first=nm1.at(4),
        identifier=nm1.at(9),
        tax_id=tax.at(2) if tax else "",
        street=n3.at(1) if n3 else "",
        city=n4.at(1) if n4 else "",
        state=n4.at(2) if n4 else "",
        postal_code=n4.at(3) if n4 else "",
    )


def _patient_share(loop: Loop) -> int:
    """The PR amounts of a loop's CAS segments."""
    adjustments = [s for s in loop.all("CAS") if s.at(1) == "PR"]
    return sum(cents(s.at(n)) for s in adjustments for n in range(3, 20, 3) if s.at(n))


def _coordinate(loop: Loop, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines with what earlier payers left to the patient: said line by line (2430), else for the claim (2320).

    AMT*EAF, the least of several payers', says what is left in all: it caps what their adjustments add up to, and what
    the lines don't say of it is left as well.
    """
    others = loop.inner("2320")
    by_line = [sum(_patient_share(svd) for svd in inner.inner("2430")) for inner in loop.inner("2400")]
    remaining = [cents(amount.at(2)) for other in others if (amount := other.get("AMT", "EAF")) is not None]
    told = sum(by_line) or sum(_patient_share(other) for other in others)
    left = min(remaining) if remaining else told
    shares = [0] * len(lines)
    for place, said in enumerate(by_line):
        shares[place] = min(said, left)
        left -= shares[place]
    for place, line in enumerate(lines):
        more = min(left, line.charge_cents - shares[place])
        shares[place] += more
        left -= more
    return tuple(
        line.model_copy(update={"prior_patient_cents": share}) for line, share in zip(lines, shares, strict=True)
    )


def _line(loop: Loop) -> Line:
    sv1, sv2 = loop.get("SV1"), loop.get("SV2")
    service, shift = (sv1, 0) if sv1 else (sv2, 1)
    if service is None:
        raise ValueError(f"service line at segment {loop.segments[0].position} has neither SV1 nor SV2")
    procedure = 1 + shift
    date_from, date_to = _dates(loop.get("DTP", "472"))
    code = service.part(procedure, 2)
    return Line(
        number=int(loop.segments[0].at(1)),
        control_number=_reference(loop, "6R"),
        qualifier=service.part(procedure, 1) if code else "NU",
        procedure=code,
        modifiers=tuple(m for n in range(3, 7) if (m := service.part(procedure, n))),
        revenue_code=service.at(1) if sv2 is service else "",
        charge_cents=cents(service.at(2 + shift)),
        unit=service.at(3 + shift),
        quantity=service.at(4 + shift) or "1",
        date_from=date_from,
        date_to=date_to,
    )
