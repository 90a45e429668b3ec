"""Outgoing claims: byte for byte as written by hand from the guides, past pyx12, and guarded."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.x12.claims_out import write_claim, write_claims
from adapters.x12.gate import gate
from adapters.x12.writer import WriteRefused
from claims.claim import Adjustment, Claim, Coverage, HealthCode, LineDecision, Name, Payer, Person, PriorDecision
from tests.adapters.x12.claim_text import ENVELOPE, GOLDEN_FILES, golden, one, read

VISIT = one(golden("professional_office_visit.x12"))
INPATIENT = one(golden("institutional_inpatient.x12"))


@pytest.mark.parametrize("name", GOLDEN_FILES)
def test_a_claim_written_by_hand_comes_back_byte_for_byte(name: str) -> None:
    assert write_claim(one(golden(name)), envelope=ENVELOPE) == golden(name)


@pytest.mark.parametrize("name", GOLDEN_FILES)
def test_a_claim_written_by_hand_passes_the_gate(name: str) -> None:
    assert gate(golden(name)) == []


def _payer(name: str, payer_id: str) -> Payer:
    return Payer(name=name, payer_id=payer_id)


def _secondary(claim: Claim) -> Claim:
    """The claim as it goes to a second payer after the first decided, made by us and not read from a file."""
    # 005010 has no place for the birth date and sex of another payer's subscriber.
    subscriber = claim.coverages[0].subscriber.model_copy(update={"birth_date": None, "gender": ""})
    first = claim.coverages[0].model_copy(
        update={
            "subscriber": subscriber,
            "prior": PriorDecision(
                paid_cents=8000,
                remaining_cents=2000,
                decided_on=date(2026, 2, 25),
                payer_claim_control_number="ICN1",
                adjustments=(
                    Adjustment(group="CO", reason="45", amount_cents=3000),
                    Adjustment(group="PR", reason="2", amount_cents=2000),
                ),
                remarks=("MA18", "N89"),
            ),
        }
    )
    second = Coverage(
        order="secondary",
        payer=_payer("SECOND HEALTH", "60055"),
        subscriber=claim.coverages[0].subscriber,
        member_id="MEM0009",
        filing_indicator="CI",
    )
    return claim.model_copy(update={"coverages": (second, first)})


def _line(claim: Claim, **changed: object) -> Claim:
    return claim.model_copy(update={"lines": (claim.lines[0].model_copy(update=changed), *claim.lines[1:])})


def _child(claim: Claim) -> Claim:
    child = Person(
        name=Name(last="CHILD", first="CAM"),
        birth_date=date(2019, 4, 5),
        gender="M",
        address=VISIT.patient.address,
    )
    coverage = claim.coverages[0].model_copy(update={"relationship": "19"})
    return claim.model_copy(update={"patient": child, "patient_relationship": "19", "coverages": (coverage,)})


CASES = {
    "a plain visit": VISIT,
    "an inpatient stay": INPATIENT,
    "a child under a parent's cover": _child(VISIT),
    "a replacement": VISIT.model_copy(update={"frequency": "7", "references": (("G1", "AUTH1"), ("F8", "ICN1"))}),
    "a void": VISIT.model_copy(update={"frequency": "8", "references": (("F8", "ICN1"),)}),
    "a second payer": _secondary(VISIT),
    "a second payer of a hospital": _secondary(INPATIENT),
    "four modifiers": _line(VISIT, modifiers=("25", "59", "GT", "95"), description="VISIT BY VIDEO"),
    "a drug": _line(VISIT, carried=(("LIN", "", "N4", "00409379501"), ("CTP", "", "", "", "2", "ML"))),
    "attachments": VISIT.model_copy(update={"carried": (("PWK", "OZ", "EL", "", "", "AC", "A1"),)}),
    "a line paid by another payer": _line(
        _secondary(VISIT),
        decisions=(
            LineDecision(
                payer_id="60054",
                paid_cents=8000,
                procedure="HC:99213",
                quantity="1",
                adjustments=(Adjustment(group="PR", reason="2", amount_cents=2000),),
                decided_on=date(2026, 2, 25),
            ),
        ),
    ),
    "twelve diagnoses": VISIT.model_copy(
        update={"codes": (HealthCode(qualifier="ABK", code="J209"), *[HealthCode(qualifier="ABF", code="I10")] * 11)}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_goes_out_passes_pyx12_and_reads_back_the_same(name: str) -> None:
    text = write_claim(CASES[name], envelope=ENVELOPE)
    assert gate(text) == []
    assert read(text) == ([CASES[name]], [])


def test_a_claim_from_elsewhere_needs_no_facility_qualifier() -> None:
    bare = VISIT.model_copy(update={"facility_qualifier": ""})
    assert write_claim(bare, envelope=ENVELOPE) == golden("professional_office_visit.x12")


def test_several_claims_are_several_sets_that_count_on() -> None:
    text = write_claims([VISIT, _child(VISIT), VISIT], envelope=ENVELOPE)
    assert [line for line in text.splitlines() if line.startswith(("ST", "GE"))] == [
        "ST*837*0001*005010X222A1~",
        "ST*837*0002*005010X222A1~",
        "ST*837*0003*005010X222A1~",
        "GE*3*17~",
    ]
    assert gate(text) == []


def test_professional_and_institutional_never_share_an_interchange() -> None:
    with pytest.raises(ValueError, match="one type"):
        write_claims([VISIT, INPATIENT], envelope=ENVELOPE)


def test_a_delimiter_in_a_name_becomes_a_space() -> None:
    billing = VISIT.billing.model_copy(update={"name": Name(organization=True, last="O~HARA*CLINIC:ONE")})
    text = write_claim(VISIT.model_copy(update={"billing": billing}), envelope=ENVELOPE)
    assert "NM1*85*2*O HARA CLINIC ONE*****XX*1234567893~" in text.splitlines()
    assert gate(text) == []


def test_a_delimiter_in_a_note_that_is_only_carried_becomes_a_space() -> None:
    claim = VISIT.model_copy(update={"carried": (("NTE", "ADD", "SEE*NOTE~TWO\nLINES"),)})
    assert "NTE*ADD*SEE NOTE TWO LINES~" in write_claim(claim, envelope=ENVELOPE).splitlines()


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"patient_control_number": "A*1"}, "CLM01"),
        ({"references": (("G1", "A~1"),)}, "REF02 of REF*G1"),
        ({"billing": VISIT.billing.model_copy(update={"identifier": "12:3"})}, "NM109 of NM1*85"),
        ({"lines": (VISIT.lines[0].model_copy(update={"procedure": "99:213"}),)}, "procedure"),
        ({"lines": (VISIT.lines[0].model_copy(update={"control_number": "L^1"}),)}, "REF02 of REF*6R"),
    ],
)
def test_a_delimiter_in_an_identifier_is_refused_by_its_place_and_never_repeated(
    changed: dict[str, object], where: str
) -> None:
    with pytest.raises(WriteRefused) as refused:
        write_claim(VISIT.model_copy(update=changed), envelope=ENVELOPE)
    assert refused.value.where == where
    assert "*1" not in refused.value.reason


def test_a_sender_id_that_does_not_fit_the_isa_is_refused() -> None:
    with pytest.raises(WriteRefused, match="ISA06: has 16 characters; at most 15 fit"):
        write_claim(VISIT, envelope=ENVELOPE.model_copy(update={"sender_id": "A" * 16}))


def test_segments_that_we_only_carry_go_to_their_place_in_the_guide() -> None:
    """K3 stands before NTE, PWK before REF, and DTP*431 before all of them (005010X222A1, loop 2300)."""
    carried = (("NTE", "ADD", "N"), ("K3", "K"), ("PWK", "OZ", "BM"), ("DTP", "431", "D8", "20260101"))
    lines = write_claim(VISIT.model_copy(update={"carried": carried}), envelope=ENVELOPE).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("CLM"))
    ids = [line.split("*")[0].rstrip("~") for line in lines[start : start + 7]]
    assert ids == ["CLM", "DTP", "PWK", "REF", "K3", "NTE", "HI"]
