"""Edits on codes: diagnoses, procedures, modifiers, place of service, drugs. Form and existence, no medical sense."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from claims.base import Day
from claims.claim import DIAGNOSIS_QUALIFIERS, OTHER_DIAGNOSIS, PRINCIPAL, HealthCode
from claims.scrub.codesets import (
    CLIA,
    EXTERNAL_CAUSES,
    HCPCS,
    HIPPS,
    ICD9,
    ICD9_PROCEDURE,
    ICD10,
    ICD10_PROCEDURE,
    MODIFIER,
    NUMERIC_MODIFIERS,
    PLACES_OF_SERVICE,
    PROCEDURE_QUALIFIERS,
)
from claims.scrub.edit import Fault, IcdAnswer, Scene, at_line, number

ICD10_FROM = Day(2015, 10, 1)
"""The day ICD-10 replaced ICD-9 in HIPAA transactions (45 CFR 162.1002(c))."""


def _icd10(code: HealthCode) -> bool:
    return code.qualifier in DIAGNOSIS_QUALIFIERS and code.qualifier.startswith("A")


def _icd9(code: HealthCode) -> bool:
    return code.qualifier in DIAGNOSIS_QUALIFIERS and not code.qualifier.startswith("A")


def _answer(scene: Scene, code: HealthCode) -> IcdAnswer:
    """What the list says, with the benefit of the doubt: valid on the first or on the last day of service is valid.

    A stay that crosses the first of October is coded by its discharge, an outpatient span by its first day.
    """
    bare = code.code.replace(".", "")
    answers = [scene.icd.check(bare, day) for day in dict.fromkeys(scene.days or (scene.today,))]
    return "valid" if "valid" in answers else answers[-1]


def _place(code: HealthCode) -> str:
    return f"2300 HI {code.qualifier}"


def diagnosis_dotted(scene: Scene) -> Iterator[Fault]:
    for code in scene.claim.codes:
        if code.qualifier in DIAGNOSIS_QUALIFIERS and "." in code.code:
            yield Fault(_place(code), f"{code.code} has a dot", "send the code without its dot")


def diagnosis_form(scene: Scene) -> Iterator[Fault]:
    for code in scene.claim.codes:
        bare = code.code.replace(".", "")
        if code.qualifier in DIAGNOSIS_QUALIFIERS and not bare:
            yield Fault(_place(code), "a qualifier without its diagnosis", "enter the code, or drop the qualifier")
        elif _icd10(code) and not ICD10.match(bare):
            yield Fault(_place(code), f"{code.code} has not the form of an ICD-10-CM code", "enter the code again")
        elif _icd9(code) and not ICD9.match(bare):
            yield Fault(_place(code), f"{code.code} has not the form of an ICD-9-CM code", "enter the code again")


def _listed(scene: Scene, answer: IcdAnswer) -> Iterator[HealthCode]:
    if _before_icd10(scene):
        return
    for code in scene.claim.codes:
        if _icd10(code) and ICD10.match(code.code.replace(".", "")) and _answer(scene, code) == answer:
            yield code


def diagnosis_unknown(scene: Scene) -> Iterator[Fault]:
    for code in _listed(scene, "unknown"):
        yield Fault(_place(code), f"{code.code} is no ICD-10-CM code", "code the diagnosis again")


def diagnosis_header(scene: Scene) -> Iterator[Fault]:
    for code in _listed(scene, "header"):
        yield Fault(_place(code), f"{code.code} is a category with finer codes below it", "code to the last character")


def diagnosis_not_valid_on_date(scene: Scene) -> Iterator[Fault]:
    for code in _listed(scene, "not_valid_on_date"):
        yield Fault(
            _place(code),
            f"{code.code} is not valid on the date of service",
            "use the code in force on that day; the list changes every October and April",
        )


def diagnosis_unconfirmed(scene: Scene) -> Iterator[Fault]:
    for code in _listed(scene, "year_partial"):
        yield Fault(_place(code), f"{code.code} is not in the list, which ends before that date", "check the code")


def _before_icd10(scene: Scene) -> bool:
    return bool(scene.days) and scene.days[-1] < ICD10_FROM


def icd9_after_change(scene: Scene) -> Iterator[Fault]:
    # Workers' compensation and auto insurers are no HIPAA covered entities (45 CFR 160.103): some still take ICD-9.
    exempt = scene.payer is not None and scene.payer.filing_indicator in {"WC", "AM"}
    if exempt or not scene.days or scene.days[0] < ICD10_FROM:
        return
    for code in scene.claim.codes:
        if _icd9(code) or code.qualifier in {"BR", "BQ"}:
            yield Fault(_place(code), "ICD-9 qualifier on services after 30 September 2015", "code in ICD-10")


def icd10_before_change(scene: Scene) -> Iterator[Fault]:
    if _before_icd10(scene):
        for code in scene.claim.codes:
            if _icd10(code):
                yield Fault(_place(code), "ICD-10 qualifier on services before 1 October 2015", "code in ICD-9")


def icd_mixed(scene: Scene) -> Iterator[Fault]:
    if any(map(_icd10, scene.claim.codes)) and any(map(_icd9, scene.claim.codes)):
        yield Fault("2300 HI", "ICD-9 and ICD-10 codes stand in one claim", "split the claim at 1 October 2015")


def external_cause_first(scene: Scene) -> Iterator[Fault]:
    first = next(iter(scene.claim.diagnoses), None)
    principal = [code for code in scene.claim.codes if code.qualifier in PRINCIPAL] or ([first] if first else [])
    for code in principal:
        if (_icd10(code) and EXTERNAL_CAUSES.match(code.code)) or (_icd9(code) and code.code.startswith("E")):
            yield Fault(
                _place(code),
                f"{code.code} says how it happened; it can't be the principal diagnosis",
                "put the injury or condition first",
            )


def principal_missing(scene: Scene) -> Iterator[Fault]:
    if not any(code.qualifier in PRINCIPAL and code.code for code in scene.claim.codes):
        yield Fault("2300 HI", "the principal (first) diagnosis is missing", "code at least one diagnosis")


def principal_twice(scene: Scene) -> Iterator[Fault]:
    if sum(code.qualifier in PRINCIPAL for code in scene.claim.codes) > 1:
        yield Fault("2300 HI", "two principal diagnoses", "send the second as another diagnosis (ABF)")


def diagnosis_repeated(scene: Scene) -> Iterator[Fault]:
    seen = Counter(code.code for code in scene.claim.diagnoses)
    for code, times in seen.items():
        if code and times > 1:
            yield Fault("2300 HI", f"{code} stands {times} times", "report each diagnosis once (guidelines I.B.12)")


def diagnosis_count(scene: Scene) -> Iterator[Fault]:
    others = sum(code.qualifier in OTHER_DIAGNOSIS for code in scene.claim.codes)
    limit = 24 if scene.institutional else 11
    if others > limit:
        yield Fault("2300 HI", f"{others} other diagnoses; {limit} fit", "keep those that matter most to this claim")


def procedure_form(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        code, qualifier = line.procedure, line.procedure_qualifier
        if not code:
            continue
        if (qualifier == "HC" and not HCPCS.match(code)) or (qualifier == "HP" and not HIPPS.match(code)):
            kind = "CPT or HCPCS" if qualifier == "HC" else "HIPPS"
            yield Fault(at_line(scene.claim, line, "01" if not scene.institutional else "02"), *_form(code, kind))


def procedure_qualifier(scene: Scene) -> Iterator[Fault]:
    allowed = PROCEDURE_QUALIFIERS[scene.claim.type]
    for line in scene.claim.lines:
        if line.procedure and line.procedure_qualifier not in allowed:
            place = at_line(scene.claim, line, "02" if scene.institutional else "01")
            reason = f"{line.procedure_qualifier or 'no code'} as qualifier of a procedure"
            yield Fault(place, reason, "HC for CPT and HCPCS" + (", HP for HIPPS" if scene.institutional else ""))


def _form(code: str, kind: str) -> tuple[str, str]:
    return f"{code} has not the form of a {kind} code", "enter the code again: five characters, in capitals"


def procedure_missing(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if not line.procedure:
            yield Fault(at_line(scene.claim, line, "01"), "the procedure code is missing", "enter it")


def modifier_form(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for modifier in line.modifiers:
            if not MODIFIER.match(modifier):
                yield Fault(
                    _modifier_place(scene, line.number),
                    f"{modifier} has not the form of a modifier",
                    "two letters or digits, in capitals",
                )
        if len(line.modifiers) > 4:
            yield Fault(_modifier_place(scene, line.number), "more than four modifiers", "keep four, 99 among them")


def modifier_unknown(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for modifier in line.modifiers:
            if re.fullmatch(r"\d\d", modifier) and modifier not in NUMERIC_MODIFIERS:
                yield Fault(_modifier_place(scene, line.number), f"{modifier} is no CPT modifier", "check the modifier")


def modifier_repeated(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for modifier, times in Counter(line.modifiers).items():
            if times > 1:
                yield Fault(_modifier_place(scene, line.number), f"{modifier} stands {times} times", "send it once")


def _modifier_place(scene: Scene, number: int) -> str:
    return f"line {number} {'SV202-3' if scene.institutional else 'SV101-3'}"


def place_of_service(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.facility_code not in PLACES_OF_SERVICE:
        yield Fault("2300 CLM05-1", _pos_reason(claim.facility_code), "use a code of the CMS place of service list")
    for line in claim.lines:
        if line.place_of_service and line.place_of_service not in PLACES_OF_SERVICE:
            yield Fault(
                at_line(claim, line, "05"), _pos_reason(line.place_of_service), "use a code of the CMS list, or none"
            )


def _pos_reason(code: str) -> str:
    return f"{code} is no place of service" if code else "the place of service is missing"


def drug_code_form(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for segment in line.carried:
            drug = len(segment) > 3 and segment[0] == "LIN" and segment[2] == "N4"
            if drug and not re.fullmatch(r"\d{11}", segment[3]):
                yield Fault(
                    f"line {line.number} 2410 LIN03",
                    "an NDC is eleven digits (5-4-2) without hyphens",
                    "pad the labeler's code to 5-4-2",
                )


def drug_quantity(scene: Scene) -> Iterator[Fault]:
    """CTP04 of loop 2410: how much of the drug was given."""
    for line in scene.claim.lines:
        for segment in line.carried:
            if segment[:1] == ("CTP",) and len(segment) > 4 and segment[4]:
                amount = number(segment[4])
                if amount is None or amount <= 0:
                    yield Fault(
                        f"line {line.number} 2410 CTP04", "the drug's quantity is zero or no number", "enter it"
                    )


def procedure_icd_form(scene: Scene) -> Iterator[Fault]:
    """Inpatient procedures of the claim: ICD-10-PCS (BBR, BBQ) or ICD-9 (BR, BQ)."""
    for code in scene.claim.codes:
        if code.qualifier in {"BBR", "BBQ"} and not ICD10_PROCEDURE.match(code.code):
            yield Fault(
                _place(code), f"{code.code} has not the form of an ICD-10-PCS code", "seven characters, no O or I"
            )
        if code.qualifier in {"BR", "BQ"} and not ICD9_PROCEDURE.match(code.code.replace(".", "")):
            yield Fault(_place(code), f"{code.code} has not the form of an ICD-9 procedure", "enter the code again")


def present_on_admission(scene: Scene) -> Iterator[Fault]:
    for code in scene.claim.codes:
        if code.qualifier in DIAGNOSIS_QUALIFIERS and len(code.rest) > 6 and code.rest[6] not in {"", *"YNUW1"}:
            yield Fault(_place(code), "the present-on-admission indicator is Y, N, U or W", "enter one of the four")


def clia_form(scene: Scene) -> Iterator[Fault]:
    """REF*X4 of the claim or of a line: the laboratory's CLIA number."""
    claim = scene.claim
    numbers = [("2300", value) for qualifier, value in claim.references if qualifier == "X4"]
    for line in claim.lines:
        numbers += [(f"line {line.number}", s[2]) for s in line.carried if len(s) > 2 and s[:2] == ("REF", "X4")]
    for where, value in numbers:
        if not CLIA.match(value):
            yield Fault(f"{where} REF*X4", "a CLIA number is two digits, D and seven digits", "enter it again")
