"""The X12 documents of the stories, written out of a few plain values. Text only: it shares no code with the product.

Amounts are decimal strings and days are YYYY-MM-DD, as the stories have them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

NPI = "1999999984"
CLINICIAN = "1888888876"
HOSPITAL_NPI = "1777777768"


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    id: str
    indicator: str
    """SBR09: CI commercial, MB Medicare Part B, MC Medicaid."""


@dataclass(frozen=True, slots=True)
class Patient:
    last: str
    first: str
    birth: str
    sex: str
    member: str


@dataclass(frozen=True, slots=True)
class Line:
    procedure: str
    charge: str
    pointers: str = "1"


@dataclass(frozen=True, slots=True)
class Visit:
    """One claim of an 837P."""

    number: str
    patient: Patient
    payer: Payer
    lines: tuple[Line, ...]
    on: str = "2026-03-02"
    diagnoses: tuple[str, ...] = ("E119",)
    frequency: str = "1"
    payer_number: str = ""
    """REF*F8, the payer's claim control number, of a replacement or a void."""
    second: Payer | None = None
    second_member: str = ""
    second_type: str = ""
    """SBR05 of the second payer: why Medicare isn't first."""

    @property
    def charge(self) -> str:
        return money(sum((Decimal(line.charge) for line in self.lines), Decimal()))


Adjustment = tuple[str, str, str]
"""Group, reason, amount: `("CO", "45", "25.00")`."""


@dataclass(frozen=True, slots=True)
class Paid:
    """One SVC of an 835."""

    procedure: str
    charge: str
    paid: str
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    number: str = ""
    """REF*6R, our line's control number."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One CLP of an 835."""

    visit: Visit
    status: str
    paid: str
    payer_number: str
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[Paid, ...] = ()
    remarks: tuple[str, ...] = ()
    number: str = ""
    """CLP01 where it isn't our own number."""
    charge: str = ""
    forwarded_to: str = ""


@dataclass(frozen=True, slots=True)
class Takeback:
    """One PLB adjustment; positive reduces the payment."""

    reason: str
    reference: str
    amount: str


@dataclass(frozen=True, slots=True)
class Remittance:
    payer: Payer
    trace: str
    on: str
    claims: tuple[Payment, ...] = ()
    provider_level: tuple[Takeback, ...] = ()
    payment: str = ""
    """BPR02 where it isn't the sum of the claims less the provider level."""
    interchange: int = 835000001
    by: dict[str, str] = field(default_factory=dict)


def money(amount: Decimal | str) -> str:
    text = f"{Decimal(amount):.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def d8(day: str) -> str:
    return day.replace("-", "")


def interchange(
    functional: str, version: str, kind: str, body: list[str], *, on: str, sender: str, control: int, st03: bool = True
) -> str:
    """One interchange with one group and one set, a segment a line."""
    day = d8(on)
    isa = (
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*LAKESIDEPM     *{day[2:]}*0600*^*00501*{control:09d}*0*P*:"
    )
    st = f"ST*{kind}*0001*{version}" if st03 else f"ST*{kind}*0001"
    lines = [isa, f"GS*{functional}*{sender}*LAKESIDEPM*{day}*0600*{control}*X*{version}", st, *body]
    lines += [f"SE*{len(body) + 2}*0001", f"GE*1*{control}", f"IEA*1*{control:09d}"]
    return "".join(f"{line}~\n" for line in lines)


# 837P


def claims_file(*visits: Visit, on: str = "2026-03-03", control: int = 260303001) -> str:
    body = [
        f"BHT*0019*00*{control}*{d8(on)}*0900*CH",
        "NM1*41*2*LAKESIDE FAMILY PRACTICE*****46*LAKESIDEPM",
        "PER*IC*BILLING OFFICE*TE*6085550100",
        "NM1*40*2*CLEARINGHOUSE*****46*CLEARHOUSE",
        "HL*1**20*1",
        "PRV*BI*PXC*207Q00000X",
        f"NM1*85*2*LAKESIDE FAMILY PRACTICE*****XX*{NPI}",
        "N3*12 HARBOR ST",
        "N4*MADISON*WI*537030012",
        "REF*EI*201234567",
    ]
    for level, visit in enumerate(visits, 2):
        body += _visit(visit, level)
    return interchange("HC", "005010X222A1", "837", body, on=on, sender="LAKESIDEPM", control=control)


