"""Claims as upstream systems send them: every loop at its place, and a bad claim refused alone."""

from __future__ import annotations

from datetime import date

import pytest

from claims.claim import (
    Address,
    Adjustment,
    Admission,
    HealthCode,
    LineDecision,
    Name,
    PriorDecision,
    Provider,
)
from tests.adapters.x12.claim_text import golden, one, read

VISIT_TEXT = golden("professional_office_visit.x12")
CHILD_TEXT = golden("professional_child_secondary_replacement.x12")
STAY_TEXT = golden("institutional_inpatient.x12")


def test_an_office_visit_is_read_whole() -> None:
    claim = one(VISIT_TEXT)
    assert (claim.type, claim.patient_control_number, claim.charge_cents) == ("professional", "PCN-1", 13000)
    assert (claim.facility_code, claim.facility_qualifier, claim.frequency) == ("11", "B", "1")
    assert claim.indicators == ("Y", "A", "Y", "Y")
    assert claim.billing == Provider(
        role="billing",
        name=Name(organization=True, last="EXAMPLE FAMILY CLINIC"),
        id_qualifier="XX",
        identifier="1234567893",
        taxonomy="207Q00000X",
        tax_id="311234567",
        tax_id_qualifier="EI",
        address=Address(line1="1 MAIN ST", city="COLUMBUS", state="OH", postal_code="432150001"),
        carried=(("PER", "IC", "BILLING OFFICE", "TE", "5555550101"),),
    )
    (coverage,) = claim.coverages
    assert (coverage.order, coverage.relationship, coverage.group_number) == ("primary", "18", "GRP1")
    assert (coverage.filing_indicator, coverage.member_id, coverage.payer.payer_id) == ("CI", "MEM0001", "60054")
    assert claim.patient == coverage.subscriber
    assert claim.patient.name == Name(last="SAMPLE", first="PAT", middle="Q", suffix="JR")
    assert (claim.patient.birth_date, claim.patient.gender) == (date(1970, 1, 2), "F")
    assert [(code.qualifier, code.code) for code in claim.diagnoses] == [("ABK", "J209"), ("ABF", "I10")]
    assert claim.references == (("G1", "AUTH1"),)
    assert [(p.role, p.npi, p.taxonomy) for p in claim.providers] == [
        ("referring", "1992999999", ""),
        ("rendering", "1003000126", "207Q00000X"),
    ]


def test_a_day_has_no_last_day_and_a_range_has_both() -> None:
    visit, shot = one(VISIT_TEXT).lines
    assert (visit.service_from, visit.service_to) == (date(2026, 2, 23), None)
    assert (shot.service_from, shot.service_to) == (date(2026, 2, 23), date(2026, 2, 23))
    assert (visit.procedure, visit.modifiers, visit.charge_cents, visit.quantity) == ("99213", ("25",), 10000, "1")
    assert (visit.pointers, visit.control_number) == ((1, 2), "L1")


def test_a_child_is_the_patient_and_the_destination_payer_comes_first() -> None:
    claim = one(CHILD_TEXT)
    assert (claim.patient.name.first, claim.patient_relationship) == ("CAM", "19")
    assert claim.patient.carried == (("REF", "Y4", "CASUALTY1"),)
    assert [(c.order, c.payer.payer_id, c.relationship) for c in claim.coverages] == [
        ("secondary", "60055", "19"),
        ("primary", "60054", "19"),
    ]
    assert claim.pay_to is not None
    assert claim.pay_to_plan is not None
    assert (claim.pay_to.address, claim.pay_to_plan.tax_id) == (
        Address(line1="PO BOX 9", city="COLUMBUS", state="OH", postal_code="432160009"),
        "987654321",
    )
    assert (claim.frequency, claim.payer_claim_control_number) == ("7", "PAYERICN7")


def test_what_the_first_payer_decided_is_read_for_the_claim_and_for_its_lines() -> None:
    claim = one(CHILD_TEXT)
    assert claim.coverages[1].prior == PriorDecision(
        paid_cents=24500,
        remaining_cents=7050,
        decided_on=date(2026, 2, 20),
        payer_claim_control_number="FIRSTICN",
        adjustments=(
            Adjustment(group="CO", reason="45", amount_cents=10000, quantity="1"),
            Adjustment(group="CO", reason="253", amount_cents=200),
            Adjustment(group="PR", reason="1", amount_cents=5000),
            Adjustment(group="PR", reason="2", amount_cents=2050),
        ),
    )
    assert claim.lines[0].decisions == (
        LineDecision(
            payer_id="60054",
            paid_cents=24500,
            procedure="HC:25600:LT",
            quantity="1",
            adjustments=(
                Adjustment(group="CO", reason="45", amount_cents=10000),
                Adjustment(group="PR", reason="1", amount_cents=2050),
            ),
            decided_on=date(2026, 2, 20),
            remaining_cents=2050,
        ),
    )
    assert claim.lines[1].decisions[0].bundled_line == "1"


