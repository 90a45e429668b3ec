"""A 271 (005010X279A1, 004010X092A1) into one answer per patient that it speaks of.

What an answer means for a claim is decided in claims/; the 270 is written in eligibility_request.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.x12.eligibility_request import write_eligibility_request
from adapters.x12.fields import amount_to_show, text
from adapters.x12.hierarchy import Level, levels_of
from adapters.x12.reader import TransactionSet
from adapters.x12.rejections import BY_CODE, rejection
from adapters.x12.segments import Segment
from claims.documents import Benefit, EligibilityAnswer, EligibilityRejection, OtherPayer, Problem

__all__ = ["read_eligibility", "write_eligibility_request"]

_ACTIVE = frozenset("12345")
"""EB01: active coverage, 2 to 5 with a capitation or an investigation (X12 data element 1390)."""
_INACTIVE = frozenset("678")
_LEVEL_NAMES = {"20": "source", "21": "receiver", "22": "subscriber", "23": "dependent"}


def read_eligibility(ts: TransactionSet) -> tuple[list[EligibilityAnswer], list[Problem]]:
    """The answers of a 271: one per patient that has a trace, a benefit or a rejection.

    A subscriber that only frames a dependent is no patient. A rejection at a level above counts for every patient
    below; where nobody is below, an answer without a member carries it.
    """
    problems: list[Problem] = []
    levels = levels_of(ts.segments, problems)
    answers = [_answer(ts, level, levels[0], problems) for level in levels if _is_patient(level)]
    answers = [answer for answer in answers if answer.traces or answer.benefits or answer.rejections]
    said = {one.segment for answer in answers for one in answer.rejections}
    left = tuple(one for level in levels for one in _rejections(level) if one.segment not in said)
    for one in {r.segment: r for answer in answers for r in answer.rejections}.values():
        if one.code not in BY_CODE:
            problems.append(Problem(segment=one.segment, element=3, reason="AAA03 is not in the code list; kept"))
    if left:
        nobody = EligibilityAnswer(control_number=ts.control_number, segment=ts.first, active=False, rejections=left)
        answers.append(nobody)
    if not answers:
        reason = "the set holds neither a benefit nor a rejection nor a trace; expected an answer"
        problems.append(Problem(segment=ts.first, reason=reason))
    expected = sum(1 for segment in ts.segments if segment.id == "EB")
    found = sum(len(answer.benefits) for answer in answers)
    if found != expected:
        reason = f"{expected} EB segments stand in the set, {found} benefits were read: the others belong to no patient"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    return answers, problems


def _is_patient(level: Level) -> bool:
    if level.code not in ("22", "23"):
        return False
    return not level.children or any(segment.id == "EB" for segment in level.segments)


def _answer(ts: TransactionSet, level: Level, before: Level, problems: list[Problem]) -> EligibilityAnswer:
    line = [level, *level.above()]
    benefits = tuple(_benefit(segment, problems) for segment in level.segments if segment.id == "EB")
    codes = {benefit.code for benefit in benefits}
    active = bool(codes & _ACTIVE)
    # TRN01 2 is our own number given back; 1 is the payer's or a clearinghouse's.
    traces = sorted((s for s in level.segments if s.id == "TRN"), key=lambda trn: text(trn, 1) != "2")
    return EligibilityAnswer(
        control_number=ts.control_number,
        segment=level.hl.position if level.hl is not None else ts.first,
        traces=tuple(dict.fromkeys(trace for trn in traces if (trace := text(trn, 2)))),
        member_id=_member(line),
        active=active,
        inactive=bool(codes & _INACTIVE) and not active,
        rejections=tuple(one for above in (before, *reversed(line)) for one in _rejections(above)),
        benefits=benefits,
        other_payers=tuple(_other_payers(level)),
    )


_PAYERS = frozenset(("PR", "PRP", "SEP", "TTP"))
"""NM101 of loop 2120: a payer, the primary, the secondary, the tertiary payer."""


def _other_payers(level: Level) -> Iterator[OtherPayer]:
    """The payers named behind each EB*R (other or additional payer), up to the next EB."""
    kind = ""
    inside = False
    for segment in level.segments:
        if segment.id == "EB":
            inside, kind = text(segment, 1) == "R", text(segment, 4)
        elif inside and segment.id == "NM1" and text(segment, 1) in _PAYERS:
            yield OtherPayer(
                role=text(segment, 1), name=text(segment, 3), payer_id=text(segment, 9), insurance_type=kind
            )


def _rejections(level: Level) -> list[EligibilityRejection]:
    name = _LEVEL_NAMES.get(level.code, "source")
    return [
        rejection(text(segment, 3), level=name, follow_up=text(segment, 4), segment=segment.position)
        for segment in level.segments
        if segment.id == "AAA"
    ]


def _member(line: list[Level]) -> str:
    """NM109 of the patient, else of the subscriber above: a dependent is known by the subscriber's number."""
    for level in line:
        for segment in level.segments:
            if segment.id == "NM1" and text(segment, 1) in ("IL", "03", "QC") and (member := text(segment, 9)):
                return member
    return ""


def _benefit(eb: Segment, problems: list[Problem]) -> Benefit:
    return Benefit(
        code=text(eb, 1),
        coverage_level=text(eb, 2),
        service_types=tuple(kind.strip() for kind in eb.repetitions(3)),
        insurance_type=text(eb, 4),
        plan=text(eb, 5),
        period=text(eb, 6),
        amount_cents=amount_to_show(eb, 7, problems),
        percent=text(eb, 8),
        elements=eb.carried(),
    )
