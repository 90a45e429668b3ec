"""Edits of the UB-04's own codes: type of bill, revenue, patient status, admission, value codes and covered days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from claims.base import Day
from claims.claim import ADMITTING, HealthCode
from claims.scrub.codesets import (
    ADMISSION_SOURCES,
    ADMISSION_TYPES,
    BILL_TYPES,
    INPATIENT,
    PATIENT_STATUSES,
    RETIRED_ADMISSION_SOURCES,
    REVENUE_CODE,
)
from claims.scrub.dates import admitted_on
from claims.scrub.edit import Fault, Scene, at_line, number

COVERED_DAYS, NON_COVERED_DAYS = "80", "81"
STILL_PATIENT = "30"
SOURCES_RETIRED_ON = Day(2010, 7, 1)


def bill_type(scene: Scene) -> Iterator[Fault]:
    code = scene.claim.facility_code
    if code not in BILL_TYPES:
        reason = f"{code or 'nothing'} as type of facility and bill"
        yield Fault("2300 CLM05-1", reason, "use the first two digits of a type of bill (NUBC), for example 11 or 13")


def revenue_code(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        code = line.revenue_code
        if code != "0001" and not REVENUE_CODE.match(code):
            reason = f"{code} is no revenue code" if code else "the revenue code is missing"
            yield Fault(at_line(scene.claim, line, "01"), reason, "four digits of the NUBC list, leading zero included")


def revenue_total(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if line.revenue_code == "0001":
            yield Fault(
                at_line(scene.claim, line, "01"),
                "0001, the total line of the paper form, is no line of an 837I",
                "drop the line; CLM02 is the total",
            )


def patient_status(scene: Scene) -> Iterator[Fault]:
    status = scene.claim.admission.patient_status if scene.claim.admission else ""
    if status not in PATIENT_STATUSES:
        reason = f"{status} is no patient status" if status else "the patient status is missing"
        yield Fault("2300 CL103", reason, "enter the NUBC discharge status, two digits")


def patient_status_and_frequency(scene: Scene) -> Iterator[Fault]:
    """Hospital inpatient bills: interim (2, 3) means still a patient, admit-through-discharge (1) and last (4) not."""
    claim = scene.claim
    status = claim.admission.patient_status if claim.admission else ""
    if claim.facility_code != "11" or not status:
        return
    if claim.frequency in {"2", "3"} and status in PATIENT_STATUSES - {STILL_PATIENT}:
        yield Fault("2300 CL103", f"an interim bill with patient status {status}", "status 30, or frequency 4")
    if claim.frequency in {"1", "4"} and status == STILL_PATIENT:
        yield Fault(
            "2300 CL103", "a final bill of a patient who is still there (30)", "frequency 2 or 3, or the status"
        )


def admission_type(scene: Scene) -> Iterator[Fault]:
    admission = scene.claim.admission
    if admission and admission.type and admission.type not in ADMISSION_TYPES:
        yield Fault("2300 CL101", f"{admission.type} is no priority of admission", "use 1, 2, 3, 4, 5 or 9")
    if scene.claim.facility_code in INPATIENT and not (admission and admission.type):
        yield Fault("2300 CL101", "an inpatient claim without priority of admission", "use 1, 2, 3, 4, 5 or 9")


def admission_source(scene: Scene) -> Iterator[Fault]:
    admission = scene.claim.admission
    source = admission.source if admission else ""
    old = bool(scene.days) and scene.days[0] < SOURCES_RETIRED_ON
    if source and source not in (ADMISSION_SOURCES | RETIRED_ADMISSION_SOURCES if old else ADMISSION_SOURCES):
        yield Fault("2300 CL102", f"{source} is no point of origin", "use a code of the NUBC list")
    if scene.claim.facility_code in INPATIENT and not source and not scene.notice:
        yield Fault("2300 CL102", "an inpatient claim without point of origin", "use a code of the NUBC list")


def newborn_source(scene: Scene) -> Iterator[Fault]:
    admission = scene.claim.admission
    if admission and admission.type == "4" and admission.source in ADMISSION_SOURCES - {"5", "6"}:
        yield Fault(
            "2300 CL102", f"newborn admission (4) with point of origin {admission.source}", "5 born here, 6 not"
        )


def admission_date_missing(scene: Scene) -> Iterator[Fault]:
    if scene.claim.facility_code in INPATIENT and admitted_on(scene) is None:
        yield Fault("2300 DTP*435", "an inpatient claim without admission date", "enter date and hour of admission")


def admitting_diagnosis_missing(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.facility_code == "11" and not any(code.qualifier in ADMITTING for code in claim.codes):
        yield Fault("2300 HI ABJ", "an inpatient claim without admitting diagnosis", "enter it")


def value_code_form(scene: Scene) -> Iterator[Fault]:
    for code in scene.claim.codes:
        if code.qualifier != "BE":
            continue
        # NUBC keeps 00 and everything from X0 and Z0 on in reserve; payers' own codes stand elsewhere.
        if not re.fullmatch(r"[0-9A-WY][0-9A-Z]", code.code) or code.code == "00":
            yield Fault("2300 HI BE", f"{code.code} is no value code", "two characters of the NUBC list")
        elif (amount := _amount(code)) is None:
            yield Fault("2300 HI BE", f"value code {code.code} without its amount", "enter the amount")
        elif amount < 0 and code.code not in {COVERED_DAYS, NON_COVERED_DAYS}:
            yield Fault("2300 HI BE", f"value code {code.code} with an amount below zero", "enter the amount")


def condition_and_occurrence_form(scene: Scene) -> Iterator[Fault]:
    kinds = {"BG": "condition code", "BH": "occurrence code", "BI": "occurrence span code"}
    for code in scene.claim.codes:
        kind = kinds.get(code.qualifier)
        if kind and not re.fullmatch(r"[0-9A-Z]{2}", code.code):
            yield Fault(f"2300 HI {code.qualifier}", f"{code.code} is no {kind}", "two characters of the NUBC list")
        elif code.qualifier in {"BH", "BI"} and not (len(code.rest) > 1 and code.rest[1]):
            yield Fault(f"2300 HI {code.qualifier}", f"{kind} {code.code} without its date", "enter the date")


def covered_days(scene: Scene) -> Iterator[Fault]:
    """Covered (80) and non-covered (81) days can't be more than the days of the statement period."""
    period = _period_days(scene)
    for code in scene.claim.codes:
        if code.qualifier == "BE" and code.code in {COVERED_DAYS, NON_COVERED_DAYS}:
            days = _amount(code)
            if days is not None and (days < 0 or days != int(days)):
                yield Fault("2300 HI BE", f"value code {code.code} is no whole number of days", "enter the days")
    counted = _counted_days(scene)
    if counted is not None and period is not None and counted > period:
        yield Fault(
            "2300 HI BE",
            f"{counted} covered and non-covered days in a statement period of {period}",
            "count the days again; the day of discharge is none",
        )


