"""999 (005010X231), 997 and TA1 into acknowledgements of what we sent. Copies of bad data (IK404) are never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from adapters.x12.fields import composite, part, text
from adapters.x12.reader import TransactionSet
from adapters.x12.segments import Segment
from claims.documents import (
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    Problem,
    SetAcknowledgement,
    SetError,
)

_DISPOSITIONS = frozenset("AEMPRWX")
_FUNCTIONAL_CODE = re.compile(r"[A-Z]{2}")


def read_functional_acknowledgement(ts: TransactionSet) -> tuple[FunctionalAcknowledgement | None, list[Problem]]:
    """What a 999 or 997 says of one functional group that we sent, set by set.

    None when AK1 is missing: nobody knows then which group it speaks of. A disposition that is missing stays empty.
    """
    problems: list[Problem] = []
    groups = [segment for segment in ts.segments if segment.id == "AK1"]
    if not groups:
        reason = "AK1 is missing; expected the group that is acknowledged"
        return None, [Problem(segment=ts.first, reason=reason, fatal=True)]
    if len(groups) > 1:
        reason = f"{len(groups)} AK1 stand in one set; only the first group is read"
        problems.append(Problem(segment=groups[1].position, reason=reason, fatal=True))
    problems += _strays(ts)
    problems += _malformed(ts)
    sets = tuple(_set(block, problems) for block in _blocks(ts, groups))
    expected = sum(1 for segment in ts.segments if segment.id == "AK2")
    if len(sets) != expected:
        reason = f"{expected} AK2 segments stand in the set, {len(sets)} sets were read"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    ak9 = next((segment for segment in ts.segments if segment.id == "AK9"), None)
    if ak9 is None:
        problems.append(Problem(segment=ts.first, reason="AK9 is missing; expected the group's disposition"))
    else:
        _prove(ak9, sets, problems)
    which: Literal["999", "997"] = "997" if ts.kind == "997" else "999"
    return FunctionalAcknowledgement(
        set=which,
        control_number=ts.control_number,
        group_control_number=text(groups[0], 2),
        functional_code=text(groups[0], 1),
        disposition=text(ak9, 1) if ak9 else "",
        codes=_codes(ak9, 5) if ak9 else (),
        sets=sets,
    ), problems


def read_interchange_acknowledgement(ts: TransactionSet) -> tuple[InterchangeAcknowledgement | None, list[Problem]]:
    """What a TA1 says of the envelope of one interchange that we sent; None when it names no interchange."""
    ta1 = ts.segments[0]
    problems: list[Problem] = []
    if not text(ta1, 1):
        reason = "TA101 is empty; expected the control number of our interchange"
        return None, [Problem(segment=ta1.position, element=1, reason=reason, fatal=True)]
    if text(ta1, 4) not in ("A", "E", "R"):
        reason = "TA104 is neither A, E nor R; kept as it stands"
        problems.append(Problem(segment=ta1.position, element=4, reason=reason))
    return InterchangeAcknowledgement(
        interchange_control_number=text(ta1, 1), disposition=text(ta1, 4), note=text(ta1, 5)
    ), problems


def _blocks(ts: TransactionSet, groups: list[Segment]) -> list[list[Segment]]:
    """One block per AK2 of the first group."""
    end = groups[1].position if len(groups) > 1 else None
    blocks: list[list[Segment]] = []
    for segment in ts.segments:
        if end is not None and segment.position >= end:
            break
        if segment.id == "AK2":
            blocks.append([segment])
        elif segment.id == "AK9":
            break
        elif blocks:
            blocks[-1].append(segment)
    return blocks


def _strays(ts: TransactionSet) -> Iterator[Problem]:
    """Segments that belong to a set and follow none, so that nobody knows whose they are."""
    open_set = False
    for segment in ts.segments:
        if segment.id == "AK2":
            open_set = True
        elif segment.id in ("IK3", "AK3", "IK4", "AK4", "CTX", "IK5", "AK5") and not open_set:
            reason = f"{segment.id} stands outside the loop of a set; nobody knows which set it is about"
            yield Problem(segment=segment.position, reason=reason, fatal=True)
        elif segment.id in ("IK5", "AK5", "AK9"):
            open_set = False


def _malformed(ts: TransactionSet) -> Iterator[Problem]:
    """Elements that are none of their kind: AK101 (X12 element 479, two characters), IK302 and IK402 (numbers)."""
    for segment in ts.segments:
        if segment.id == "AK1" and _FUNCTIONAL_CODE.fullmatch(text(segment, 1)) is None:
            reason = "AK101 is no functional identifier code such as HC; kept as it stands"
            yield Problem(segment=segment.position, element=1, reason=reason)
        elif segment.id in ("IK3", "AK3", "IK4", "AK4"):
            value = text(segment, 2)
            if value and not (value.isascii() and value.isdigit()):
                reason = f"{segment.id}02 is no number; kept as it stands"
                yield Problem(segment=segment.position, element=2, reason=reason)


def _set(block: list[Segment], problems: list[Problem]) -> SetAcknowledgement:
    ak2 = block[0]
    end = next((segment for segment in block if segment.id in ("IK5", "AK5")), None)
    if end is None:
        reason = "IK5 is missing; expected the disposition of this set"
        problems.append(Problem(segment=ak2.position, reason=reason))
    elif text(end, 1) not in _DISPOSITIONS:
        reason = f"{end.id}01 is no disposition; kept as it stands"
        problems.append(Problem(segment=end.position, element=1, reason=reason))
    return SetAcknowledgement(
        set=text(ak2, 1),
        control_number=text(ak2, 2),
        disposition=text(end, 1) if end else "",
        codes=_codes(end, 2) if end else (),
        errors=tuple(_errors(block)),
    )


def _errors(block: list[Segment]) -> list[SetError]:
    """One error per IK3 and one per IK4; a CTX names the claim of the IK3 it follows."""
    errors: list[SetError] = []
    at: Segment | None = None
    first = 0
    for segment in block:
        if segment.id in ("IK3", "AK3"):
            at, first = segment, len(errors)
            errors.append(_error(segment, element="", code=text(segment, 4)))
        elif segment.id in ("IK4", "AK4"):
            element = ":".join(composite(segment, 1)).rstrip(":")
            claim = errors[first].claim if at is not None else ""  # its segment's CTX may stand before it
            errors.append(_error(at, element=element, code=text(segment, 3)).model_copy(update={"claim": claim}))
        elif segment.id == "CTX" and (named := _claim_named(segment)):
            errors[first:] = [error.model_copy(update={"claim": named}) for error in errors[first:]]
    return errors


def _error(at: Segment | None, *, element: str, code: str) -> SetError:
    if at is None:
        return SetError(segment_id="", element=element, code=code)
    return SetError(segment_id=text(at, 1), position=text(at, 2), loop=text(at, 3), element=element, code=code)


def _claim_named(ctx: Segment) -> str:
    """CTX01 `CLM01:...` is the business unit identifier of a 999: the claim's own number."""
    parts = composite(ctx, 1)
    return part(parts, 2) if part(parts, 1) == "CLM01" else ""


