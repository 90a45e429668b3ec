"""Every public 837P and 837I sample, field by field against an independent reading of it."""

from __future__ import annotations

from typing import Any

import oxedi
import pytest

from adapters.x12.claims_in import read_claims
from adapters.x12.claims_out import write_claim
from adapters.x12.reader import TransactionSet, read_document
from claims.claim import Claim, Coverage
from tests.adapters.x12.claim_text import ENVELOPE
from tests.adapters.x12.expected import SAMPLES, Agreement, money, rows

PPO = "837i/LinuxForHealth_x12__ppo-repriced-claim.837i 456DFH43"
SEPARATORS = "837p/imsweb_x12-parser__x12_valid_different_separators.txt"
SIMPLE = "837p/azoner_pyx12__x12testdata.py__simple_837p 3215338"
ORDINAL = "837i/azoner_pyx12__x12testdata.py__ordinal 12522228"

_GREATER = (
    "ISA16 says `:` but every composite is joined with `>`: read with `>`, with a problem; expected text is uncut"
)
_AS_IT_STOOD = "the expected text keeps the file's own component separator `^`, ours is the standard `:`"
KNOWN = {
    f"{PPO} pos": _GREATER,
    f"{PPO} freq": _GREATER,
    f"{PPO} dx": _GREATER,
    f"{PPO} lines": _GREATER,
    f"{SEPARATORS} A37YH556 dx": _AS_IT_STOOD,
    f"{SEPARATORS} A37YH556 lines": _AS_IT_STOOD,
    f"{SEPARATORS} A37YH667 dx": _AS_IT_STOOD,
    f"{SEPARATORS} A37YH667 lines": _AS_IT_STOOD,
    f"{SIMPLE} ref_f8": "the F8 stands in 2330B: it is the other payer's control number, not this claim's",
    f"{SIMPLE} prior_auth": "the G1 stands in 2330B: it is the other payer's",
    f"{ORDINAL} ref_f8": "2300 has one F8, 2330B another; the expected one is the other payer's",
}

# Read, written and read again these differ, each for a reason that lies in the sample.
NOT_THE_SAME_AGAIN = {
    ORDINAL: "004010 has DMG in 2320; 005010 has no place for the demographics of another payer's subscriber",
    SIMPLE: "the same",
    "837p/cosyte_x12__837p-empty-optionals.edi PT-ACCT-011": "SBR01 of the 2320 is empty; a set can't go out without",
}

_ORDER = {"primary": "P", "secondary": "S", "tertiary": "T"}


def _order(coverage: Coverage) -> str:
    beyond = next((segment for segment in coverage.carried if segment[0] == "SBR"), ("SBR", ""))
    return _ORDER.get(coverage.order, beyond[1])


def _name(last: str, first: str) -> str | None:
    return ",".join(part for part in (last, first) if part) or None


def _procedure(claim: Claim, n: int) -> str:
    line = claim.lines[n]
    parts = [line.procedure_qualifier, line.procedure, *line.modifiers] if line.procedure else []
    if line.description:
        parts += [""] * (6 - len(parts)) + [line.description]
    revenue = [line.revenue_code] if claim.type == "institutional" else []
    return "|".join([*revenue, ":".join(parts)])


def found(claim: Claim) -> dict[str, Any]:
    """What we read, in the shape of the expected line."""
    first, *others = claim.coverages
    total = sum(line.charge_cents for line in claim.lines)
    auth = next((value for qualifier, value in claim.references if qualifier == "G1"), None)
    return {
        "clm01": claim.patient_control_number,
        "charge": claim.charge_cents,
        "pos": claim.facility_code,
        "freq": claim.frequency,
        "sbr": _order(first),
        "cfi": first.filing_indicator,
        "billing": claim.billing.name.last or None,
        "billing_id": claim.billing.identifier or None,
        "payer": first.payer.name or None,
        "payer_id": first.payer.payer_id or None,
        "subscriber": _name(first.subscriber.name.last, first.subscriber.name.first),
        "member": first.member_id or None,
        "patient": _name(claim.patient.name.last, claim.patient.name.first) if claim.patient_relationship else None,
        "dx": sorted(":".join((c.qualifier, c.code, *c.rest)).rstrip(":") for c in claim.codes),
        "lines": [(_procedure(claim, n), line.charge_cents, line.quantity) for n, line in enumerate(claim.lines)],
        "other_sbr": [_order(coverage) for coverage in others],
        "cob_paid": [c.prior.paid_cents for c in others if c.prior and c.prior.paid_cents is not None],
        "svd": [(decision.payer_id, decision.paid_cents) for line in claim.lines for decision in line.decisions],
        "ref_f8": claim.payer_claim_control_number or None,
        "prior_auth": auth,
        "sum_lines": total,
        "lines_equal_claim": total == claim.charge_cents,
    }


