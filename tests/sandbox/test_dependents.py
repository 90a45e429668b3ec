"""Questions about a patient who is not the subscriber: the answer stands at the dependent's level."""

from __future__ import annotations

from tests.sandbox.kit import CLAIM_STATUS, ELIGIBILITY, INSTITUTIONAL, Sandbox, fixture, rows

DEPENDENT_ASKED = """\
HL*3*2*22*1~
NM1*IL*1*SAMPLE*SAM****MI*M2000001~
HL*4*3*23*0~
TRN*1*ASK301*9310000001~
NM1*03*1*SAMPLE*CHRIS~
DMG*D8*20150301*M~
"""

SUBSCRIBER_ASKED = """\
HL*3*2*22*0~
TRN*1*ASK301*9310000001~
NM1*IL*1*SAMPLE*PAT****MI*M1000001~
DMG*D8*19800115*F~
"""


async def test_a_dependents_coverage_is_answered_at_the_dependents_level(sandbox: Sandbox) -> None:
    question = fixture("eligibility", (SUBSCRIBER_ASKED, DEPENDENT_ASKED))
    answer = (await sandbox.client.post(ELIGIBILITY, json={"x12": question})).json()["x12"]
    assert rows(answer, "HL", "TRN", "EB") == [
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*1",
        "HL*4*3*23*0",
        "TRN*2*ASK301*9310000001",
        "EB*1*IND*30**SANDBOX PLAN",
    ]


async def test_a_dependents_claim_is_found_by_its_patient_control_number(sandbox: Sandbox) -> None:
    await sandbox.submit(fixture("institutional"), "k1", INSTITUTIONAL)
    sandbox.later()
    asked = (
        ("HL*4*3*22*0~\nDMG*D8*19800115*F~\nNM1*IL*1*SAMPLE*PAT****MI*M1000001~", DEPENDENT_LEVELS),
        ("*PCN101", "*PCN201"),
    )
    answer = (await sandbox.client.post(CLAIM_STATUS, json={"x12": fixture("claim_status", *asked)})).json()["x12"]
    assert rows(answer, "HL")[-2:] == ["HL*4*3*22*1", "HL*5*4*23*0"]
    assert rows(answer, "STC") == ["STC*F1:65*20261201**1200.5*1200.5*20261201"]


DEPENDENT_LEVELS = """\
HL*4*3*22*1~
NM1*IL*1*SAMPLE*SAM****MI*M2000001~
HL*5*4*23~
DMG*D8*20150301*M~
NM1*QC*1*SAMPLE*CHRIS~"""