def test_what_is_only_passed_on_is_carried_in_its_own_loop() -> None:
    claim = one(CHILD_TEXT)
    assert claim.carried == (
        ("DTP", "431", "D8", "20260110"),
        ("DTP", "439", "D8", "20260110"),
        ("PWK", "OZ", "EL", "", "", "AC", "ATTACH1"),
        ("AMT", "F5", "10"),
        ("K3", "STATE DATA"),
        ("NTE", "ADD", "SEEN AGAIN AFTER FALL"),
    )
    assert claim.coverages[0].payer.carried == (("REF", "G2", "OURNUMBER"),)
    assert claim.lines[1].carried == (
        ("LIN", "", "N4", "00409379501"),
        ("CTP", "", "", "", "2", "ML"),
        ("REF", "XZ", "RX1"),
    )
    assert claim.lines[0].description == "CLOSED TREATMENT"
    assert claim.lines[0].indicators == ("", "Y")


def test_an_inpatient_stay_has_its_dates_admission_and_codes() -> None:
    claim = one(STAY_TEXT)
    assert (claim.facility_code, claim.facility_qualifier, claim.frequency) == ("11", "A", "1")
    assert (claim.statement_from, claim.statement_to) == (date(2026, 2, 10), date(2026, 2, 14))
    assert claim.admission == Admission(type="1", source="7", patient_status="01")
    assert claim.codes[0] == HealthCode(qualifier="ABK", code="I214", rest=("", "", "", "", "", "", "Y"))
    assert HealthCode(qualifier="BE", code="80", rest=("", "", "4")) in claim.codes
    room, theatre = claim.lines
    assert (room.revenue_code, room.procedure, room.unit, room.quantity) == ("0120", "", "DA", "4")
    assert (room.charge_cents, room.non_covered_cents) == (480000, 10000)
    assert (theatre.procedure, theatre.modifiers) == ("92928", ("LD",))
    assert ("MIA", "0", "", "", "6000") in claim.coverages[1].carried


def test_other_separators_come_out_as_the_standard_ones() -> None:
    table = str.maketrans({"*": "|", ":": ">"})
    assert one(STAY_TEXT.translate(table)) == one(STAY_TEXT)


def _second_claim(text: str, change: tuple[str, str]) -> str:
    """The file with a second claim of the same subscriber before its SE, changed."""
    start, end = text.index("CLM*"), text.index("SE*34")
    return text[:end] + text[start:end].replace("PCN-1", "PCN-9").replace(*change) + text[end:]


@pytest.mark.parametrize(
    ("change", "segment", "element", "said"),
    [
        # The first CLM is segment 22, and to its last REF the claim has 14 segments: the second CLM is 36.
        (("PCN-9*130*", "PCN-9*12O*"), 36, 2, "CLM02 is `12O`"),
        (("PCN-9*130*", "PCN-9**"), 36, 2, "CLM02 is empty"),
        (("PCN-9*130*", "PCN-9*130.005*"), 36, 2, "at most two decimal places"),
        (("PCN-9*", "*"), 36, 1, "CLM01"),
        (("HC:99213:25*100*", "HC:99213:25*ABC*"), 43, 2, "SV102"),
        (("SV1*HC:99213:25", "SV9*HC:99213:25"), 42, 0, "the line has no SV1"),
    ],
)
def test_a_claim_that_cannot_be_read_is_refused_alone_with_its_place(
    change: tuple[str, str], segment: int, element: int, said: str
) -> None:
    claims, problems = read(_second_claim(VISIT_TEXT, change))
    assert [claim.patient_control_number for claim in claims] == ["PCN-1"]
    (fatal,) = [problem for problem in problems if problem.fatal]
    assert (fatal.segment, fatal.element, fatal.claim) == (segment, element, 36)
    assert said in fatal.reason


