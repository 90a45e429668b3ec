"""Edits on days: in the future, the wrong way round, before birth, missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from claims.base import Day, Segment
from claims.claim import ServiceLine
from claims.scrub.edit import Fault, Scene, at_line

# DTP qualifiers of what has already happened when a claim is sent: onset, initial treatment, last seen, manifestation,
# accident, last menstrual period, X-ray, prescription, admission, discharge, the other payer's decision.
PAST = frozenset({"431", "454", "304", "453", "439", "484", "455", "471", "435", "096", "573"})
OLDEST_YEARS = 125


def days_of(segment: Segment) -> tuple[Day, ...]:
    """The days of a DTP segment (D8, DT or RD8); none where it holds a time alone or no day of the calendar."""
    if len(segment) < 4 or segment[2] not in {"D8", "DT", "RD8"}:
        return ()
    return tuple(day for part in segment[3].split("-") if (day := compact_day(part[:8])))


def compact_day(text: str) -> Day | None:
    if not re.fullmatch(r"\d{8}", text):
        return None
    try:
        return Day(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def admitted_on(scene: Scene) -> Day | None:
    for segment in scene.claim.carried:
        if segment[:2] == ("DTP", "435"):
            return next(iter(days_of(segment)), None)
    return None


def service_in_future(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    for line in claim.lines:
        # Supplies (HCPCS A, B, E, K) are billed for the months to come: their last day may lie ahead.
        supplies = line.procedure[:1] in {"A", "B", "E", "K"} and not scene.institutional
        last = line.service_from if supplies else (line.service_to or line.service_from)
        if last and last > scene.today:
            yield Fault(at_line(claim, line, "DTP*472"), "the service lies in the future", "correct the date")
    if claim.statement_to and claim.statement_to > scene.today:
        yield Fault("2300 DTP*434", "the statement period ends in the future", "correct the dates")


def service_reversed(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if line.service_from and line.service_to and line.service_to < line.service_from:
            yield Fault(at_line(scene.claim, line, "DTP*472"), "the last day is before the first", "correct the dates")


def statement_reversed(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.statement_from and claim.statement_to and claim.statement_to < claim.statement_from:
        yield Fault("2300 DTP*434", "the statement period ends before it begins", "correct the dates")


def statement_missing(scene: Scene) -> Iterator[Fault]:
    if scene.claim.statement_from is None:
        yield Fault("2300 DTP*434", "the statement dates are missing", "enter from and through dates")


def line_without_date(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if line.service_from is None:
            yield Fault(at_line(scene.claim, line, "DTP*472"), "the date of service is missing", "enter it")


def line_outside_statement(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.statement_from is None or claim.statement_to is None or claim.statement_to < claim.statement_from:
        return
    for line in claim.lines:
        # A rate line (HIPPS) carries its assessment's date, which may lie before the period.
        if line.procedure_qualifier == "HP" or line.service_from is None:
            continue
        last = line.service_to or line.service_from
        if line.service_from < claim.statement_from or last > claim.statement_to:
            yield Fault(
                at_line(claim, line, "DTP*472"),
                "the service lies outside the statement period",
                "correct the line's date or the period",
            )


def birth_in_future(scene: Scene) -> Iterator[Fault]:
    for loop, born in _births(scene):
        if born > scene.today:
            yield Fault(f"{loop} DMG02", "the birth date lies in the future", "correct the birth date")


def birth_after_service(scene: Scene) -> Iterator[Fault]:
    born, claim = scene.claim.patient.birth_date, scene.claim
    first = min((day for day in (claim.service_from, claim.statement_from) if day), default=None)
    if born and first and first < born <= scene.today:
        loop = "2010CA" if claim.patient_relationship else "2010BA"
        yield Fault(f"{loop} DMG02", "the patient was born after the first day of service", "correct one of the dates")


def birth_implausible(scene: Scene) -> Iterator[Fault]:
    for loop, born in _births(scene):
        if scene.today.year - born.year > OLDEST_YEARS:
            yield Fault(f"{loop} DMG02", f"more than {OLDEST_YEARS} years old", "check the birth date")


def _births(scene: Scene) -> Iterator[tuple[str, Day]]:
    claim = scene.claim
    loop = "2010CA" if claim.patient_relationship else "2010BA"
    if claim.patient.birth_date:
        yield loop, claim.patient.birth_date
    for n, coverage in enumerate(claim.coverages):
        born = coverage.subscriber.birth_date
        if born and born != claim.patient.birth_date:
            yield "2320" if n else "2010BA", born


def died_before_service(scene: Scene) -> Iterator[Fault]:
    """PAT06, the date of death, stands with whoever is the patient."""
    claim = scene.claim
    loop = "2000C" if claim.patient_relationship else "2000B"
    carried = claim.patient.carried if claim.patient_relationship else (scene.payer.carried if scene.payer else ())
    for segment in carried:
        died = compact_day(segment[6]) if len(segment) > 6 and segment[:1] == ("PAT",) else None
        if died and scene.days and died < scene.days[0]:
            yield Fault(f"{loop} PAT06", "the patient died before the service", "correct one of the dates")
        elif died and died > scene.today:
            yield Fault(f"{loop} PAT06", "the date of death lies in the future", "correct the date")


def admission_dates(scene: Scene) -> Iterator[Fault]:
    day, claim = admitted_on(scene), scene.claim
    if day is None:
        return
    born = claim.patient.birth_date
    if scene.institutional and claim.statement_to and day > claim.statement_to:
        yield Fault("2300 DTP*435", "the admission is after the end of the statement period", "correct the dates")
    elif born and day < born:
        yield Fault("2300 DTP*435", "the admission is before the patient's birth", "correct the dates")


def stay_reversed(scene: Scene) -> Iterator[Fault]:
    """Professional claims for a hospital stay carry admission and discharge (DTP*435, DTP*096)."""
    discharged = next((days_of(s) for s in scene.claim.carried if s[:2] == ("DTP", "096")), ())
    admitted = admitted_on(scene)
    if admitted and discharged and discharged[0] < admitted:
        yield Fault("2300 DTP*096", "the discharge is before the admission", "correct the dates")


def past_in_future(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    for where, segment in _dated(scene):
        if segment[1] in PAST and any(day > scene.today for day in days_of(segment)):
            yield Fault(f"{where} DTP*{segment[1]}", "the date lies in the future", "correct the date")
    for code in claim.codes:
        if code.qualifier in {"BBR", "BBQ", "BR", "BQ"} and len(code.rest) > 1 and code.rest[0] == "D8":
            day = compact_day(code.rest[1])
            if day and day > scene.today:
                yield Fault(f"2300 HI {code.qualifier}", "the procedure lies in the future", "correct the date")
    for n, coverage in enumerate(claim.coverages):
        if coverage.prior and coverage.prior.decided_on and coverage.prior.decided_on > scene.today:
            yield Fault(
                f"{'2330B' if n else '2320'} DTP*573", "the other payer decided in the future", "correct the date"
            )
    for line in claim.lines:
        if any(decision.decided_on and decision.decided_on > scene.today for decision in line.decisions):
            yield Fault(f"line {line.number} 2430 DTP*573", "the other payer decided in the future", "correct the date")


SCHEDULED_ADMISSION = "40"
DAYS_BEFORE_ADMISSION = 3
"""How long before the admission a procedure belongs to the stay (42 CFR 412.2(c)(5), Medicare's window)."""


def occurrence_in_future(scene: Scene) -> Iterator[Fault]:
    for code in scene.claim.codes:
        if code.qualifier != "BH" or len(code.rest) < 2 or code.code == SCHEDULED_ADMISSION:
            continue
        day = compact_day(code.rest[1])
        if day and day > scene.today:
            yield Fault("2300 HI BH", f"occurrence {code.code} lies in the future", "correct the date")


def procedure_outside_stay(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    first = min((day for day in (claim.statement_from, admitted_on(scene)) if day), default=None)
    if first is None or claim.statement_to is None:
        return
    for code in claim.codes:
        if code.qualifier not in {"BBR", "BBQ", "BR", "BQ"} or len(code.rest) < 2:
            continue
        day = compact_day(code.rest[1])
        if day and day <= scene.today and not first - timedelta(DAYS_BEFORE_ADMISSION) <= day <= claim.statement_to:
            yield Fault(f"2300 HI {code.qualifier}", "the procedure lies outside the stay", "correct one of the dates")


def event_after_service(scene: Scene) -> Iterator[Fault]:
    """What the service is for has begun by then: onset, accident, last menstrual period."""
    last = max(scene.days, default=None)
    for where, segment in _dated(scene):
        days = days_of(segment)
        if segment[1] in {"431", "439", "484"} and last and days and last < days[0] <= scene.today:
            yield Fault(f"{where} DTP*{segment[1]}", "the date is after the last service", "correct one of the dates")


def range_reversed(scene: Scene) -> Iterator[Fault]:
    for where, segment in _dated(scene):
        days = days_of(segment)
        if len(days) == 2 and days[1] < days[0]:
            yield Fault(f"{where} DTP*{segment[1]}", "the range ends before it begins", "correct the dates")
    for code in scene.claim.codes:
        if code.qualifier == "BI" and len(code.rest) > 1 and code.rest[0] == "RD8":
            first, _, last = code.rest[1].partition("-")
            span = compact_day(first), compact_day(last)
            if span[0] and span[1] and span[1] < span[0]:
                yield Fault("2300 HI BI", f"occurrence span {code.code} ends before it begins", "correct the dates")


def _dated(scene: Scene) -> Iterator[tuple[str, Segment]]:
    for segment in scene.claim.carried:
        if len(segment) > 3 and segment[0] == "DTP":
            yield "2300", segment
    for line in scene.claim.lines:
        yield from _dated_line(line)


def _dated_line(line: ServiceLine) -> Iterator[tuple[str, Segment]]:
    for segment in line.carried:
        if len(segment) > 3 and segment[0] == "DTP":
            yield f"line {line.number}", segment
