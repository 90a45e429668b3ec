"""The performance page says what was measured, and carries it on to a million claims by arithmetic anybody can follow."""

from __future__ import annotations

import json

import pytest

from tools import performance_page


def test_the_performance_page_is_current() -> None:
    assert performance_page.TARGET.read_text(encoding="utf-8") == performance_page.page(), "run `make docs`"


def test_every_kept_result_has_its_section() -> None:
    kept = {path.stem for path in performance_page.RESULTS.glob("*.json")}
    assert kept <= set(performance_page.SECTIONS)


def test_a_million_claims_are_what_the_first_cost_and_what_each_claim_more_costs() -> None:
    # 10 MB at 100 claims and 55 MB at 1,000: 45 MB / 900 = 50 kB a claim; 10 MB + 50 kB x 999,900 = 50,005 MB
    sizes = {"server_mb": (10, 55), "server_disk_mb": (10, 55), "records_disk_mb": (10, 55)}
    growth = {
        "open_claims": [{"claims": n, **{k: v[i] for k, v in sizes.items()}} for i, n in enumerate((100, 1000))],
        "one_million": dict.fromkeys(("server_gb", "server_disk_gb", "records_disk_gb"), 50.0),
    }
    told = performance_page._million(growth)
    assert "(55 - 10) MB / 900 claims = 50.0 kB a claim" in told
    assert "10 MB + 50.0 kB x 999,900 = **50 GB**" in told
    with pytest.raises(AssertionError, match=r"growth\.json says otherwise"):
        performance_page._million({**growth, "one_million": dict.fromkeys(growth["one_million"], 7.0)})


def test_a_missed_goal_is_said_as_plainly_as_one_that_is_met() -> None:
    kept = json.loads((performance_page.RESULTS / "core.json").read_text(encoding="utf-8"))
    assert performance_page._goal({**kept, "ratio": 1.4, "goal": 1.5, "better": "lower"}) == "at most 1.5, met"
    assert performance_page._goal({**kept, "ratio": 0.7, "goal": 0.8, "better": "higher"}) == "at least 0.8, **missed**"
