"""Every public sample of what payers and clearinghouses send, field by field against an independent reading of it."""

from __future__ import annotations

import re
from typing import Any

from claims.claim import Adjustment
from claims.documents import (
    ClaimPayment,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OtherSet,
    PaymentLine,
    Remittance,
    StatusLine,
    StatusReport,
)
from tests.adapters.x12.expected import SAMPLES, Agreement, money, read, rows

TC01 = "bad/genformai_edi-cli__test_edge_cases.py__test_tc01_multiple_cas_plb_composite_codes/0"
NO_SEPARATOR = "bad/ryanco_x12-parser__example835nonasciielemsep.txt/000000001"
EMPTY_SET = "bad/azoner_pyx12__x12testdata.py__multiple_trn/0001"

KNOWN_835 = {
    f"{TC01}001 plb": "PLB06 is `FB`, no amount: that pair is refused with a fatal problem, not read as 0",
    f"{NO_SEPARATOR} claim 0 clp05": "CLP05 holds a claim number, no amount: unknown, with a problem",
    f"{NO_SEPARATOR} claim 1 clp05": "the same in the second claim",
    f"{EMPTY_SET} read": "ST and SE alone: no remittance at all, said with a fatal problem",
}


def test_every_835_agrees_with_its_independent_reading() -> None:
    seen = Agreement()
    for row in rows("835"):
        where = f"{row['file']}/{row['st02']}"
        at = (row["isa"], row["gs"], row["st"])
        found = next(s for s in read(row["file"]).sets if (s.isa_index, s.gs_index, s.st_index) == at)
        seen.field(f"{where} read", True, isinstance(found.parsed, Remittance))
        if isinstance(found.parsed, Remittance):
            _compare_remittance(seen, where, row, found.parsed)
    seen.only_known(KNOWN_835, at_least=700)


def _compare_remittance(seen: Agreement, where: str, row: dict[str, Any], found: Remittance) -> None:
    seen.field(f"{where} control number", row["st02"], found.control_number)
    seen.field(f"{where} payer", row["payer"] or "", found.payer)
    seen.field(f"{where} payee", row["payee"] or "", found.payee)
    seen.field(f"{where} handling", row["bpr01"], found.handling)
    seen.field(f"{where} payment", money(row["bpr02"]), found.payment_cents)
    seen.field(f"{where} method", row["bpr04"], found.method)
    seen.field(f"{where} date", row["bpr16"], found.paid_on.strftime("%Y%m%d") if found.paid_on else "")
    seen.field(f"{where} trace", row["trn02"] or "", found.trace_number)
    seen.field(f"{where} claims paid", money(row["sum_clp04"]), sum(claim.paid_cents for claim in found.claims))
    plb = [(reason.split(":")[0], money(amount)) for reason, amount in row["plb"]]
    seen.field(f"{where} plb", plb, [(a.reason, a.amount_cents) for a in found.provider_adjustments])
    taken = sum(a.amount_cents for a in found.provider_adjustments)
    seen.field(f"{where} sum of plb", money(row["sum_plb"]), taken)
    seen.field(f"{where} difference", money(row["diff"]), found.difference_cents)
    seen.field(f"{where} balances", row["txn_balances"], found.difference_cents == 0)
    seen.field(f"{where} number of claims", len(row["claims"]), len(found.claims))
    for i, (claim, paid) in enumerate(zip(row["claims"], found.claims, strict=False)):
        _compare_claim(seen, f"{where} claim {i}", claim, paid)


def _compare_claim(seen: Agreement, where: str, row: dict[str, Any], found: ClaimPayment) -> None:
    every = [*found.adjustments, *(a for line in found.lines for a in line.adjustments)]
    seen.field(f"{where} clp01", row["clp01"], found.patient_control_number)
    seen.field(f"{where} clp02", row["clp02"], found.status_code)
    seen.field(f"{where} charge", money(row["charge"]), found.charge_cents)
    seen.field(f"{where} paid", money(row["paid"]), found.paid_cents)
    clp05 = row["clp05"]
    expected = money(clp05) if re.fullmatch(r"[-\d.]*", clp05) else clp05
    seen.field(f"{where} clp05", expected, found.patient_responsibility_cents)
    seen.field(f"{where} icn", row["icn"], found.payer_claim_control_number)
    seen.field(f"{where} CO", money(row["CO"]), sum(a.amount_cents for a in every if a.group == "CO"))
    seen.field(f"{where} PR", money(row["PR"]), sum(a.amount_cents for a in every if a.group == "PR"))
    others = sum(a.amount_cents for a in every if a.group not in ("CO", "PR"))
    seen.field(f"{where} other groups", money(row["OA_PI_CR"]), others)
    seen.field(f"{where} balances", row["claim_balances"], found.balanced)
    seen.field(f"{where} lines balance", row["lines_balance"], all(line.balanced for line in found.lines))
    seen.field(f"{where} number of lines", row["n_lines"], len(found.lines))
    seen.field(f"{where} cas", _expected_cas(row["claim_cas"]), _cas(found.adjustments))
    seen.field(f"{where} remarks", row["moa_mia_rarc"], list(found.remarks))
    seen.field(f"{where} kind", row["kind"], _kind(found))
    for i, (line, paid) in enumerate(zip(row["lines"] or (), found.lines, strict=False)):
        _compare_line(seen, f"{where} line {i}", line, paid)


