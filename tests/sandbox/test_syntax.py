"""What the sandbox's own reader refuses, and how it says so: TA1, 999, code-33 edits."""

from __future__ import annotations

import pytest

from sandbox.edits import valid_npi
from sandbox.money import amount, cents
from tests.sandbox.kit import FIXTURES, INSTITUTIONAL, PROFESSIONAL, Sandbox, fixture, professional, recount, rows
from tests.sandbox.validators import pyx12_finds


def without(segment: str, name: str = "professional") -> str:
    """A fixture less the first segment that starts so."""
    lines = (FIXTURES / f"{name}.edi").read_text("ascii").splitlines()
    lines.pop(next(i for i, line in enumerate(lines) if line.startswith(segment)))
    return recount("\n".join(lines))


def changed(old: str, new: str) -> str:
    return fixture("professional", (old, new))


def lines_cut(first: str, until: str) -> str:
    """The fixture less everything from one segment up to another."""
    lines = fixture("professional").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(first))
    stop = next(i for i, line in enumerate(lines) if line.startswith(until))
    return recount("\n".join(lines[:start] + lines[stop:]))


FAULTS = [
    ("no billing address", without("N3*100 MAIN"), ["IK3*N3*7*2010*3"]),
    ("no tax number", without("REF*EI"), ["IK3*REF*7*2010*3"]),
    ("no submitter contact", without("PER*IC"), ["IK3*PER*3*1000*3"]),
    ("no payer", without("NM1*PR"), ["IK3*NM1*11*2000*3"]),
    ("no diagnosis", without("HI*"), ["IK3*HI*18*2300*3"]),
    ("no service date", without("DTP*472"), ["IK3*DTP*22*2400*3"]),
    ("a subscriber who is the patient, without demographics", without("DMG*"), ["IK3*DMG*13*2010*I6"]),
    ("no claim number", changed("CLM*PCN101*", "CLM**"), ["IK3*CLM*18*2300*8", "IK4*1*1028*1"]),
    ("a charge that is no number", changed("*250***", "*25O***"), ["IK3*CLM*18*2300*8", "IK4*2*782*6*25O"]),
    ("no frequency", changed("11:B:1", "11:B"), ["IK3*CLM*18*2300*8", "IK4*5:3*1325*1"]),
    ("a day that is none", changed("19800115", "19800230"), ["IK3*DMG*16*2010*8", "IK4*2*1251*8*19800230"]),
    (
        "a date of the wrong length",
        changed("LX*1~", "LX*1~\nDTP*472*D8*2026112~"),
        ["IK3*DTP*23*2400*8", "IK4*3*1251*8*2026112"],
    ),
    ("lines counted wrong", changed("LX*2~", "LX*3~"), ["IK3*LX*26*2400*8", "IK4*1*554*7*3"]),
    ("a subscriber under nobody", changed("HL*2*1*22", "HL*2*9*22"), ["IK3*HL*11*2000*8", "IK4*2*734*7*9"]),
    ("a gender that is none", changed("0115*F", "0115*Q"), ["IK3*DMG*16*2010*8", "IK4*3*1068*7*Q"]),
    ("a quantity that is no number", changed("*UN*2*", "*UN*two*"), ["IK3*SV1*27*2400*8", "IK4*4*380*6*two"]),
    ("no lines", lines_cut("LX*1", "SE*"), ["IK3*LX*18*2300*3"]),
]
"""Each fault and what the 999 says: positions count from ST = 1, a missing segment stands where its loop begins."""


