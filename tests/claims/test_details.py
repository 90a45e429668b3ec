"""What operations reads of one claim in the Temporal UI: enough to act, nothing protected, nothing that breaks the page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from claims.details import details_markdown, moment
from claims.lifecycle import begin, step
from claims.messages import read_message
from claims.state import ClaimState
from tests.workflows.kit import TABLES, claim_of, registered

AT = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)


def coding() -> ClaimState:
    """A visit without codes, whose coverage somebody saw to."""
    state = begin(registered(claim_of("SBXPAID", coded=False), "c1", coded=False, at=AT), TABLES).state
    return tell(state, "override_eligibility", {"reason": "card seen", "by": "desk-1"})


def tell(state: ClaimState, name: str, body: object, at: datetime = AT) -> ClaimState:
    event = read_message(name, body, at=at, id=f"{name}/{state.sequence}", state=state, tables=TABLES)
    return step(state, event, TABLES).state


def rows(text: str) -> dict[str, str]:
    """Label -> text of every table row."""
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return {name.replace("\u00a0", " ").strip(): value.strip() for name, value in cells}


def test_it_says_what_the_claim_waits_for_since_when_until_when_and_who_acts() -> None:
    told = rows(details_markdown(coding(), TABLES))
    assert told["Claim"] == "TEST1001 at SBXPAID"
    assert told["Status"] == "**awaiting_coding** since 2026-03-02 09:05 EST, stage registered"
    assert told["Waits for"] == "a coder's codes"
    assert told["Who acts"] == "coder"
    assert told["Until"].endswith("(coding)")
    assert told["Money"] == "charge 125.00, paid 0.00, **open 125.00**"


def test_a_message_that_may_be_sent_now_stands_with_a_body_to_copy() -> None:
    told = rows(details_markdown(coding(), TABLES))
    body = re.search(r"`({.*})`", told["`code`"])
    assert body is not None
    assert json.loads(body[1])["lines"][0]["procedure"] == "99213"
    assert "`approve`" not in told


def test_a_refused_message_is_shown_with_its_reason_until_the_claim_moves_on() -> None:
    state = tell(coding(), "cod", {"by": "coder-1"})
    assert rows(details_markdown(state, TABLES))["Refused"].startswith(
        "`cod` by coder-1, 2026-03-02 09:05 EST: there is no message of this name"
    )
    body = {"diagnoses": ["I10"], "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}]}
    later = tell(state, "code", body, at=AT.replace(hour=15))
    assert later.status != state.status
    assert "Refused" not in rows(details_markdown(later, TABLES))


@pytest.mark.parametrize("name", ["a|b\n| c | d |", "[here](http://x)", "<img src=x>", "`code`", "x" * 5000, "$1$"])
def test_whatever_somebody_sends_stays_one_cell_without_markup(name: str) -> None:
    plain = details_markdown(tell(coding(), "nothing", {}), TABLES)
    text = details_markdown(tell(coding(), name, {"by": name}), TABLES)
    assert len(text.splitlines()) == len(plain.splitlines())
    assert len(text) < len(plain) + 400
    row = next(line for line in text.splitlines() if line.startswith("| Refused"))
    assert row.count("|") == 3
    assert row.count("`") == 2
    assert not re.search(r"(?<!\\)\[|<|\$", row.replace("`[here](http://x)`", ""))


def test_no_name_and_no_member_number_of_the_patient_is_in_it() -> None:
    state = coding()
    text = details_markdown(tell(state, "hold", {"kind": "documents", "reason": "note", "by": "b"}), TABLES).upper()
    for protected in ("SAMPLE", "ROBIN", "M1234567", "1980", "9 PIER"):
        assert protected not in text


def test_the_last_second_of_a_day_reads_as_its_end() -> None:
    # 22 February 23:59:59 in New York is 23 February 04:59:59 UTC: standard time is UTC-5.
    assert moment(datetime(2027, 2, 23, 4, 59, 59, tzinfo=UTC), "America/New_York") == "2027-02-22, end of day EST"
    assert moment(datetime(2027, 7, 1, 12, 0, tzinfo=UTC), "America/New_York") == "2027-07-01 08:00 EDT"
