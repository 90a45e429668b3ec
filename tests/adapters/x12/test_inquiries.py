"""270 and 276 on their way out: goldens, our own grammar, and a second reader that shares nothing with it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from x12sdk.io import X12ModelReader

from adapters.x12.eligibility import write_eligibility_request
from adapters.x12.gate import gate
from adapters.x12.grammar import check
from adapters.x12.status_inquiry import write_status_inquiry
from adapters.x12.writer import Envelope, WriteRefused
from claims.claim import Name, Payer, Person, Provider
from claims.questions import EligibilityQuestion, StatusQuestion
from tests.adapters.x12.expected import SAMPLES, rows

ENVELOPE = Envelope(
    sender_id="PRACTICE",
    receiver_id="CLEARING",
    interchange_control_number=42,
    group_control_number=7,
    set_control_number="0001",
    at=datetime(2026, 6, 20, 8, 30, tzinfo=timezone(-timedelta(hours=5))),
    usage="T",
    submitter_name="PRAIRIE BILLING",
    submitter_id="SUB1",
    submitter_phone="4025550100",
    receiver_name="CLEARING HOUSE",
)
PLAN = Payer(name="PLAINS HEALTH PLAN", payer_id="PLN01")
CLINIC = Provider(
    role="billing",
    name=Name(organization=True, last="PRAIRIE CLINIC"),
    id_qualifier="XX",
    identifier="1999999984",
    tax_id="470000000",
    tax_id_qualifier="EI",
)
JANE = Person(name=Name(last="DOE", first="JANE", middle="A"), birth_date=date(1985, 5, 15), gender="F")
BABY = Person(name=Name(last="DOE", first="BABY"), birth_date=date(2024, 2, 29), gender="M")

COVERED = EligibilityQuestion(
    trace="c1-e1", payer=PLAN, provider=CLINIC, subscriber=JANE, member_id="MEM1", on=date(2026, 6, 20)
)
WHERE = StatusQuestion(
    trace="c1-s1",
    payer=PLAN,
    provider=CLINIC,
    subscriber=JANE,
    member_id="MEM1",
    patient_control_number="ACCT1",
    payer_claim_control_number="ICN1",
    type_of_bill="131",
    charge_cents=851388,
    service_from=date(2026, 5, 1),
    service_to=date(2026, 5, 6),
)

ELIGIBILITY = """
ISA*00*          *00*          *ZZ*PRACTICE       *ZZ*CLEARING       *260620*0830*^*00501*000000042*0*T*:~
GS*HS*PRACTICE*CLEARING*20260620*0830*7*X*005010X279A1~
ST*270*0001*005010X279A1~
BHT*0022*13*0000000420001*20260620*0830~
HL*1**20*1~
NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01~
HL*2*1*21*1~
NM1*1P*2*PRAIRIE CLINIC*****XX*1999999984~
HL*3*2*22*0~
TRN*1*c1-e1*1470000000~
NM1*IL*1*DOE*JANE*A***MI*MEM1~
DMG*D8*19850515*F~
DTP*291*D8*20260620~
EQ*30~
SE*13*0001~
GE*1*7~
IEA*1*000000042~
"""
DEPENDENT = """
HL*3*2*22*1~
NM1*IL*1*DOE*JANE*A***MI*MEM1~
DMG*D8*19850515*F~
HL*4*3*23*0~
TRN*1*c1-e1*1470000000~
NM1*03*1*DOE*BABY~
DMG*D8*20240229*M~
INS*N*19~
DTP*291*D8*20260620~
EQ*30^98~
SE*17*0001~
"""
STATUS = """
ISA*00*          *00*          *ZZ*PRACTICE       *ZZ*CLEARING       *260620*0830*^*00501*000000042*0*T*:~
GS*HR*PRACTICE*CLEARING*20260620*0830*7*X*005010X212~
ST*276*0001*005010X212~
BHT*0010*13*0000000420001*20260620*0830~
HL*1**20*1~
NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01~
HL*2*1*21*1~
NM1*41*2*PRAIRIE BILLING*****46*SUB1~
HL*3*2*19*1~
NM1*1P*2*PRAIRIE CLINIC*****XX*1999999984~
HL*4*3*22*0~
DMG*D8*19850515*F~
NM1*IL*1*DOE*JANE*A***MI*MEM1~
TRN*1*c1-s1~
REF*1K*ICN1~
REF*BLT*131~
REF*EJ*ACCT1~
AMT*T3*8513.88~
DTP*472*RD8*20260501-20260506~
SE*18*0001~
GE*1*7~
IEA*1*000000042~
"""
PATIENT = """
HL*4*3*22*1~
NM1*IL*1*DOE*JANE*A***MI*MEM1~
HL*5*4*23~
DMG*D8*20240229*M~
NM1*QC*1*DOE*BABY~
TRN*1*c1-s1~
REF*EJ*ACCT1~
AMT*T3*150~
DTP*472*D8*20260501~
SE*18*0001~
"""


def second_reading(x12: str) -> int:
    """How many sets x12sdk's models accept; they know neither our tables nor our reader."""
    with X12ModelReader(x12.replace("\n", "")) as reader:
        return sum(1 for _ in reader.models())