@pytest.mark.parametrize(("x12", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
async def test_a_malformed_claim_gets_a_999_that_says_where(sandbox: Sandbox, x12: str, said: list[str]) -> None:
    answer = await sandbox.submit(x12, "k1")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_X12")
    assert answer.json()["errors"]
    sandbox.later()
    [ack] = await sandbox.texts("999")
    assert rows(ack, "IK3", "IK4") == said
    assert rows(ack, "IK5", "AK9") == ["IK5*R*5", "AK9*R*1*1*0"]
    assert pyx12_finds(ack) == []
    assert (await sandbox.client.get("/sandbox/accepted")).json()["accepted"] == []
    assert await sandbox.texts("277") == []


@pytest.mark.parametrize(
    ("x12", "said"),
    [
        (fixture("professional").replace("SE*30*", "SE*29*"), ["IK5*R*4", "AK9*R*1*1*0"]),
        (fixture("professional").replace("SE*30*0101", "SE*30*0102"), ["IK5*R*3", "AK9*R*1*1*0"]),
        (fixture("professional").replace("GE*1*101", "GE*1*102"), ["IK5*A", "AK9*R*1*1*0*4"]),
        (fixture("professional").replace("GE*1*101", "GE*2*101"), ["IK5*A", "AK9*R*2*1*0*5"]),
        (fixture("professional").replace("X222A1", "X222A2"), ["IK5*R*I6", "AK9*R*1*1*0"]),
        (without("SE*"), ["IK5*R*2", "AK9*R*1*1*0"]),
    ],
    ids=["SE01", "SE02", "GE02", "GE01", "guide", "no SE"],
)
async def test_a_wrong_envelope_inside_the_interchange_is_a_999(sandbox: Sandbox, x12: str, said: list[str]) -> None:
    assert (await sandbox.submit(x12, "k1")).status_code == 400
    sandbox.later()
    [ack] = await sandbox.texts("999")
    assert rows(ack, "IK5", "AK9") == said


@pytest.mark.parametrize(
    ("x12", "code"),
    [
        (fixture("professional").replace("IEA*1*000000101", "IEA*1*000000102"), "001"),
        (fixture("professional").replace("IEA*1*", "IEA*2*"), "021"),
        (without("IEA*"), "023"),
        (without("GS*"), "022"),
        (fixture("professional").replace("*00501*", "*00401*"), "003"),
    ],
)
async def test_a_wrong_interchange_is_a_ta1(sandbox: Sandbox, x12: str, code: str) -> None:
    assert (await sandbox.submit(x12, "k1")).status_code == 400
    sandbox.later()
    [ack] = await sandbox.texts("TA1")
    assert rows(ack, "TA1") == [f"TA1*000000101*261201*0900*R*{code}"]
    assert rows(ack, "IEA")[0].startswith("IEA*0*")
    assert len(rows(ack, "ISA")[0]) == 105
    assert await sandbox.texts("999") == []


async def test_a_ta1_comes_when_it_is_asked_for(sandbox: Sandbox) -> None:
    await sandbox.submit(fixture("professional", ("*000000101*0*T", "*000000101*1*T")), "k1")
    sandbox.later()
    assert rows((await sandbox.texts("TA1"))[0], "TA1") == ["TA1*000000101*261201*0900*A*000"]


async def test_an_interchange_number_seen_before_is_accepted_with_a_warning(sandbox: Sandbox) -> None:
    await sandbox.submit(professional("SBXPAID", "PCN101", 101), "k1")
    answer = await sandbox.submit(professional("SBXPAID", "PCN102", 101), "k2")
    assert answer.status_code == 200
    sandbox.later()
    assert rows((await sandbox.texts("TA1"))[0], "TA1") == ["TA1*000000101*261201*0900*E*025"]


@pytest.mark.parametrize("text", ["hello", "ISA*00*", "ISA" + "x" * 200, "{}"])
async def test_what_is_no_x12_is_said_to_be_none(sandbox: Sandbox, text: str) -> None:
    answer = await sandbox.submit(text, "k1")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_X12")


async def test_a_professional_claim_has_no_business_at_the_institutional_address(sandbox: Sandbox) -> None:
    answer = await sandbox.submit(professional(), "k1", INSTITUTIONAL)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_X12")
    answer = await sandbox.submit(fixture("institutional"), "k2", PROFESSIONAL)
    assert answer.status_code == 400


async def test_other_delimiters_are_read_too(sandbox: Sandbox) -> None:
    swap = str.maketrans({"*": "|", ":": ">", "~": "!"})
    assert (await sandbox.submit(professional().translate(swap), "k1")).status_code == 200


async def test_a_bad_set_does_not_take_its_neighbour_with_it(sandbox: Sandbox) -> None:
    lines = professional().splitlines()
    good = lines[2:-2]
    bad = [line.replace("PCN101", "PCN102").replace("0101", "0102") for line in good if not line.startswith("HI*")]
    text = recount("\n".join([*lines[:2], *good, *bad, "GE*2*101~", lines[-1]]))
    answer = await sandbox.submit(text, "k1")
    assert answer.status_code == 200
    assert answer.json()["claimReference"]["patientControlNumber"] == "PCN101"
    assert answer.json()["errors"]
    sandbox.later()
    [ack] = await sandbox.texts("999")
    assert rows(ack, "IK5", "AK9") == ["IK5*A", "IK5*R*5", "AK9*P*2*2*1"]
    assert [a["patientControlNumber"] for a in (await sandbox.client.get("/sandbox/accepted")).json()["accepted"]] == [
        "PCN101"
    ]


async def test_two_claims_of_one_interchange_are_paid_in_one_835(sandbox: Sandbox) -> None:
    lines = professional("SBXSHARE").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("HL*2"))
    stop = next(i for i, line in enumerate(lines) if line.startswith("SE*"))
    second = [line.replace("PCN101", "PCN102").replace("HL*2*1", "HL*3*1") for line in lines[start:stop]]
    answer = await sandbox.submit(recount("\n".join([*lines[:stop], *second, *lines[stop:]])), "k1")
    references = answer.json()["claimReferences"]
    assert [r["patientControlNumber"] for r in references] == ["PCN101", "PCN102"]
    sandbox.later()
    [remittance] = await sandbox.texts("835")
    assert [clp.split("*")[1] for clp in rows(remittance, "CLP")] == ["PCN101", "PCN102"]
    assert rows(remittance, "BPR")[0].startswith("BPR*I*135.26*")  # twice 67.63
    assert rows((await sandbox.texts("277"))[-1], "QTY") == ["QTY*90*2", "QTY*QA*2"]


@pytest.mark.parametrize(
    ("changes", "location", "status"),
    [
        ([("1234567893", "1234567890")], "2010AA NM109", "A7:562:85"),
        ([("1245319599", "1245319590")], "2310B NM109", "A7:562:82"),
        ([("*250***", "*251***")], "2300 CLM02", "A7:178"),
        ([("*PI*SBXPAID", "*PI*NOBODY")], "2010BB NM109", "A7:153:PR"),
    ],
)
async def test_clearinghouse_edits_reject_with_code_33(
    sandbox: Sandbox, changes: list[tuple[str, str]], location: str, status: str
) -> None:
    answer = await sandbox.submit(fixture("professional", *changes), "k1")
    assert answer.status_code == 400
    body = answer.json()
    assert (body["status"], body["httpStatusCode"]) == ("ERROR", "400 BAD_REQUEST")
    assert [(e["code"], e["location"]) for e in body["errors"]] == [("33", location)]
    assert rows(body["x12"], "STC")[-1].startswith(f"STC*{status}*20261201*U*")
    assert (await sandbox.client.get("/sandbox/accepted")).json()["accepted"] == []


@pytest.mark.parametrize(
    ("number", "valid"),
    [("1234567893", True), ("1234567890", False), ("1245319599", True), ("123456789", False), ("12345678930", False)],
)
def test_an_npi_carries_a_luhn_check_digit(number: str, valid: bool) -> None:
    """1234567893 is the example of the NPI standard: 80840 123456789 gives 24 + 42 + ... = 67, so 3."""
    assert valid_npi(number) is valid


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("109.2", 10920), ("-5.05", -505), (".5", 50), ("7.", 700)])
def test_amounts_are_read_in_cents(text: str, value: int) -> None:
    assert cents(text) == value


@pytest.mark.parametrize("text", ["", "1,000", "1.005", "x", "1e3", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        cents(text)


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (10920, "109.2"), (-505, "-5.05"), (100, "1"), (5, "0.05")])
def test_amounts_are_written_without_trailing_zeros(value: int, text: str) -> None:
    assert amount(value) == text
