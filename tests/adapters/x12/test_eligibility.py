"""271: who is covered, who is refused and why, one answer a patient."""

from __future__ import annotations

from adapters.x12.rejections import BY_CODE, ROWS
from claims.documents import EligibilityAnswer, ParsedSet
from tests.adapters.x12.made import parsed

GUIDE = "005010X279A1"
TOP = """
    BHT*0022*11*Q1*20260620*0830
    HL*1**20*1
    NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01
    PER*IC*HELP*TE*4025550100
    HL*2*1*21*1
    NM1*1P*2*PRAIRIE CLINIC*****XX*1999999984
"""


def read(body: str) -> tuple[list[EligibilityAnswer], list[ParsedSet]]:
    sets = list(parsed(("271", GUIDE, TOP + body)).sets)
    return [one.parsed for one in sets if isinstance(one.parsed, EligibilityAnswer)], sets


def test_an_active_subscriber_has_benefits_with_amounts_percents_and_our_trace_first() -> None:
    (answer,), sets = read(
        """
        HL*3*2*22*0
        TRN*1*PAYERS*9PAYERXXXX
        TRN*2*OURS*9PRACTICEX
        NM1*IL*1*DOE*JANE****MI*MEM1
        EB*1*IND*30^98*HM*GOLD
        EB*C*IND*30***23*500
        EB*C*IND*30***29*125.5
        EB*A*IND*98*****.2
        EB*F*IND*33******VS*12
        EB*R**30
        III*ZZ*11
        """
    )
    assert answer.active
    assert not answer.inactive
    assert answer.traces == ("OURS", "PAYERS")
    assert answer.member_id == "MEM1"
    assert [(b.code, b.service_types, b.period, b.amount_cents, b.percent) for b in answer.benefits] == [
        ("1", ("30", "98"), "", None, ""),
        ("C", ("30",), "23", 50000, ""),
        ("C", ("30",), "29", 12550, ""),
        ("A", ("98",), "", None, ".2"),
        ("F", ("33",), "", None, ""),
        ("R", ("30",), "", None, ""),
    ]
    assert answer.benefits[4].elements == ("EB", "F", "IND", "33", "", "", "", "", "", "VS", "12")
    assert sets[0].problems == ()


def test_coverage_that_ended_is_inactive_and_not_merely_unknown() -> None:
    (answer,), _ = read("HL*3*2*22*0\nTRN*2*OURS*9PRACTICEX\nNM1*IL*1*DOE*JANE****MI*MEM1\nEB*6**30")
    assert (answer.active, answer.inactive) == (False, True)


def test_a_dependent_answers_under_the_subscribers_number_and_hears_the_subscribers_rejection() -> None:
    (answer,), _ = read(
        """
        HL*3*2*22*1
        TRN*2*OURS*9PRACTICEX
        NM1*IL*1*DOE*JOHN****MI*MEM0
        AAA*N**72*C
        HL*4*3*23*0
        TRN*2*OURS*9PRACTICEX
        NM1*03*1*DOE*JANE
        """
    )
    assert (answer.member_id, answer.traces) == ("MEM0", ("OURS",))
    assert [(r.code, r.level, r.follow_up) for r in answer.rejections] == [("72", "subscriber", "C")]
    assert answer.rejections[0].meaning == "Member number missing or not valid"
    assert "card" in answer.rejections[0].what_to_do


def test_a_rejection_of_the_provider_is_told_to_every_patient_below() -> None:
    answers, _ = read(
        """
        AAA*N**51*C
        HL*3*2*22*0
        NM1*IL*1*DOE*JANE****MI*MEM1
        HL*4*2*22*0
        NM1*IL*1*ROE*JOHN****MI*MEM2
        AAA*N**75*C
        """
    )
    assert [(a.member_id, [r.code for r in a.rejections]) for a in answers] == [
        ("MEM1", ["51"]),
        ("MEM2", ["51", "75"]),
    ]


def test_a_payer_that_cannot_answer_at_all_still_gives_one_answer() -> None:
    sets = parsed(("271", GUIDE, "BHT*0022*11*Q1*20260620*0830\nHL*1**20*0\nAAA*Y**42*R\nNM1*PR*2*P*****PI*1")).sets
    (answer,) = [one.parsed for one in sets]
    assert isinstance(answer, EligibilityAnswer)
    assert [(r.code, r.level) for r in answer.rejections] == [("42", "source")]
    assert answer.member_id == ""


def test_an_unknown_rejection_is_kept_with_advice() -> None:
    (answer,), sets = read("HL*3*2*22*0\nNM1*IL*1*DOE*JANE****MI*MEM1\nAAA*N**ZZ*C")
    assert [problem.element for problem in sets[0].problems] == [3]
    assert answer.rejections[0].code == "ZZ"
    assert answer.rejections[0].what_to_do


def test_the_table_of_rejections_names_every_code_of_the_guide_once() -> None:
    # AAA03 of 005010X279A1: loops 2000A, 2100A, 2100B, 2100C, 2110C, 2100D and 2110D together.
    guide = (
        "04 15 33 35 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 67 68 69 70 71 72 73 "
        "74 75 76 77 78 79 80 97 98 AA AE AF AG AO CI E8 IA MA T4"
    )
    assert sorted(row.code for row in ROWS) == sorted(guide.split())
    assert len(BY_CODE) == len(ROWS)
    for row in ROWS:
        assert row.meaning, row.code
        assert row.what_to_do.endswith((".", "?")), row.code
