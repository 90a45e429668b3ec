"""Is this claim new? Its identity at intake, what differs in a second copy, and what a frequency 7 or 8 replaces.

Ids are keyed hashes: nobody without the key can tell a patient from an id, and no name stands in one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Literal

from claims.base import Day, Value
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.patient_balance import guarantor
from claims.ports import KnownClaim

CLAIM_ID_LENGTH = 20
CONTROL_NUMBER_LENGTH = 20
"""What a HIPAA receiver must be able to return of CLM01 (837 TR3, CLM01 note)."""

# Part of a claim -> the words in which a difference is told. Order is that of the fingerprint.
_PARTS = {
    "bp": "billing provider",
    "pt": "patient",
    "cv": "coverages",
    "dx": "diagnoses and codes",
    "ch": "total charge",
    "ln": "service lines",
    "fr": "frequency",
    "fa": "place of service or type of bill",
    "pr": "other providers",
    "rf": "references",
    "ot": "notes, attachments and other claim data",
    "cd": "coded or not",
}


class Identity(Value):
    """Who a claim is: `claim_id` from practice, CLM01, patient and service dates; `fingerprint` from all the rest."""

    practice: str
    claim_id: str
    fingerprint: str
    guarantor: str = ""
    """Whose account the patient's share goes to: the same id for all claims of one guarantor."""


class Started(Value):
    """A new claim, with the patient control number that it will travel under."""

    kind: Literal["started"] = "started"
    identity: Identity
    claim: Claim
    warnings: tuple[str, ...] = ()


class AlreadyKnown(Value):
    """The same content came before."""

    kind: Literal["already_known"] = "already_known"
    identity: Identity


class Refused(Value):
    """The same claim came before with other content; `differs` names the parts, never their values."""

    kind: Literal["refused"] = "refused"
    identity: Identity
    differs: tuple[str, ...]

    @property
    def reason(self) -> str:
        parts = ", ".join(self.differs) or "its content"
        return (
            f"already known with other content; what differs: {parts}. "
            "Correct the running claim, or send a replacement (CLM05-3 = 7)"
        )


class Replacement(Value):
    """Frequency 7 or 8 for a known claim: an event of `claim_id`, not a claim of its own."""

    kind: Literal["replacement"] = "replacement"
    identity: Identity
    claim_id: str
    claim: Claim

    @property
    def event_id(self) -> str:
        """The same replacement twice is one event."""
        return f"upstream/{hashlib.sha256(self.identity.fingerprint.encode()).hexdigest()[:24]}"


Decision = Started | AlreadyKnown | Refused | Replacement


def practice_of(claim: Claim, key: bytes) -> str:
    """The practice as an id: the billing NPI, which is public, else a keyed hash of its tax number or name."""
    if claim.billing.npi:
        return f"npi-{claim.billing.npi}"
    # A tax number may be a person's social security number, so it never stands in an id.
    facts = claim.billing.tax_id or claim.billing.identifier or claim.billing.name.last.upper()
    return f"practice-{_keyed(key, 'practice', facts)[:12]}"


def identify(claim: Claim, key: bytes, *, coded: bool = True) -> Identity:
    """The identity of a claim as upstream sent it.

    The patient is told by name and birth date, by member id only where no birth date is given: a corrected member id
    must not make another claim.
    """
    practice = practice_of(claim, key)
    person = claim.patient
    names = [person.name.last, person.name.first]
    born = person.birth_date.isoformat() if person.birth_date else f"member {_member_id(claim)}"
    facts = [practice, claim.patient_control_number, *(_folded(name) for name in names), born]
    facts += [_day(claim.service_from), _day(claim.service_to)]
    return Identity(
        practice=practice,
        claim_id=_keyed(key, "claim", *facts)[:CLAIM_ID_LENGTH],
        fingerprint=_fingerprint(claim, key, coded),
        guarantor=guarantor_of(claim, key),
    )


def guarantor_of(claim: Claim, key: bytes) -> str:
    """The guarantor as an opaque id, keyed like a claim's: by practice, name and birth date (without one: member id).

    A subscriber's birth date stands in an 837 only where she is the patient herself, so a child's guarantor without one
    has an account apart from her own claims (docs/patients.md).
    """
    person, _ = guarantor(claim)
    born = person.birth_date.isoformat() if person.birth_date else f"member {_member_id(claim)}"
    names = [_folded(name) for name in (person.name.last, person.name.first)]
    return _keyed(key, "guarantor", practice_of(claim, key), *names, born)[:CLAIM_ID_LENGTH]