def _compare_line(seen: Agreement, where: str, row: dict[str, Any], found: PaymentLine) -> None:
    composite = [found.procedure_qualifier, found.procedure, *found.modifiers]
    seen.field(f"{where} procedure", re.split(r"\W", row["proc"]), composite)
    seen.field(f"{where} charge", money(row["charge"]), found.charge_cents)
    seen.field(f"{where} paid", money(row["paid"]), found.paid_cents)
    seen.field(f"{where} cas", _expected_cas(row["cas"]), _cas(found.adjustments))
    seen.field(f"{where} remarks", row["rarc"], list(found.remarks))


def _expected_cas(rows: list[list[str]]) -> list[tuple[str, str, int | None]]:
    return [(group, reason, money(amount)) for group, reason, amount in rows]


def _cas(adjustments: tuple[Adjustment, ...]) -> list[tuple[str, str, int | None]]:
    return [(a.group, a.reason, a.amount_cents) for a in adjustments]


def _kind(claim: ClaimPayment) -> str:
    """The README of the samples: CLP02 22, 4, 19 to 21 and 25 have their own kind, else the money decides."""
    by_status = {"22": "reversal", "4": "denied", "25": "predetermination"}
    by_status |= dict.fromkeys(("19", "20", "21"), "forwarded")
    return by_status.get(claim.status_code, "paid" if claim.paid_cents else "zero-paid")


LEVELS = {"20": ("source",), "21": ("receiver",), "19": ("provider",)}


def test_every_277_and_277ca_agrees_with_its_independent_reading() -> None:
    seen = Agreement()
    for row in (row for row in rows("ACKS") if "status" in row):
        where = f"{row['file']}/{row['st02']}"
        parsed = read(row["file"]).sets[0].parsed
        assert isinstance(parsed, StatusReport), where
        seen.field(f"{where} version", row["version"], parsed.version)
        seen.field(f"{where} set", "277CA" if "X214" in row["version"] else "277", parsed.set)
        seen.field(f"{where} number of statuses", len(row["status"]), len(parsed.statuses))
        for i, (status, found) in enumerate(zip(row["status"], parsed.statuses, strict=False)):
            _compare_status(seen, f"{where} status {i}", status, found)
    seen.only_known({}, at_least=130)


def _compare_status(seen: Agreement, where: str, row: dict[str, Any], found: StatusLine) -> None:
    code = found.codes[0]
    seen.field(f"{where} level", True, found.level in LEVELS.get(row["level"], ("claim", "line")))
    seen.field(f"{where} trace", row["trn"], found.trace)
    composite = ":".join((code.category, code.status, code.entity, code.code_list)).rstrip(":")
    seen.field(f"{where} code", row["stc"], composite)
    seen.field(f"{where} more codes", len(row["more"]), len(found.codes) - 1)
    seen.field(f"{where} date", row["date"], found.effective_on.strftime("%Y%m%d") if found.effective_on else "")
    seen.field(f"{where} action", row["action"], found.action)
    seen.field(f"{where} charge", money(row["amount"]), found.charge_cents)
    seen.field(f"{where} paid", money(row["paid"]), found.paid_cents)
    seen.field(f"{where} text", row["text"], found.text)
    if found.level != "line":
        references = row.get("ref", {})
        seen.field(f"{where} payer's number", references.get("1K", ""), found.payer_claim_control_number)
        ours = row["trn"] if "277ca" in where and found.level == "claim" else ""
        seen.field(f"{where} our number", references.get("EJ", ours), found.patient_control_number)


def test_every_999_997_and_ta1_agrees_with_its_independent_reading() -> None:
    seen = Agreement()
    for row in (row for row in rows("ACKS") if "groups" in row):
        where = row["file"]
        parsed = [one.parsed for one in read(where).sets]
        interchanges = [p for p in parsed if isinstance(p, InterchangeAcknowledgement)]
        said = [(p.interchange_control_number, p.disposition, p.note) for p in interchanges]
        seen.field(f"{where} ta1", [(ta1[0], ta1[3], ta1[4]) for ta1 in row["ta1"]], said)
        groups = [p for p in parsed if isinstance(p, FunctionalAcknowledgement)]
        seen.field(f"{where} number of groups", len(row["groups"]), len(groups))
        for group, found in zip(row["groups"], groups, strict=False):
            _compare_group(seen, where, group, found)
    seen.only_known({}, at_least=60)


