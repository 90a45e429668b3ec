"""What became of a run, and over all runs how often each point was really struck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.chaos.points import CUT, FAULTS, KILLS, OTHERS, Plan

POINTS = (
    *KILLS,
    *(CUT if one == "database" else f"{one} killed" for one in OTHERS),
    *FAULTS,
)
"""Every point by the name under which a strike is told; a fault of the clearinghouse goes on with ` on PATH`."""
SAID = {
    "drop_reply": "the answer is lost",
    "drop_request": "the question is lost",
    "server_error": "500",
    "too_many_requests": "429",
    "conflict": "409",
    "slow": "answers a second later",
}
ELSEWHERE = {"24 hours passed": "tests/workflows/test_deadlines.py, where a day passes in a moment"}


class Verdict:
    """What became of one run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.struck: list[str] = []
        self.wrong: list[str] = []
        self.claims = self.accepted = self.lives = 0
        self.seconds = 0.0

    def __str__(self) -> str:
        said = "ok" if not self.wrong else "WRONG: " + "; ".join(self.wrong)
        return (
            f"seed {self.plan.seed}: {self.claims} claims, {self.accepted} submissions accepted, {self.lives} lives of the "
            f"worker, {len(self.struck)} blows ({', '.join(self.struck)}), {self.seconds:.0f} s: {said}"
        )


def tally(verdicts: Sequence[Verdict]) -> str:
    """A table: point, and how often it was struck in all these runs together. A point that was armed and never met by any
    call is not counted."""
    struck = Counter(name.partition(" on ")[0] for verdict in verdicts for name in verdict.struck)
    rows = [f"{point:45} {struck[point] or 'never':>6} {SAID.get(point, '')}".rstrip() for point in POINTS]
    rows += [f"{point:45} {'':>6} {where}" for point, where in ELSEWHERE.items()]
    return "\n".join([f"{'point':45} {'struck':>6}", *rows])