def _codes(segment: Segment, first: int) -> tuple[str, ...]:
    return tuple(code for n in range(first, first + 5) if (code := text(segment, n)))


def _prove(ak9: Segment, sets: tuple[SetAcknowledgement, ...], problems: list[Problem]) -> None:
    """AK9 against the AK2 loops: a group can't be accepted while a set of it is rejected, and the counts agree."""
    if text(ak9, 1) not in _DISPOSITIONS:
        reason = "AK901 is no disposition; kept as it stands"
        problems.append(Problem(segment=ak9.position, element=1, reason=reason))
    taken = sum(1 for one in sets if one.disposition in ("A", "E"))
    included, accepted = _count(ak9, 2), _count(ak9, 4)
    if sets and accepted is not None and accepted < taken:
        reason = f"AK904 counts {accepted} sets accepted, {taken} are accepted by their own IK5"
        problems.append(Problem(segment=ak9.position, element=4, reason=reason))
    if sets and included is not None and included < len(sets):
        reason = f"AK902 counts {included} sets in the group, {len(sets)} are acknowledged"
        problems.append(Problem(segment=ak9.position, element=2, reason=reason))
    if sets and included is not None and accepted is not None and included - accepted > len(sets) - taken:
        reason = f"AK9 rejects {included - accepted} sets, only {len(sets) - taken} of them are named"
        problems.append(Problem(segment=ak9.position, element=4, reason=reason))
    if text(ak9, 1) == "A" and any(one.disposition not in ("A", "E", "") for one in sets):
        reason = "AK901 accepts the group while a set of it is rejected; the set's own disposition stands"
        problems.append(Problem(segment=ak9.position, element=1, reason=reason))


def _count(ak9: Segment, n: int) -> int | None:
    value = text(ak9, n)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
