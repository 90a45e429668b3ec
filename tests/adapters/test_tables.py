"""The tables: enough codes, every figure with a source, nothing in them that the field's own rules forbid."""

from __future__ import annotations

import csv
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from adapters.tables import TableError, load_tables
from claims.payer_rules import PayerRules, Wait, rules_for
from claims.tables import Tables

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "payer_rules"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="module")
def sandbox() -> Tables:
    return load_tables(sandbox=True)


def rules_named(tables: Tables, name: str) -> PayerRules:
    return next(rules for rules in tables.payer_rules if rules.name == name)


# ------------------------------------------------------------------------------------------------- codes


def test_the_tables_know_enough_codes_and_say_where_each_comes_from(tables: Tables) -> None:
    assert len(tables.reasons) >= 150
    assert len(tables.remarks) >= 60
    assert all(reason.source and reason.label for reason in tables.reasons.values())
    assert all(remark.source and remark.label for remark in tables.remarks.values())


@pytest.mark.parametrize(
    ("code", "reason_class", "remedy", "owner"),
    [
        # c.8 of the domain reference, a row per class
        ("1", "patient", "bill_patient", "biller"),
        ("45", "contractual", "write_off", "biller"),
        ("253", "contractual", "write_off", "biller"),
        ("23", "prior_payer", "wait", "biller"),
        ("4", "coding", "correct_and_replace", "coder"),
        ("11", "coding", "correct_and_replace", "coder"),
        ("16", "billing", "correct_and_replace", "biller"),
        ("18", "duplicate", "review", "biller"),
        ("19", "other_payer", "bill_other_payer", "front_desk"),
        ("22", "other_payer", "bill_other_payer", "front_desk"),
        ("31", "eligibility", "new_original", "front_desk"),
        ("29", "timely_filing", "appeal", "biller"),
        ("119", "benefit", "bill_other_payer", "biller"),
        ("242", "network", "appeal", "biller"),
        ("197", "authorization", "appeal", "front_desk"),
        ("96", "coverage", "review", "biller"),
        ("50", "clinical", "appeal", "biller"),
        ("97", "bundling", "correct_and_replace", "coder"),
        ("252", "documents", "send_documents", "biller"),
        ("129", "coordination", "correct_and_replace", "biller"),
        ("133", "pending", "wait", "payer"),
        ("208", "enrollment", "correct_and_replace", "biller"),
        ("100", "payment_direction", "bill_patient", "biller"),
        ("286", "final", "write_off", "supervisor"),
        ("193", "appeal_result", "appeal", "biller"),
        ("B9", "payer_policy", "review", "biller"),
        ("85", "money", "review", "biller"),
        ("A1", "unknown", "review", "biller"),
    ],
)
def test_each_class_of_denial_has_its_remedy(
    tables: Tables, code: str, reason_class: str, remedy: str, owner: str
) -> None:
    reason = tables.reasons[code]
    assert (reason.reason_class, reason.remedy, reason.owner) == (reason_class, remedy, owner)


def test_codes_that_say_too_little_alone_need_a_remark(tables: Tables) -> None:
    # X12's usage notes: "at least one Remark Code must be provided"
    noted = {"16", "96", "129", "148", "201", "226", "227", "234", "237", "250", "251", "252", "267", "A1", "125"}
    assert {code for code, reason in tables.reasons.items() if reason.needs_remark} == noted


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("18", {"OA", "CO"}),
        ("23", {"OA"}),
        ("45", {"CO", "PR"}),
        ("85", {"PR"}),
        ("133", {"OA"}),
        ("136", {"OA"}),
        ("139", {"CO"}),
        ("209", {"OA"}),
        ("249", {"CO"}),
        ("257", {"OA"}),
        ("275", {"PR"}),
        ("303", {"CO"}),
    ],
)
def test_a_code_keeps_to_the_groups_that_the_code_list_allows(tables: Tables, code: str, groups: set[str]) -> None:
    assert set(tables.reasons[code].groups) == groups


@pytest.mark.parametrize(
    ("code", "since", "until"),
    [
        # start and stop dates of the published list
        ("1", "1995-01-01", ""),
        ("197", "2006-10-31", ""),
        ("253", "2013-06-02", ""),
        ("42", "1995-01-01", "2007-06-01"),
        ("A2", "1995-01-01", "2008-01-01"),
        ("38", "1995-01-01", "2013-01-01"),
        ("302", "", ""),
    ],
)
def test_a_code_knows_the_days_from_and_to_which_the_list_has_it(
    tables: Tables, code: str, since: str, until: str
) -> None:
    assert (tables.reasons[code].since, tables.reasons[code].until) == (since, until)