def hospital_file(visit: Visit, revenue: tuple[str, ...], *, on: str = "2026-03-03", control: int = 260303002) -> str:
    """An 837I with one outpatient claim (type of bill 131); `revenue` has the revenue code of each line."""
    patient = visit.patient
    body = [
        f"BHT*0019*00*{control}*{d8(on)}*0900*CH",
        "NM1*41*2*LAKESIDE HOSPITAL*****46*LAKESIDEPM",
        "PER*IC*BILLING OFFICE*TE*6085550100",
        "NM1*40*2*CLEARINGHOUSE*****46*CLEARHOUSE",
        "HL*1**20*1",
        "PRV*BI*PXC*282N00000X",
        f"NM1*85*2*LAKESIDE HOSPITAL*****XX*{HOSPITAL_NPI}",
        "N3*40 HARBOR ST",
        "N4*MADISON*WI*537030012",
        "REF*EI*201234568",
        "HL*2*1*22*0",
        f"SBR*P*18*G4500******{visit.payer.indicator}",
        f"NM1*IL*1*{patient.last}*{patient.first}****MI*{patient.member}",
        "N3*3 MILL ST",
        "N4*MADISON*WI*53703",
        f"DMG*D8*{d8(patient.birth)}*{patient.sex}",
        f"NM1*PR*2*{visit.payer.name}*****PI*{visit.payer.id}",
        f"CLM*{visit.number}*{money(visit.charge)}***13:A:1**A*Y*Y",
        f"DTP*434*RD8*{d8(visit.on)}-{d8(visit.on)}",
        "CL1*3*1*01",
        f"HI*ABK:{visit.diagnoses[0]}",
        f"HI*APR:{visit.diagnoses[0]}",
        f"NM1*71*1*HARTWELL*IRENE****XX*{CLINICIAN}",
    ]
    for at, (line, code) in enumerate(zip(visit.lines, revenue, strict=True), 1):
        body += [
            f"LX*{at}",
            f"SV2*{code}*HC:{line.procedure}*{money(line.charge)}*UN*1",
            f"DTP*472*D8*{d8(visit.on)}",
            f"REF*6R*{visit.number}L{at}",
        ]
    return interchange("HC", "005010X223A2", "837", body, on=on, sender="LAKESIDEPM", control=control)


def _visit(visit: Visit, level: int) -> list[str]:
    patient, payer = visit.patient, visit.payer
    codes = "*".join(f"{'ABF' if n else 'ABK'}:{code}" for n, code in enumerate(visit.diagnoses))
    body = [
        f"HL*{level}*1*22*0",
        f"SBR*P*18*{'' if payer.indicator == 'MB' else 'G4500'}******{payer.indicator}",
        f"NM1*IL*1*{patient.last}*{patient.first}****MI*{patient.member}",
        "N3*3 MILL ST",
        "N4*MADISON*WI*53703",
        f"DMG*D8*{d8(patient.birth)}*{patient.sex}",
        f"NM1*PR*2*{payer.name}*****PI*{payer.id}",
        f"CLM*{visit.number}*{money(visit.charge)}***11:B:{visit.frequency}*Y*A*Y*Y",
    ]
    if visit.payer_number:
        body.append(f"REF*F8*{visit.payer_number}")
    body += [f"HI*{codes}", f"NM1*82*1*HARTWELL*IRENE****XX*{CLINICIAN}", "PRV*PE*PXC*207Q00000X"]
    if visit.second:
        body += [
            f"SBR*S*18*G7700**{visit.second_type}****{visit.second.indicator}",
            "OI***Y***Y",
            f"NM1*IL*1*{patient.last}*{patient.first}****MI*{visit.second_member}",
            f"NM1*PR*2*{visit.second.name}*****PI*{visit.second.id}",
        ]
    for at, line in enumerate(visit.lines, 1):
        body += [
            f"LX*{at}",
            f"SV1*HC:{line.procedure}*{money(line.charge)}*UN*1***{line.pointers}",
            f"DTP*472*D8*{d8(visit.on)}",
            f"REF*6R*{visit.number}L{at}",
        ]
    return body


# 835


