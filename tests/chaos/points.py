"""The named points at which a run is disturbed: where a worker is killed, what a clearinghouse does, who else dies.

A wound is one such disturbance: its point, and at which passage of it (counted in one life of the process) it strikes.
Each strikes once in a run, however often the process starts again.
"""

from __future__ import annotations

import random
from typing import Literal

from claims.base import Value

KILLS = {
    "before the claim is sent": "carrier.submit.before",
    "the claim is sent, its answer lost": "carrier.submit.after",
    "control numbers are drawn": "records.next_control_numbers.after",
    "the submission is remembered": "records.remember_submission.after",
    "before a question about coverage": "carrier.ask_eligibility.before",
    "a question about coverage is answered": "carrier.ask_eligibility.after",
    "between listing and fetching": "carrier.poll.after",
    "between fetching and storing": "carrier.fetch.after",
    "stored, not yet noted as fetched": "records.store_document.after",
    "noted as fetched, its workflow not started": "records.remember_item.after",
    "before the cursor moves": "records.move_cursor.before",
    "between proving and delivering": "records.candidates.after",
    "before a delivery": "post.send.before",
    "after a delivery": "post.send.after",
    "all delivered, not yet noted": "records.finish_document.before",
    "a document is finished": "records.finish_document.after",
    "before the journal": "records.write_steps.before",
    "after the journal": "records.write_steps.after",
    "an appeal is sent, its answer lost": "carrier.send_correspondence.after",
    "in mid continue-as-new": "claim.carry.before",
}
"""What happens there -> the point in the code's ports. The worker dies with SIGKILL."""
FAULTS = ("drop_reply", "drop_request", "server_error", "too_many_requests", "conflict", "slow")
"""What the sandbox does to some call."""
PATHS = ("submission", "eligibility", "polling", "transactions", "correspondence")
OTHERS = ("server", "sandbox", "database")
"""Who else is killed with -9 (the database: every call to it fails for a while)."""

CUT = "the database is away"


class Wound(Value):
    """A worker's death at the `nth` passage of a point; with `cut` the records are away for so many seconds instead."""

    name: str
    point: str
    nth: int = 1
    cut: float = 0.0


class Trouble(Value):
    """Something that befalls another process, as soon as all claims together have taken `after` steps (of some 570)."""

    after: int
    what: Literal["server", "sandbox", "fault"]
    fault: str = ""
    path: str = ""


class Plan(Value):
    """Everything that disturbs one run; the same seed makes the same plan."""

    seed: int
    wounds: tuple[Wound, ...]
    troubles: tuple[Trouble, ...]


def plan_of(seed: int, *, kills: int = 4, faults: int = 4, deaths: int = 1) -> Plan:
    """A run's disturbances. Over consecutive seeds every point is struck: kills and faults go round their tables."""
    dice = random.Random(seed)
    names = list(KILLS)
    chosen = [names[(seed * kills + place) % len(names)] for place in range(kills)]
    wounds = [Wound(name=name, point=KILLS[name], nth=dice.randint(1, 3)) for name in chosen]
    cut = Wound(name=CUT, point="records.write_steps.before", nth=dice.randint(2, 30), cut=2.0)
    troubles = [
        Trouble(
            after=dice.randint(0, 120),
            what="fault",
            fault=FAULTS[(seed * faults + place) % len(FAULTS)],
            path=PATHS[(seed + place) % len(PATHS)],
        )
        for place in range(faults)
    ]
    for _ in range(deaths):
        troubles.append(Trouble(after=dice.randint(40, 300), what="server"))
        troubles.append(Trouble(after=dice.randint(40, 300), what="sandbox"))
    return Plan(seed=seed, wounds=(*wounds, cut), troubles=tuple(sorted(troubles, key=lambda one: one.after)))


def plan_for(names: list[str], seed: int = 0) -> Plan:
    """A run that strikes these points, each at its first passage, and nothing else."""
    return Plan(seed=seed, wounds=tuple(Wound(name=name, point=KILLS[name]) for name in names), troubles=())
