"""A whole 837 set: every claim read, or named with the reason why not. Their number is proved against the CLM count."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from adapters.x12.claims_in.claims import ClaimReader
from adapters.x12.claims_in.loops import ClaimBlock, claim_blocks
from adapters.x12.fields import NotReadable
from adapters.x12.reader import TransactionSet
from claims.claim import Claim, ClaimType
from claims.documents import ClaimSubmissionSet, Problem

_TYPES: dict[str, ClaimType] = {"837P": "professional", "837I": "institutional"}


def read_claims(ts: TransactionSet) -> tuple[ClaimSubmissionSet, list[Problem]]:
    """The claims of an 837P or 837I, each with the position of its CLM, and what is wrong with the set.

    A claim that can't be read is left out, with one fatal Problem; its neighbours are read. Claims and such Problems
    together are as many as CLM segments stand in the set. Raises ValueError for a set of another kind.
    """
    kind = _TYPES.get(ts.kind)
    if kind is None:
        raise ValueError(f"{ts.kind} holds no claims that are read here")
    problems = list(ts.problems)
    claims: list[tuple[int, Claim]] = []
    refused = 0
    for block in claim_blocks(ts.segments, problems, complete=ts.complete):
        claim = _read(kind, block, problems)
        if claim is None:
            refused += 1
        else:
            claims.append((block.position, claim))
    counted = ts.count("CLM")
    if len(claims) + refused != counted:
        reason = f"{counted} CLM segments stand in the set; {len(claims)} claims were read and {refused} refused"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    if counted == 0:
        problems.append(Problem(segment=ts.first, reason="the set holds no claim"))
    name: Literal["837P", "837I"] = "837P" if kind == "professional" else "837I"
    made = ClaimSubmissionSet(set=name, control_number=ts.control_number, version=ts.version, claims=tuple(claims))
    return made, sorted(problems, key=lambda problem: problem.segment)


def _read(kind: ClaimType, block: ClaimBlock, problems: list[Problem]) -> Claim | None:
    found: list[Problem] = []
    try:
        claim = ClaimReader(kind, found).read(block)
    except NotReadable as error:
        problems.append(error.problem.model_copy(update={"claim": block.position}))
        return None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        reason = f"the claim is not readable at {where}"
        problems.append(Problem(segment=block.position, reason=reason, fatal=True, claim=block.position))
        return None
    problems.extend(problem.model_copy(update={"claim": block.position}) for problem in found)
    return claim
