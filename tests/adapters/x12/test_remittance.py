"""An 835 as payers send it: every amount, code and number at its place, and one bad claim alone in its badness."""

from __future__ import annotations

from datetime import date

import pytest

from claims.claim import Adjustment
from claims.documents import ParsedSet, Remittance
from tests.adapters.x12.made import parsed

GUIDE = "005010X221A1"
HEADER = """
    BPR*I*100.5*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260622
    TRN*1*EFT0042*1512345678
    REF*EV*CLEARING
    DTM*405*20260620
    N1*PR*PLAINS HEALTH PLAN
    N3*1 MAIN ST
    N4*OMAHA*NE*681020000
    REF*2U*PLN01
    PER*BL*EDI DESK*TE*4025550100
    N1*PE*PRAIRIE CLINIC*XX*1999999984
    REF*TJ*470000000
    LX*1
"""


def read(body: str, header: str = HEADER) -> tuple[Remittance, ParsedSet]:
    only = parsed(("835", GUIDE, header + body)).sets[0]
    assert isinstance(only.parsed, Remittance)
    return only.parsed, only


def test_the_header_says_who_paid_whom_how_much_and_under_which_trace() -> None:
    remittance, _ = read("CLP*A1*1*100.5*100.5**12*PCN1*11*1")
    assert remittance.payment_cents == 10050
    assert (remittance.trace_number, remittance.originator) == ("EFT0042", "1512345678")
    assert (remittance.payer, remittance.payer_id) == ("PLAINS HEALTH PLAN", "PLN01")
    assert (remittance.payee, remittance.payee_id) == ("PRAIRIE CLINIC", "1999999984")
    assert (remittance.handling, remittance.credit_debit, remittance.method) == ("I", "C", "ACH")
    assert (remittance.paid_on, remittance.produced_on) == (date(2026, 6, 22), date(2026, 6, 20))
    assert remittance.difference_cents == 0


def test_a_claim_keeps_its_numbers_remarks_dates_and_other_payers() -> None:
    remittance, _ = read(
        """
        CLP*ACCT-7*19*200*80*20*MB*ICN77*11*7
        CAS*CO*45*60**253*15.5*2
        CAS*PR*2*20
        CAS*OA*94*24.5
        NM1*QC*1*DOE*JANE****MI*MEM1
        NM1*IL*1*DOE*JOHN****MI*MEM0
        NM1*74*1*DOE*JANET****C*MEM9
        NM1*TT*2*NEXT PLAN*****PI*NXT01
        NM1*PR*2*RIGHT PLAN*****PI*RGT01
        MIA*1***0*MA01***************MA02*N1*N2*N3
        MOA***MA18*N89*MA07*MA13*N4
        REF*1L*GRP9
        REF*F8*ORIG1
        DTM*232*20260501
        DTM*233*20260503
        DTM*050*20260510
        AMT*AU*140
        """
    )
    claim = remittance.claims[0]
    assert (claim.patient_control_number, claim.status_code, claim.payer_claim_control_number) == (
        "ACCT-7",
        "19",
        "ICN77",
    )
    assert (claim.charge_cents, claim.paid_cents, claim.patient_responsibility_cents) == (20000, 8000, 2000)
    assert (claim.filing_indicator, claim.facility_code, claim.frequency) == ("MB", "11", "7")
    assert claim.adjustments == (
        Adjustment(group="CO", reason="45", amount_cents=6000),
        Adjustment(group="CO", reason="253", amount_cents=1550, quantity="2"),
        Adjustment(group="PR", reason="2", amount_cents=2000),
        Adjustment(group="OA", reason="94", amount_cents=2450),
    )
    assert claim.balanced  # 200 - 60 - 15.50 - 20 - 24.50 = 80
    assert claim.remarks == ("MA01", "MA02", "N1", "N2", "N3", "MA18", "N89", "MA07", "MA13", "N4")
    assert (claim.member_id, claim.corrected_member_id) == ("MEM0", "MEM9")
    assert (claim.crossover_carrier, claim.corrected_payer) == ("NEXT PLAN", "RIGHT PLAN")
    assert claim.references == (("1L", "GRP9"), ("F8", "ORIG1"))
    assert (claim.service_from, claim.service_to, claim.received_on) == (
        date(2026, 5, 1),
        date(2026, 5, 3),
        date(2026, 5, 10),
    )