def test_no_remark_alone_sends_a_bill_to_a_patient(tables: Tables) -> None:
    # A remark does not know the group; M38 beside CO is a contradiction, and a person's to solve.
    assert [code for code, remark in tables.remarks.items() if remark.remedy in ("bill_patient", "write_off")] == []


def test_only_group_pr_ever_sends_an_amount_to_the_patient(tables: Tables) -> None:
    for code, reason in tables.reasons.items():
        for group, remedy in reason.group_remedies:
            assert remedy != "bill_patient" or group == "PR", code
        if reason.groups and "PR" not in reason.groups:
            assert not reason.patient_may_be_billed, code


@pytest.mark.parametrize("code", ["29", "197", "198", "18", "4", "16", "97", "253", "23", "303", "50"])
def test_a_provider_s_own_fault_is_never_a_patient_s_bill_by_itself(tables: Tables, code: str) -> None:
    reason = tables.reasons[code]
    assert reason.remedy != "bill_patient"
    assert dict(reason.group_remedies).get("CO") != "bill_patient"


def test_a_patient_share_under_co_is_written_off(tables: Tables) -> None:
    assert dict(tables.reasons["1"].group_remedies)["CO"] == "write_off"


def test_unprocessable_means_a_new_original_and_no_appeal(tables: Tables) -> None:
    remark = tables.remarks["MA130"]
    assert (remark.effect, remark.remedy) == ("unprocessable", "new_original")


@pytest.mark.parametrize("code", ["MA18", "MA07", "N89"])
def test_a_forwarded_claim_is_crossover_and_leaves_the_other_remedies_alone(tables: Tables, code: str) -> None:
    assert tables.remarks[code].effect == "crossover"
    assert tables.remarks[code].remedy is None


def test_the_remarks_exist_in_the_published_list(tables: Tables) -> None:
    # pyx12 carries the list up to N741; later codes can't be checked there.
    listed = ET.fromstring((files("pyx12") / "map" / "codes.xml").read_text())
    codes = {
        code.text
        for codeset in listed.iter("codeset")
        if codeset.findtext("id") == "remark_code"
        for code in codeset.iter("code")
    }
    checkable = {code for code in tables.remarks if re.fullmatch(r"M\d+|N\d+", code) and int(code[1:]) <= 741}
    assert len(checkable) > 100
    assert checkable <= codes


def test_every_source_of_a_file_is_used() -> None:
    for path in [*RULES.glob("*.toml"), *(ROOT / "claims" / "codes").glob("*rc.toml")]:
        data = tomllib.loads(path.read_text())
        used = Counter(re.findall(r'source = "(\w+)"', path.read_text()))
        implied = {"labels", "x12", "triage", "retired", "dates"} if path.stem == "carc" else set()
        assert set(data["sources"]) <= set(used) | implied, path.name


def test_every_vendor_or_law_source_of_a_payer_rule_says_when_it_was_read() -> None:
    for path in RULES.glob("*.toml"):
        for key, text in tomllib.loads(path.read_text())["sources"].items():
            own = text.startswith(("practice", "sandbox script")) or "(practice" in text or "not re-read" in text
            assert own or re.search(r"20\d\d-\d\d-\d\d", text), f"{path.name} {key}"