def decide(
    claim: Claim, identity: Identity, *, earlier: KnownClaim | None, namesakes: Sequence[IndexEntry] = ()
) -> Decision:
    """What to do with a claim. `earlier` has the same identity; `namesakes` share CLM01 or the payer's number."""
    if earlier is not None and earlier.fingerprint == identity.fingerprint:
        return AlreadyKnown(identity=identity)
    own = [entry for entry in namesakes if entry.practice == identity.practice]
    if claim.frequency in ("7", "8"):
        replaced = earlier.claim_id if earlier is not None else _replaced(claim, own)
        if replaced:
            return Replacement(identity=identity, claim_id=replaced, claim=claim)
        return _started(
            claim, identity, own, [f"frequency {claim.frequency}, but the claim it replaces is unknown here"]
        )
    if earlier is not None:
        return Refused(identity=identity, differs=differences(earlier.fingerprint, identity.fingerprint))
    return _started(claim, identity, own, [])


def differences(one: str, other: str) -> tuple[str, ...]:
    """The parts in which two fingerprints differ, in words."""
    first, second = _parts(one), _parts(other)
    return tuple(words for part, words in _PARTS.items() if first.get(part) != second.get(part))


def own_control_number(claim: Claim, identity: Identity) -> str:
    """A patient control number derived from CLM01 for a claim whose CLM01 another one already has."""
    suffix = identity.claim_id[:7].upper()
    return f"{claim.patient_control_number[: CONTROL_NUMBER_LENGTH - 8]}-{suffix}"


def _started(claim: Claim, identity: Identity, own: list[IndexEntry], warnings: list[str]) -> Started:
    number = claim.patient_control_number
    taken = any(e.patient_control_number == number and e.claim_id != identity.claim_id for e in own)
    if taken:
        fresh = own_control_number(claim, identity)
        warnings.append(f"another claim of this practice has CLM01 {number}; this one goes out as {fresh}")
        claim = claim.model_copy(update={"patient_control_number": fresh})
    return Started(identity=identity, claim=claim, warnings=tuple(warnings))


def _replaced(claim: Claim, own: list[IndexEntry]) -> str:
    """By the payer's control number (REF*F8), else by CLM01 and member; an ambiguous answer is none."""
    number = claim.payer_claim_control_number
    found = {entry.claim_id for entry in own if number and number in entry.payer_claim_control_numbers}
    if not found:
        members = {coverage.member_id for coverage in claim.coverages if coverage.member_id}
        found = {
            entry.claim_id
            for entry in own
            if entry.patient_control_number == claim.patient_control_number and members & set(entry.member_ids)
        }
    return found.pop() if len(found) == 1 else ""


def _fingerprint(claim: Claim, key: bytes, coded: bool) -> str:
    content = claim.model_dump(mode="json")
    parts: dict[str, object] = {
        "bp": [content[name] for name in ("billing", "pay_to", "pay_to_plan")],
        "pt": [content["patient"], content["patient_relationship"]],
        "cv": content["coverages"],
        "dx": content["codes"],
        "ch": content["charge_cents"],
        "ln": content["lines"],
        "fr": content["frequency"],
        "fa": [content["type"], content["facility_code"]],
        "pr": content["providers"],
        "rf": content["references"],
        "ot": [content[name] for name in ("carried", "indicators", "admission", "statement_from", "statement_to")],
        "cd": coded,
    }
    return ".".join(f"{part}:{_keyed(key, part, json.dumps(parts[part], sort_keys=True))[:8]}" for part in _PARTS)


def _parts(fingerprint: str) -> dict[str, str]:
    return {part: digest for part, _, digest in (piece.partition(":") for piece in fingerprint.split("."))}


def _keyed(key: bytes, *facts: str) -> str:
    # The length before each fact keeps ("AB", "C") and ("A", "BC") apart.
    message = "".join(f"{len(fact)}:{fact}" for fact in facts).encode()
    digest = hmac.new(key, message, hashlib.sha256).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _member_id(claim: Claim) -> str:
    return next((coverage.member_id for coverage in claim.coverages if coverage.member_id), "")


def _folded(name: str) -> str:
    return " ".join(name.upper().split())


def _day(day: Day | None) -> str:
    return day.isoformat() if day else ""
