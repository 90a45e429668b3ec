"""Frequency 7 and 8, duplicates, and what a provider owes after them."""

from __future__ import annotations

import pytest

from tests.sandbox.kit import CLAIM_STATUS, Sandbox, fixture, professional, rows
from tests.sandbox.validators import oxedi_finds, pyx12_finds


def again(frequency: str, number: str, payer: str = "SBXPAID", control: int = 102, *more: tuple[str, str]) -> str:
    """The claim once more with another frequency, and REF*F8 if a payer's number is given."""
    clm = "*Y*A*Y*Y~"
    reference = f"{clm}\nREF*F8*{number}~" if number else clm
    return professional(payer, "PCN101", control, ("11:B:1", f"11:B:{frequency}"), (clm, reference), *more)


async def paid(sandbox: Sandbox, payer: str = "SBXPAID") -> str:
    """One claim through to its 835; the payer's number of it."""
    await sandbox.submit(professional(payer), "k1")
    sandbox.later()
    return rows((await sandbox.texts("835"))[-1], "CLP")[0].split("*")[7]


async def last_835(sandbox: Sandbox) -> str:
    sandbox.later()
    text = (await sandbox.texts("835"))[-1]
    assert oxedi_finds(text) == []
    assert pyx12_finds(text) == []
    return text


def claims(x12: str) -> list[str]:
    return ["*".join(clp.split("*")[2:5]) for clp in rows(x12, "CLP")]


async def test_the_payers_number_is_the_same_in_277ca_and_835(sandbox: Sandbox) -> None:
    number = await paid(sandbox)
    assert rows((await sandbox.texts("277"))[-1], "REF") == [f"REF*1K*{number}"]


async def test_a_replacement_is_a_reversal_and_a_correction(sandbox: Sandbox) -> None:
    """The first line goes down from 150 to 120, so 250 is taken back and 220 paid: 30 stay owed to the payer."""
    number = await paid(sandbox)
    await sandbox.submit(again("7", number, "SBXPAID", 102, ("*250***", "*220***"), ("99213*150", "99213*120")), "k2")
    text = await last_835(sandbox)
    assert claims(text) == ["22*-250*-250", "1*220*220"]
    first, second = rows(text, "CLP")
    assert first.split("*")[7] == number
    assert second.split("*")[7] != number
    assert rows(text, "BPR")[0].startswith("BPR*H*0*C*NON*")
    assert rows(text, "PLB")[0].startswith("PLB*1234567893*20261231*FB:")
    assert rows(text, "PLB")[0].endswith("*-30")


async def test_a_forwarded_balance_is_taken_from_the_next_payment(sandbox: Sandbox) -> None:
    number = await paid(sandbox)
    await sandbox.submit(again("8", number), "k2")
    voided = await last_835(sandbox)
    assert claims(voided) == ["22*-250*-250"]
    assert rows(voided, "PLB")[0].endswith("*-250")
    await sandbox.submit(professional("SBXPAID", "PCN103", 103, ("*250***", "*400***"), ("*150*", "*300*")), "k3")
    after = await last_835(sandbox)
    assert claims(after) == ["1*400*400"]
    assert rows(after, "BPR")[0].startswith("BPR*I*150*C*ACH*")
    assert rows(after, "PLB")[0].endswith("*250")


async def test_an_authorization_on_the_replacement_pays_the_denied_line(sandbox: Sandbox) -> None:
    number = await paid(sandbox, "SBXPARTIAL")
    corrected = again("7", number, "SBXPARTIAL", 102, ("HI*ABK", "REF*G1*AUTH1~\nHI*ABK"))
    await sandbox.submit(corrected, "k2")
    assert claims(await last_835(sandbox)) == ["22*-250*-92.4", "1*250*109.54"]


async def test_an_original_sent_twice_is_denied_as_a_duplicate(sandbox: Sandbox) -> None:
    await paid(sandbox)
    await sandbox.submit(professional("SBXPAID", "PCN101", 102), "k2")
    text = await last_835(sandbox)
    assert claims(text) == ["1*250*0"]
    assert rows(text, "CAS") == ["CAS*OA*18*150", "CAS*OA*18*100"]


async def test_a_replacement_without_the_payers_number_is_a_duplicate(sandbox: Sandbox) -> None:
    await paid(sandbox)
    await sandbox.submit(again("7", ""), "k2")
    assert rows(await last_835(sandbox), "CAS") == ["CAS*OA*18*150", "CAS*OA*18*100"]


@pytest.mark.parametrize(("frequency", "number", "status"), [("7", "", "A6:464"), ("8", "NEVER", "A7:464")])
async def test_a_replacement_of_a_claim_never_heard_of_is_rejected(
    sandbox: Sandbox, frequency: str, number: str, status: str
) -> None:
    await sandbox.submit(again(frequency, number), "k1")
    sandbox.later()
    assert rows((await sandbox.texts("277"))[-1], "STC")[-1] == f"STC*{status}*20261201*U*250"
    assert await sandbox.texts("835") == []


async def test_a_claim_replaced_before_payment_is_paid_once(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXSILENT"), "k1")
    sandbox.later()
    number = rows((await sandbox.texts("277"))[-1], "REF")[0].split("*")[2]
    await sandbox.submit(again("7", number, "SBXSILENT"), "k2")
    sandbox.later()
    await sandbox.client.post(CLAIM_STATUS, json={"x12": fixture("claim_status", ("SBXPAID", "SBXSILENT"))})
    assert claims(await last_835(sandbox)) == ["1*250*250"]
