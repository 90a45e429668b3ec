"""Secondary payers, crossovers and takebacks, on the claim of 150 (99213) and 100 (36415 twice).

The fee schedule allows 92.40 and 17.14; 20 % of them, 18.48 and 3.43, is left to the patient: 21.91.
"""

from __future__ import annotations

from tests.sandbox.kit import Sandbox, professional, rows
from tests.sandbox.validators import oxedi_finds, pyx12_finds

PRIMARY_DECISION = """\
SBR*P*18*******MB~
CAS*CO*45*140.46**253*1.75~
CAS*PR*2*21.91~
AMT*D*85.88~
OI***Y***Y~
NM1*IL*1*SAMPLE*PAT****MI*1EG4TE5MK73~
NM1*PR*2*SANDBOX MEDICARE*****PI*SBXCROSSLOST~
DTP*573*D8*20261125~
LX*1~"""
"""A 2320 loop with the primary's decision for the whole claim, before the first line."""

BY_LINE = ("REF*6R*PCN101-1~", "REF*6R*PCN101-1~\nSVD*SBXMCR*72.44*HC:99213**1~\nCAS*PR*2*18.48~\nDTP*573*D8*20261125~")


def secondary(pcn: str, number: int, *changes: tuple[str, str]) -> str:
    """The claim as it goes to SBXSECOND after the primary."""
    return professional("SBXSECOND", pcn, number, ("SBR*P*18", "SBR*S*18"), *changes)


async def remittances(sandbox: Sandbox, seconds: float = 60) -> list[str]:
    sandbox.later(seconds)
    found = await sandbox.texts("835")
    for text in found:
        assert oxedi_finds(text) == []
        assert pyx12_finds(text) == []
    return found


async def test_a_secondary_pays_what_the_primary_left_to_the_patient(sandbox: Sandbox) -> None:
    """Said for the claim, the 21.91 falls on the first line; 250 less that is the primary's impact, 228.09."""
    await sandbox.submit(secondary("PCN101", 101, ("LX*1~", PRIMARY_DECISION)), "k1")
    [text] = await remittances(sandbox)
    assert rows(text, "CLP")[0].startswith("CLP*PCN101*2*250*21.91**")
    assert rows(text, "CAS") == ["CAS*OA*23*128.09", "CAS*OA*23*100"]


async def test_a_secondary_goes_by_the_lines_where_the_primary_said_it_there(sandbox: Sandbox) -> None:
    await sandbox.submit(secondary("PCN101", 101, ("LX*1~", PRIMARY_DECISION), BY_LINE), "k1")
    [text] = await remittances(sandbox)
    assert rows(text, "CLP")[0].startswith("CLP*PCN101*2*250*18.48**")


async def test_what_remains_in_all_is_told_by_the_amount_of_the_claim_besides_the_lines(sandbox: Sandbox) -> None:
    """18.48 on the first line, 21.91 remaining in all (AMT*EAF): 3.43 more, which the first line can take."""
    remaining = ("AMT*D*85.88~", "AMT*D*85.88~\nAMT*EAF*21.91~")
    await sandbox.submit(secondary("PCN101", 101, ("LX*1~", PRIMARY_DECISION), remaining, BY_LINE), "k1")
    [text] = await remittances(sandbox)
    assert rows(text, "CLP")[0].startswith("CLP*PCN101*2*250*21.91**")


async def test_a_later_payer_pays_no_more_than_what_remains(sandbox: Sandbox) -> None:
    """A payer between has paid 15.00 of the 21.91: AMT*EAF 6.91 is the least that any payer says."""
    remaining = ("AMT*D*85.88~", "AMT*D*85.88~\nAMT*EAF*6.91~")
    await sandbox.submit(secondary("PCN101", 101, ("LX*1~", PRIMARY_DECISION), remaining), "k1")
    [text] = await remittances(sandbox)
    assert rows(text, "CLP")[0].startswith("CLP*PCN101*2*250*6.91**")


async def test_a_secondary_claim_without_the_primarys_decision_is_denied(sandbox: Sandbox) -> None:
    await sandbox.submit(secondary("PCN101", 101), "k1")
    [text] = await remittances(sandbox)
    assert rows(text, "CLP")[0].startswith("CLP*PCN101*2*250*0**")
    assert rows(text, "CAS", "LQ")[:2] == ["CAS*CO*16*150", "LQ*HE*MA04"]


async def test_a_crossover_is_said_and_the_secondary_pays_unasked(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXCROSS"), "k1")
    first, second = await remittances(sandbox)
    assert rows(first, "CLP")[0].startswith("CLP*PCN101*19*250*85.88*21.91*")
    assert "NM1*TT*2*SANDBOX SUPPLEMENT*****PI*SBXSECOND" in rows(first, "NM1")
    assert rows(first, "MOA") == ["MOA***MA01*MA18"]
    assert rows(second, "CLP")[0].startswith("CLP*PCN101*2*250*21.91**")
    assert rows(second, "CAS") == ["CAS*OA*23*131.52", "CAS*OA*23*96.57"]
    accepted = (await sandbox.client.get("/sandbox/accepted")).json()["accepted"]
    assert [a["payerId"] for a in accepted] == ["SBXCROSS"]


async def test_a_secondary_billed_after_a_crossover_says_duplicate(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXCROSS"), "k1")
    await remittances(sandbox)
    await sandbox.submit(secondary("PCN101", 102, ("LX*1~", PRIMARY_DECISION)), "k2")
    assert rows((await remittances(sandbox))[-1], "CAS") == ["CAS*OA*18*150", "CAS*OA*18*100"]


async def test_a_crossover_that_gets_lost_has_to_be_billed(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXCROSSLOST"), "k1")
    [first] = await remittances(sandbox, 86_400)
    assert rows(first, "CLP")[0].startswith("CLP*PCN101*19*")
    await sandbox.submit(secondary("PCN101", 102, ("LX*1~", PRIMARY_DECISION)), "k2")
    assert rows((await remittances(sandbox))[-1], "CLP")[0].startswith("CLP*PCN101*2*250*21.91**")


async def test_a_takeback_is_a_plb_and_the_next_payment_is_less(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXTAKEBACK"), "k1")
    first, back = await remittances(sandbox)
    number = rows(first, "CLP")[0].split("*")[7]
    assert rows(back, "CLP", "LX") == []
    assert rows(back, "PLB") == [f"PLB*1234567893*20261231*WO:{number}*250*FB:{number}*-250"]
    assert rows(back, "BPR")[0].startswith("BPR*H*0*C*NON*")
    await sandbox.submit(professional("SBXTAKEBACK", "PCN102", 102, ("*250***", "*400***"), ("*150*", "*300*")), "k2")
    after = (await remittances(sandbox, 4))[-1]
    assert rows(after, "BPR")[0].startswith("BPR*I*150*C*ACH*")
