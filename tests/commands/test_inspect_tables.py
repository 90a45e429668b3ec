"""`inspect` without `--json`: every set in words a biller reads, long ones too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from commands.inspect import inspect_files
from commands.inspect_tables import show
from tests.adapters.x12.made import file_of
from tests.adapters.x12.test_remittance import HEADER

ROOT = Path(__file__).parents[2]
ERA = "005010X221A1"
COVERED = """
    BHT*0022*11*1*20260620*0830
    HL*1**20*1
    NM1*PR*2*PLAINS HEALTH PLAN*****PI*60054
    HL*2*1*21*1
    NM1*1P*2*PRAIRIE CLINIC*****XX*1999999984
    HL*3*2*22*0
    NM1*IL*1*DOE*JANE****MI*M1
"""


def shown(tmp_path: Path, content: str, width: int = 140) -> list[str]:
    path = tmp_path / "document.x12"
    path.write_text(content)
    out = StringIO()
    show(inspect_files([path])[0], Console(file=out, width=width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def payments(claims: int) -> str:
    body = HEADER.replace("BPR*I*100.5", f"BPR*I*{claims * 60}")
    for n in range(claims):
        body += f"CLP*PCN{n:04d}*1*100*60**12*P{n}\nSVC*HC:99213*100*60**1\nCAS*CO*45*40\n"
    return file_of(("835", ERA, body))


def test_a_long_remittance_is_printed_as_plain_columns_with_every_claim(tmp_path: Path) -> None:
    lines = shown(tmp_path, payments(201))  # 402 rows: a claim and its line each
    assert lines[1].startswith("835 0001: PLAINS HEALTH PLAN pays 12060.00 by ACH, trace EFT0042, balanced")
    assert lines[2].split() == ["claim", "or", "line", "status", "outcome", "charge", "paid", "contractual", "reasons"]
    assert lines[3].split() == ["PCN0000", "1", "paid", "100.00", "60.00", "40.00"]
    assert lines[4].split() == ["99213", "100.00", "60.00", "CO-45", "40.00"]
    assert sum(line.startswith("PCN") for line in lines) == 201
    assert len({line.index("60.00") for line in lines[3:405]}) == 1  # the columns stand below each other
    assert lines[-1] == "  no problems"


def test_reasons_of_a_long_table_go_on_below_where_they_are_long(tmp_path: Path) -> None:
    many = "CAS*CO*45*10**253*10**59*10**144*10"
    lines = shown(tmp_path, payments(201).replace("CAS*CO*45*40", many, 1), width=80)
    at = next(i for i, line in enumerate(lines) if "CO-45 10.00" in line)
    said = " ".join(line.strip() for line in lines[at : at + 3])
    assert all(f"CO-{code} 10.00" in said for code in (45, 253, 59, 144))
    assert max(len(line) for line in lines[2:]) <= 100


def test_a_short_one_is_drawn(tmp_path: Path) -> None:
    assert any("│ PCN0000" in line for line in shown(tmp_path, payments(2)))


def test_benefits_are_told_in_words_with_a_share_as_percent(tmp_path: Path) -> None:
    body = COVERED + "EB*1**30**GOLD\nEB*C*IND*30***23*500\nEB*A*IND*98*****.2\nEB*A*IND*98*****0\nEB*ZZ**30"
    text = "\n".join(shown(tmp_path, file_of(("271", "005010X279A1", body))))
    for said in ("271 0001: active", "1 active", "C deductible", "23 calendar year", "A coinsurance", " 20 % ", "ZZ"):
        assert said in text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("A*000", "TA1: interchange 000000905 accepted"),
        ("R*025", "TA1: interchange 000000905 rejected, 025 control number used before"),
        ("E*022", "TA1: interchange 000000905 accepted with errors, 022 control structure not valid"),
        ("R*099", "TA1: interchange 000000905 rejected, 099"),
    ],
)
def test_a_ta1_is_one_line_with_the_reason_in_words(tmp_path: Path, answer: str, said: str) -> None:
    whole = payments(1)
    envelope = whole[: whole.index("GS*")] + f"TA1*000000905*260620*0830*{answer}~\nIEA*0*000000901~\n"
    assert shown(tmp_path, envelope)[1:] == [said, "  no problems"]


def test_a_set_without_rows_says_what_is_not_there(tmp_path: Path) -> None:
    nothing = file_of(("999", "005010X231A1", "AK1*HC*17\nAK9*R*1*1*0*1"))
    assert shown(tmp_path, nothing)[1:3] == ["999 0001: group 17 rejected (code 1)", "  no set is named"]


def test_what_holds_the_set_and_what_holds_a_claim_are_told_apart(tmp_path: Path) -> None:
    lines = shown(tmp_path, payments(2).replace("BPR*I*120", "BPR*I*121"))
    assert "held whole: claims 120.00 less provider adjustments 0.00 is not the payment 121.00: off by -1.00" in lines
    lines = shown(tmp_path, payments(2).replace("CAS*CO*45*40", "CAS*CO*45*30", 1))
    assert "held PCN0000: charge 100.00 less adjustments 30.00 is not the payment 60.00: 10.00 unexplained" in lines
    lines = shown(tmp_path, payments(2).replace("CLP*PCN0001*1*100", "CLP*PCN0001*1*1OO"))
    assert lines[1].endswith("; 1 claim could not be read")


@pytest.mark.parametrize("claims", [1, 201])
def test_what_a_file_holds_never_steers_the_terminal(tmp_path: Path, claims: int) -> None:
    text = payments(claims).replace("PCN0000", "P\x1b[2JX").replace("EFT0042", "EFT\x1b]0;mine\x07")
    lines = shown(tmp_path, text)
    assert not any("\x1b" in line or "\x07" in line for line in lines)
    assert any("P?[2JX" in line for line in lines)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_may_have_any_name(tmp_path: Path, as_json: bool) -> None:
    """Latin-1 bytes and an escape sequence in the name, a strict UTF-8 terminal: told escaped, and read like any other."""
    path = os.fsencode(tmp_path) + b"/r\xe9mise\x1b[2J.835"
    with open(path, "w") as file:
        file.write(payments(1))
    command = [sys.executable, "starter.py", "inspect", *(["--json"] if as_json else []), path]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict", "COLUMNS": "300"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    if as_json:
        assert json.loads(done.stdout)[0]["file"] == f"{tmp_path}/r\\xe9mise\x1b[2J.835"
    else:
        assert "r\\xe9mise?[2J.835" in done.stdout.decode()
