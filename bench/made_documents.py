"""Made-up remittances, acknowledgements and claim files of any size for the benchmarks; the same text for the same size.

Written by hand from the shape of the guides, apart from adapters/x12, so that no reader reads what it wrote itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from claims.deliveries import IndexEntry

Line = tuple[str, int, int, int, int]
_FIRST_DAY = date(2026, 7, 1)
_PROCEDURES = tuple(f"{code}" for code in (*range(99202, 99216), *range(80047, 80077), *range(97110, 97126)))


def remittance(claims: int, *, all_differ: bool = False) -> bytes:
    """An 835 (005010X221A1) of one set that balances: two lines and 18 segments a claim.

    Of ten claims, six are paid with a contractual write-off, two with a deductible, one is partly and one wholly denied.
    """
    lines = [_lines(n, all_differ=all_differ) for n in range(claims)]
    paid = sum(_paid_cents(one) for one in lines)
    body = [
        "ST*835*0001",
        f"BPR*I*{_money(paid)}*C*ACH*CCP*01*021000021*DA*123456789*1512345678**01*031302955*DA*987654321*20260901",
        "TRN*1*EFT20260901001*1512345678",
        "REF*EV*CLINIC",
        "DTM*405*20260831",
        "N1*PR*EXAMPLE HEALTH PLAN*XV*12345",
        "N3*PO BOX 1000",
        "N4*MADISON*WI*53701",
        "PER*BL*PROVIDER SERVICES*TE*8005550100",
        "N1*PE*LAKESIDE FAMILY MEDICINE*XX*1999999984",
        "REF*TJ*391234567",
        "LX*1",
        *(segment for n, one in enumerate(lines) for segment in _payment(n, one)),
    ]
    return _file("HP", "005010X221A1", body)


def _payment(n: int, lines: list[Line]) -> Iterator[str]:
    denied = n % 10 == 9
    charge, owed = sum(line[1] for line in lines), sum(line[3] for line in lines)
    day = _day(n)
    status = 4 if denied and n % 20 == 19 else 1
    yield f"CLP*{_number(n)}*{status}*{_money(charge)}*{_money(_paid_cents(lines))}*{_money(owed)}*12*{_payer_number(n)}*11*1"
    yield f"NM1*QC*1*DOE{n % 97}*JAN{n % 13}****MI*M{n:09d}"
    yield "NM1*82*1*ADAMS*ALICE****XX*1999999976"
    yield f"REF*1L*GRP{n % 50:04d}"
    yield f"DTM*232*{day:%Y%m%d}"
    yield f"DTM*233*{day:%Y%m%d}"
    yield f"DTM*050*{day + timedelta(days=3):%Y%m%d}"
    for at, (procedure, billed, written_off, patient, refused) in enumerate(lines, 1):
        paid = billed - written_off - patient - refused
        yield f"SVC*HC:{procedure}{':25' if at == 2 and n % 4 == 0 else ''}*{_money(billed)}*{_money(paid)}**1"
        yield f"DTM*472*{day:%Y%m%d}"
        if written_off:
            yield f"CAS*CO*45*{_money(written_off)}"
        if refused:
            yield f"CAS*CO*{'97' if at == 2 else '16'}*{_money(refused)}"
        if patient:
            yield f"CAS*PR*{'1' if n % 10 > 7 else '2'}*{_money(patient)}"
        yield f"REF*6R*{_number(n)}L{at}"
        yield f"AMT*B6*{_money(billed - written_off - refused)}"
        if refused:
            yield "LQ*HE*N130"


def _lines(n: int, *, all_differ: bool = False) -> list[Line]:
    """Procedure, charge, contractual, patient's share and refused of each line, in cents.

    A practice bills its fee and a payer allows what its contract says, so amounts repeat: sixty procedures, up to four
    units, three contracts; what is left of a deductible is any amount. With `all_differ` no amount repeats much.
    """
    found = []
    for at in (1, 2):
        which = (n * 7 + at * 31) % 60
        charge = (4_000 + which * 475) * (1 + (n + at) % 4)
        if all_differ:
            charge = 5_000 + (n * 37 + at * 1_311) % 30_000
        refused = charge if n % 10 == 9 or (n % 10 == 8 and at == 2) else 0
        allowed = charge * (70, 62, 81)[n % 3] // 100
        patient = 0
        if not refused and n % 10 > 7:
            patient = min(allowed, 1_000 + n * 13 % 9_000)
        elif not refused and n % 10 > 3:
            patient = allowed // 5
        found.append((_PROCEDURES[which], charge, 0 if refused else charge - allowed, patient, refused))
    return found


def _paid_cents(lines: list[Line]) -> int:
    return sum(charge - written_off - patient - refused for _, charge, written_off, patient, refused in lines)


def acknowledgement(claims: int) -> bytes:
    """A 277CA (005010X214) of one provider; of fifty claims, one is rejected."""
    charge = sum(sum(line[1] for line in _lines(n)) for n in range(claims))
    body = [
        "ST*277*0001*005010X214",
        "BHT*0085*08*277CA0001*20260801*1200*TH",
        "HL*1**20*1",
        "NM1*AY*2*EXAMPLE CLEARINGHOUSE*****46*CLEAR01",
        "TRN*1*200801001",
        "DTP*050*D8*20260801",
        "DTP*009*D8*20260801",
        "HL*2*1*21*1",
        "NM1*41*2*LAKESIDE FAMILY MEDICINE*****46*LAKESIDE",
        "TRN*2*BATCH0001",
        f"STC*A1:19:PR*20260801*WQ*{_money(charge)}",
        f"QTY*90*{claims}",
        f"AMT*YU*{_money(charge)}",
        "HL*3*2*19*1",
        "NM1*85*2*LAKESIDE FAMILY MEDICINE*****XX*1999999984",
        "TRN*2*0",
        f"STC*A1:19:PR**WQ*{_money(charge)}",
    ]
    for n in range(claims):
        accepted, day = n % 50 != 49, _day(n)
        status = "A2:20:PR" if accepted else "A7:562:85"
        body += [
            f"HL*{n + 4}*3*PT",
            f"NM1*QC*1*DOE{n % 97}*JAN{n % 13}****MI*M{n:09d}",
            f"TRN*2*{_number(n)}",
            f"STC*{status}*20260801*{'WQ' if accepted else 'U'}*{_money(sum(line[1] for line in _lines(n)))}",
            f"REF*1K*{_payer_number(n)}",
            f"DTP*472*RD8*{day:%Y%m%d}-{day:%Y%m%d}",
        ]
    return _file("HN", "005010X214", body)


def index(claims: int) -> list[IndexEntry]:
    """What the records know of these claims."""
    return [
        IndexEntry(
            practice="npi-1999999984",
            claim_id=f"clm-{n:07d}",
            patient_control_number=_number(n),
            payer_ids=("12345",),
            member_ids=(f"M{n:09d}",),
            service_from=_day(n),
            service_to=_day(n),
            charge_cents=sum(line[1] for line in _lines(n)),
            line_control_numbers=(f"{_number(n)}L1", f"{_number(n)}L2"),
            lines=tuple((line[0], line[1]) for line in _lines(n)),
        )
        for n in range(claims)
    ]


def _file(functional: str, version: str, body: list[str]) -> bytes:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PAYER':15}*ZZ*{'LAKESIDE':15}*260901*1200*^*00501*000000001*0*P*:"
    gs = f"GS*{functional}*PAYER*LAKESIDE*20260901*1200*1*X*{version}"
    segments = [isa, gs, *body, f"SE*{len(body) + 1}*0001", "GE*1*1", "IEA*1*000000001"]
    return "".join(f"{segment}~" for segment in segments).encode("ascii")


def _number(n: int) -> str:
    return f"LKP{n:07d}"


def _payer_number(n: int) -> str:
    return f"26244{n:08d}"


def _day(n: int) -> date:
    return _FIRST_DAY + timedelta(days=n % 45)


def _money(amount_cents: int) -> str:
    text = f"{amount_cents // 100}.{amount_cents % 100:02d}"
    return text.rstrip("0").rstrip(".")