def expected(row: dict[str, Any]) -> dict[str, Any]:
    """The expected line with amounts in cents, codes in any order, and nothing for what is empty."""
    return {
        **row,
        "charge": money(row["charge"]),
        "sum_lines": money(row["sum_lines"]),
        "billing_id": row["billing_id"] or None,
        "member": row["member"] or None,
        "subscriber": row["subscriber"] and row["subscriber"].rstrip(","),
        "dx": sorted(code for code in row["dx"] if code),
        "lines": [(procedure, money(charge), quantity) for procedure, charge, quantity in row["lines"]],
        "cob_paid": [money(paid) for paid in row["cob_paid"]],
        "svd": [(payer, money(paid)) for payer, paid in row["svd"]],
    }


def sets() -> list[tuple[dict[str, Any], TransactionSet]]:
    pairs: list[tuple[dict[str, Any], TransactionSet]] = []
    for row in rows("837"):
        if row["file"].startswith("837d/"):
            continue
        document = read_document((SAMPLES / row["file"]).read_bytes())
        place = (row["isa"], row["gs"], row["st"])
        (one,) = [
            one
            for one in document.sets
            if (one.isa_index, one.gs_index, one.st_index) == place and one.kind in ("837P", "837I")
        ]
        pairs.append((row, one))
    return pairs


def test_every_sample_claim_agrees_with_an_independent_reading() -> None:
    agreement = Agreement()
    claims = 0
    for row, one in sets():
        made, problems = read_claims(one)
        agreement.field(f"{row['file']} version", row["version"], one.version)
        assert len(made.claims) == row["n_claims"], (row["file"], problems)
        for (_, claim), wanted in zip(made.claims, row["claims"], strict=True):
            claims += 1
            ours = found(claim)
            for name, value in expected(wanted).items():
                agreement.field(f"{row['file']} {wanted['clm01']} {name}", value, ours[name])
    assert claims == 69
    agreement.only_known(KNOWN, at_least=1500)


def test_every_sample_claim_is_the_same_after_writing_and_reading_again() -> None:
    differ: set[str] = set()
    for row, one in sets():
        for _, claim in read_claims(one)[0].claims:
            again = read_document(write_claim(claim, envelope=ENVELOPE).encode()).sets[0]
            if [claim] != [back for _, back in read_claims(again)[0].claims]:
                differ.add(f"{row['file']} {claim.patient_control_number}")
    assert differ == set(NOT_THE_SAME_AGAIN)


def _oxedi_segments(raw: bytes) -> list[tuple[str, list[str]]]:
    """What oxedi cuts the same bytes into, composites joined again; an empty frame is no segment."""
    document = oxedi.parse(raw).document
    component = document.delimiters.component
    mark = component if isinstance(component, bytes) else component.encode()
    cut = []
    for index in range(len(document)):
        segment = document[index]
        joined = [mark.join(e) if isinstance(e, list) else e for e in segment.elements]
        if segment.id:
            cut.append((segment.id.decode("latin-1"), [element.decode("latin-1") for element in joined]))
    return cut


def test_oxedi_cuts_every_sample_into_the_same_segments() -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample files (../shared/samples) are not beside this checkout")
    compared = 0
    for path in sorted(SAMPLES.glob("*/*")):
        if path.name == "ryanco_x12-parser__example835nonasciielemsep.txt":
            continue  # its separator has two bytes in UTF-8, and oxedi takes the first alone
        raw = path.read_bytes()
        theirs = _oxedi_segments(raw)
        document = read_document(raw)
        for one in document.sets:
            for segment in one.segments:
                compared += 1
                text = [element.encode("utf-8").decode("latin-1") for element in segment.elements]
                if segment.id != "ISA":
                    assert theirs[segment.position - 1] == (segment.id, text), (path.name, segment.position)
    assert compared > 3000


def test_every_file_of_every_kind_is_cut_into_sets_and_none_falls_over() -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample files (../shared/samples) are not beside this checkout")
    files = [path for path in sorted(SAMPLES.glob("*/*")) if path.is_file()]
    assert len(files) == 118
    for path in files:
        document = read_document(path.read_bytes())
        assert document.sets or document.tas, path.name
        assert not any(problem.fatal for problem in document.all_problems), path.name
