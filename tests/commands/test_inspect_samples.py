"""`inspect --json` over every public sample, field by field against an independent reading; each difference explained."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.adapters.x12.expected import SAMPLES, Agreement, money, rows

Shape = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
_BAD = "bad/genformai_edi-cli__test_edge_cases.py__test_tc01_multiple_cas_plb_composite_codes/0001"

KNOWN_835 = {
    f"{_BAD} plb": "PLB06 is `FB`, no amount: that pair is refused with a fatal problem, not read as 0",
}
KNOWN_837 = {
    "837i/LinuxForHealth_x12__ppo-repriced-claim.837i/1002 claim 0 frequency": (
        "ISA16 says `:` but every composite is joined with `>`: read with `>`, with a problem; expected text is uncut"
    ),
}


@cache
def inspected() -> dict[str, Shape]:
    """What `python starter.py inspect --json` prints of every file, in one run, by the file's place under samples."""
    rows("835")
    files = sorted(path for path in SAMPLES.glob("*/*") if path.is_file())
    assert len(files) >= 118
    command = [sys.executable, "starter.py", "inspect", "--json", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.returncode == 2  # of three bad ones a set can't be read: see test_inspect.py
    told = json.loads(done.stdout)
    assert [Path(one["file"]) for one in told] == files
    return {f"{Path(one['file']).parent.name}/{Path(one['file']).name}": one for one in told}


def paired(name: str, kinds: tuple[str, ...]) -> Iterator[tuple[str, Shape, Shape]]:
    """Each expected line with the transaction that it is about: the files list their sets in the same order."""
    seen: dict[str, int] = defaultdict(int)
    for row in rows(name):
        of_kind = [one for one in inspected()[row["file"]]["transactions"] if one["set"] in kinds]
        found = of_kind[seen[row["file"]]] if seen[row["file"]] < len(of_kind) else {}
        seen[row["file"]] += 1
        yield f"{row['file']}/{row['st02']}", row, found


def cents_of(shapes: list[Shape], *groups: str) -> int:
    return sum(money(one["amount"]) or 0 for one in shapes if one["group"] in groups)


def cas(adjustments: list[Shape]) -> list[tuple[str, str, int | None]]:
    return [(one["group"], one["reason"], money(one["amount"])) for one in adjustments]


def expected_cas(found: list[list[str]]) -> list[tuple[str, str, int | None]]:
    return [(group, reason, money(amount)) for group, reason, amount in found]


# 835

OUTCOMES = {
    "reversal": {"reversal"},
    "forwarded": {"forwarded"},
    "predetermination": {"predetermination"},
    "denied": {"denied", "zero_paid_patient_resp", "zero_paid", "partially_denied", "paid"},
    "paid": {"paid", "partially_denied"},
    "zero-paid": {"denied", "zero_paid_patient_resp", "zero_paid", "pending"},
}
"""What the samples' own coarse kind leaves open: CLP02 4 alone is no denial, and a zero may be one."""


def test_every_remittance_is_told_as_an_independent_reading_has_it() -> None:
    seen = Agreement()
    for where, row, found in paired("835", ("835",)):
        seen.field(f"{where} read", True, "claims" in found)
        if "claims" in found:
            _remittance(seen, where, row, found)
    seen.only_known(KNOWN_835, at_least=1100)


def _remittance(seen: Agreement, where: str, row: Shape, found: Shape) -> None:
    seen.field(f"{where} control number", row["st02"], found["control_number"])
    seen.field(f"{where} payer", row["payer"] or "", found["payer"])
    seen.field(f"{where} payee", row["payee"] or "", found["payee"])
    seen.field(f"{where} payment", money(row["bpr02"]), money(found["payment"]))
    seen.field(f"{where} method", row["bpr04"] or "", found["method"])
    seen.field(f"{where} date", row["bpr16"] or "", (found["date"] or "").replace("-", ""))
    seen.field(f"{where} trace", row["trn02"] or "", found["trace_number"])
    seen.field(f"{where} claims paid", money(row["sum_clp04"]), money(found["claims_paid"]))
    plb = [(reason.split(":")[0], money(amount)) for reason, amount in row["plb"]]
    seen.field(f"{where} plb", plb, [(a["reason"], money(a["amount"])) for a in found["provider_adjustments"]])
    seen.field(f"{where} difference", money(row["diff"]), money(found["difference"]))
    seen.field(f"{where} balanced", row["txn_balances"], found["balanced"])
    seen.field(f"{where} number of claims", len(row["claims"]), len(found["claims"]))
    for i, (claim, paid) in enumerate(zip(row["claims"], found["claims"], strict=False)):
        _claim(seen, f"{where} claim {i}", claim, paid)


def _claim(seen: Agreement, where: str, row: Shape, found: Shape) -> None:
    every = [*found["adjustments"], *(a for line in found["lines"] for a in line["adjustments"])]
    seen.field(f"{where} number", row["clp01"], found["patient_control_number"])
    seen.field(f"{where} status", row["clp02"], found["status_code"])
    seen.field(f"{where} charge", money(row["charge"]), money(found["charge"]))
    seen.field(f"{where} paid", money(row["paid"]), money(found["paid"]))
    seen.field(f"{where} icn", row["icn"], found["payer_claim_control_number"])
    seen.field(f"{where} CO", money(row["CO"]), cents_of(every, "CO"))
    seen.field(f"{where} PR", money(row["PR"]), cents_of(every, "PR"))
    seen.field(f"{where} other groups", money(row["OA_PI_CR"]), cents_of(every, "OA", "PI", "CR"))
    seen.field(f"{where} balanced", row["claim_balances"], found["balanced"])
    bare = found["status_code"] == "22" and not every
    seen.field(f"{where} held", not row["claim_balances"] and not bare, bool(found["held"]))
    seen.field(f"{where} lines balance", row["lines_balance"], all(line["balanced"] for line in found["lines"]))
    seen.field(f"{where} number of lines", row["n_lines"], len(found["lines"]))
    seen.field(f"{where} cas", expected_cas(row["claim_cas"]), cas(found["adjustments"]))
    remarks = {*row["moa_mia_rarc"], *(code for line in row["lines"] or () for code in line["rarc"])}
    seen.field(f"{where} remarks", remarks, set(found["remarks"]))
    seen.field(f"{where} outcome", True, found["outcome"] in OUTCOMES[row["kind"]])
    parts = ("paid", "contractual", "patient", "prior_payer", "other", "denied")
    if row["claim_balances"]:
        seen.field(f"{where} buckets", money(row["charge"]), sum(money(found[name]) or 0 for name in parts))
    for i, (line, paid) in enumerate(zip(row["lines"] or (), found["lines"], strict=False)):
        at = f"{where} line {i}"
        procedure = [part for part in re.split(r"\W", line["proc"])[1:] if part]
        seen.field(f"{at} procedure", procedure, [paid["procedure"], *paid["modifiers"]])
        seen.field(f"{at} charge", money(line["charge"]), money(paid["charge"]))
        seen.field(f"{at} paid", money(line["paid"]), money(paid["paid"]))
        seen.field(f"{at} cas", expected_cas(line["cas"]), cas(paid["adjustments"]))
        seen.field(f"{at} remarks", line["rarc"], paid["remarks"])


# 277CA, 277

LEVELS = {"20": ("source",), "21": ("receiver",), "19": ("provider",)}
STATUS_OUTCOMES = {
    **dict.fromkeys(("A3", "A6", "A7", "A8"), "rejected"),
    "A2": "accepted",
    "A5": "split",
    "F1": "finalized_paid",
    "F2": "finalized_denied",
    **dict.fromkeys(("P0", "P1", "P2", "P5"), "pending"),
    **dict.fromkeys(("P3", "P4", "R0", "R1", "R3", "R4"), "info_requested"),
    "D0": "not_found",
    **dict.fromkeys(("E0", "E1", "E2", "E3", "E4"), "request_error"),
}
"""X12 code list 507 (P3 and P4: pending for information that provider or patient owe); A0, A1, A4, F0 say less."""


def test_every_status_is_told_as_an_independent_reading_has_it() -> None:
    seen = Agreement()
    for row in (row for row in rows("ACKS") if "status" in row):
        where = f"{row['file']}/{row['st02']}"
        (found,) = inspected()[row["file"]]["transactions"]
        seen.field(f"{where} set", "277CA" if "X214" in row["version"] else "277", found["set"])
        seen.field(f"{where} number", len(row["status"]), len(found["statuses"]))
        for i, (status, told) in enumerate(zip(row["status"], found["statuses"], strict=False)):
            _status(seen, f"{where} status {i}", status, told)
    seen.only_known({}, at_least=140)


def _status(seen: Agreement, where: str, row: Shape, found: Shape) -> None:
    seen.field(f"{where} level", True, found["level"] in LEVELS.get(row["level"], ("claim", "line")))
    seen.field(f"{where} trace", row["trn"], found["trace"])
    category, status, entity = [*row["stc"].split(":"), "", ""][:3]
    seen.field(f"{where} code", (category, status, entity), (found["category"], found["status"], found["entity"]))
    seen.field(f"{where} codes", 1 + len(row["more"]), len(found["codes"]))
    seen.field(f"{where} action", row["action"], found["action"])
    seen.field(f"{where} charge", money(row["amount"]), money(found["charge"]))
    seen.field(f"{where} paid", money(row["paid"]), money(found["paid"]))
    if found["level"] != "line":
        seen.field(f"{where} payer's number", row.get("ref", {}).get("1K", ""), found["payer_claim_control_number"])
    if category in STATUS_OUTCOMES:
        seen.field(f"{where} outcome", STATUS_OUTCOMES[category], found["outcome"])


# 999, 997, TA1

DISPOSITIONS = {"A": "accepted", "E": "accepted_with_errors", "P": "partially_accepted"}


def test_every_acknowledgement_is_told_as_an_independent_reading_has_it() -> None:
    seen = Agreement()
    for row in (row for row in rows("ACKS") if "groups" in row):
        where = row["file"]
        told = inspected()[where]["transactions"]
        ta1 = [one["interchange"] for one in told if one["set"] == "TA1"]
        expected = [(one[0], DISPOSITIONS.get(one[3], "rejected"), one[4]) for one in row["ta1"]]
        seen.field(f"{where} ta1", expected, [(one["control_number"], one["outcome"], one["note"]) for one in ta1])
        groups = [one for one in told if one["set"] in ("999", "997")]
        seen.field(f"{where} groups", len(row["groups"]), len(groups))
        for group, found in zip(row["groups"], groups, strict=False):
            seen.field(f"{where} set", group["st"], found["set"])
            seen.field(f"{where} group", group["ak1"][1], found["group"]["control_number"])
            outcome = DISPOSITIONS.get(group["ak9"][0], "rejected")
            seen.field(f"{where} group outcome", outcome, found["group"]["outcome"])
            seen.field(f"{where} sets", len(group["sets"]), len(found["sets"]))
            for one, ours in zip(group["sets"], found["sets"], strict=False):
                seen.field(f"{where} control number", one["control"], ours["control_number"])
                seen.field(f"{where} outcome", DISPOSITIONS.get(one["disposition"], "rejected"), ours["outcome"])
                seen.field(f"{where} codes", one["codes"], ours["codes"])
                seen.field(f"{where} errors", len(one["errors"]), len(ours["errors"]))
    seen.only_known({}, at_least=70)


# 271


def test_every_answer_about_coverage_is_told_as_an_independent_reading_has_it() -> None:
    seen = Agreement()
    for where, row, found in paired("271", ("271",)):
        expected = [(aaa[2], aaa[3]) for aaa in row["aaa"]]
        seen.field(f"{where} rejections", expected, [(r["code"], r["follow_up"]) for r in found["rejections"]])
        seen.field(f"{where} said what to do", True, all(r["what_to_do"] for r in found["rejections"]))
        seen.field(f"{where} active", row["active"], found["active"])
        seen.field(f"{where} number of benefits", len(row["eb"]), len(found["benefits"]))
        for i, (eb, told) in enumerate(zip(row["eb"], found["benefits"], strict=False)):
            full = [*eb, *[""] * 8]
            at = f"{where} benefit {i}"
            seen.field(f"{at} code", full[0], told["code"])
            seen.field(f"{at} level", full[1], told["coverage_level"])
            seen.field(f"{at} services", [s for s in full[2].split(">") if s], told["service_types"])
            seen.field(f"{at} insurance", full[3], told["insurance_type"])
            seen.field(f"{at} plan", full[4], told["plan"])
            seen.field(f"{at} period", full[5], told["period"])
            seen.field(f"{at} amount", money(full[6]), money(told["amount"]))
            seen.field(f"{at} percent", full[7] or None, told["percent"])
    seen.only_known({}, at_least=240)


# 837


def test_every_claim_is_told_as_an_independent_reading_has_it() -> None:
    seen = Agreement()
    for where, row, found in paired("837", ("837P", "837I", "837D", "837")):
        if found.get("set") == "837D":
            seen.field(f"{where} set aside", True, bool(found["set_aside"]))
            continue
        seen.field(f"{where} read", True, "claims" in found)
        if "claims" not in found:
            continue
        seen.field(f"{where} number of claims", row["n_claims"], len(found["claims"]))
        total = sum(money(claim["charge"]) or 0 for claim in found["claims"])
        seen.field(f"{where} total", money(row["total"]), total)
        for i, (claim, told) in enumerate(zip(row["claims"] or (), found["claims"], strict=False)):
            at = f"{where} claim {i}"
            seen.field(f"{at} number", claim["clm01"], told["control_number"])
            seen.field(f"{at} charge", money(claim["charge"]), money(told["charge"]))
            seen.field(f"{at} frequency", claim["freq"], told["frequency"])
            seen.field(f"{at} payer", claim["payer"], told["payer"])
            seen.field(f"{at} balanced", claim["lines_equal_claim"], told["balanced"])
            if claim["lines"] is not None:
                seen.field(f"{at} number of lines", len(claim["lines"]), len(told["lines"]))
                charges = [money(charge) for _, charge, *_ in claim["lines"]]
                seen.field(f"{at} charges", charges, [money(line["charge"]) for line in told["lines"]])
    seen.only_known(KNOWN_837, at_least=600)


def test_something_is_said_of_every_bad_file() -> None:
    """Of each of them its source or an independent count says that something is wrong with it."""
    bad = [where for where in inspected() if where.startswith("bad/")]
    assert len(bad) == 23
    assert [where for where in bad if not inspected()[where]["problems"]] == []
