"""`inspect`: the dry run before posting. Everything is proved, nothing is changed, and the exit code tells a script."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from commands.inspect import inspect_files
from commands.inspect_tables import show
from tests.adapters.x12.expected import SAMPLES, rows
from tests.adapters.x12.made import file_of
from tests.adapters.x12.test_acknowledgement import PARTIAL
from tests.adapters.x12.test_damages import CLAIMS, COVERAGE
from tests.adapters.x12.test_remittance import HEADER
from tests.adapters.x12.test_status_report import BATCH

ERA = "005010X221A1"
PAYMENTS = (
    HEADER
    + """
    CLP*A1*1*150*100*15*12*PCN1*11*1
    SVC*HC:99213:25*150*100**1
    CAS*CO*45*35
    CAS*PR*3*15
    LQ*HE*N130
    CLP*A2*1*80*0**12*PCN2*11*1
    CAS*CO*50*80
    MOA***MA01
    CLP*A3*1*90*0*90*12*PCN3*11*1
    CAS*PR*1*90
    CLP*A4*22*-150*-100**12*PCN4*11*1
    CAS*CO*45*-50
    CLP*A5*2*200*150.5**12*PCN5*11*1
    CAS*OA*23*49.5
    CLP*A6*25*70*0**12*PCN6*11*1
    CAS*OA*133*70
    CLP*A7*19*60*0**12*PCN7*11*1
    CAS*PR*2*60
    CLP*A8*1*500*0**12*PCN8*11*1
    CAS*OA*133*500
    PLB*1999999984*20261231*WO:PCN9*50
    """
)


def inspected(tmp_path: Path, *sets: tuple[str, str, str]) -> tuple[list[dict[str, Any]], int]:
    path = tmp_path / "document.x12"
    path.write_text(file_of(*sets))
    found, code = inspect_files([path])
    assert json.loads(json.dumps(found)) == found
    return found[0]["transactions"], code


def test_a_remittance_shows_its_money_in_buckets_and_what_each_claim_became(tmp_path: Path) -> None:
    (era,), code = inspected(tmp_path, ("835", ERA, PAYMENTS))
    assert code == 0
    assert era["payment"] == "100.50"
    assert era["claims_paid"] == "150.50"  # 100 + 0 + 0 - 100 + 150.50 + 0 + 0 + 0
    assert era["provider_adjustments"] == [{"reason": "WO", "reference": "PCN9", "amount": "50.00"}]
    assert (era["difference"], era["balanced"], era["held"]) == ("0.00", True, None)
    assert (era["date"], era["method"], era["trace_number"]) == ("2026-06-22", "ACH", "EFT0042")
    outcomes = [(claim["patient_control_number"], claim["outcome"]) for claim in era["claims"]]
    assert outcomes == [
        ("A1", "paid"),
        ("A2", "denied"),
        ("A3", "zero_paid_patient_resp"),
        ("A4", "reversal"),
        ("A5", "paid"),
        ("A6", "predetermination"),
        ("A7", "forwarded"),
        ("A8", "pending"),
    ]
    first = era["claims"][0]
    assert {name: first[name] for name in ("charge", "paid", "contractual", "patient", "prior_payer", "denied")} == {
        "charge": "150.00",
        "paid": "100.00",
        "contractual": "35.00",
        "patient": "15.00",
        "prior_payer": "0.00",
        "denied": "0.00",
    }
    assert first["lines"][0]["procedure"] == "99213"
    assert first["lines"][0]["adjustments"][1] == {"group": "PR", "reason": "3", "amount": "15.00"}
    assert (first["remarks"], first["lines"][0]["balanced"]) == (["N130"], True)


def test_in_every_claim_charge_is_paid_plus_its_buckets(tmp_path: Path) -> None:
    (era,), _ = inspected(tmp_path, ("835", ERA, PAYMENTS))
    for claim in era["claims"]:
        parts = [claim[name] for name in ("paid", "contractual", "patient", "prior_payer", "other", "denied")]
        assert sum(round(float(part) * 100) for part in parts) == round(float(claim["charge"]) * 100)


def test_a_claim_that_does_not_balance_is_held_alone_with_its_gap(tmp_path: Path) -> None:
    (era,), code = inspected(tmp_path, ("835", ERA, PAYMENTS.replace("CAS*CO*50*80", "CAS*CO*50*70")))
    held = {claim["patient_control_number"]: claim["held"] for claim in era["claims"] if claim["held"]}
    assert code == 1
    assert held == {"A2": "charge 80.00 less adjustments 70.00 is not the payment 0.00: 10.00 unexplained"}
    assert (era["balanced"], era["held"]) == (True, None)


def test_a_remittance_whose_sum_is_not_its_payment_is_held_whole(tmp_path: Path) -> None:
    (era,), code = inspected(tmp_path, ("835", ERA, PAYMENTS.replace("WO:PCN9*50", "WO:PCN9*49")))
    assert code == 1
    assert (era["difference"], era["balanced"]) == ("1.00", False)  # 150.50 - 49.00 - 100.50
    assert era["held"] == ("claims 150.50 less provider adjustments 49.00 is not the payment 100.50: off by 1.00")


def test_a_claim_that_cannot_be_read_leaves_its_neighbours_unheld(tmp_path: Path) -> None:
    (era,), code = inspected(tmp_path, ("835", ERA, PAYMENTS.replace("CLP*A2*1*80*0*", "CLP*A2*1*8O*0*")))
    assert code == 2  # a money field that is no number
    assert (era["claims_unread"], len(era["claims"]), era["held"]) == (1, 7, None)


def test_a_reason_that_nobody_knows_is_reported_and_never_a_write_off(tmp_path: Path) -> None:
    path = tmp_path / "document.x12"
    path.write_text(file_of(("835", ERA, PAYMENTS.replace("CAS*CO*45*35", "CAS*CO*999*35"))))
    (found,), code = inspect_files([path])
    assert code == 1
    assert ["reason 999 is not in the table" in problem["reason"] for problem in found["problems"]] == [True]
    assert found["transactions"][0]["claims"][0]["contractual"] == "0.00"


def test_acknowledgements_say_what_was_taken_in_words(tmp_path: Path) -> None:
    (ack,), code = inspected(tmp_path, ("999", "005010X231A1", PARTIAL))
    assert code == 0
    assert ack["group"]["outcome"] == "partially_accepted"
    said = [(one["control_number"], one["outcome"], len(one["errors"])) for one in ack["sets"]]
    assert said == [("0001", "accepted", 0), ("0002", "rejected", 4), ("0003", "accepted_with_errors", 2)]


def test_statuses_say_what_they_mean_at_their_level(tmp_path: Path) -> None:
    (report,), code = inspected(tmp_path, ("277", "005010X214", BATCH))
    assert code == 0
    outcomes = [(status["level"], status["category"], status["outcome"]) for status in report["statuses"]]
    assert outcomes == [
        ("receiver", "A1", "received"),
        ("provider", "A7", "rejected"),
        ("claim", "A2", "accepted"),
        ("claim", "A7", "rejected"),
        ("claim", "A3", "rejected"),
        ("line", "A7", "rejected"),
    ]


def test_an_eligibility_answer_is_one_transaction_however_many_patients(tmp_path: Path) -> None:
    (answer,), code = inspected(tmp_path, ("271", "005010X279A1", COVERAGE))
    assert code == 0
    assert (answer["active"], answer["patients"], len(answer["benefits"])) == (True, 2, 2)
    assert [(one["code"], bool(one["what_to_do"])) for one in answer["rejections"]] == [("75", True)]
    assert answer["benefits"][1]["amount"] == "500.00"


def test_claims_are_listed_with_payer_lines_and_whether_they_sum(tmp_path: Path) -> None:
    body = CLAIMS.replace("SV1*HC:99212*90", "SV1*HC:99212*89")
    (claims,), _ = inspected(tmp_path, ("837", "005010X222A1", body))
    said = [(one["control_number"], one["charge"], one["payer"], one["balanced"]) for one in claims["claims"]]
    assert said == [("A1", "150.00", "PLAINS HEALTH PLAN", True), ("A2", "90.00", "PLAINS HEALTH PLAN", False)]


def test_a_file_that_is_not_there_or_no_x12_is_unreadable_and_still_has_its_object(tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear provider")
    found, code = inspect_files([tmp_path / "absent.835", text])
    assert code == 2
    assert [one["transactions"] for one in found] == [[], []]
    assert all(one["problems"][0]["reason"] for one in found)
    assert all(set(problem) == {"segment", "element", "reason"} for one in found for problem in one["problems"])


UNREADABLE = {
    "azoner_pyx12__x12testdata.py__multiple_trn": "BPR is missing",  # its 835 is ST and SE alone
    "genformai_edi-cli__test_edge_cases.py__test_tc01_multiple_cas_plb_composite_codes": "PLB06 is 2 characters that are no number",
    "ryanco_x12-parser__example835nonasciielemsep.txt": "BPR02 is 3 characters that are no number",
}
"""Samples of the folder bad of which a set could not be read, and what stands there."""


def test_every_sample_can_be_inspected_and_only_odd_ones_have_another_exit_code_than_0() -> None:
    rows("835")
    for path in sorted(SAMPLES.glob("*/*")):
        (found,), code = inspect_files([path])
        assert found["transactions"], path.name
        assert (code == 2) == (path.name in UNREADABLE), path.name
        reason = UNREADABLE.get(path.name, "")
        assert any(problem["reason"].startswith(reason) for problem in found["problems"]) or not reason, path.name
        assert code or path.parent.name != "bad", path.name
        if path.parent.name in ("835", "277", "277ca", "999", "271"):
            assert bool(code) == bool(found["problems"]), path.name


@pytest.mark.parametrize("width", [80, 140])
def test_people_see_the_same_as_tables(tmp_path: Path, width: int) -> None:
    path = tmp_path / "all.x12"
    path.write_text(
        file_of(
            ("835", ERA, PAYMENTS.replace("CAS*CO*50*80", "CAS*CO*50*70")),
            ("999", "005010X231A1", PARTIAL),
            ("277", "005010X214", BATCH),
            ("271", "005010X279A1", COVERAGE),
            ("837", "005010X222A1", CLAIMS),
        )
    )
    found, _ = inspect_files([path])
    out = StringIO()
    show(found, Console(file=out, width=width))
    text = re.sub(r"\s+", " ", out.getvalue())
    for said in ("PLAINS HEALTH PLAN pays 100.50 by ACH", "held A2: charge 80.00", "rejected", "AAA 75", "A1"):
        assert said in text
