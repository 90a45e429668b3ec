"""One seed of the chaos, and that consecutive seeds strike every named point; `make chaos` runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.points import KILLS, Plan, Trouble, Wound, plan_of
from tests.chaos.run import chaos

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
