"""Which claim is the same, which is another, and what a frequency 7 replaces (the rules of intake)."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from claims.claim import Claim, Coverage, Name, Payer, Person, Provider, ServiceLine
from claims.encounter import read_json
from claims.intake import AlreadyKnown, Refused, Replacement, Started, decide, differences, identify, practice_of
from claims.matching import IndexEntry
from claims.ports import KnownClaim

KEY = b"a key of this installation"


def claim(
    number: str = "A100",
    *,
    first: str = "ADA",
    day: int = 2,
    charge: int = 12500,
    member: str = "M1",
    frequency: str = "1",
    references: tuple[tuple[str, str], ...] = (),
    npi: str = "1999999984",
) -> Claim:
    patient = Person(name=Name(last="ALDER", first=first), birth_date=date(1980, 5, 17), gender="F")
    return Claim(
        type="professional",
        patient_control_number=number,
        charge_cents=charge,
        facility_code="11",
        frequency=frequency,
        references=references,
        billing=Provider(
            role="billing", name=Name(organization=True, last="CLINIC"), id_qualifier="XX", identifier=npi
        ),
        patient=patient,
        coverages=(
            Coverage(order="primary", payer=Payer(name="PLAN", payer_id="P1"), subscriber=patient, member_id=member),
        ),
        lines=(ServiceLine(number=1, procedure="99213", charge_cents=charge, service_from=date(2026, 11, day)),),
    )


def known(one: Claim) -> KnownClaim:
    identity = identify(one, KEY)
    return KnownClaim(
        practice=identity.practice,
        claim_id=identity.claim_id,
        patient_control_number=one.patient_control_number,
        fingerprint=identity.fingerprint,
        closed=False,
    )


def entry(one: Claim, *, payer_number: str = "") -> IndexEntry:
    identity = identify(one, KEY)
    return IndexEntry(
        practice=identity.practice,
        claim_id=identity.claim_id,
        patient_control_number=one.patient_control_number,
        payer_claim_control_numbers=(payer_number,) if payer_number else (),
        member_ids=tuple(c.member_id for c in one.coverages),
    )


def test_the_same_claim_sent_again_is_already_known() -> None:
    decision = decide(claim(), identify(claim(), KEY), earlier=known(claim()), namesakes=(entry(claim()),))
    assert isinstance(decision, AlreadyKnown)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (claim(charge=13000), ("total charge", "service lines")),
        (claim(member="M2"), ("coverages",)),
        (claim(references=(("G1", "AUTH7"),)), ("references",)),
    ],
)
def test_the_same_claim_with_other_content_is_refused_and_says_what_differs(
    changed: Claim, differs: tuple[str, ...]
) -> None:
    decision = decide(changed, identify(changed, KEY), earlier=known(claim()), namesakes=(entry(claim()),))
    assert isinstance(decision, Refused)
    assert decision.differs == differs
    assert "ALDER" not in decision.reason


@pytest.mark.parametrize("other", [claim(first="EDITH"), claim(day=3)], ids=["another patient", "another day"])
def test_the_same_clm01_for_another_patient_or_day_gets_a_number_of_its_own_and_a_warning(other: Claim) -> None:
    identity = identify(other, KEY)
    decision = decide(other, identity, earlier=None, namesakes=(entry(claim()),))
    assert isinstance(decision, Started)
    assert decision.claim.patient_control_number.startswith("A100-")
    assert len(decision.claim.patient_control_number) <= 20
    assert len(decision.warnings) == 1


def test_a_derived_number_stays_within_twenty_characters_and_is_the_same_next_time() -> None:
    long = claim("X" * 20)
    other = claim("X" * 20, first="EDITH")
    first = decide(other, identify(other, KEY), earlier=None, namesakes=(entry(long),))
    again = decide(other, identify(other, KEY), earlier=None, namesakes=(entry(long),))
    assert first == again
    assert isinstance(first, Started)
    assert len(first.claim.patient_control_number) == 20


def test_clm01_stays_where_only_another_practice_uses_it() -> None:
    ours = claim()
    decision = decide(ours, identify(ours, KEY), earlier=None, namesakes=(entry(claim(npi="1888888876")),))
    assert isinstance(decision, Started)
    assert decision.claim.patient_control_number == "A100"
    assert decision.warnings == ()


def test_a_frequency_7_is_an_event_of_the_claim_it_replaces_found_by_the_payers_number() -> None:
    replacement = claim("A900", charge=9000, frequency="7", references=(("F8", "ICN1"),))
    decision = decide(
        replacement, identify(replacement, KEY), earlier=None, namesakes=(entry(claim(), payer_number="ICN1"),)
    )
    assert isinstance(decision, Replacement)
    assert decision.claim_id == identify(claim(), KEY).claim_id


def test_a_frequency_8_with_other_dates_is_found_by_clm01_and_member() -> None:
    void = claim(day=4, frequency="8")
    decision = decide(void, identify(void, KEY), earlier=None, namesakes=(entry(claim()),))
    assert isinstance(decision, Replacement)


def test_the_same_replacement_twice_is_one_event() -> None:
    replacement = claim(charge=9000, frequency="7")
    one, two = (decide(replacement, identify(replacement, KEY), earlier=known(claim()), namesakes=()) for _ in range(2))
    assert isinstance(one, Replacement)
    assert isinstance(two, Replacement)
    assert one.event_id == two.event_id


def test_a_frequency_7_of_nothing_known_is_a_new_claim_that_says_so() -> None:
    orphan = claim(frequency="7", references=(("F8", "ICN9"),))
    decision = decide(orphan, identify(orphan, KEY), earlier=None)
    assert isinstance(decision, Started)
    assert "unknown here" in decision.warnings[0]


def test_ids_are_opaque_and_depend_on_the_key() -> None:
    one, other = identify(claim(), KEY), identify(claim(), b"another key")
    assert re.fullmatch(r"[a-z2-7]{20}", one.claim_id)
    assert one.claim_id != other.claim_id
    assert one.practice == "npi-1999999984"


def test_a_practice_without_npi_never_shows_its_tax_number() -> None:
    sole = claim().model_copy(
        update={"billing": Provider(role="billing", name=Name(last="HART"), tax_id="123456789", tax_id_qualifier="SY")}
    )
    assert "123456789" not in practice_of(sole, KEY)


def test_names_in_other_case_are_the_same_patient() -> None:
    assert identify(claim(first="Ada"), KEY).claim_id == identify(claim(first="ADA"), KEY).claim_id


def test_equal_fingerprints_differ_in_nothing() -> None:
    fingerprint = identify(claim(), KEY).fingerprint
    assert differences(fingerprint, fingerprint) == ()


def test_a_fault_in_json_is_told_with_its_place_and_without_its_value() -> None:
    claims, problems = read_json(
        b'[{"patient_control_number": "E1", "patient": {"last": "ALDER", "birth_date": "soon"}}]'
    )
    assert claims == ()
    assert problems[0].position == 1
    assert problems[0].patient_control_number == "E1"
    assert "patient/birth_date" in problems[0].reason
    assert "soon" not in problems[0].reason


def test_a_full_claim_as_json_comes_back_as_it_was() -> None:
    raw = claim().model_dump_json().encode()
    claims, problems = read_json(raw)
    assert problems == ()
    assert claims[0].claim == claim()


def test_the_example_in_the_documentation_is_read() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "intake.md").read_text()
    example = next(block for block in text.split("```json") if "patient_control_number" in block).partition("```")[0]
    claims, problems = read_json(example.encode())
    assert problems == ()
    assert claims[0].claim.charge_cents == 12500
    assert not claims[0].coded


def encounter(charge: object = "10.00", **coverage: object) -> dict[str, object]:
    return {
        "patient_control_number": "E1",
        "coded": False,
        "billing": {"npi": "1999999984", "last": "CLINIC"},
        "patient": {"last": "ALDER", "birth_date": "2015-01-02"},
        "coverages": [{"payer_id": "P", "payer_name": "PLAN", "member_id": "M1", **coverage}],
        "lines": [{"service_from": "2026-11-02", "charge": charge}],
    }


def test_an_encounter_whose_patient_is_not_the_subscriber_needs_one() -> None:
    _, problems = read_json(json.dumps(encounter(relationship="19")).encode())
    assert "needs a subscriber" in problems[0].reason
    whole = encounter(relationship="19", subscriber={"last": "ALDER", "first": "ADA"})
    claims, _ = read_json(json.dumps(whole).encode())
    assert claims[0].claim.patient_relationship == "19"
    assert claims[0].claim.coverages[0].subscriber.name.first == "ADA"


@pytest.mark.parametrize("amount", ["12.345", "twelve", "", 12.5, True])
def test_an_amount_that_is_no_decimal_text_is_refused_at_its_place(amount: object) -> None:
    _, problems = read_json(json.dumps(encounter(amount)).encode())
    assert problems[0].reason.startswith("lines/0/charge: ")


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe\x00", b"[1]", b'"text"', b"[]"])
def test_what_is_no_claim_in_json_never_raises(raw: bytes) -> None:
    claims, _ = read_json(raw)
    assert claims == ()
