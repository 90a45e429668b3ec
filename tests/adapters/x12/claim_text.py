"""837 text for the tests of both directions: an envelope with fixed numbers, and the golden files."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from adapters.x12.claims_in import read_claims
from adapters.x12.reader import read_document
from adapters.x12.writer import Envelope
from claims.claim import Claim
from claims.documents import Problem

GOLDEN = Path(__file__).parent / "golden"
GOLDEN_FILES = sorted(path.name for path in GOLDEN.glob("*.x12"))

ENVELOPE = Envelope(
    sender_id="CLAIMLINE",
    receiver_id="CLEARING",
    interchange_control_number=17,
    group_control_number=17,
    set_control_number="0001",
    at=datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5))),
    usage="T",
    submitter_name="EXAMPLE BILLING",
    submitter_contact="OFFICE",
    submitter_phone="5555550100",
    receiver_name="CLEARINGHOUSE",
)


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="ascii")


def read(text: str) -> tuple[list[Claim], list[Problem]]:
    """The claims of all sets of a text, and all problems of file, sets and claims; another kind of set is a problem."""
    document = read_document(text.encode())
    claims: list[Claim] = []
    problems = list(document.problems)
    for one in document.sets:
        if one.kind not in ("837P", "837I"):
            problems.append(Problem(segment=one.first, reason=f"a set of kind {one.kind}", fatal=True))
            continue
        made, found = read_claims(one)
        claims.extend(claim for _, claim in made.claims)
        problems.extend(found)
    return claims, problems


def one(text: str) -> Claim:
    """The only claim of a text."""
    claims, problems = read(text)
    assert len(claims) == 1, problems
    return claims[0]
