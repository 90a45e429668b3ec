"""Whole 837 sets: header, the hierarchy of billing provider, subscriber and patient, and the claim below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from adapters.x12.claims_out import coverages, parties
from adapters.x12.claims_out.lines import line
from adapters.x12.claims_out.loops import loop, period
from adapters.x12.order import Block, hi_place
from adapters.x12.roles import FACILITY_QUALIFIER
from adapters.x12.writer import Envelope, identifier, text, write_interchange
from adapters.x12.writer import carried as guarded
from claims.base import Segment
from claims.claim import Claim, ClaimType
from claims.money import x12_amount

VERSIONS: dict[ClaimType, str] = {"professional": "005010X222A1", "institutional": "005010X223A2"}
_CODES_IN_HI = 12


def write_claim(claim: Claim, *, envelope: Envelope) -> str:
    """One claim as one interchange. Raises WriteRefused where an identifier can't be written as it is."""
    return write_claims([claim], envelope=envelope)


def write_claims(claims: Sequence[Claim], *, envelope: Envelope) -> str:
    """Claims of one type as one interchange, one set each.

    Raises WriteRefused as write_claim does, and ValueError for no claim or for professional and institutional together.
    """
    kinds = {claim.type for claim in claims}
    if len(kinds) != 1:
        raise ValueError("an interchange holds one or more claims of one type")
    sets = [("837", _body(claim, envelope, index)) for index, claim in enumerate(claims)]
    return write_interchange(sets, envelope, functional_id="HC", version=VERSIONS[kinds.pop()])


def _body(claim: Claim, envelope: Envelope, index: int) -> list[Segment]:
    below = "1" if claim.patient_relationship else "0"
    out = [*_header(envelope, index), ("HL", "1", "", "20", "1"), *parties.billing(claim.billing)]
    for other in (claim.pay_to, claim.pay_to_plan):
        if other is not None:
            out.extend(parties.provider(other))
    out.append(("HL", "2", "1", "22", below))
    out.extend(coverages.destination(claim))
    if claim.patient_relationship:
        out.append(("HL", "3", "2", "23", "0"))
        out.extend(parties.patient(claim.patient, claim.patient_relationship))
    out.extend(_claim(claim))
    return out


def _header(envelope: Envelope, index: int) -> list[Segment]:
    number = envelope.set_number(index)
    reference = envelope.reference or f"{envelope.interchange_control_number:09d}{number}"
    submitter = identifier("NM109 of NM1*41", envelope.submitter_id or envelope.sender_id)
    receiver = identifier("NM109 of NM1*40", envelope.receiver_code or envelope.receiver_id)
    at = envelope.at
    return [
        ("BHT", "0019", "00", identifier("BHT03", reference), f"{at:%Y%m%d}", f"{at:%H%M}", "CH"),
        ("NM1", "41", "2", text(envelope.submitter_name), "", "", "", "", "46", submitter),
        ("PER", "IC", text(envelope.submitter_contact), "TE", text(envelope.submitter_phone)),
        ("NM1", "40", "2", text(envelope.receiver_name), "", "", "", "", "46", receiver),
    ]


def _claim(claim: Claim) -> Block:
    """2300 with all that stands below it."""
    qualifier = claim.facility_qualifier or FACILITY_QUALIFIER[claim.type]
    bill = f"{claim.facility_code}:{qualifier}:{claim.frequency}".rstrip(":")
    number = identifier("CLM01", claim.patient_control_number)
    clm = guarded(("CLM", number, x12_amount(claim.charge_cents), "", "", bill, *claim.indicators))
    typed: list[Segment] = [clm, *_codes(claim)]
    institutional = claim.type == "institutional"
    if institutional and claim.statement_from is not None:
        typed.append(period("434", claim.statement_from, claim.statement_to or claim.statement_from))
    if institutional and claim.admission is not None:
        one = claim.admission
        typed.append(("CL1", text(one.type), text(one.source), text(one.patient_status)))
    typed.extend(("REF", kind, identifier(f"REF02 of REF*{kind}", value)) for kind, value in claim.references)
    kept = [s for s in claim.carried if s[:2] != ("DTP", "434") or claim.statement_from is None]
    inner = [parties.provider(provider) for provider in claim.providers]
    inner.extend(coverages.other(claim, coverage) for coverage in claim.coverages[1:])
    inner.extend(line(claim.type, one) for one in claim.lines)
    return loop(f"claim {claim.type}", typed, kept, inner)


def _codes(claim: Claim) -> list[Segment]:
    out: list[Segment] = []
    ordered = sorted(claim.codes, key=lambda code: hi_place(claim.type, code.qualifier))
    for _, members in groupby(ordered, key=lambda code: hi_place(claim.type, code.qualifier)):
        composites = [guarded((":".join((one.qualifier, one.code, *one.rest)).rstrip(":"),))[0] for one in members]
        for start in range(0, len(composites), _CODES_IN_HI):
            out.append(("HI", *composites[start : start + _CODES_IN_HI]))
    return out
