"""The gate: nothing leaves that another reader of the guides would refuse, and no reason repeats patient data."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.x12.gate import gate
from tests.adapters.x12.claim_text import GOLDEN_FILES, golden

VISIT = golden("professional_office_visit.x12")


@pytest.mark.parametrize(
    ("change", "segment", "element"),
    [
        # positions counted in the golden file: ISA is 1, NM1*85 is 10, CLM is 22, SV1 of the first line is 29
        (("N3*1 MAIN ST~\n", ""), 11, 0),
        (("REF*EI*311234567~\n", ""), 13, 0),
        (("NM1*85*2*", "NM1*85*9*"), 10, 2),
        (("SBR*P*", "SBR*Q*"), 16, 0),
        (("11:B:1*Y*A", "11:B:1*Y*Z"), 22, 7),
        (("DTP*472*D8*20260223", "DTP*472*D8*20260231"), 30, 3),
        (("HI*ABK:J209*ABF:I10~\n", ""), 24, 0),
        (("HL*2*1*22*0", "HL*2*9*22*0"), 15, 0),
        (("LX*2", "LX*7"), 32, 0),
        (("SE*34*", "SE*35*"), 34 + 2, 1),
        (("GE*1*17", "GE*1*99"), 37, 2),
    ],
)
def test_a_fault_is_stopped_at_its_segment(change: tuple[str, str], segment: int, element: int) -> None:
    problems = gate(VISIT.replace(*change, 1))
    places = {(problem.segment, problem.element) for problem in problems}
    assert any(at == segment and element in (0, part) for at, part in places), problems


def test_the_good_and_the_bad_are_told_apart_from_several_threads_at_once() -> None:
    bad = VISIT.replace("NM1*85*2*", "NM1*85*9*")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(gate, [VISIT, bad] * 10))
    assert [bool(answer) for answer in answers] == [False, True] * 10


def test_a_bad_file_spoils_no_later_one() -> None:
    gate("ISA*00*~ST*837~SV1*~")
    gate(VISIT[:900])
    gate(VISIT.replace("005010X222A1", "005010X999"))
    assert [gate(golden(name)) for name in GOLDEN_FILES] == [[], [], []]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("hello", "no ISA"),
        (VISIT.replace("ST*837*", "ST*834*"), "no grammar proves a set of kind 834"),
        (VISIT.replace("005010X222A1", "005010X222A2"), "pyx12 stopped: EngineError"),
        (VISIT[: VISIT.index("SE*34")], "cut off"),
    ],
)
def test_what_cannot_be_proved_does_not_pass(text: str, said: str) -> None:
    assert said in "; ".join(problem.reason for problem in gate(text))


def test_no_reason_and_no_log_repeats_what_is_in_the_file(caplog: pytest.LogCaptureFixture) -> None:
    bad = VISIT.replace("19700102", "SECRETBIRTH").replace("NM1*IL*1*SAMPLE", "NM1*IL*SECRET*SAMPLE")
    bad = bad.replace("ABK:J209", "ABK:SECRETDIAGNOSIS").replace("REF*G1*AUTH1", "XYZ*SECRETSEGMENT")
    with caplog.at_level(logging.DEBUG):
        problems = gate(bad)
    assert len(problems) >= 4
    assert not any("SECRET" in problem.reason for problem in problems)
    assert "SECRET" not in caplog.text