@pytest.fixture
def sample_index() -> list[dict[str, str]]:
    """The public sample files' index, which lies beside the project where it was developed and nowhere else."""
    path = ROOT.parent / "shared" / "samples" / "INDEX.tsv"
    if not path.exists():
        pytest.skip("the public sample files are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_every_reason_in_the_public_samples_is_known(tables: Tables, sample_index: list[dict[str, str]]) -> None:
    seen = {
        match[1]
        for row in sample_index
        for match in re.finditer(r"(?:CO|PR|OA|PI|CR)-([A-Z]?\d{1,3})x\d", row["carcs"])
    }
    assert len(seen) == 11  # one more, PR-909099, is a damaged element
    assert seen <= set(tables.reasons)


# ------------------------------------------------------------------------------------------------- payer rules


@pytest.mark.parametrize(
    ("payer", "indicator", "name"),
    [
        ("60054", "CI", "aetna"),
        ("00882", "MA", "medicare"),
        ("00882", "MB", "medicare"),
        ("12345", "MC", "medicaid"),
        ("12345", "16", "default"),
        ("12345", "CH", "default"),
        ("12345", "CI", "default"),
        ("12345", "BL", "default"),
        ("12345", "", "default"),
    ],
)
def test_rules_are_found_by_payer_then_by_filing_indicator(
    tables: Tables, payer: str, indicator: str, name: str
) -> None:
    assert rules_for(tables.payer_rules, payer, indicator).name == name


def test_medicare_s_ladder_has_five_levels_with_their_windows(tables: Tables) -> None:
    ladder = rules_named(tables, "medicare").appeals
    assert ladder.roll is False
    assert [
        (
            level.level,
            level.file_within.amount,
            level.presumed_receipt_days,
            level.decision_within.amount if level.decision_within else None,
        )
        for level in ladder.levels
    ] == [(1, 120, 5, 60), (2, 180, 5, 60), (3, 60, 5, 90), (4, 60, 5, 90), (5, 60, 5, None)]


def test_medicare_s_money_tests_go_by_the_day_of_the_request(tables: Tables) -> None:
    levels = rules_named(tables, "medicare").appeals.levels
    hearing, court = levels[2].money_tests, levels[4].money_tests
    assert [(test.since, test.amount_cents) for test in hearing] == [
        ("2024-01-01", 180_00),
        ("2025-01-01", 190_00),
        ("2026-01-01", 200_00),
    ]
    assert [(test.since, test.amount_cents) for test in court] == [
        ("2024-01-01", 1_840_00),
        ("2025-01-01", 1_900_00),
        ("2026-01-01", 1_960_00),
    ]


def test_medicare_filing_is_one_year_and_rolls_off_a_day_without_work(tables: Tables) -> None:
    filing = rules_named(tables, "medicare").filing
    assert (filing.limit.amount, filing.limit.unit, filing.roll) == (1, "years", True)
    assert (filing.basis_professional, filing.basis_institutional) == ("service_from", "service_to")
    assert filing.secondary is None


def test_medicare_takes_no_replacement_of_a_professional_claim(tables: Tables) -> None:
    rules = rules_named(tables, "medicare")
    assert rules.accepts_replacement is False
    assert rules.accepts_replacement_institutional is True


def test_medicare_waits_are_those_of_the_law_and_the_rest_is_inherited(tables: Tables) -> None:
    waits = rules_named(tables, "medicare").waits
    assert (waits["documents"].amount, waits["documents"].unit) == (45, "calendar_days")
    assert (waits["crossover"].amount, waits["crossover"].unit) == (15, "business_days")
    assert (waits["overpayment"].amount, waits["overpayment"].unit) == (60, "calendar_days")
    assert (waits["linger"].amount, waits["linger"].unit) == (365, "calendar_days")


def test_an_unknown_payer_gets_ninety_days_to_file_and_half_a_year_to_appeal(tables: Tables) -> None:
    rules = rules_named(tables, "default")
    assert (rules.filing.limit.amount, rules.filing.limit.unit) == (90, "calendar_days")
    assert (rules.appeals.levels[0].file_within.amount, rules.appeals.levels[0].file_within.unit) == (
        180,
        "calendar_days",
    )
    assert (rules.appeals.levels[-1].file_within.amount, rules.appeals.levels[-1].file_within.unit) == (4, "months")


def test_every_payer_has_every_wait_and_no_inquiry_before_a_week(tables: Tables) -> None:
    kinds = set(rules_named(tables, "default").waits)
    assert {"eligibility", "coding", "follow_up", "documents", "approval", "statement", "linger", "task"} <= kinds
    for rules in tables.payer_rules:
        assert kinds <= set(rules.waits), rules.name
        assert rules.waits["inquiry_first"].amount >= 7, rules.name


def test_every_level_of_every_ladder_names_its_source(sandbox: Tables) -> None:
    for rules in sandbox.payer_rules:
        assert [level.level for level in rules.appeals.levels] == list(range(1, len(rules.appeals.levels) + 1))
        assert all(len(level.source) > 20 and len(level.file_within.source) > 20 for level in rules.appeals.levels)


def test_medicaid_and_workers_compensation_never_bill_the_patient(tables: Tables) -> None:
    assert [rules.name for rules in tables.payer_rules if not rules.bill_patient] == ["medicaid", "workers_comp"]


# ------------------------------------------------------------------------------------------------- sandbox


def test_the_sandbox_is_unknown_unless_asked_for(tables: Tables, sandbox: Tables) -> None:
    assert rules_for(tables.payer_rules, "SBXPAID", "CI").name == "default"
    assert rules_for(sandbox.payer_rules, "SBXPAID", "CI").name == "sandbox"
    assert rules_for(sandbox.payer_rules, "SBXMCR", "MB").name == "sandbox_medicare"
    assert (tables.sandbox, sandbox.sandbox) == (False, True)
    assert tables.version != sandbox.version


def test_limits_of_the_sandbox_stay_in_days(sandbox: Tables) -> None:
    for rules in sandbox.payer_rules:
        waits = [rules.filing.limit, *(level.file_within for level in rules.appeals.levels)]
        waits += [wait for wait in (rules.filing.secondary, rules.corrections, rules.reopening) if wait]
        assert all(wait.unit != "seconds" for wait in waits), rules.name
    assert rules_named(sandbox, "sandbox").waits["inquiry_first"] == Wait(
        amount=12, unit="seconds", source="sandbox script: short enough to watch"
    )


# ------------------------------------------------------------------------------------------------- bad files


def folder_with(tmp_path: Path, **texts: str) -> Path:
    (tmp_path / "default.toml").write_text((RULES / "default.toml").read_text())
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


FAULTS = {
    "seconds": ('[waits]\nfollow_up = { amount = 5, unit = "seconds", source = "s" }', "waits.follow_up", "sandbox"),
    "no source": ('[waits]\nfollow_up = { amount = 5, unit = "calendar_days", source = "q" }', "follow_up", "'q'"),
    "unit": ('[waits]\nfollow_up = { amount = 5, unit = "weeks", source = "s" }', "waits.follow_up.unit", "input"),
    "negative": ('[waits]\nfollow_up = { amount = -1, unit = "calendar_days", source = "s" }', "follow_up", "negative"),
    "unknown key": ("small_balanse_cents = 1", "small_balanse_cents", "permitted"),
    "parent": ('extends = "nobody"', "extends", "nobody"),
    "twice": ('filing_indicators = ["MB"]', "filing_indicators", "MB"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_rules_file_is_refused_with_file_key_and_advice(tmp_path: Path, fault: str) -> None:
    text, key, said = FAULTS[fault]
    head = 'extends = "default"\n' if "extends" not in text else ""
    bad, tables_of_it = (text, "") if not text.startswith("[") else ("", text)
    folder = folder_with(
        tmp_path,
        acme=f'{head}name = "acme"\nversion = "1"\n{bad}\n[sources]\ns = "a source"\n{tables_of_it}\n',
        other='extends = "default"\nname = "other"\nversion = "1"\nfiling_indicators = ["MB"]\n[sources]\n',
    )
    with pytest.raises(TableError) as refusal:
        load_tables(folder)
    assert refusal.value.file.name in {"acme.toml", "other.toml"}
    assert key in refusal.value.key
    assert said in str(refusal.value)
    assert refusal.value.advice


def test_a_file_that_is_no_toml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="line 2"):
        load_tables(folder_with(tmp_path, broken='name = "broken"\nversion = = 2\n'))


def test_a_folder_without_default_rules_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('name = "other"\n[sources]\n')
    with pytest.raises(TableError, match=r"default\.toml"):
        load_tables(tmp_path)


# ------------------------------------------------------------------------------------------------- holidays


@pytest.mark.parametrize(
    "day",
    [
        # OPM's lists of federal holidays: observed on Friday for a Saturday, on Monday for a Sunday
        date(2026, 7, 3),
        date(2026, 6, 19),
        date(2027, 1, 1),
        date(2021, 12, 31),
        date(2021, 6, 18),
        date(2022, 12, 26),
        date(2026, 11, 26),
        date(1999, 12, 31),
        date(2025, 11, 11),
        date(2044, 12, 26),
    ],
)
def test_a_federal_holiday_and_its_observed_day_are_no_business_days(tables: Tables, day: date) -> None:
    assert day in tables.holidays


@pytest.mark.parametrize("day", [date(2026, 7, 6), date(2026, 3, 2), date(2020, 6, 19), date(2026, 11, 27)])
def test_other_days_are_business_days(tables: Tables, day: date) -> None:
    # Juneteenth is a federal holiday since 2021 only; the Friday after Thanksgiving is none.
    assert day not in tables.holidays


def test_the_calendar_spans_the_years_it_promises(tables: Tables) -> None:
    assert {day.year for day in tables.holidays} == set(range(1995, 2046))
