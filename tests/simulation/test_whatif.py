"""Two sets of rules over the same seeds: the same luck for both, figures that add up, and a reading that admits doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.tables.loader import load_tables
from simulation.figures import FIGURES, Sums
from simulation.town import live
from simulation.whatif import RuleSet, compare, draw, measure, rule_set, table

DAY14 = rule_set("day 14:inquiry_first=14,follow_up=30")
DAY30 = rule_set("day 30:inquiry_first=30,follow_up=45")


def test_a_rule_set_is_waits_in_days_or_a_folder(tmp_path: Path) -> None:
    assert rule_set("early:inquiry_first=10,warn_days=30/15") == RuleSet(
        "early", waits=(("inquiry_first", 10),), warn_days=(30, 15)
    )
    assert rule_set(f"ours:{tmp_path}") == RuleSet("ours", folder=str(tmp_path))
    for wrong in ("nameless", ":a=1", "a:b", "a:b=c"):
        with pytest.raises(ValueError):
            rule_set(wrong)


def test_waits_of_a_set_reach_the_claims_and_nothing_else_does() -> None:
    rules = next(one for one in load_tables().payer_rules if one.name == "default")
    changed = DAY30.change()(rules)
    assert (changed.waits["inquiry_first"].amount, changed.waits["follow_up"].amount) == (30, 45)
    waits = {**changed.waits, "inquiry_first": rules.waits["inquiry_first"], "follow_up": rules.waits["follow_up"]}
    assert changed.model_copy(update={"waits": waits}) == rules


def test_the_same_rules_twice_differ_in_nothing() -> None:
    first, second = measure(4, 15, 365, DAY14), measure(4, 15, 365, DAY14)
    assert first == second
    assert all(one.difference == 0 for one in compare([first], [second]))


def test_both_sets_meet_the_same_visits() -> None:
    """Common random numbers: whom the practice sees, and what a payer decides of a submission, are no rule's doing."""
    tables = load_tables()
    for number in range(10):
        one = live(9, number, tables, audited=False, tricks=False, change=DAY14.change())
        other = live(9, number, tables, audited=False, tricks=False, change=DAY30.change())
        assert one.visit == other.visit
        assert [(e.kind, e.at) for e in one.tape[:3]] == [(e.kind, e.at) for e in other.tape[:3]]


def test_figures_are_sums_before_they_are_divided() -> None:
    """Two claims of $100.00 owed for 10 and 30 days: 20 days in A/R; one of them clean, one denied."""
    total = Sums()
    total.add(
        Sums(claims=1, submitted=1, clean=1, decided=1, charged=10000, outstanding=100000, paid=6000, contractual=4000)
    )
    total.add(
        Sums(claims=1, submitted=1, decided=1, denied=1, charged=10000, outstanding=300000, touches=3, lost=10000)
    )
    found = {figure.name: figure.counted(total) for figure in FIGURES}
    assert found == {
        "days in A/R": 20,
        "denial rate": 50,
        "clean-claim rate": 50,
        "touches per claim": 1.5,
        "lost to filing limits": 50,
        "net collection": 37.5,
    }


def test_a_difference_within_the_spread_is_not_told_apart(tmp_path: Path) -> None:
    first = [Sums(claims=1, touches=n) for n in (1, 2, 3)]
    second = [Sums(claims=1, touches=n) for n in (2, 1, 4)]
    found = compare(first, second)
    touches = next(one for one in found if one.figure.name == "touches per claim")
    # differences +1, -1, +1: mean 1/3, standard deviation sqrt(4/3), so 1.96 * sqrt(4/9) either way
    assert touches.difference == pytest.approx(1 / 3)
    assert touches.margin == pytest.approx(1.96 * 2 / 3)
    assert "not told apart" in table(found, [DAY14, DAY30], 3, 1)
    draw(found, [DAY14, DAY30], tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")