def test_lines_keep_procedure_modifiers_revenue_code_and_what_was_submitted() -> None:
    remittance, _ = read(
        """
        CLP*A1*1*300*250**12*PCN1
        NM1*QC*1*DOE*JANE****MI*MEM1
        SVC*HC:99213:25:GT:::VISIT*150*100**1*HC:99214:25*2
        DTM*472*20260601
        CAS*CO*45*30
        CAS*PR*3*20
        REF*6R*LINE1
        REF*LU*11
        REF*F8*ORIG1
        AMT*B6*120
        LQ*HE*N130
        LQ*RX*75
        SVC*NU:0450*100*100
        DTM*150*20260602
        DTM*151*20260604
        SVC*HC:J1100*50*50*0636*2
        """
    )
    claim = remittance.claims[0]
    visit, room, drug = claim.lines
    assert (visit.procedure_qualifier, visit.procedure, visit.modifiers) == ("HC", "99213", ("25", "GT"))
    assert (visit.submitted_procedure, visit.submitted_modifiers) == ("99214", ("25",))
    assert (visit.charge_cents, visit.paid_cents, visit.allowed_cents, visit.quantity) == (15000, 10000, 12000, "1")
    assert (visit.control_number, visit.remarks) == ("LINE1", ("N130", "75"))
    assert (visit.service_from, visit.service_to) == (date(2026, 6, 1), date(2026, 6, 1))
    assert visit.balanced  # 150 - 30 - 20 = 100
    assert (room.procedure, room.revenue_code) == ("", "0450")
    assert (room.service_from, room.service_to) == (date(2026, 6, 2), date(2026, 6, 4))
    assert (drug.procedure, drug.revenue_code, drug.quantity) == ("J1100", "0636", "2")
    assert claim.references == (("F8", "ORIG1"),)
    assert (claim.service_from, claim.service_to) == (date(2026, 6, 1), date(2026, 6, 4))


def test_a_cas_holds_six_reasons() -> None:
    remittance, _ = read(
        """
        CLP*A1*1*21*0**12*PCN1
        CAS*CO*1*1*1*2*2**3*3**4*4**5*5**6*6*9
        """
    )
    amounts = [(a.reason, a.amount_cents, a.quantity) for a in remittance.claims[0].adjustments]
    assert amounts == [("1", 100, "1"), ("2", 200, ""), ("3", 300, ""), ("4", 400, ""), ("5", 500, ""), ("6", 600, "9")]


def test_all_six_pairs_of_a_plb_come_with_reference_and_fiscal_year() -> None:
    remittance, _ = read(
        """
        CLP*A1*1*121.5*121.5**12*PCN1
        PLB*1999999984*20261231*WO:ICN OLD*6*72:R2*5*L6*-1*CS:X:Y*4*FB:F5*3*J1:J6*3
        PLB*1999999992*20261231*IR*1
        """
    )
    found = [(a.reason, a.reference, a.amount_cents) for a in remittance.provider_adjustments]
    assert found == [
        ("WO", "ICN OLD", 600),
        ("72", "R2", 500),
        ("L6", "", -100),
        ("CS", "X:Y", 400),
        ("FB", "F5", 300),
        ("J1", "J6", 300),
        ("IR", "", 100),
    ]
    assert {a.fiscal_year_end for a in remittance.provider_adjustments} == {date(2026, 12, 31)}
    assert [a.provider for a in remittance.provider_adjustments][-1] == "1999999992"
    assert remittance.difference_cents == 0  # 121.50 - (6 + 5 - 1 + 4 + 3 + 3 + 1) = 100.50


@pytest.mark.parametrize(
    ("segment", "element"),
    [
        ("CLP*BAD*1*1OO*50**12*P2", 3),
        ("CLP*BAD*1*100*fifty**12*P2", 4),
        ("CLP*BAD*1*100*50**12*P2\nCAS*CO*45*5O", 3),
        ("CLP*BAD*1*100*50**12*P2\nSVC*HC:99213*1,00*50", 2),
        ("CLP*BAD*1*100*50**12*P2\nSVC*HC:99213*100*50\nCAS*CO*45*1*1*97*12.345", 6),
    ],
)
def test_money_that_is_no_number_spoils_its_claim_and_no_neighbour(segment: str, element: int) -> None:
    remittance, only = read(f"CLP*A1*1*60*60**12*P1\n{segment}\nCLP*A3*1*40.5*40.5**12*P3")
    assert [claim.patient_control_number for claim in remittance.claims] == ["A1", "A3"]
    assert only.unread == 1
    assert only.held == ""
    fatal = [problem for problem in only.problems if problem.fatal]
    assert [(problem.element, problem.claim) for problem in fatal] == [(element, 17)]  # ISA GS ST, 12 header, CLP A1
    assert "segment 17 was not read" in fatal[0].reason


def test_a_payment_that_is_no_number_holds_the_set_and_still_shows_its_claims() -> None:
    remittance, only = read("CLP*A1*1*60*60**12*P1", header=HEADER.replace("BPR*I*100.5", "BPR*I*1OO"))
    assert len(remittance.claims) == 1
    assert only.held.startswith("BPR02 is `1OO`")


@pytest.mark.parametrize("value", ["1OO", "12O.50", "$50", "1,234.50", "12.5.0", "-"])
def test_what_can_be_no_name_is_shown(value: str) -> None:
    _, only = read(f"CLP*A1*1*{value}*60**12*P1")
    assert only.problems[0].reason.startswith(f"CLP03 is `{value}`; expected an amount")


