"""What each scripted payer does with a claim of two lines, 99213 at 150 and 36415 twice at 100 in all.

Expected figures: the fee schedule allows 92.40 for 99213 and 8.57 a unit for 36415 (17.14 for two).
"""

from __future__ import annotations

import json

import httpx
import pytest

from sandbox.web import ConnectionCut
from tests.sandbox.kit import CLAIM_STATUS, ELIGIBILITY, INSTITUTIONAL, Sandbox, fixture, professional, rows
from tests.sandbox.validators import oxedi_finds, pyx12_finds, x12sdk_models


async def remittances(sandbox: Sandbox) -> list[str]:
    """The 835s so far; each has passed two readers that are not the sandbox's."""
    found = await sandbox.texts("835")
    for text in found:
        assert oxedi_finds(text) == []
        assert pyx12_finds(text) == []
    return found


def payment(x12: str) -> list[str]:
    """CLP02 to CLP05 of each claim."""
    return ["*".join(clp.split("*")[2:6]) for clp in rows(x12, "CLP")]


async def appeal(sandbox: Sandbox, pcn: str = "PCN101", **more: object) -> httpx.Response:
    body = {"patientControlNumber": pcn, "payerClaimControlNumber": "", "kind": "appeal", "level": 1} | more
    return await sandbox.client.post("/sandbox/correspondence", json=body)


async def letters(sandbox: Sandbox) -> list[dict[str, object]]:
    return [json.loads(text) for text in await sandbox.texts("letter")]


async def test_paid_in_full(sandbox: Sandbox) -> None:
    answer = await sandbox.submit(professional("SBXPAID"), "k1")
    assert answer.status_code == 200
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*250*"]
    assert rows(remittance, "CAS") == []


async def test_deductible_coinsurance_and_contractual_write_off(sandbox: Sandbox) -> None:
    """92.40 - 25 deductible = 67.40, 20 % of it 13.48, paid 53.92; 17.14, 20 % 3.43, paid 13.71; together 67.63."""
    await sandbox.submit(professional("SBXSHARE"), "k1")
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*67.63*41.91"]
    assert rows(remittance, "CAS") == ["CAS*CO*45*57.6", "CAS*PR*1*25**2*13.48", "CAS*CO*45*82.86", "CAS*PR*2*3.43"]
    assert rows(remittance, "REF")[-2:] == ["REF*6R*PCN101-1", "REF*6R*PCN101-2"]


async def test_medicare_takes_coinsurance_and_sequestration(sandbox: Sandbox) -> None:
    """92.40: 20 % 18.48, left 73.92, 2 % of it 1.48, paid 72.44. 17.14: 3.43, 13.71, 0.27, paid 13.44."""
    await sandbox.submit(professional("SBXMCR", "PCN101", 101, ("*CI~", "*MB~")), "k1")
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*85.88*21.91"]
    assert rows(remittance, "CAS") == [
        "CAS*CO*45*57.6**253*1.48",
        "CAS*PR*2*18.48",
        "CAS*CO*45*82.86**253*0.27",
        "CAS*PR*2*3.43",
    ]
    assert rows(remittance, "MOA") == ["MOA***MA01"]


async def test_an_institutional_claim_is_priced_by_revenue_code_where_it_has_no_procedure(sandbox: Sandbox) -> None:
    """99284 is not in the schedule: 80 % of 1000. Revenue code 0250 is 86.40 a unit, three are more than the charge."""
    await sandbox.submit(
        fixture("institutional", ("SBXPAID", "SBXPARTIAL"), ("CL1*1*1*01~", "CL1*1*1*01~\nREF*G1*AUTH1~")),
        "k1",
        INSTITUTIONAL,
    )
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*1200.5*1000.5*"]
    assert rows(remittance, "SVC") == ["SVC*HC:99284*1000*800*0450*1", "SVC*NU:0250*200.5*200.5**3"]
    assert rows(remittance, "DTM")[1:3] == ["DTM*232*20261110", "DTM*233*20261111"]


async def test_a_clearinghouse_edit_refuses_modifier_zz_until_it_is_corrected(sandbox: Sandbox) -> None:
    refused = await sandbox.submit(professional("SBXEDIT", "PCN101", 101, ("HC:99213", "HC:99213:ZZ")), "k1")
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert error["code"] == "33"
    assert error["followupAction"] == "Please Correct and Resubmit"
    assert (error["location"], error["value"]) == ("2400 LX1 SV101", "ZZ")
    assert "STC*A7:453*20261201*U*250" in refused.json()["x12"]
    corrected = await sandbox.submit(professional("SBXEDIT", "PCN101", 102), "k2")
    assert corrected.status_code == 200
    sandbox.later()
    assert [payment(r) for r in await remittances(sandbox)] == [["1*250*250*"]]


