"""The numbers of a document that may name a claim: what the records must be asked for before it can be routed.

And how two of them are compared, wherever they are: `plain` and `plain_member`.
"""

from __future__ import annotations

from claims.base import Value
from claims.documents import (
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    ParsedDocument,
    Remittance,
    StatusReport,
)


def plain(number: str) -> str:
    """A control number as it is compared: payers send it back in capitals, and with blanks around it."""
    return number.strip().upper()


def plain_member(number: str) -> str:
    """A member id as it is compared: cards print it with dashes and blanks, payers send it back without."""
    return number.replace("-", "").replace(" ", "").upper()


class Numbers(Value):
    """Every number of a document that may name a claim."""

    patient_control_numbers: tuple[str, ...] = ()
    payer_claim_control_numbers: tuple[str, ...] = ()
    interchanges: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    member_ids: tuple[str, ...] = ()


def needed_numbers(document: ParsedDocument) -> Numbers:
    """What the records must be asked for before `route` can tell whose the parts are."""
    found: dict[str, list[str]] = {name: [] for name in Numbers.model_fields}
    for one in document.sets:
        parsed = one.parsed
        match parsed:
            case Remittance():
                for claim in parsed.claims:
                    found["patient_control_numbers"].append(claim.patient_control_number)
                    found["payer_claim_control_numbers"].append(claim.payer_claim_control_number)
                    found["member_ids"] += [claim.member_id, claim.corrected_member_id]
                references = [a.reference for a in parsed.provider_adjustments]
                found["payer_claim_control_numbers"] += references
                found["patient_control_numbers"] += references
            case StatusReport():
                for status in parsed.statuses:
                    found["patient_control_numbers"] += [status.patient_control_number, status.trace]
                    found["payer_claim_control_numbers"].append(status.payer_claim_control_number)
                    found["traces"].append(status.trace)
                for _, below in parsed.provider_claims:
                    found["patient_control_numbers"] += below
            case FunctionalAcknowledgement():
                found["interchanges"].append(parsed.group_control_number)
            case InterchangeAcknowledgement():
                found["interchanges"].append(parsed.interchange_control_number)
            case EligibilityAnswer():
                found["traces"] += parsed.traces
                found["member_ids"].append(parsed.member_id)
            case _:
                pass
    return Numbers(**{name: tuple(dict.fromkeys(v for v in values if v)) for name, values in found.items()})
