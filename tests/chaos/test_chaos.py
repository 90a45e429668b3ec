"""One seed of the chaos, and that consecutive seeds strike every named point; `make chaos` runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.points import FAULTS, KILLS, Plan, Trouble, Wound, plan_of
from tests.chaos.run import chaos
from tests.chaos.verdict import Verdict, tally

SENDING = (
    "before the claim is sent",
    "the claim is sent, its answer lost",
    "between fetching and storing",
    "between proving and delivering",
    "in mid continue-as-new",
)


def test_consecutive_seeds_strike_every_point_and_a_seed_is_one_plan() -> None:
    plans = [plan_of(seed) for seed in range(1, 7)]
    assert {wound.name for plan in plans for wound in plan.wounds} >= set(KILLS)
    assert {trouble.fault for plan in plans for trouble in plan.troubles} >= set(FAULTS)
    assert plan_of(3) == plans[2]


@pytest.mark.parametrize("seed", [20261124])
def test_claims_end_where_an_undisturbed_run_leaves_them_and_each_submission_is_accepted_once(
    tmp_path: Path, seed: int
) -> None:
    wounds = tuple(Wound(name=name, point=KILLS[name], nth=2) for name in SENDING)
    troubles = (
        Trouble(after=1, what="fault", fault="drop_reply", path="submission"),
        Trouble(after=60, what="server"),
        Trouble(after=120, what="sandbox"),
    )
    verdict = chaos(Plan(seed=seed, wounds=wounds, troubles=troubles), tmp_path)
    assert not verdict.wrong, str(verdict)
    assert verdict.lives == 1 + len(SENDING), str(verdict)
    assert len(verdict.struck) == len(SENDING) + len(troubles), str(verdict)


def test_a_point_that_no_run_struck_is_told_as_never() -> None:
    one, other = Verdict(plan_of(1)), Verdict(plan_of(2))
    one.struck = ["before the claim is sent", "conflict on submission"]
    other.struck = ["conflict on polling", "server killed"]
    told = {line[:45].strip(): line[45:].split() for line in tally([one, other]).splitlines()}
    assert told["before the claim is sent"] == ["1"]
    assert told["conflict"] == ["2", "409"]
    assert told["server killed"] == ["1"]
    assert told["sandbox killed"] == ["never"]
    assert set(told) >= {*KILLS, *FAULTS}