def proved(x12: str) -> str:
    """The file, after grammar, gate and second reader have nothing against it."""
    assert check(x12) == []
    assert gate(x12) == []
    assert second_reading(x12) == 1
    return x12


def test_a_subscriber_is_asked_about_as_the_guide_shows_it() -> None:
    assert proved(write_eligibility_request(COVERED, ENVELOPE)) == ELIGIBILITY.lstrip()


def test_a_dependent_is_asked_about_below_her_subscriber() -> None:
    question = COVERED.model_copy(
        update={"dependent": BABY, "relationship": "19", "service_types": ("30", "98")},
    )
    assert DEPENDENT.strip() in proved(write_eligibility_request(question, ENVELOPE))


def test_a_claim_is_asked_about_with_every_number_we_know_it_by() -> None:
    assert proved(write_status_inquiry(WHERE, ENVELOPE)) == STATUS.lstrip()


def test_a_patients_claim_is_asked_about_below_her_subscriber_and_a_single_day_is_no_range() -> None:
    question = WHERE.model_copy(
        update={
            "patient": BABY,
            "payer_claim_control_number": "",
            "type_of_bill": "",
            "charge_cents": 15000,
            "service_to": date(2026, 5, 1),
        }
    )
    assert PATIENT.strip() in proved(write_status_inquiry(question, ENVELOPE))


@pytest.mark.parametrize(
    ("update", "where"),
    [
        ({"trace": ""}, "TRN02"),
        ({"trace": "A*B"}, "TRN02"),
        ({"member_id": "MEM~1"}, "NM109"),
        ({"payer": Payer(name="NOWHERE")}, "NM109"),
        ({"service_types": ()}, "EQ01"),
        ({"member_id": "1"}, "NM109"),
        ({"dependent": BABY.model_copy(update={"name": Name(last="DOE")})}, "NM104"),
        ({"provider": CLINIC.model_copy(update={"name": Name(last=" ")})}, "NM103"),
        ({"provider": Provider(role="billing", name=Name(last="X"))}, "NM109"),
    ],
)
def test_an_eligibility_question_that_would_not_arrive_as_it_is_is_refused(
    update: dict[str, object], where: str
) -> None:
    with pytest.raises(WriteRefused, match=where):
        write_eligibility_request(COVERED.model_copy(update=update), ENVELOPE)


@pytest.mark.parametrize(
    ("update", "where"),
    [
        ({"member_id": ""}, "NM109"),
        ({"subscriber": Person(name=Name(last="DOE"))}, "DMG02"),
        ({"service_to": date(2026, 4, 30)}, "DTP03"),
        ({"subscriber": JANE.model_copy(update={"name": Name(first="JANE")})}, "NM103"),
        ({"patient_control_number": "A:1"}, "REF02"),
    ],
)
def test_a_status_question_that_the_guide_would_not_take_is_refused(update: dict[str, object], where: str) -> None:
    with pytest.raises(WriteRefused, match=where):
        write_status_inquiry(WHERE.model_copy(update=update), ENVELOPE)


def test_a_delimiter_in_a_name_becomes_a_space_and_never_a_segment() -> None:
    odd = JANE.model_copy(update={"name": Name(last="O~HARA*LEE", first="ÑA:NDÚ^")})
    x12 = proved(write_eligibility_request(COVERED.model_copy(update={"subscriber": odd}), ENVELOPE))
    assert "NM1*IL*1*O HARA LEE*ÑA NDÚ****MI*MEM1~" in x12


def test_unknown_sex_and_birth_date_are_left_out_of_an_eligibility_question() -> None:
    unknown = JANE.model_copy(update={"birth_date": None, "gender": "U"})
    x12 = proved(write_eligibility_request(COVERED.model_copy(update={"subscriber": unknown}), ENVELOPE))
    assert "DMG" not in x12