def remittance(made: Remittance) -> str:
    taken = sum((Decimal(one.amount) for one in made.provider_level), Decimal())
    total = sum((Decimal(one.paid) for one in made.claims), Decimal()) - taken
    pays = money(made.payment or total)
    body = [
        f"BPR*I*{pays}*C*ACH*CCP*01*011000015*DA*1234*1512345678**01*021000021*DA*9876*{d8(made.on)}",
        f"TRN*1*{made.trace}*1512345678",
        f"DTM*405*{d8(made.on)}",
        f"N1*PR*{made.payer.name}*XV*{made.payer.id}",
        "N3*PO BOX 100",
        "N4*HARTFORD*CT*06101",
        "PER*BL*PAYER DESK*TE*8005550123",
        f"N1*PE*LAKESIDE FAMILY PRACTICE*XX*{NPI}",
        "LX*1",
    ]
    for claim in made.claims:
        body += _payment(claim, made.payer)
    for one in made.provider_level:
        body.append(f"PLB*{NPI}*20261231*{one.reason}:{one.reference}*{money(one.amount)}")
    return interchange(
        "HP", "005010X221A1", "835", body, on=made.on, sender="PAYER", control=made.interchange, st03=False
    )


def _payment(claim: Payment, payer: Payer) -> list[str]:
    visit = claim.visit
    everything = claim.adjustments + tuple(a for line in claim.lines for a in line.adjustments)
    share = sum((Decimal(a[2]) for a in everything if a[0] == "PR"), Decimal())
    charge = claim.charge or visit.charge
    clp = f"CLP*{claim.number or visit.number}*{claim.status}*{money(charge)}*{money(claim.paid)}*{money(share)}"
    body = [f"{clp}*{'MB' if payer.indicator == 'MB' else '12'}*{claim.payer_number}*11*{visit.frequency}".rstrip("*")]
    body += _adjustments(claim.adjustments)
    body.append(f"NM1*QC*1*{visit.patient.last}*{visit.patient.first}****MI*{visit.patient.member}")
    if claim.forwarded_to:
        body.append(f"NM1*TT*2*{claim.forwarded_to}*****PI*FWD01")
    if claim.remarks:
        body.append("MOA***" + "*".join(claim.remarks))
    body.append(f"DTM*232*{d8(visit.on)}")
    for line in claim.lines:
        body += [
            f"SVC*HC:{line.procedure}*{money(line.charge)}*{money(line.paid)}**1",
            f"DTM*472*{d8(visit.on)}",
            *_adjustments(line.adjustments),
        ]
        if line.number:
            body.append(f"REF*6R*{line.number}")
        body += [f"LQ*HE*{remark}" for remark in line.remarks]
    return body


def _adjustments(adjustments: tuple[Adjustment, ...]) -> list[str]:
    """One CAS for each group, its reasons in threes."""
    groups = dict.fromkeys(group for group, _, _ in adjustments)
    return [
        f"CAS*{group}*" + "**".join(f"{reason}*{money(amount)}" for g, reason, amount in adjustments if g == group)
        for group in groups
    ]


# acknowledgements and answers


def acknowledgement_999(group: int, disposition: str, *, on: str, error: str = "") -> str:
    """A 999 about the one set of one of our groups. Our control numbers count from 1 in the order of sending."""
    body = [f"AK1*HC*{group}*005010X222A1", "AK2*837*0001*005010X222A1"]
    if error:
        body += [f"IK3*{error}*22*2010*8", "IK4*2**1"]
    body += [f"IK5*{disposition}" + ("*5" if disposition == "R" else "")]
    body += [f"AK9*{disposition}*1*1*{0 if disposition == 'R' else 1}"]
    return interchange("FA", "005010X231A1", "999", body, on=on, sender="CLEARHOUSE", control=999000000 + group)


def acknowledgement_ta1(interchange_number: int, disposition: str, note: str, *, on: str) -> str:
    day = d8(on)[2:]
    control = 990000 + interchange_number
    isa = (
        f"ISA*00*          *00*          *ZZ*CLEARHOUSE     *ZZ*LAKESIDEPM     *{day}*0600*^*00501*{control:09d}*0*P*:"
    )
    lines = [isa, f"TA1*{interchange_number:09d}*{day}*0600*{disposition}*{note}", f"IEA*0*{control:09d}"]
    return "".join(f"{line}~\n" for line in lines)


