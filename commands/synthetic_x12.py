"""Made-up claims as 837P and 837I files, the way a practice management system exports them: many claims in one file.

An own small writer, apart from adapters/x12, so that the examples are not written by the code that they try.
"""

from __future__ import annotations

from datetime import date

from commands.synthetic import CLINIC, HOSPITAL, Made, Person, Practice

_VERSIONS = {"837P": "005010X222A1", "837I": "005010X223A2"}


def professional(claims: list[Made], today: date) -> str:
    """An 837P file of the clinic."""
    return _file("837P", CLINIC, claims, today)


def institutional(claims: list[Made], today: date) -> str:
    """An 837I file of the hospital."""
    return _file("837I", HOSPITAL, claims, today)


def _file(kind: str, practice: Practice, claims: list[Made], today: date) -> str:
    version = _VERSIONS[kind]
    number = f"{today:%y%m%d}{1 if kind == '837P' else 2:03d}"
    body = [f"ST*837*0001*{version}", f"BHT*0019*00*{number}*{today:%Y%m%d}*0900*CH", *_header(practice)]
    body += _billing(practice, kind)
    level = 1
    for made in claims:
        level, segments = _subscriber(made, kind, level)
        body += segments
    body.append(f"SE*{len(body) + 1}*0001")
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'LAKESIDEPM':15}*ZZ*{'SANDBOX':15}*{today:%y%m%d}*0900*^*00501*{number}*0*T*:"
    gs = f"GS*HC*LAKESIDEPM*SANDBOX*{today:%Y%m%d}*0900*{int(number)}*X*{version}"
    segments = [isa, gs, *body, f"GE*1*{int(number)}", f"IEA*1*{number}"]
    return "".join(f"{segment}~\n" for segment in segments)


def _header(practice: Practice) -> list[str]:
    return [
        f"NM1*41*2*{practice.name}*****46*LAKESIDEPM",
        "PER*IC*BILLING OFFICE*TE*6085550100",
        "NM1*40*2*SANDBOX CLEARINGHOUSE*****46*SANDBOX",
    ]


def _billing(practice: Practice, kind: str) -> list[str]:
    return [
        "HL*1**20*1",
        f"PRV*BI*PXC*{practice.taxonomy}",
        f"NM1*85*2*{practice.name}*****XX*{practice.npi}",
        f"N3*{practice.street}",
        f"N4*{practice.city}*{practice.state}*{practice.postal_code}",
        f"REF*EI*{practice.tax_id}",
    ]


def _subscriber(made: Made, kind: str, level: int) -> tuple[int, list[str]]:
    """The loops 2000B to 2400 of one claim; `level` is the last HL number used."""
    level += 1
    own = level
    dependent = made.scenario.dependent
    segments = [
        f"HL*{own}*1*22*{1 if dependent else 0}",
        f"SBR*P*{'' if dependent else '18'}*{made.group}******{_indicator(made, kind)}",
        *_person("IL", made.subscriber, made.member_id, full=not dependent),
        f"NM1*PR*2*{made.payer.name}*****PI*{made.payer.id}",
    ]
    if dependent:
        level += 1
        segments += [f"HL*{level}*{own}*23*0", "PAT*19", *_person("QC", made.patient, "", full=True)]
    segments += _claim_professional(made) if kind == "837P" else _claim_institutional(made)
    return level, segments


def _indicator(made: Made, kind: str) -> str:
    medicare = made.payer.filing_indicator == "MB"
    return "MA" if medicare and kind == "837I" else made.payer.filing_indicator


def _person(role: str, person: Person, member_id: str, *, full: bool) -> list[str]:
    name = f"NM1*{role}*1*{person.last}*{person.first}" + (f"****MI*{member_id}" if member_id else "")
    if not full:
        return [name]
    return [
        name,
        f"N3*{person.street}",
        f"N4*{person.city}*{person.state}*{person.postal_code}",
        f"DMG*D8*{person.born:%Y%m%d}*{person.gender}",
    ]


def _claim_professional(made: Made) -> list[str]:
    last, first, number = CLINIC.clinician
    codes = "*".join(f"{'ABK' if n == 0 else 'ABF'}:{code}" for n, code in enumerate(made.diagnoses))
    segments = [
        f"CLM*{made.scenario.number}*{_money(made.charge_cents)}***11:B:1*Y*A*Y*Y",
        f"HI*{codes}",
        f"NM1*82*1*{last}*{first}****XX*{number}",
        f"PRV*PE*PXC*{CLINIC.taxonomy}",
    ]
    if made.second is not None:
        segments += [
            f"SBR*S*18*******{made.second.filing_indicator}",
            "OI***Y***Y",
            f"NM1*IL*1*{made.patient.last}*{made.patient.first}****MI*S{made.member_id}",
            f"NM1*PR*2*{made.second.name}*****PI*{made.second.id}",
        ]
    for at, line in enumerate(made.lines, 1):
        pointers = ":".join(str(pointer) for pointer in line.pointers)
        code = ":".join(("HC", line.procedure, *line.modifiers))
        segments += [
            f"LX*{at}",
            f"SV1*{code}*{_money(line.charge_cents)}*{line.unit}*{line.units}***{pointers}",
            f"DTP*472*D8*{made.served_from:%Y%m%d}",
            f"REF*6R*{made.scenario.number}L{at}",
        ]
    return segments


def _claim_institutional(made: Made) -> list[str]:
    last, first, number = HOSPITAL.clinician
    inpatient = made.scenario.inpatient
    days = f"{made.served_from:%Y%m%d}-{made.served_to:%Y%m%d}"
    present = ":::::::Y" if inpatient else ""
    segments = [
        f"CLM*{made.scenario.number}*{_money(made.charge_cents)}***{'11' if inpatient else '13'}:A:1**A*Y*Y",
        f"DTP*434*RD8*{days}",
    ]
    if inpatient:
        segments.append(f"DTP*435*DT*{made.served_from:%Y%m%d}1015")
    segments += ["CL1*1*1*01" if inpatient else "CL1*3*1*01", f"HI*ABK:{made.diagnoses[0]}{present}"]
    if inpatient:
        segments.append(f"HI*ABJ:{made.diagnoses[0]}")
    else:
        segments.append(f"HI*APR:{made.diagnoses[0]}")
    if others := made.diagnoses[1:]:
        segments.append("HI*" + "*".join(f"ABF:{code}{present}" for code in others))
    if inpatient:
        segments.append(f"HI*BE:80:::{(made.served_to - made.served_from).days}")
    segments.append(f"NM1*71*1*{last}*{first}****XX*{number}")
    for at, line in enumerate(made.lines, 1):
        procedure = f"HC:{line.procedure}" if line.procedure else ""
        segments += [
            f"LX*{at}",
            f"SV2*{line.revenue_code}*{procedure}*{_money(line.charge_cents)}*{line.unit}*{line.units}",
            f"DTP*472*D8*{made.served_from:%Y%m%d}",
            f"REF*6R*{made.scenario.number}L{at}",
        ]
    return segments


def _money(amount_cents: int) -> str:
    text = f"{amount_cents // 100}.{amount_cents % 100:02d}"
    return text.rstrip("0").rstrip(".")