BROKEN = [
    ("ELIGIBILITY", "BHT*0022*13", "BHT*0010*13", "BHT01"),
    ("ELIGIBILITY", "ST*270*0001*005010X279A1", "ST*270*0001*005010X279", "ST03"),
    ("ELIGIBILITY", "HL*2*1*21*1", "HL*2*3*21*1", "HL02"),
    ("ELIGIBILITY", "HL*3*2*22*0", "HL*4*2*22*0", "HL01"),
    ("ELIGIBILITY", "HL*3*2*22*0", "HL*3*2*22*1", "HL04"),
    ("ELIGIBILITY", "EQ*30~\n", "", "no EQ"),
    ("ELIGIBILITY", "NM1*PR*2*PLAINS HEALTH PLAN*****PI*PLN01~\n", "", "2100A is missing"),
    ("ELIGIBILITY", "NM1*PR*2", "NM1*XX*2", "NM101"),
    ("ELIGIBILITY", "*MI*MEM1", "*MI", "NM108 and NM109"),
    ("ELIGIBILITY", "DMG*D8*19850515*F", "DMG*D8*19850230*F", "DMG02"),
    ("ELIGIBILITY", "DMG*D8*19850515*F~\nDTP", "DMG*D8*19850515*F~\nDMG*D8*19850515*F~\nDTP", "DMG stands more than 1"),
    ("ELIGIBILITY", "TRN*1*c1-e1*1470000000~\nNM1*IL", "NM1*IL", "SE01"),
    ("ELIGIBILITY", "*1470000000", "*14700", "TRN03"),
    ("ELIGIBILITY", "DTP*291*D8*20260620", "DTP*291*RD8*20260620", "DTP03"),
    ("ELIGIBILITY", "SE*13*0001", "SE*13*0002", "SE02"),
    ("STATUS", "AMT*T3*8513.88", "AMT*T3*8513.888", "AMT02"),
    ("STATUS", "REF*EJ*ACCT1~\nAMT", "AMT", "SE01"),
    ("STATUS", "REF*1K*ICN1~\nREF*BLT*131~", "REF*BLT*131~\nREF*1K*ICN1~", "REF does not belong here"),
    ("STATUS", "TRN*1*c1-s1~\n", "", "no TRN"),
    ("STATUS", "DMG*D8*19850515*F~\n", "", "no DMG"),
    ("STATUS", "NM1*41*2", "NM1*40*2", "NM101"),
    ("STATUS", "20260501-20260506", "20260506-20260501", "DTP03"),
    ("STATUS", "NM1*IL*1*DOE*JANE*A***MI*MEM1", "NM1*IL*1*DOE*JANE*A***34*MEM1", "NM108"),
    ("STATUS", "BHT*0010*13*0000000420001", "BHT*0010*13*", "BHT03"),
    ("STATUS", "TRN*1*c1-s1", "TRN*1*c1-s1*1470000000", "TRN03 is not used"),
]


@pytest.mark.parametrize(("golden", "good", "bad", "said"), BROKEN)
def test_the_grammar_names_the_place_of_each_fault(golden: str, good: str, bad: str, said: str) -> None:
    x12 = {"ELIGIBILITY": ELIGIBILITY, "STATUS": STATUS}[golden].lstrip()
    assert check(x12) == []
    assert good in x12
    reasons = [problem.reason for problem in check(x12.replace(good, bad))]
    assert any(re.search(said, reason) for reason in reasons), reasons


def test_the_grammar_accepts_the_valid_5010_samples_and_refuses_the_bad_ones() -> None:
    rows("835")
    files = sorted(SAMPLES.glob("27[06]/*"))
    accepted = {path.name for path in files if check(path.read_bytes().decode()) == []}
    # One is a 4010 file, and one leaves ST03 empty and fills BHT06 with a code of another set: neither may go out.
    refused = {"azoner_pyx12__x12testdata.py__repeat_init_segment", "genformai_edi-cli__sample-270.edi"}
    assert {path.name for path in files} - accepted == refused
    bad = sorted(SAMPLES.glob("bad/*__270-*"))
    assert len(bad) == 3
    assert all(check(path.read_bytes().decode()) for path in bad)


def test_the_time_in_the_envelope_is_the_one_given_and_no_clock() -> None:
    later = ENVELOPE.model_copy(update={"at": datetime(2027, 1, 2, 3, 4, tzinfo=UTC)})
    assert "*20270102*0304~" in write_eligibility_request(COVERED, later)