def covered_days_differ(scene: Scene) -> Iterator[Fault]:
    """Covered and non-covered days make up the period, or the part of it from admission on (three-day window)."""
    claim, counted, period = scene.claim, _counted_days(scene), _period_days(scene)
    if claim.facility_code not in INPATIENT or counted is None or period is None or counted > period:
        return
    if counted not in {period, _period_days(scene, since=admitted_on(scene))}:
        yield Fault("2300 HI BE", f"{counted} covered and non-covered days of {period}", "count the days again")


def room_days(scene: Scene) -> Iterator[Fault]:
    """Room and board lines (010x to 021x) can't count more days than the statement period has."""
    claim, period = scene.claim, _period_days(scene)
    rooms = [line for line in claim.lines if re.match(r"0(?:1\d|2[01])\d", line.revenue_code)]
    if claim.facility_code not in INPATIENT or period is None:
        return
    total = sum(number(line.quantity) or 0 for line in rooms)
    if total > period:
        yield Fault(
            at_line(claim, rooms[0], "05"),
            f"the room and board lines count {total} days in a statement period of {period}",
            "count the days again; the day of discharge is none",
        )


def _amount(code: HealthCode) -> Decimal | None:
    return number(code.rest[2]) if len(code.rest) > 2 else None


def _counted_days(scene: Scene) -> int | None:
    amounts = [
        amount
        for code in scene.claim.codes
        if code.qualifier == "BE" and code.code in {COVERED_DAYS, NON_COVERED_DAYS}
        if (amount := _amount(code)) is not None
    ]
    whole = all(amount >= 0 and amount == int(amount) for amount in amounts)
    return int(sum(amounts)) if amounts and whole else None


def _period_days(scene: Scene, since: Day | None = None) -> int | None:
    """Midnights of the statement period, the last day too where the patient stayed or came and left on one day."""
    claim = scene.claim
    if claim.statement_from is None or claim.statement_to is None or claim.statement_to < claim.statement_from:
        return None
    first = max(claim.statement_from, min(since, claim.statement_to)) if since else claim.statement_from
    nights = (claim.statement_to - first).days
    status = claim.admission.patient_status if claim.admission else ""
    return nights + 1 if status == STILL_PATIENT or nights == 0 else nights