def _compare_group(seen: Agreement, where: str, row: dict[str, Any], found: FunctionalAcknowledgement) -> None:
    seen.field(f"{where} set", row["st"], found.set)
    seen.field(f"{where} functional code", row["ak1"][0], found.functional_code)
    seen.field(f"{where} group", row["ak1"][1], found.group_control_number)
    seen.field(f"{where} group disposition", row["ak9"][0], found.disposition)
    seen.field(f"{where} number of sets", len(row["sets"]), len(found.sets))
    for one, ours in zip(row["sets"], found.sets, strict=False):
        seen.field(f"{where} which set", one["set"], ours.set)
        seen.field(f"{where} set control number", one["control"], ours.control_number)
        seen.field(f"{where} set disposition", one["disposition"], ours.disposition)
        seen.field(f"{where} set codes", one["codes"], list(ours.codes))
        errors = [(e.segment_id, e.position, e.loop, e.element, e.code) for e in ours.errors]
        seen.field(f"{where} errors", _expected_errors(one["errors"]), errors)


def _expected_errors(lines: list[str]) -> list[tuple[str, str, str, str, str]]:
    found = []
    segment = position = loop = ""
    for line in lines:
        parts = [*line.split("*"), "", "", "", ""]
        if parts[0] in ("IK3", "AK3"):
            segment, position, loop = parts[1:4]
            found.append((segment, position, loop, "", parts[4]))
        else:
            found.append((segment, position, loop, parts[1], parts[3]))
    return found


def test_every_271_agrees_with_its_independent_reading() -> None:
    seen = Agreement()
    for row in rows("271"):
        where = f"{row['file']}/{row['st02']}"
        answers = [one.parsed for one in read(row["file"]).sets if isinstance(one.parsed, EligibilityAnswer)]
        rejections = {r.segment: (r.code, r.follow_up) for answer in answers for r in answer.rejections}
        expected = [(aaa[2], aaa[3]) for aaa in row["aaa"]]
        seen.field(f"{where} rejections", expected, [rejections[place] for place in sorted(rejections)])
        seen.field(f"{where} active", row["active"], any(answer.active for answer in answers))
        benefits = [benefit for answer in answers for benefit in answer.benefits]
        seen.field(f"{where} number of benefits", len(row["eb"]), len(benefits))
        for i, (eb, benefit) in enumerate(zip(row["eb"], benefits, strict=False)):
            full = [*eb, *[""] * 8]
            seen.field(f"{where} benefit {i} code", full[0], benefit.code)
            seen.field(f"{where} benefit {i} level", full[1], benefit.coverage_level)
            seen.field(f"{where} benefit {i} services", [s for s in full[2].split(">") if s], [*benefit.service_types])
            seen.field(f"{where} benefit {i} insurance", full[3], benefit.insurance_type)
            seen.field(f"{where} benefit {i} plan", full[4], benefit.plan)
            seen.field(f"{where} benefit {i} period", full[5], benefit.period)
            seen.field(f"{where} benefit {i} amount", money(full[6]), benefit.amount_cents)
            seen.field(f"{where} benefit {i} percent", full[7], benefit.percent)
        members = {who.split(" ")[-1] for who in row["who"] if who.startswith("IL ")}
        seen.field(f"{where} member", True, all(answer.member_id in members for answer in answers))
    seen.only_known({}, at_least=240)


def test_every_sample_is_read_without_a_crash_and_nothing_is_taken_for_what_it_is_not() -> None:
    rows("835")
    kinds = {"835": "remittance", "277": "status_report", "277ca": "status_report", "271": "eligibility_answer"}
    kinds |= {"837p": "claim_submission", "837i": "claim_submission", "837d": "other", "other": "other"}
    kinds |= {"270": "other", "276": "other"}
    files = sorted(path for path in SAMPLES.glob("*/*") if path.is_file())
    assert len(files) >= 118
    for path in files:
        document = read(f"{path.parent.name}/{path.name}")
        assert document.sets, path.name
        kind = kinds.get(path.parent.name)
        if kind:
            assert {one.parsed.kind for one in document.sets} == {kind}, path.name
        for one in document.sets:
            assert not isinstance(one.parsed, OtherSet) or one.parsed.reason, path.name
            assert not one.unread or any(problem.fatal for problem in one.problems), path.name


def test_the_valid_samples_of_payers_raise_no_problem_but_their_wrong_counts() -> None:
    rows("835")
    for path in sorted(SAMPLES.glob("*/*")):
        if path.parent.name not in ("835", "277", "277ca", "271", "999"):
            continue
        for problem in read(f"{path.parent.name}/{path.name}").all_problems:
            envelope = re.match(r"(SE|GE|IEA)0[12] ", problem.reason)
            unknown_category = path.name == "cosyte_x12__277-unknown-status.edi" and problem.element == 1
            assert envelope or unknown_category, f"{path.name}: {problem.reason}"