def test_the_claim_at_a_cut_is_refused_and_those_before_it_are_read() -> None:
    text = _second_claim(VISIT_TEXT, ("x", "x"))
    claims, problems = read(text[: text.rindex("REF*6R*L1")])
    assert [claim.patient_control_number for claim in claims] == ["PCN-1"]
    assert "the claim is cut off: its set ends before SE" in [problem.reason for problem in problems]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("D8*20260223", "D8*20261323"), "DTP*472 is no date"),
        (("D8*19700102", "D8*19700230"), "DMG02 is no date"),
        (("HL*2*1*22*0", "HL*2*7*22*0"), "HL02 names a parent that does not exist"),
        (("HL*2*1*22*0", "HL*5*1*22*0"), "HL01 is out of sequence"),
        (("HL*2*1*22*0", "HL*2*1*23*0"), "HL03 does not say the level of a subscriber loop"),
        (("HL*2*1*22*0~\n", ""), "a subscriber loop starts here without its HL"),
        (("LX*2", "LX*3"), "LX01 is out of sequence"),
        (("1***1:2~", "1***A:2~"), "diagnosis pointer that is no number"),
        (("ABF:I10", "ABF"), "HI02 has a qualifier or a code, not both"),
        (("NM1*85*2*", "NM1*ZZ*2*"), "the claim has no billing provider"),
        (("NM1*PR*2*", "NM1*ZZ*2*"), "the claim has no payer"),
        (("NM1*IL*1*", "NM1*ZZ*1*"), "the claim has no subscriber"),
        (("RD8*20260223-20260223", "RD8*20260223-20260222"), "the range of dates is reversed"),
    ],
)
def test_a_flaw_that_leaves_the_claim_readable_is_said_and_the_claim_is_read(
    change: tuple[str, str], said: str
) -> None:
    claims, problems = read(VISIT_TEXT.replace(*change))
    assert [claim.patient_control_number for claim in claims] == ["PCN-1"]
    assert said in "; ".join(problem.reason for problem in problems)
    assert not any(problem.fatal for problem in problems)


def test_a_claim_whose_clm_is_lost_is_not_lost_in_silence_and_not_mixed_into_its_neighbour() -> None:
    """Below the same subscriber its codes would become those of the claim before; under a new HL nobody's."""
    alone = VISIT_TEXT.replace("CLM*PCN-1*130***11:B:1*Y*A*Y*Y~\n", "")
    claims, problems = read(alone)
    assert claims == []
    assert "HI stands outside any claim" in "; ".join(problem.reason for problem in problems if problem.fatal)
    second = _second_claim(VISIT_TEXT, ("CLM*PCN-9*130***11:B:1*Y*A*Y*Y~\n", ""))
    claims, problems = read(second)
    assert claims == []
    assert "HI stands in a service line" in "; ".join(problem.reason for problem in problems if problem.fatal)


def test_a_date_that_is_none_is_kept_as_it_stood() -> None:
    claim = one(VISIT_TEXT.replace("D8*20260223", "D8*20261323"))
    assert claim.lines[0].service_from is None
    assert claim.lines[0].carried == (("DTP", "472", "D8", "20261323"),)


def test_a_subscriber_whose_hl_is_lost_is_not_taken_for_another_payer() -> None:
    """Without HL a second subscriber's SBR would read as a 2320 of the claim before; after an LX it can't be one."""
    start, end = VISIT_TEXT.index("HL*2*1"), VISIT_TEXT.index("SE*34")
    second = VISIT_TEXT[start:end].replace("HL*2*1*22*0~\n", "").replace("PCN-1", "PCN-2").replace("MEM0001", "MEM0002")
    claims, problems = read(VISIT_TEXT[:end] + second + VISIT_TEXT[end:])
    assert [(claim.patient_control_number, [c.member_id for c in claim.coverages]) for claim in claims] == [
        ("PCN-1", ["MEM0001"]),
        ("PCN-2", ["MEM0002"]),
    ]
    assert "a subscriber loop starts here without its HL" in [problem.reason for problem in problems]


def test_an_empty_line_is_left_out_only_where_the_others_are_the_whole_charge() -> None:
    claims, problems = read(VISIT_TEXT.replace("SE*34", "LX*3~\nSE*35"))
    assert [len(claim.lines) for claim in claims] == [2]
    assert [problem.reason for problem in problems] == ["an empty service line was left out"]
    lost = VISIT_TEXT.replace("SV1*HC:90471*30*UN*1***1~\nDTP*472*RD8*20260223-20260223~\nREF*6R*L2~\n", "")
    claims, problems = read(lost)
    assert claims == []
    assert "a service line is empty" in "; ".join(problem.reason for problem in problems if problem.fatal)


def test_a_facility_code_without_its_qualifier_has_the_only_one_that_there_is() -> None:
    assert one(VISIT_TEXT.replace("11:B:1", "11::1")) == one(VISIT_TEXT)
    assert one(STAY_TEXT.replace("11:A:1", "11::1")) == one(STAY_TEXT)


def test_an_institutional_clm06_of_004010_habit_is_left_out_with_a_word() -> None:
    claims, problems = read(STAY_TEXT.replace("11:A:1**A*Y*Y", "11:A:1*Y*A*Y*Y"))
    assert claims == [one(STAY_TEXT)]
    assert [problem.element for problem in problems] == [6]


def test_no_reason_repeats_what_only_the_patient_should_know() -> None:
    damaged = VISIT_TEXT.replace("*130*", "*SAMPLEPATIENT*").replace("D8*19700102", "D8*SAMPLE")
    _, problems = read(damaged)
    assert problems
    assert not any("SAMPLE" in problem.reason for problem in problems)
