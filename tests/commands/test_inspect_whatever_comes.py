"""`inspect` of what senders do to a file: what is tolerated reads the same, what is lost is said, with exit code 2."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands.inspect import inspect_files
from tests.adapters.x12.made import file_of
from tests.adapters.x12.test_remittance import HEADER

Shape = dict[str, Any]
ERA = "005010X221A1"
BODY = HEADER + (
    """
    CLP*A1*1*150*100.5*15*12*PCN1*11*1
    SVC*HC:99213:25*150*100.5**1
    CAS*CO*45*34.5
    CAS*PR*3*15
    """
)
SECOND = BODY.replace("CLP*A1", "CLP*A2").replace("EFT0042", "EFT0043")
GOOD = file_of(("835", ERA, BODY)).replace("\n", "")
BOTH = file_of(("835", ERA, BODY), ("835", ERA, SECOND)).replace("\n", "")


def told(tmp_path: Path, content: bytes | str) -> tuple[Shape, int]:
    path = tmp_path / "document.x12"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,), code = inspect_files([path])
    return found, code


def only_set(content: str) -> str:
    return content[content.index("ST*") : content.index("GE*")]


NO_PROBLEM = {
    "line ends": GOOD.replace("~", "~\r\n"),
    "a newline as terminator": GOOD.replace("~", "\n"),
    "a carriage return as terminator": GOOD.replace("~", "\r"),
    "both as terminator": GOOD.replace("~", "\r\n"),
    "a group separator as terminator": GOOD.replace("~", "\x1d"),
    "a bar between elements": GOOD.replace("*", "|"),
    "a control character between elements": GOOD.replace("*", "\x1f"),
    "a greater-than between components": GOOD.replace(":", ">"),
    "a backslash between components": GOOD.replace(":", "\\"),
    "a bar between repetitions": GOOD.replace("^", "|"),
    "no repetitions": GOOD.replace("^", "U"),
    "layout behind the end": GOOD + "  \r\n\n",
}


@pytest.mark.parametrize("layout", NO_PROBLEM)
def test_separators_and_line_ends_are_the_senders_own_and_no_problem(tmp_path: Path, layout: str) -> None:
    plain, _ = told(tmp_path, GOOD)
    assert [claim["outcome"] for claim in plain["transactions"][0]["claims"]] == ["paid"]
    found, code = told(tmp_path, NO_PROBLEM[layout])
    assert (found["transactions"], found["problems"], code) == (plain["transactions"], [], 0)


TOLERATED: dict[str, tuple[bytes | str, str]] = {
    "a byte-order mark": (b"\xef\xbb\xbf" + GOOD.encode(), "byte-order mark"),
    "blank lines first": ("\n \r\n" + GOOD, "blank lines"),
    "a mail header first": ("Subject: your payment\n" + GOOD, "that are no X12"),
    "indentation": (GOOD.replace("~", "~\n    "), "are indented"),
    "tabs": (GOOD.replace("~", "~\n\t"), "are indented"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-16"),
    "NULs behind the end": (GOOD + "\0" * 8, "NUL characters stand behind"),
    "no last terminator": (GOOD[:-1], "no segment terminator"),
    "a wrong SE01": (re.sub(r"SE\*\d+", "SE*3", GOOD), "SE01 counts 3"),
    "a wrong SE02": (re.sub(r"(SE\*\d+)\*0001", r"\1*0009", GOOD), "SE02"),
    "a wrong GE01": (GOOD.replace("GE*1", "GE*4"), "GE01 counts 4"),
    "a wrong GE02": (GOOD.replace("GE*1*1", "GE*1*7"), "GE02"),
    "a wrong IEA01": (GOOD.replace("IEA*1", "IEA*6"), "IEA01 counts 6"),
    "a wrong IEA02": (GOOD.replace("IEA*1*000000901", "IEA*1*000000777"), "IEA02"),
    "no IEA": (GOOD[: GOOD.index("IEA")], "IEA is missing"),
    "no GE and IEA": (GOOD[: GOOD.index("GE*")], "GE is missing"),
    "no envelope": (only_set(GOOD), "no ISA envelope"),
    "no envelope, a line a segment": (only_set(GOOD).replace("~", "\n"), "no ISA envelope"),
    "156 identical interchanges": (GOOD * 156, "156 interchanges are identical"),
    "noise between the envelopes": (GOOD.replace("GE*", "ZZZ*1~GE*"), "stand outside any set"),
}


@pytest.mark.parametrize("oddity", TOLERATED)
def test_an_oddity_is_said_and_takes_nothing_away(tmp_path: Path, oddity: str) -> None:
    content, said = TOLERATED[oddity]
    plain, _ = told(tmp_path, GOOD)
    found, code = told(tmp_path, content)
    assert (found["transactions"], code) == (plain["transactions"], 1)
    assert any(said in problem["reason"] for problem in found["problems"]), found["problems"]


def test_an_unknown_segment_and_an_unknown_reason_are_reported_and_hold_nothing(tmp_path: Path) -> None:
    found, code = told(tmp_path, GOOD.replace("CAS*CO*45", "ZZZ*1~CAS*CO*999"))
    (era,) = found["transactions"]
    assert (code, era["held"], era["claims"][0]["held"], len(found["problems"])) == (1, None, None, 3)  # and SE01


NO_DOCUMENT = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\n", "empty"),
    "NULs": (b"\0" * 60, "empty"),
    "a letter": (b"Dear provider, ISA is not what you look for.", "expected X12 text starting with ISA"),
    "bytes": (bytes(range(256)) * 4, "binary content"),
    "gzip": (gzip.compress(GOOD.encode()), "gzip"),
    "zip": (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(200), "a zip archive"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n", "a PDF file"),
    "a page": (b"<html><body>Please sign in</body></html>", "XML or HTML"),
    "an answer of a portal": (b'{"error": "no such file"}', "JSON"),
    "half an ISA": (GOOD[:60].encode(), "ISA"),
    "an ISA of three elements": (b"ISA*00*x~GS*HP~", "ISA"),
    "an ISA and no more": (GOOD[: GOOD.index("GS*")].encode(), "no set (ST to SE)"),
}


@pytest.mark.parametrize("what", NO_DOCUMENT)
def test_what_is_no_document_is_unreadable_and_its_object_says_why(tmp_path: Path, what: str) -> None:
    content, said = NO_DOCUMENT[what]
    found, code = told(tmp_path, content)
    assert (code, found["transactions"]) == (2, [])
    assert any(said in problem["reason"] for problem in found["problems"]), found["problems"]


def test_an_empty_interchange_that_is_whole_is_a_problem_and_not_unreadable(tmp_path: Path) -> None:
    found, code = told(tmp_path, GOOD[: GOOD.index("GS*")] + "IEA*0*000000901~")
    assert (code, found["transactions"]) == (1, [])
    assert [problem["reason"] for problem in found["problems"]] == ["no set (ST to SE) stands in the interchange"]


def test_a_path_that_cannot_be_read_has_its_object_beside_the_others(tmp_path: Path) -> None:
    good, locked = tmp_path / "good.835", tmp_path / "locked.835"
    good.write_text(GOOD)
    locked.write_text(GOOD)
    locked.chmod(0)
    files = [good, tmp_path / "absent.835", tmp_path, *([locked] if os.geteuid() else []), good]
    found, code = inspect_files(files)
    assert (code, [one["file"] for one in found]) == (2, [str(path) for path in files])
    assert [len(one["transactions"]) for one in found] == [1, *[0] * (len(files) - 2), 1]
    assert all(one["problems"] for one in found[1:-1])


def test_a_pipe_is_read_once_and_wrong_settings_are_no_hindrance() -> None:
    command = [sys.executable, "starter.py", "inspect", "--json", "/dev/stdin"]
    environment = {**os.environ, "CLAIMLINE_ZONE": "Nowhere/Land"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, input=GOOD.encode(), cwd=root, env=environment, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    (found,) = json.loads(done.stdout)
    assert [one["set"] for one in found["transactions"]] == ["835"]


MONEY = {
    "the payment": ("BPR*I*100.5", "BPR*I*1OO.5", "BPR02 is `1OO.5`; expected an amount"),
    "the charge": ("CLP*A1*1*150", "CLP*A1*1*15O", "CLP03 is `15O`; expected an amount"),
    "what the claim was paid": ("150*100.5*15", "150*1,00.5*15", "CLP04 is `1,00.5`; expected an amount"),
    "an adjustment": ("CAS*CO*45*34.5", "CAS*CO*45*34.5.0", "CAS03 is `34.5.0`; expected an amount"),
    "digits of another script": ("CLP*A1*1*150", "CLP*A1*1*\u0663", "CLP03 is `\u0663`; expected an amount"),
    "a line": ("SVC*HC:99213:25*150", "SVC*HC:99213:25*x150", "SVC02 is `x150`; expected an amount"),
}


@pytest.mark.parametrize("field", MONEY)
def test_money_that_is_no_number_is_unreadable_and_said_with_its_place(tmp_path: Path, field: str) -> None:
    right, wrong, said = MONEY[field]
    assert GOOD.count(right) == 1
    found, code = told(tmp_path, GOOD.replace(right, wrong))
    (problem,) = (one for one in found["problems"] if one["reason"].startswith(said))
    assert code == 2
    assert problem["segment"] == GOOD[: GOOD.index(right)].count("~") + 1
    assert problem["element"] == int(said[3:5])
    assert found["transactions"][0]["set"] == "835"


@pytest.mark.parametrize("at", ["TRN*", "CLP*", "SVC*", "CAS*PR", "SE*"])
def test_a_file_that_is_cut_off_in_mid_set_is_unreadable_and_held(tmp_path: Path, at: str) -> None:
    found, code = told(tmp_path, GOOD[: GOOD.index(at)])
    (era,) = found["transactions"]
    assert (code, era["held"]) == (2, "set 0001 is cut off: the file ends before its SE")


def test_the_neighbours_of_a_set_that_is_lost_are_read_and_held_for_nothing(tmp_path: Path) -> None:
    whole, code = told(tmp_path, BOTH)
    assert code == 0
    cut, code = told(tmp_path, BOTH[: BOTH.rindex("CAS*PR")])
    assert (code, cut["transactions"][0]) == (2, whole["transactions"][0])
    wrong, code = told(tmp_path, BOTH.replace("CLP*A1*1*150", "CLP*A1*1*15O"))
    assert (code, wrong["transactions"][1]) == (2, whole["transactions"][1])


REMITTANCE = {"trace_number", "payer", "payee", "payment", "method", "date", "claims_paid", "provider_adjustments"} | {
    "difference",
    "balanced",
    "held",
    "claims",
}
LOST: dict[str, tuple[str, str, set[str], str]] = {
    "835": (ERA, "CLM*1", REMITTANCE, "BPR is missing"),
    "999": ("005010X231A1", "AK2*837*0001", {"sets", "interchange"}, "AK1 is missing"),
    "271": ("005010X279A1", "REF*1", {"active", "rejections", "benefits"}, "271"),
}


@pytest.mark.parametrize("kind", LOST)
def test_a_set_of_which_nothing_could_be_read_has_every_key_of_its_kind(tmp_path: Path, kind: str) -> None:
    guide, body, keys, why = LOST[kind]
    found, code = told(tmp_path, file_of((kind, guide, body)))
    (lost,) = found["transactions"]
    assert code > 0
    assert {"set", "control_number", *keys} - set(lost) == set()
    assert why in lost["held"]


def test_a_999_tells_of_the_interchange_that_the_ta1_beside_it_acknowledges(tmp_path: Path) -> None:
    body = "AK1*HC*17*005010X222A1\nAK2*837*0001*005010X222A1\nIK5*A\nAK9*A*1*1*1"
    alone = file_of(("999", "005010X231A1", body))
    found, _ = told(tmp_path, alone)
    assert found["transactions"][0]["interchange"] is None  # a 999 names a group of ours and no interchange
    found, code = told(tmp_path, alone.replace("GS*FA", "TA1*000000905*260620*0830*E*022~\nGS*FA"))
    said = {"control_number": "000000905", "outcome": "accepted_with_errors", "note": "022"}
    assert ([one["set"] for one in found["transactions"]], code) == (["TA1", "999"], 0)
    assert [one["interchange"] for one in found["transactions"]] == [said, said]


def test_a_kind_that_is_set_aside_is_proved_as_to_its_levels_all_the_same(tmp_path: Path) -> None:
    body = "BHT*0022*13*1*20260620*0830\nHL*1**20*1\nHL*2*1*21*1\nHL*2*1*22*0\nHL*4*9*22*0"
    found, code = told(tmp_path, file_of(("270", "005010X279A1", body)))
    assert (code, "set_aside" in found["transactions"][0]) == (1, True)
    reasons = [(problem["segment"], problem["element"], problem["reason"]) for problem in found["problems"]]
    assert reasons == [  # ISA, GS, ST and BHT stand before the four levels
        (7, 1, "HL01 repeats the number of an earlier HL"),
        (8, 2, "HL02 names no level before this one"),
    ]


def test_an_element_of_an_acknowledgement_that_is_none_of_its_kind_is_said(tmp_path: Path) -> None:
    body = "AK1*HC NONE*17\nAK2*837*0021\nAK3*NM1*8**8\nAK4*8*66 X*7*MI\nAK5*R*5\nAK9*R*1*1*0"
    found, code = told(tmp_path, file_of(("997", "005010X230", body)))
    assert (code, found["transactions"][0]["sets"][0]["outcome"]) == (1, "rejected")
    assert [(one["segment"], one["element"]) for one in found["problems"] if "kept" in one["reason"]] == [
        (4, 1),
        (7, 2),
    ]
