"""The quick reading of a remittance against the careful one: the same claims, the same problems, at the same places."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from adapters.x12.plain_claims import PlainClaims, Remarkable
from adapters.x12.reader import TransactionSet, read_document
from adapters.x12.remittance import read_remittance
from adapters.x12.segments import STANDARD
from bench.made_documents import remittance
from claims.documents import ClaimPayment
from tests.adapters.x12.expected import SAMPLES, rows
from tests.adapters.x12.made import file_of
from tests.adapters.x12.test_damages import DAMAGES, KINDS, REMITTANCE
from tests.adapters.x12.test_remittance import HEADER

ERA = "005010X221A1"
TYPICAL = """
    CLP*A1*1*300*250*15*12*PCN1*11*1
    NM1*QC*1*DOE*JANE****MI*MEM1
    NM1*82*1*ADAMS*ALICE****XX*1999999976
    REF*1L*GROUP1
    DTM*232*20260601
    SVC*HC:99213:25*150*100**1
    DTM*472*20260601
    CAS*CO*45*35
    CAS*PR*3*15
    REF*6R*LINE1
    AMT*B6*115
    SVC*HC:99214*150*150
"""


def sets_of(raw: bytes) -> Iterator[TransactionSet]:
    """Its 835 sets, cut afresh."""
    yield from (ts for ts in read_document(raw).sets if ts.kind == "835")


def agree(raw: bytes, where: str) -> int:
    """How many claims both readings found; they have to be the same to the last field, and to the order of fields."""
    found = 0
    for quick, careful in zip(sets_of(raw), sets_of(raw), strict=True):
        mine, my_problems = read_remittance(quick)
        theirs, their_problems = read_remittance(careful, quick=False)
        assert sorted(map(repr, my_problems)) == sorted(map(repr, their_problems)), where
        assert mine == theirs, where
        if mine is not None and theirs is not None:
            assert mine.model_dump_json() == theirs.model_dump_json(), where
            found += len(mine.claims)
    return found


def test_both_readings_of_every_public_remittance_are_the_same() -> None:
    claims = sum(len(row["claims"]) for row in rows("835"))
    paths = sorted(path for path in SAMPLES.glob("*/*") if path.is_file())
    assert sum(agree(path.read_bytes(), path.name) for path in paths) == claims


@pytest.mark.parametrize("all_differ", [False, True])
def test_both_readings_of_a_big_remittance_are_the_same(all_differ: bool) -> None:
    assert agree(remittance(200, all_differ=all_differ), "made") == 200


@pytest.mark.parametrize("number", range(len(DAMAGES)))
def test_both_readings_of_a_damaged_remittance_are_the_same(number: int) -> None:
    text, _ = KINDS["835"]
    big = remittance(3).decode()
    for i in range(60):
        rng = random.Random(f"{number} {i}")
        damaged = DAMAGES[number](text if i % 2 else big, rng)
        agree(damaged.encode("utf-8", errors="surrogateescape"), f"{number} {i}")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("CLP*A1*", "CLP* A1 *"),
        ("CLP*A1*1*", "CLP*1L*1*"),
        ("CLP*A1*1*300*", "CLP*A1*1*3OO*"),
        ("*300*250*15*", "*300*250**"),
        ("*300*250*", "**250*"),
        ("*300*250*", "*300.004*250*"),
        ("*300*250*", "*+300.*0250.0*"),
        ("*300*250*", "*٣٠٠*250*"),
        ("*1*300", "*9*300"),
        ("CAS*CO*45*35", "CAS*XX*45*35"),
        ("CAS*CO*45*35", "CAS*CO*45"),
        ("CAS*CO*45*35", "CAS*CO*4-5*35"),
        ("CAS*CO*45*35", "CAS*CO*45*34"),
        ("CAS*CO*45*35", "CAS*CO*45*30**253*5"),
        ("CAS*CO*45*35", "CAS*CO*45*35" + "*" * 30),
        ("CAS*CO*45*35", "CAS*CO*45*35" + "*1" * 18),
        ("DTM*232*20260601", "DTM*232*20260631"),
        ("DTM*232*20260601", "DTM*233*20260601"),
        ("DTM*232*20260601", "N1*PR*OTHER PLAN"),
        ("DTM*232*20260601", "N1*TT*OTHER PLAN"),
        ("DTM*232*20260601", "NM1*TT*2*NEXT PLAN"),
        ("DTM*472*20260601", "DTM*472****RD8*20260601-20260603"),
        ("DTM*472*20260601", "DTM*472****RD8*20260601-2026"),
        ("DTM*472*20260601", "DTM*150*20260601~DTM*151*20260603"),
        ("HC:99213:25", "NU:0450"),
        ("HC:99213:25", "HC>99213>25"),
        ("HC:99213:25", ":"),
        ("HC:99213:25*150*100**1", "HC:99213:25*150*100*0450*1*HC:99212:59"),
        ("HC:99213:25*150*100**1", "HC:99213:25*150*100*0450*1*HC"),
        ("AMT*B6*115", "AMT*B6*much"),
        ("AMT*B6*115", "AMT*B6*~MOA***MA01**N1~LQ*HE*N130"),
        ("REF*6R*LINE1", "REF*F8*ORIGINAL~REF*1L*GROUP2~REF*6R"),
        ("REF*6R*LINE1", "LX*2~TS3*1999999984*11"),
        ("REF*6R*LINE1", "XYZ*1~ CAS *PR*1*0"),
        ("NM1*QC*1*DOE*JANE****MI*MEM1", "NM1*QC*1*DOE*JANE****34*MEM1"),
        ("NM1*QC*1*DOE*JANE****MI*MEM1", "NM1*QC*1~NM1*74*1******C*MEM2~NM1*IL*1******MI*MEM3"),
        ("NM1*QC*1*DOE*JANE****MI*MEM1", "NM1*QC*1*CLP*JANE****MI*MEM1"),
    ],
)
def test_whatever_is_odd_about_a_claim_both_readings_say_the_same(was: str, now: str) -> None:
    assert was in TYPICAL
    text = file_of(("835", ERA, HEADER + TYPICAL.replace(was, now, 1) + TYPICAL))
    agree(text.encode(), now)


def test_the_claims_of_a_usual_remittance_are_read_quickly() -> None:
    """All of the benchmark's, so that its figure is the quick reading's; and the typical one above."""
    reader, quickly = PlainClaims(STANDARD), 0
    for text in (remittance(50).decode(), file_of(("835", ERA, HEADER + TYPICAL)).replace("~\n", "~")):
        for chunk in text.split("~CLP*")[1:]:
            claim, _ = reader.read(f"CLP*{chunk}".split("~"), 1)
            assert ClaimPayment.model_validate(claim.model_dump()) == claim
            quickly += 1
    assert quickly == 51


def test_a_claim_with_something_to_report_is_left_to_the_careful_reading() -> None:
    with pytest.raises(Remarkable):
        PlainClaims(STANDARD).read(["CLP*A1*1*3OO*250"], 1)
    with pytest.raises(Remarkable):
        PlainClaims(STANDARD).read(["CLP*A1*1*300*250", "SVC*HC:99213*150*100", "CAS*CO*45*49"], 1)


def test_a_claims_neighbours_do_not_change_how_it_is_read() -> None:
    """What is remembered of one claim's segments is no part of another's: three times the same claim, three equal ones."""
    text = file_of(("835", ERA, HEADER + TYPICAL * 3 + REMITTANCE[len(HEADER) :]))
    assert agree(text.encode(), "neighbours") == 6
    (ts,) = sets_of(text.encode())
    read, _ = read_remittance(ts)
    assert read is not None
    assert len({claim.model_copy(update={"segment": 0}).model_dump_json() for claim in read.claims[:3]}) == 1