async def test_a_999_rejects_the_first_set_and_takes_the_second(sandbox: Sandbox) -> None:
    first = await sandbox.submit(professional("SBX999R"), "k1")
    assert first.status_code == 200
    assert first.json()["x12"] is None
    second = await sandbox.submit(professional("SBX999R", "PCN101", 102), "k2")
    assert "STC*A1:20*" in second.json()["x12"]
    sandbox.later()
    acks = await sandbox.texts("999")
    assert [rows(a, "IK5", "AK9") for a in acks] == [["IK5*R*5", "AK9*R*1*1*0"], ["IK5*A", "AK9*A*1*1*1"]]
    assert rows(acks[0], "AK2") == ["AK2*837*0101*005010X222A1"]
    assert len(await remittances(sandbox)) == 1


async def test_a_payer_rejects_a_member_id_and_takes_a_new_original(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXREJECT", "PCN101", 101, ("M1000001", "X1000001")), "k1")
    sandbox.later()
    _, rejected = await sandbox.texts("277")
    assert "STC*A7:164:IL*20261201*U*250" in rows(rejected, "STC")
    await sandbox.submit(professional("SBXREJECT", "PCN101", 102), "k2")
    sandbox.later()
    assert "STC*A2:20:PR*20261201*WQ*250" in rows((await sandbox.texts("277"))[-1], "STC")
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*250*"]


async def test_a_necessity_denial_is_overturned_by_reversal_and_correction(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXNECESSITY"), "k1")
    sandbox.later()
    [denial] = await remittances(sandbox)
    assert payment(denial) == ["1*250*0*"]
    assert rows(denial, "CAS", "LQ") == ["CAS*CO*50*150", "LQ*HE*N115", "CAS*CO*50*100", "LQ*HE*N115"]
    assert rows(denial, "BPR") == ["BPR*H*0*C*NON************20261201"]
    receipt = await appeal(sandbox)
    assert receipt.json()["receiptId"].startswith("RCP")
    sandbox.later()
    [letter] = await letters(sandbox)
    assert (letter["decision"], letter["level"], letter["noticeDate"]) == ("overturned", 1, "2026-12-01")
    _, corrected = await remittances(sandbox)
    assert payment(corrected) == ["22*-250*0*", "1*250*250*"]
    assert rows(corrected, "CAS") == ["CAS*CO*50*-150", "CAS*CO*50*-100"]
    items = await sandbox.items("letter", "835")
    assert [i["x12"]["metadata"]["transaction"]["transactionSetIdentifier"] for i in items] == ["835", "letter", "835"]


async def test_an_appeal_is_upheld_by_letter_alone(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXUPHELD"), "k1")
    sandbox.later()
    await appeal(sandbox)
    sandbox.later()
    assert [letter["decision"] for letter in await letters(sandbox)] == ["upheld"]
    assert len(await remittances(sandbox)) == 1


async def test_a_second_level_overturns_what_the_first_upheld(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXLEVEL2"), "k1")
    sandbox.later()
    for level in (1, 2):
        await appeal(sandbox, level=level)
        sandbox.later()
    assert [letter["decision"] for letter in await letters(sandbox)] == ["upheld", "overturned"]
    assert payment((await remittances(sandbox))[-1]) == ["22*-250*0*", "1*250*250*"]


async def test_documents_asked_for_by_a_denial_bring_the_payment(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXDOCS"), "k1")
    sandbox.later()
    assert rows((await remittances(sandbox))[0], "CAS", "LQ")[:2] == ["CAS*CO*252*150", "LQ*HE*N706"]
    await appeal(sandbox, kind="documents")
    sandbox.later()
    assert payment((await remittances(sandbox))[-1]) == ["22*-250*0*", "1*250*250*"]


async def test_a_partial_denial_pays_the_other_line(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXPARTIAL"), "k1")
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*92.4*"]
    assert rows(remittance, "CAS") == ["CAS*CO*45*57.6", "CAS*CO*197*100"]


async def test_silence_ends_when_somebody_asks(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXSILENT"), "k1")
    sandbox.later(86_400 * 40)
    assert await remittances(sandbox) == []
    assert "STC*A2:20:PR*20261201*WQ*250" in rows((await sandbox.texts("277"))[-1], "STC")
    question = {"x12": fixture("claim_status", ("SBXPAID", "SBXSILENT"))}
    first = (await sandbox.client.post(CLAIM_STATUS, json=question)).json()["x12"]
    assert rows(first, "STC", "TRN", "REF")[:2] == ["TRN*2*ASK401", "STC*P1:20*20270110**250*0"]
    sandbox.later()
    [remittance] = await remittances(sandbox)
    assert payment(remittance) == ["1*250*250*"]
    again = (await sandbox.client.post(CLAIM_STATUS, json=question)).json()["x12"]
    assert rows(again, "STC") == ["STC*F1:65*20270110**250*250*20270110"]


async def test_a_claim_nobody_knows_is_not_found_on_inquiry(sandbox: Sandbox) -> None:
    answer = await sandbox.client.post(CLAIM_STATUS, json={"x12": fixture("claim_status")})
    assert rows(answer.json()["x12"], "STC") == ["STC*A4:35*20261201**250*0"]


async def test_a_lost_answer_was_an_acceptance_and_the_same_key_gets_it(sandbox: Sandbox) -> None:
    x12 = professional("SBXLOST")
    with pytest.raises(ConnectionCut):
        await sandbox.submit(x12, "k1")
    retried = await sandbox.submit(x12, "k1")
    assert retried.status_code == 200
    assert retried.json()["claimReference"]["patientControlNumber"] == "PCN101"
    accepted = (await sandbox.client.get("/sandbox/accepted")).json()["accepted"]
    assert [(a["patientControlNumber"], a["idempotencyKey"]) for a in accepted] == [("PCN101", "k1")]
    sandbox.later()
    assert len(await remittances(sandbox)) == 1


async def test_an_835_comes_twice_the_second_time_in_a_fresh_envelope(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXTWICE"), "k1")
    sandbox.later()
    first, second = await remittances(sandbox)
    assert first != second
    assert first[first.index("ST*835") : first.index("GE*")] == second[second.index("ST*835") : second.index("GE*")]
    assert first[90:99] != second[90:99]  # ISA13


@pytest.mark.parametrize(
    ("payer", "member", "says"),
    [
        ("SBXPAID", "M1000001", "EB*1*IND*30**SANDBOX PLAN"),
        ("SBXINACTIVE", "M1000001", "EB*6**30**SANDBOX PLAN"),
        ("SBXINACTIVE", "OK000001", "EB*1*IND*30**SANDBOX PLAN"),
        ("SBXAAA", "M1000001", "AAA*N**75*C"),
        ("SBXAAA", "OK000001", "EB*1*IND*30**SANDBOX PLAN"),
        ("NOBODY", "M1000001", "AAA*N**79*C"),
    ],
)
async def test_eligibility_by_payer_and_member(sandbox: Sandbox, payer: str, member: str, says: str) -> None:
    question = fixture("eligibility", ("SBXPAID", payer), ("M1000001", member))
    answer = await sandbox.client.post(ELIGIBILITY, json={"x12": question})
    assert answer.status_code == 200
    assert rows(answer.json()["x12"], "EB", "AAA")[0] == says
    if payer != "NOBODY":
        assert rows(answer.json()["x12"], "TRN") == ["TRN*2*ASK301*9310000001"]


async def test_eligibility_tells_what_is_left_of_the_deductible(sandbox: Sandbox) -> None:
    question = fixture("eligibility", ("SBXPAID", "SBXSHARE"))
    answer = await sandbox.client.post(ELIGIBILITY, json={"x12": question})
    assert rows(answer.json()["x12"], "EB")[1:] == [
        "EB*C*IND*30***23*500",
        "EB*C*IND*30***29*25",
        "EB*A*IND*30***27**.2",
    ]


async def test_every_payer_has_a_story_and_its_file_is_named_in_the_list(sandbox: Sandbox) -> None:
    listed = (await sandbox.client.get("/sandbox/payers")).json()["payers"]
    wanted = ["PAID", "SHARE", "EDIT", "999R", "REJECT", "NECESSITY", "UPHELD", "PARTIAL", "SILENT"]
    wanted += ["LOST", "TWICE", "INACTIVE", "AAA", "MCR"]
    assert {f"SBX{name}" for name in wanted} <= {p["payerId"] for p in listed}
    assert all(p["story"] for p in listed)


async def test_every_acknowledgement_passes_an_independent_reader(sandbox: Sandbox) -> None:
    """pyx12 has maps for 999 and 277CA; the 277CA here has the provider level that its map asks for."""
    await sandbox.submit(professional("SBXPAID"), "k1")
    await sandbox.submit(professional("SBX999R", "PCN102", 102), "k2")
    await sandbox.submit(professional("SBXREJECT", "PCN103", 103, ("M1000001", "X1000001")), "k3")
    await sandbox.submit(professional("SBXEDIT", "PCN104", 104, ("HC:99213", "HC:99213:ZZ")), "k4")
    await sandbox.submit(fixture("institutional"), "k5", INSTITUTIONAL)
    sandbox.later()
    texts = await sandbox.texts("999", "277")
    assert len(texts) == 12
    assert [finding for text in texts for finding in pyx12_finds(text)] == []


@pytest.mark.parametrize("payer", ["SBXPAID", "SBXSHARE", "SBXINACTIVE"])
async def test_an_eligibility_answer_passes_an_independent_reader(sandbox: Sandbox, payer: str) -> None:
    """Not SBXAAA: x12sdk has the code list of another loop there and does not know AAA03 75."""
    question = fixture("eligibility", ("SBXPAID", payer))
    answer = await sandbox.client.post(ELIGIBILITY, json={"x12": question})
    assert x12sdk_models(answer.json()["x12"]) == 1


@pytest.mark.parametrize(("payer", "after"), [("SBXPAID", 60), ("SBXPAID", 0), ("SBXUPHELD", 60), ("SBXNECESSITY", 0)])
async def test_a_claim_status_answer_passes_an_independent_reader(sandbox: Sandbox, payer: str, after: float) -> None:
    await sandbox.submit(professional(payer), "k1")
    sandbox.later(after)
    answer = await sandbox.client.post(
        CLAIM_STATUS, json={"x12": fixture("claim_status", ("PI*SBXPAID", f"PI*{payer}"))}
    )
    assert x12sdk_models(answer.json()["x12"]) == 1
