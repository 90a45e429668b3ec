"""TA1, 999 and 997: which of our interchanges, groups and sets were taken, and what was wrong with the others."""

from __future__ import annotations

from adapters.x12.parse import parse
from claims.documents import FunctionalAcknowledgement, InterchangeAcknowledgement, OtherSet, ParsedSet, SetError
from tests.adapters.x12.made import ISA, parsed

GUIDE = "005010X231A1"
PARTIAL = """
    AK1*HC*77*005010X222A1
    AK2*837*0001*005010X222A1
    IK5*A
    AK2*837*0002*005010X222A1
    IK3*CLM*22*2300*8
    CTX*CLM01:ACCT2
    IK4*2*782*1*ONE HUNDRED
    IK4*5:3*1325*7*9
    IK3*REF*30*2300*3
    CTX*SITUATIONAL TRIGGER*CLM*22**5:3*C023:1325
    IK5*R*5*I5
    AK2*837*0003*005010X222A1
    IK3*N3*9**8
    IK4*1*166*5
    IK5*E*5
    AK9*P*3*3*2
"""


def read(number: str, guide: str, body: str) -> tuple[FunctionalAcknowledgement, ParsedSet]:
    only = parsed((number, guide, body)).sets[0]
    assert isinstance(only.parsed, FunctionalAcknowledgement)
    return only.parsed, only


def test_a_999_accepts_one_set_rejects_another_and_takes_a_third_with_errors() -> None:
    found, only = read("999", GUIDE, PARTIAL)
    assert (found.set, found.group_control_number, found.functional_code, found.disposition) == ("999", "77", "HC", "P")
    assert [(s.set, s.control_number, s.disposition, s.codes) for s in found.sets] == [
        ("837", "0001", "A", ()),
        ("837", "0002", "R", ("5", "I5")),
        ("837", "0003", "E", ("5",)),
    ]
    assert only.problems == ()


def test_an_error_says_segment_element_and_claim_and_never_the_bad_value() -> None:
    found, _ = read("999", GUIDE, PARTIAL)
    assert found.sets[1].errors == (
        SetError(segment_id="CLM", position="22", loop="2300", code="8", claim="ACCT2"),
        SetError(segment_id="CLM", position="22", loop="2300", element="2", code="1", claim="ACCT2"),
        SetError(segment_id="CLM", position="22", loop="2300", element="5:3", code="7", claim="ACCT2"),
        SetError(segment_id="REF", position="30", loop="2300", code="3"),
    )
    assert "ONE HUNDRED" not in repr(found)
    assert errors_of(PARTIAL.replace("CTX*CLM01:ACCT2", "")) == ("", "", "", "")


def errors_of(body: str) -> tuple[str, ...]:
    """The claims that the errors of the second set are in."""
    return tuple(error.claim for error in read("999", GUIDE, body)[0].sets[1].errors)


def test_a_997_stands_in_for_a_999() -> None:
    found, _ = read("997", "004010", "AK1*HC*77\nAK2*837*0001\nAK3*NM1*8**8\nAK4*9*67*1\nAK5*R*5\nAK9*R*1*1*0")
    assert (found.set, found.sets[0].disposition) == ("997", "R")
    assert found.sets[0].errors[1] == SetError(segment_id="NM1", position="8", element="9", code="1")


def test_a_set_without_disposition_is_nobodys_acceptance() -> None:
    found, only = read("999", GUIDE, "AK1*HC*77\nAK2*837*0001\nAK9*A*1*1*1")
    assert found.sets[0].disposition == ""
    assert ["IK5 is missing" in problem.reason for problem in only.problems] == [True]


def test_a_group_accepted_over_a_rejected_set_is_reported() -> None:
    _, only = read("999", GUIDE, "AK1*HC*77\nAK2*837*0001\nIK5*R*5\nAK9*A*1*1*1")
    assert ["the set's own disposition stands" in problem.reason for problem in only.problems] == [True]


def test_an_acknowledgement_of_no_group_is_set_aside() -> None:
    only = parsed(("999", GUIDE, "AK2*837*0001\nIK5*A\nAK9*A*1*1*1")).sets[0]
    assert isinstance(only.parsed, OtherSet)
    assert only.held.startswith("AK1 is missing")


def test_a_ta1_accepts_or_rejects_a_whole_interchange() -> None:
    text = (
        ISA.format(rep="^", comp=":")
        + "~TA1*000000019*260101*1200*R*025~TA1*000000020*260101*1200*A*000~IEA*0*000000901~"
    )
    found = [one.parsed for one in parse(text.encode()).sets]
    assert found == [
        InterchangeAcknowledgement(interchange_control_number="000000019", disposition="R", note="025"),
        InterchangeAcknowledgement(interchange_control_number="000000020", disposition="A", note="000"),
    ]
