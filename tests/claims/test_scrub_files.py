"""The scrubber on claims out of files: written and read again, and the public samples."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.tables import load_tables
from adapters.tables.icd10 import load_icd10
from adapters.x12.claims_out import write_claim
from adapters.x12.gate import gate
from adapters.x12.parse import parse
from adapters.x12.writer import Envelope
from claims.claim import Claim
from claims.documents import ClaimSubmissionSet
from claims.payer_rules import rules_for
from claims.scrub import scrub
from tests.claims.scrub_claims import TODAY
from tests.claims.scrub_faults import FAULTS
from tests.claims.scrub_report import long_limit
from tests.claims.scrub_unusual import UNUSUAL
from tests.claims.test_scrub import edits, findings

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
ENVELOPE = Envelope(
    sender_id="SENDER",
    receiver_id="RECEIVER",
    interchange_control_number=1,
    group_control_number=1,
    set_control_number="0001",
    at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    usage="T",
    submitter_name="OAK CLINIC",
    submitter_phone="2175550100",
    receiver_name="CLEARINGHOUSE",
)
# What no file can say: the reader refuses the first, the others have no place in an 837.
NOT_IN_A_FILE = {"no patient control number", "no payer at all", "five modifiers"}


def claims_of(raw: bytes) -> list[Claim]:
    sets = [one.parsed for one in parse(raw).sets]
    return [claim for one in sets if isinstance(one, ClaimSubmissionSet) for _, claim in one.claims]


def test_a_fault_that_was_written_to_a_file_and_read_again_is_still_found() -> None:
    for name, claim, _ in FAULTS:
        if name not in NOT_IN_A_FILE:
            (again,) = claims_of(write_claim(claim, envelope=ENVELOPE).encode())
            assert edits(again) == edits(claim), name


def test_what_passes_in_silence_passes_the_gate_and_the_way_through_a_file() -> None:
    for name, claim in UNUSUAL:
        x12 = write_claim(claim, envelope=ENVELOPE)
        assert gate(x12) == [], name
        (again,) = claims_of(x12.encode())
        assert findings(again, long_limit()) == (), name


# What these samples have against them on 2026-11-24, by reading them. All are late: a payer that the rules don't know
# is only doubted within a year.
LATE, PERHAPS_LATE = "filing-limit-passed", "filing-limit-perhaps-passed"
SAID_OF_SAMPLES = [
    # 2024, ICD-10, NPIs with right check digits, a complete claim
    ("837p/UHIN_x12-parser-library__837.edi", {LATE}),
    # 2005, ICD-9 as it was right then; the NPI of the example is made up
    ("837p/irobayna_stupidedi__ambulance.edi", {LATE, "npi-check-digit"}),
    # N4*MIAMI*FL*3111 of the pay-to address
    ("837p/LinuxForHealth_x12__demo.cob.example3.B.837", {LATE, "npi-check-digit", "postal-code"}),
    # M545 was divided on 2021-10-01; the service is of March 2026
    ("837p/gunajii_EDI-parser-and-validator__valid_837.edi", {PERHAPS_LATE, "diagnosis-not-valid-on-date"}),
    # ABK:J20.9
    ("837p/cosyte_x12__837p-with-patient-hl.edi", {PERHAPS_LATE, "diagnosis-dotted"}),
    # REF*EI*10-1234567
    ("837p/LinuxForHealth_x12__demo.drug.example10.3.837", {LATE, "tax-number-form"}),
    # billed from a P.O. box; a referring NPI that begins with 9
    (
        "837p/irobayna_stupidedi__ppo-repriced-claim.edi",
        {LATE, "billing-address-po-box", "npi-form", "npi-check-digit"},
    ),
    # CL1*3*7*1: a patient status has two digits; a taxonomy code that ends in Y
    ("837i/irobayna_stupidedi__automobile-accident.edi", {LATE, "patient-status", "npi-check-digit", "taxonomy-form"}),
]


@pytest.mark.parametrize(("file", "said"), SAID_OF_SAMPLES)
def test_a_sample_has_against_it_what_reading_it_shows(file: str, said: set[str]) -> None:
    path = SAMPLES / file
    if not path.exists():
        pytest.skip("the samples beside the project (shared/samples) are not here")
    tables = load_tables()
    (claim,) = claims_of(path.read_bytes())
    payer = claim.coverages[0]
    rules = rules_for(tables.payer_rules, payer.payer.payer_id, payer.filing_indicator)
    found = scrub(claim, rules=rules, tables=tables, icd=load_icd10(), today=TODAY)
    assert {one.edit for one in found} == said