def acknowledgement_277ca(
    sender: str,
    visit: Visit,
    code: str,
    *,
    on: str,
    payer_number: str = "",
    action: str = "WQ",
    number: str = "",
    provider: str = "",
) -> str:
    """A 277CA of the clearinghouse (`AY`) or the payer (`PR`) about one claim. `code` is STC01, `A2:20:PR`.

    `provider` is a status of the billing provider's own level; then `code` may be empty: the claim has none of its own.
    """
    source = "CLEARINGHOUSE" if sender == "AY" else visit.payer.name
    identifier = "CLEARHOUSE" if sender == "AY" else visit.payer.id
    patient = visit.patient
    body = [
        f"BHT*0085*08*ACK{d8(on)}*{d8(on)}*0600*TH",
        "HL*1**20*1",
        f"NM1*{sender}*2*{source}*****46*{identifier}",
        f"TRN*1*{d8(on)}001",
        f"DTP*050*D8*{d8(on)}",
        f"DTP*009*D8*{d8(on)}",
        "HL*2*1*21*1",
        "NM1*41*2*LAKESIDE FAMILY PRACTICE*****46*LAKESIDEPM",
        "TRN*2*BATCH1",
        f"STC*A1:19:{sender}*{d8(on)}*WQ*{money(visit.charge)}",
        "HL*3*2*19*1",
        f"NM1*85*2*LAKESIDE FAMILY PRACTICE*****XX*{NPI}",
        "TRN*1*0",
        *([f"STC*{provider}*{d8(on)}*U*{money(visit.charge)}"] if provider else []),
        "HL*4*3*PT",
        f"NM1*QC*1*{patient.last}*{patient.first}****MI*{patient.member}",
        f"TRN*2*{number or visit.number}",
        *([f"STC*{code}*{d8(on)}*{action}*{money(visit.charge)}"] if code else []),
    ]
    if payer_number:
        body.append(f"REF*1K*{payer_number}")
    body.append(f"DTP*472*D8*{d8(visit.on)}")
    return interchange("HN", "005010X214", "277", body, on=on, sender="CLEARHOUSE", control=_number("277" + d8(on)))


def status_answer(visit: Visit, *codes: str, on: str, payer_number: str = "", paid: str = "0") -> str:
    """A 277 about one claim: each code is an STC, `P1:20`."""
    patient = visit.patient
    body = [
        f"BHT*0010*08*ANS{d8(on)}*{d8(on)}*0600*DG",
        "HL*1**20*1",
        f"NM1*PR*2*{visit.payer.name}*****PI*{visit.payer.id}",
        "HL*2*1*21*1",
        "NM1*41*2*LAKESIDE FAMILY PRACTICE*****46*LAKESIDEPM",
        "HL*3*2*19*1",
        f"NM1*1P*2*LAKESIDE FAMILY PRACTICE*****XX*{NPI}",
        "HL*4*3*22*0",
        f"NM1*IL*1*{patient.last}*{patient.first}****MI*{patient.member}",
        "TRN*2*0",
        *(f"STC*{code}*{d8(on)}**{money(visit.charge)}*{money(paid)}" for code in codes),
    ]
    if payer_number:
        body.append(f"REF*1K*{payer_number}")
    body += [f"REF*EJ*{visit.number}", f"DTP*472*D8*{d8(visit.on)}"]
    return interchange("HN", "005010X212", "277", body, on=on, sender="PAYER", control=_number("276" + d8(on)))


def eligibility_answer(patient: Patient, payer: Payer, *, on: str, benefit: str = "1", rejection: str = "") -> str:
    """A 271: a benefit (EB01: 1 active, 6 inactive) or a rejection (AAA03) at the subscriber."""
    told = f"AAA*N**{rejection}*C" if rejection else f"EB*{benefit}**30**{payer.name}"
    body = [
        f"BHT*0022*11*ELIG{d8(on)}*{d8(on)}*0600",
        "HL*1**20*1",
        f"NM1*PR*2*{payer.name}*****PI*{payer.id}",
        "HL*2*1*21*1",
        f"NM1*1P*2*LAKESIDE FAMILY PRACTICE*****XX*{NPI}",
        "HL*3*2*22*0",
        f"NM1*IL*1*{patient.last}*{patient.first}****MI*{patient.member}",
        *([told] if rejection else []),
        f"DMG*D8*{d8(patient.birth)}*{patient.sex}",
        f"DTP*291*D8*{d8(on)}",
        *([] if rejection else [told]),
    ]
    return interchange("HB", "005010X279A1", "271", body, on=on, sender="PAYER", control=_number("271" + d8(on)))


def _number(text: str) -> int:
    """Nine digits of an interchange control number, made of a kind and a day."""
    return int(text[:3] + text[5:11])
