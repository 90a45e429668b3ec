"""Other payers in a 271: EB*R and the payer named in its loop 2120 (005010X279A1)."""

from __future__ import annotations

from adapters.x12.parse import parse
from claims.documents import EligibilityAnswer, OtherPayer

BODY = """
BHT*0022*11*A1*20260303*0600
HL*1**20*1
NM1*PR*2*MEDICARE*****PI*MCPTB
HL*2*1*21*1
NM1*1P*2*LAKESIDE*****XX*1999999984
HL*3*2*22*0
TRN*2*T1*9LAKESIDE
NM1*IL*1*ELM*ELMER****MI*1EG4TE5MK73
DMG*D8*19490809*M
EB*1**30*MB
EB*R**30*12
LS*2120
NM1*PRP*2*BIG EMPLOYER PLAN*****PI*BIGEP
N3*1 MAIN ST
LE*2120
EB*B**98****20
LS*2120
NM1*PR*2*NOT ANOTHER PAYER*****PI*NOPE
LE*2120
"""


def test_the_payer_behind_other_or_additional_payer_is_read_with_its_place_and_why() -> None:
    lines = BODY.strip().splitlines()
    isa = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*LAKESIDEPM     *260303*0600*^*00501*000000001*0*P*:"
    head = [isa, "GS*HB*PAYER*LAKESIDEPM*20260303*0600*1*X*005010X279A1", "ST*271*0001*005010X279A1"]
    tail = [f"SE*{len(lines) + 2}*0001", "GE*1*1", "IEA*1*000000001"]
    raw = "".join(f"{line}~\n" for line in (*head, *lines, *tail)).encode()
    answers = [one.parsed for one in parse(raw).sets if isinstance(one.parsed, EligibilityAnswer)]
    assert [answer.other_payers for answer in answers] == [
        (OtherPayer(role="PRP", name="BIG EMPLOYER PLAN", payer_id="BIGEP", insurance_type="12"),)
    ]
    assert answers[0].active