@pytest.mark.parametrize(
    "value", ["WALKER800517", "W1ALKER80051", "KIM", "LEE1", "NG80", "OO800517", "李12", "123-45-6789", "M80051712"]
)
def test_what_may_be_a_name_or_a_persons_number_is_only_counted(value: str) -> None:
    """Birthdays have eight digits, social security numbers nine; Kim, Ng and Oo are names."""
    _, only = read(f"CLP*A1*1*{value}*60**12*P1")
    reasons = " ".join(problem.reason for problem in only.problems)
    assert reasons.startswith(f"CLP03 is {len(value)} characters that are no number; expected an amount")
    assert value not in reasons


def test_a_set_that_is_cut_off_is_held_and_says_so() -> None:
    from adapters.x12.parse import parse
    from tests.adapters.x12.made import file_of

    text = file_of(("835", GUIDE, HEADER + "CLP*A1*1*60*60**12*P1\nCLP*A2*1*40*40**12*P2"))
    document = parse(text[: text.index("SE*")].encode())
    (only,) = document.sets
    assert isinstance(only.parsed, Remittance)
    assert len(only.parsed.claims) == 2
    assert "cut off" in only.held


def test_a_debit_that_only_balances_when_money_is_taken_back_is_negative() -> None:
    taken_back, _ = read("CLP*A1*22*-100.5*-100.5**12*P1", header=HEADER.replace("*C*ACH", "*D*ACH"))
    assert (taken_back.payment_cents, taken_back.difference_cents) == (-10050, 0)
    drawn, _ = read("CLP*A1*1*100.5*100.5**12*P1", header=HEADER.replace("*C*ACH", "*D*ACH"))
    assert (drawn.payment_cents, drawn.difference_cents) == (10050, 0)


def test_unknown_codes_and_unexpected_segments_are_kept_and_reported_and_spoil_nothing() -> None:
    remittance, only = read(
        """
        CLP*A1*99*100.5*60**12*P1
        ZZZ*WHAT
        CAS*XX*45*40.5
        DTM*232*20260231
        """
    )
    claim = remittance.claims[0]
    assert claim.status_code == "99"
    assert claim.adjustments[0].group == "XX"
    assert claim.balanced
    reasons = " ".join(problem.reason for problem in only.problems)
    for said in ("ZZZ does not belong", "CLP02 is no claim status", "CAS01 is no adjustment group", "DTM02 is no date"):
        assert said in reasons
    assert not any(problem.fatal for problem in only.problems)


def test_clp05_that_is_no_number_is_only_unknown_since_nothing_is_posted_from_it() -> None:
    remittance, only = read("CLP*A1*1*100.5*100.5*N/A*12*P1")
    assert remittance.claims[0].patient_responsibility_cents is None
    assert [(problem.element, problem.fatal) for problem in only.problems] == [(5, False)]


def test_a_claim_swallowed_by_the_segment_before_it_is_missed_aloud() -> None:
    _, only = read("CLP*A1*1*60*60**12*P1\nREF*F8*ORIGXCLP*A2*1*40.5*40.5**12*P2")
    assert any(problem.fatal and "CLP hides inside REF" in problem.reason for problem in only.problems)


def test_the_older_4010_remittance_reads_the_same() -> None:
    body = HEADER + "CLP*A1*1*150.5*100.5*50*12*P1\nSVC*HC:99213*150.5*100.5**1\nCAS*PR*1*50\nDTM*472*20260601"
    only = parsed(("835", "004010X091A1", body)).sets[0]
    assert isinstance(only.parsed, Remittance)
    assert only.parsed.version == "004010X091A1"
    assert only.parsed.claims[0].balanced
    assert only.parsed.claims[0].lines[0].balanced


def test_a_composite_joined_by_another_mark_than_the_envelope_declares_is_still_read() -> None:
    remittance, _ = read("CLP*A1*1*100.5*100.5**12*P1\nSVC*HC>99213>25*100.5*100.5")
    line = remittance.claims[0].lines[0]
    assert (line.procedure_qualifier, line.procedure, line.modifiers) == ("HC", "99213", ("25",))


def test_a_procedure_without_its_qualifier_is_kept_and_reported() -> None:
    remittance, only = read("CLP*A1*1*100.5*100.5**12*P1\nSVC*99213*100.5*100.5")
    line = remittance.claims[0].lines[0]
    assert (line.procedure_qualifier, line.procedure) == ("", "99213")
    assert ["no qualifier" in problem.reason for problem in only.problems] == [True]


def test_a_line_that_does_not_balance_is_said_with_its_gap() -> None:
    remittance, only = read("CLP*A1*1*120*100.5**12*P1\nCAS*CO*45*19.5\nSVC*HC:99213*120*100.5")
    assert remittance.claims[0].balanced  # 120 - 19.50 = 100.50, but the line says 120 paid 100.50 without a reason
    assert not remittance.claims[0].lines[0].balanced
    assert [(p.segment, p.reason.endswith("19.50 unexplained"), p.fatal) for p in only.problems] == [(18, True, False)]


def test_no_problem_repeats_a_name() -> None:
    _, only = read("CLP*A1*1*HATTERSLEY*60**12*P1\nDTM*232*HATTERSLEY\nZHATTERSLEY*1")
    assert only.problems
    assert not any("HATTERSLEY" in problem.reason for problem in only.problems)
