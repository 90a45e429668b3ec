"""The scrubber against single faults in otherwise valid claims, and against unusual claims that are valid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from adapters.tables.icd10 import load_icd10
from claims.claim import Claim
from claims.findings import Finding
from claims.payer_rules import FilingLimit, PayerRules
from claims.scrub import EDITS, last_day_to_file, scrub
from claims.scrub.edit import Scene
from claims.scrub.parties import luhn_holds
from tests.claims.scrub_claims import (
    TABLES,
    TODAY,
    coverage,
    dx,
    institutional,
    line,
    one_line,
    professional,
    provider,
    rules,
    secondary,
    wait,
)
from tests.claims.scrub_faults import ALSO, FAULTS, cob
from tests.claims.scrub_unusual import UNUSUAL


def findings(claim: Claim, payer: PayerRules | None = None, today: date = TODAY) -> tuple[Finding, ...]:
    return scrub(claim, rules=payer or rules(), tables=TABLES, icd=load_icd10(), today=today)


def edits(claim: Claim, payer: PayerRules | None = None, today: date = TODAY) -> set[str]:
    return {finding.edit for finding in findings(claim, payer, today)}


def id_of(row: tuple[Any, ...]) -> str:
    return str(row[0])


@pytest.mark.parametrize("row", FAULTS, ids=id_of)
def test_one_fault_is_named_and_nothing_else_is(row: tuple[str, Claim, str]) -> None:
    name, claim, expected = row
    assert edits(claim) == {expected} | ALSO.get(name, set())


@pytest.mark.parametrize("row", UNUSUAL, ids=id_of)
def test_an_unusual_claim_that_is_valid_passes_in_silence(row: tuple[str, Claim]) -> None:
    name, claim = row
    # Old dates are about codes here, not about timely filing: those rows get a payer with a long limit.
    long = rules(filing=FilingLimit(limit=wait(20, "years")))
    assert findings(claim, long) == (), name


def test_every_edit_of_the_table_is_tried_by_a_fault_of_its_own() -> None:
    tried = {expected for _, _, expected in FAULTS} | set().union(*ALSO.values())
    elsewhere = {"replacement-not-taken", "icd-10-before-change", "decision-of-unknown-payer", "diagnosis-unconfirmed"}
    elsewhere |= {"filing-limit-perhaps-passed"}
    assert {edit.name for edit in EDITS} - tried == elsewhere


def test_names_are_unique_and_every_edit_has_a_source() -> None:
    names = [edit.name for edit in EDITS]
    assert len(names) == len(set(names))
    assert all(edit.source for edit in EDITS)


def test_a_finding_repeats_no_name_number_or_birth_date() -> None:
    for name, claim, _ in FAULTS:
        told = " ".join(f"{f.where} {f.reason} {f.fix}" for f in findings(claim))
        private = [c.member_id for c in claim.coverages if c.member_id] + [claim.billing.identifier, "DOE", "ROE"]
        private += [claim.patient.birth_date.isoformat()] if claim.patient.birth_date else []
        assert not [word for word in private if word and word in told], name


# ---------------------------------------------------------------------------------------- single edits, closer


@pytest.mark.parametrize(("npi", "holds"), [("1234567893", True), ("1234567890", False), ("1245319599", True)])
def test_the_check_digit_of_an_npi(npi: str, holds: bool) -> None:
    # CMS's example: 123456789 from the right, every other digit doubled, digits summed: 9+8+5+6+1+4+6+2+2 = 43;
    # with the 24 of the prefix 67, and 70 - 67 = 3 is the check digit.
    assert luhn_holds(npi) is holds


def test_findings_come_with_place_reason_fix_and_source() -> None:
    (found,) = findings(professional(lines=(line(1, pointers=(1, 3), charge_cents=17500),)))
    assert (found.edit, found.severity) == ("pointer-absent-diagnosis", "error")
    assert found.where == "line 1 SV107"
    assert found.reason == "pointer 3, and the claim has 2 diagnoses"
    assert found.fix
    assert found.source


def test_places_name_the_loop_of_their_guide() -> None:
    wrong = "1234567894"
    claims = (
        professional(providers=(provider("rendering", identifier=wrong),)),
        institutional(providers=(provider("attending", identifier=wrong),)),
        one_line(providers=(provider("ordering", identifier=wrong),)),
    )
    assert [findings(claim)[0].where for claim in claims] == ["2310B NM109", "2310A NM109", "line 1 2420E NM109"]


def test_a_code_beyond_the_end_of_the_list_is_only_a_doubt() -> None:
    served = date(2027, 4, 5)
    claim = one_line(service_from=served, service_to=served)
    claim = claim.model_copy(update={"codes": (dx("J029", "ABK"), dx("Z9999"))})
    (found,) = findings(claim, today=date(2027, 4, 6))
    assert (found.edit, found.severity) == ("diagnosis-unconfirmed", "warning")


def test_icd_10_before_its_day_is_wrong() -> None:
    claim = one_line(service_from=date(2015, 9, 30), service_to=date(2015, 9, 30))
    assert edits(claim, rules(filing=FilingLimit(limit=wait(20, "years")))) == {"icd-10-before-change"}


def test_workers_compensation_may_still_take_icd_9() -> None:
    codes = (dx("84509", "BK"),)
    claim = one_line().model_copy(update={"codes": codes, "coverages": (coverage(filing_indicator="WC"),)})
    assert edits(claim) == set()
    assert edits(claim.model_copy(update={"coverages": (coverage(),)})) == {"icd-9-after-change"}


def test_a_line_decision_names_a_payer_of_the_claim() -> None:
    claim = cob(first={"payer_id": "00999"})
    # The claim's 116.00 then no longer meets the 20.00 that is left of the known payer's line payments.
    assert edits(claim) == {"decision-of-unknown-payer", "cob-claim-balance"}


def test_medicare_part_b_takes_no_replacement_and_part_a_does() -> None:
    medicare = rules(name="medicare", accepts_replacement=False, accepts_replacement_institutional=True)
    again = {"frequency": "7", "references": (("F8", "2026309123456"),)}
    assert edits(professional(**again), medicare) == {"replacement-not-taken"}
    assert edits(institutional(**again), medicare) == set()


def test_a_void_of_part_b_is_no_replacement() -> None:
    medicare = rules(name="medicare", accepts_replacement=False)
    assert edits(professional(frequency="8", references=(("F8", "2026309123456"),)), medicare) == set()


# ------------------------------------------------------------------------------------------ the filing limit


def last_day(claim: Claim, payer: PayerRules) -> date | None:
    return last_day_to_file(Scene(claim=claim, rules=payer, tables=TABLES, icd=load_icd10(), today=TODAY))


@pytest.mark.parametrize(
    ("served", "limit", "expected"),
    [
        (date(2026, 8, 26), wait(90, "calendar_days"), date(2026, 11, 24)),
        (date(2024, 2, 29), wait(1, "years"), date(2025, 2, 28)),
        (date(2026, 8, 31), wait(6, "months"), date(2027, 2, 28)),
        (date(2026, 11, 24), wait(2, "business_days"), date(2026, 11, 27)),  # Thanksgiving, the 26th, is none
    ],
)
def test_the_last_day_to_file_counts_from_the_service(served: date, limit: Any, expected: date) -> None:
    claim = one_line(service_from=served, service_to=served)
    assert last_day(claim, rules(filing=FilingLimit(limit=limit))) == expected


def test_medicare_counts_a_stay_from_its_last_day_and_rolls_to_a_workday() -> None:
    year = rules(filing=FilingLimit(limit=wait(1, "years"), roll=True))
    # 2025-11-26 + 1 year is Thanksgiving 2026; 2025-11-28 + 1 year is a Saturday, the Monday after it the 30th.
    assert last_day(institutional(statement_from=date(2025, 11, 1), statement_to=date(2025, 11, 26)), year) == date(
        2026, 11, 27
    )
    assert last_day(institutional(statement_from=date(2025, 11, 1), statement_to=date(2025, 11, 28)), year) == date(
        2026, 11, 30
    )


def test_a_later_payer_counts_from_the_decision_before_it() -> None:
    limit = FilingLimit(limit=wait(90, "calendar_days"), secondary=wait(60, "calendar_days"))
    # decided on 2026-11-12; sixty days on is 2027-01-11
    assert last_day(secondary(), rules(filing=limit)) == date(2027, 1, 11)


def test_the_day_itself_is_still_in_time() -> None:
    claim = one_line(service_from=date(2026, 8, 26), service_to=date(2026, 8, 26))
    assert edits(claim) == {"filing-limit-near"}
    assert edits(claim, today=TODAY + timedelta(days=1)) == {"filing-limit-passed"}


def test_a_payer_whose_limit_nobody_knows_gets_a_doubt_until_a_year_is_over() -> None:
    default = rules(name="default", payer_ids=())

    def served(on: date) -> Claim:
        return one_line(service_from=on, service_to=on)

    assert edits(served(date(2026, 9, 5)), default) == set()  # the usual ninety days end soon: no reason to call
    assert edits(served(date(2026, 8, 1)), default) == {"filing-limit-perhaps-passed"}
    assert edits(served(date(2025, 11, 23)), default) == {"filing-limit-passed"}


def test_a_medicaid_whose_state_nobody_entered_is_a_doubt_and_medicares_year_is_law() -> None:
    medicaid = rules(name="medicaid", payer_ids=(), filing_indicators=("MC",))
    claim = one_line(service_from=date(2026, 6, 24), service_to=date(2026, 6, 24))
    assert edits(claim, medicaid) == {"filing-limit-perhaps-passed"}  # states give 90 days to a year
    year = FilingLimit(limit=wait(1, "years"))
    medicare = rules(name="medicare", payer_ids=(), filing_indicators=("MA", "MB"), filing=year)
    claim = one_line(service_from=date(2025, 11, 20), service_to=date(2025, 11, 20))
    assert edits(claim, medicare) == {"filing-limit-passed"}


def test_a_last_day_at_the_end_of_the_calendar_raises_nothing() -> None:
    claim = one_line(service_from=date(2026, 2, 2), service_to=date.max)
    assert edits(claim, rules(name="default", payer_ids=())) == {"service-in-future", "filing-limit-perhaps-passed"}
