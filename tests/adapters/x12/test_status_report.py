"""277CA and 277: which claim, at which level, with which codes; a reject above a claim names the claims below it."""

from __future__ import annotations

from datetime import date

from claims.documents import OtherSet, ParsedSet, StatusCode, StatusReport
from tests.adapters.x12.made import parsed

CA = "005010X214"
ANSWER = "005010X212"

BATCH = """
    BHT*0085*08*ACK1*20260620*0830*TH
    HL*1**20*1
    NM1*AY*2*CLEARING HOUSE*****46*CH01
    TRN*1*CHTRACE
    DTP*050*D8*20260619
    DTP*009*D8*20260620
    HL*2*1*21*1
    NM1*41*2*BILLING COMPANY*****46*SUB1
    TRN*2*BATCH7
    STC*A1:19:41*20260620*WQ*450
    QTY*90*2
    QTY*AA*1
    AMT*YU*300
    AMT*YY*150
    HL*3*2*19*1
    NM1*85*2*PRAIRIE CLINIC*****XX*1999999984
    TRN*2*0
    STC*A7:562:85*20260620*U*150
    HL*4*3*PT
    NM1*QC*1*DOE*JANE****MI*MEM1
    TRN*2*ACCT1
    STC*A2:20:PR*20260620*WQ*200******A1:19:PR**WELCOME
    STC*A7:500:IL>X*20260620*U*200
    REF*1K*ICN1
    REF*D9*CHN1
    DTP*472*RD8*20260601-20260603
    TRN*2*ACCT2
    STC*A3:21*20260620*U*100
    DTP*472*D8*20260602
    SVC*HC:99213*100
    STC*A7:454*20260620*U
    REF*FJ*LINE1
    DTP*472*D8*20260602
"""


def read(guide: str, body: str) -> tuple[StatusReport, ParsedSet]:
    only = parsed(("277", guide, body)).sets[0]
    assert isinstance(only.parsed, StatusReport)
    return only.parsed, only


def test_a_277ca_names_its_sender_its_batch_and_every_status_at_its_level() -> None:
    report, only = read(CA, BATCH)
    assert (report.set, report.sender, report.sender_name, report.batch) == ("277CA", "AY", "CLEARING HOUSE", "BATCH7")
    assert report.produced_on == date(2026, 6, 20)
    levels = [(status.level, status.codes[0].category, status.patient_control_number) for status in report.statuses]
    assert levels == [
        ("receiver", "A1", ""),
        ("provider", "A7", ""),
        ("claim", "A2", "ACCT1"),
        ("claim", "A7", "ACCT1"),
        ("claim", "A3", "ACCT2"),
        ("line", "A7", "ACCT2"),
    ]
    assert only.problems == ()


def test_a_status_carries_its_further_codes_amounts_dates_and_text() -> None:
    report, _ = read(CA, BATCH)
    accepted = report.statuses[2]
    assert accepted.codes == (
        StatusCode(category="A2", status="20", entity="PR"),
        StatusCode(category="A1", status="19", entity="PR"),
    )
    assert (accepted.action, accepted.effective_on, accepted.charge_cents) == ("WQ", date(2026, 6, 20), 20000)
    assert (accepted.payer_claim_control_number, accepted.member_id, accepted.text) == ("ICN1", "MEM1", "WELCOME")
    assert (accepted.service_from, accepted.service_to) == (date(2026, 6, 1), date(2026, 6, 3))
    line = report.statuses[5]
    assert (line.line_control_number, line.trace) == ("LINE1", "ACCT2")


def test_a_reject_of_a_provider_or_a_batch_names_the_claims_below_it() -> None:
    report, _ = read(CA, BATCH)
    receiver, provider = report.statuses[0].segment, report.statuses[1].segment
    assert dict(report.provider_claims) == {receiver: ("ACCT1", "ACCT2"), provider: ("ACCT1", "ACCT2")}


def test_a_277_answer_knows_the_claim_by_ej_and_keeps_our_trace_and_the_check() -> None:
    report, only = read(
        ANSWER,
        """
        BHT*0010*08*INQ1*20260620*0830*DG
        HL*1**20*1
        NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01
        HL*2*1*21*1
        NM1*41*2*PRAIRIE CLINIC*****46*SUB1
        HL*3*2*19*1
        NM1*1P*2*PRAIRIE CLINIC*****XX*1999999984
        HL*4*3*22*1
        NM1*IL*1*DOE*JOHN****MI*MEM0
        HL*5*4*23
        NM1*QC*1*DOE*JANE
        TRN*2*TRACE1
        STC*F1:65*20260618**200*80*20260617*CHK**CHK555
        REF*1K*ICN1
        REF*BLT*131
        REF*EJ*ACCT1
        DTP*472*D8*20260601
        """,
    )
    (status,) = report.statuses
    assert (report.set, report.sender, status.level) == ("277", "PR", "claim")
    assert (status.trace, status.patient_control_number, status.payer_claim_control_number) == (
        "TRACE1",
        "ACCT1",
        "ICN1",
    )
    assert (status.charge_cents, status.paid_cents, status.check_number, status.action) == (20000, 8000, "CHK555", "")
    assert status.member_id == "MEM0"  # the dependent has none of her own
    assert only.problems == ()


def test_our_trace_on_a_277_answer_is_never_taken_for_the_patient_control_number() -> None:
    report, _ = read(
        ANSWER, "BHT*0010*08*I*20260620*0830*DG\nHL*1**20*1\nHL*2*1*22*0\nTRN*2*TRACE1\nSTC*P1:20*20260620**200"
    )
    assert report.statuses[0].patient_control_number == ""


def test_a_decision_in_a_claim_acknowledgement_is_kept_and_reported() -> None:
    _, only = read(CA, "BHT*0085*08*A*20260620*0830*TH\nHL*1**20*1\nHL*2*1*PT\nTRN*2*ACCT1\nSTC*F2:88*20260620**200")
    assert ["does not belong in a 277CA" in problem.reason for problem in only.problems] == [True]


def test_an_amount_that_is_no_number_never_loses_a_rejection() -> None:
    report, only = read(CA, "BHT*0085*08*A*20260620*0830*TH\nHL*1**20*1\nHL*2*1*PT\nTRN*2*A\nSTC*A7:21*2026062*U*2OO")
    assert report.statuses[0].codes[0].category == "A7"
    assert report.statuses[0].charge_cents is None
    assert [(problem.element, problem.fatal) for problem in only.problems] == [(2, False), (4, False)]


def test_a_claim_whose_parent_is_nowhere_hangs_below_the_nearest_level_before_it() -> None:
    body = BATCH.replace("HL*4*3*PT", "HL*4*9*PT")
    report, only = read(CA, body)
    assert dict(report.provider_claims)[report.statuses[1].segment] == ("ACCT1", "ACCT2")
    assert ["HL02" in problem.reason for problem in only.problems] == [True]


def test_a_data_reporting_acknowledgement_is_set_aside_and_no_277ca() -> None:
    for guide, kind in (("005010X364", "277DRA"), ("005010X213", "277RFAI")):
        only = parsed(("277", guide, BATCH)).sets[0]
        assert isinstance(only.parsed, OtherSet)
        assert only.parsed.set == kind


def test_a_277_without_a_guide_is_told_by_its_purpose_or_set_aside() -> None:
    assert isinstance(parsed(("277", "005010", BATCH)).sets[0].parsed, StatusReport)
    unknown = parsed(("277", "005010", BATCH.replace("*TH\n", "*XX\n"))).sets[0].parsed
    assert isinstance(unknown, OtherSet)
    assert "not taken for one" in unknown.reason
