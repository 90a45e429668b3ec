"""Damaged documents of every kind: no crash, and nothing that stood in the file is gone without a word."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from adapters.x12.parse import parse
from claims.documents import (
    ClaimSubmissionSet,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    ParsedDocument,
    Remittance,
    StatusReport,
)
from tests.adapters.x12.made import file_of
from tests.adapters.x12.test_acknowledgement import PARTIAL
from tests.adapters.x12.test_eligibility import TOP
from tests.adapters.x12.test_inquiries import ELIGIBILITY
from tests.adapters.x12.test_remittance import HEADER
from tests.adapters.x12.test_status_report import BATCH

REMITTANCE = (
    HEADER
    + """
    CLP*A1*1*300*250*50*12*PCN1*11*1
    NM1*QC*1*DOE*JANE****MI*MEM1
    SVC*HC:99213*150*100**1
    DTM*472*20260601
    CAS*CO*45*30**253*5
    CAS*PR*3*15
    REF*6R*LINE1
    LQ*HE*N130
    SVC*NU:0450*150*150
    CLP*A2*22*-100*-100**12*PCN2*11*1
    CAS*CO*45*0
    CLP*A3*4*80*0**MC*PCN3*11*1
    CAS*CO*29*80
    MOA***MA01
    PLB*1999999984*20261231*WO:PCN9*49.5
    """
)
COVERAGE = (
    TOP
    + """
    HL*3*2*22*0
    TRN*2*OURS*9PRACTICEX
    NM1*IL*1*DOE*JANE****MI*MEM1
    EB*1*IND*30^98*HM*GOLD
    EB*C*IND*30***23*500
    HL*4*2*22*0
    NM1*IL*1*ROE*JOHN****MI*MEM2
    AAA*N**75*C
    """
)
CLAIMS = """
    BHT*0019*00*B1*20260620*0830*CH
    NM1*41*2*PRAIRIE BILLING*****46*SUB1
    PER*IC*DESK*TE*4025550100
    NM1*40*2*CLEARING HOUSE*****46*CH01
    HL*1**20*1
    NM1*85*2*PRAIRIE CLINIC*****XX*1999999984
    N3*1 MAIN ST
    N4*OMAHA*NE*681020000
    REF*EI*470000000
    HL*2*1*22*0
    SBR*P*18*******CI
    NM1*IL*1*DOE*JANE****MI*MEM1
    N3*2 MAIN ST
    N4*OMAHA*NE*681020000
    DMG*D8*19850515*F
    NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01
    CLM*A1*150***11:B:1*Y*A*Y*Y
    HI*ABK:J069
    LX*1
    SV1*HC:99213*150*UN*1***1
    DTP*472*D8*20260601
    CLM*A2*90***11:B:1*Y*A*Y*Y
    HI*ABK:J069
    LX*1
    SV1*HC:99212*90*UN*1***1
    DTP*472*D8*20260602
    """


_ANSWER = "\n".join(line for line in BATCH.replace("*TH\n", "*DG\n").splitlines() if "QTY" not in line)
_INSTITUTIONAL = (
    CLAIMS.replace("SV1*HC:", "SV2*0450*HC:").replace("11:B:1*Y*A", "13:A:1**A").replace("*1***1\n", "*1\n")
)


def claims_read(document: ParsedDocument) -> int:
    """Claims, statuses, benefits, rejections and sets that were read, whatever the kind."""
    found = 0
    rejections: set[int] = set()
    for one in document.sets:
        parsed = one.parsed
        if isinstance(parsed, (Remittance, ClaimSubmissionSet)):
            found += len(parsed.claims)
        elif isinstance(parsed, StatusReport):
            found += len(parsed.statuses)
        elif isinstance(parsed, FunctionalAcknowledgement):
            found += len(parsed.sets)
        elif isinstance(parsed, EligibilityAnswer):
            found += len(parsed.benefits)
            rejections |= {rejection.segment for rejection in parsed.rejections}
        elif isinstance(parsed, InterchangeAcknowledgement):
            found += 1
    return found + len(rejections)


KINDS: dict[str, tuple[str, int]] = {
    "835": (file_of(("835", "005010X221A1", REMITTANCE), ("835", "005010X221A1", REMITTANCE.replace("A1*", "B1*"))), 6),
    "277CA": (file_of(("277", "005010X214", BATCH)), 6),
    "277": (file_of(("277", "005010X212", _ANSWER)), 6),
    "271": (file_of(("271", "005010X279A1", COVERAGE)), 3),
    "999": (file_of(("999", "005010X231A1", PARTIAL)), 3),
    "837P": (file_of(("837", "005010X222A1", CLAIMS)), 2),
    "837I": (file_of(("837", "005010X223A2", _INSTITUTIONAL)), 2),
    "270": (ELIGIBILITY.lstrip(), 0),
    "TA1": (ELIGIBILITY.lstrip().replace("GS*", "TA1*000000019*260101*1200*A*000~\nGS*"), 1),
}


def _cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(1, len(text))]


def _over_segments(change: Callable[[list[str], random.Random], None]) -> Callable[[str, random.Random], str]:
    def damage(text: str, rng: random.Random) -> str:
        segments = text.split("~")
        change(segments, rng)
        return "~".join(segments)

    return damage


def _swap(segments: list[str], rng: random.Random) -> None:
    one, other = rng.randrange(len(segments)), rng.randrange(len(segments))
    segments[one], segments[other] = segments[other], segments[one]


def _repeat(segments: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(segments))
    segments.insert(at, segments[at])


def _drop(segments: list[str], rng: random.Random) -> None:
    del segments[rng.randrange(len(segments))]


def _shuffle(segments: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(segments))
    part = segments[at : at + 8]
    rng.shuffle(part)
    segments[at : at + 8] = part


def _flip(text: str, rng: random.Random) -> str:
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(text))
        text = text[:at] + chr(ord(text[at]) ^ (1 << rng.randrange(7))) + text[at + 1 :]
    return text


def _nul(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + "\0" * rng.randrange(1, 4) + text[at + rng.randrange(2) :]


def _insert(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return (
        text[:at] + rng.choice(["~", "*", ":", "^", "\r\n", "\ufeff", "é", "A" * 3000, "ISA*", "SE*1*1~"]) + text[at:]
    )


def _lose(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + rng.randrange(1, 40) :]


DAMAGES: list[Callable[[str, random.Random], str]] = [
    _cut,
    _over_segments(_swap),
    _over_segments(_repeat),
    _over_segments(_drop),
    _over_segments(_shuffle),
    _flip,
    _nul,
    _insert,
    _lose,
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_undamaged_file_is_read_whole_and_without_a_problem(kind: str) -> None:
    text, claims = KINDS[kind]
    document = parse(text.encode())
    assert claims_read(document) == claims
    assert document.all_problems == ()


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_damages_crash_nothing_and_lose_nothing_in_silence(kind: str) -> None:
    text, claims = KINDS[kind]
    for i in range(200):
        rng = random.Random(f"{kind} {i}")
        damaged = DAMAGES[i % len(DAMAGES)](text, rng)
        document = parse(damaged.encode("utf-8", errors="surrogateescape"))
        if kind == "TA1":  # nothing counts the TA1s of an interchange: one that is cut out whole was never there
            claims = len(re.findall(r"(?:^|~)\s*TA1\*", damaged))
        if claims_read(document) < claims:
            assert document.all_problems, f"{kind} {i}: {claims_read(document)} of {claims} read, and no word of it"


def test_random_bytes_are_no_document_and_say_so() -> None:
    for i in range(50):
        rng = random.Random(i)
        document = parse(rng.randbytes(rng.randrange(0, 400)))
        assert document.all_problems
        assert document.unreadable
