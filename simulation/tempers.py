"""How payers, clearinghouses and people are: how long they take and how often they go wrong, in percent.

Invented figures in the range of what domain surveys tell (denials of 5 to 20 percent, rejections of 3 to 8). Nothing here
is a fact about a real payer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PayerTemper:
    """One payer. `days` until a decision; every other figure is percent of its claims."""

    days: tuple[int, int]
    outcomes: tuple[tuple[str, int], ...]
    allowed: tuple[int, int]
    """Share of the charge that the contract allows."""
    loses: int
    repeats: int
    """Sends the same remittance again in another envelope."""
    corrects: int
    """Reverses a decision and corrects it later."""
    takes_back: int
    contradicts: int
    """Answers for a claim twice, without a reversal."""
    lines: int
    """Gives its adjustments line by line."""
    overturns: int
    """Decides an appeal our way."""
    forwards: int
    """Sends the claim on to the next payer where there is one."""
    sequesters: bool = False


_PAYS = (
    ("paid", 72),
    ("deductible", 8),
    ("denied", 7),
    ("partial", 6),
    ("pending", 3),
    ("asks", 3),
    ("direct", 1),
)

TEMPERS: dict[str, PayerTemper] = {
    "prompt": PayerTemper((8, 20), _PAYS, (55, 85), 1, 5, 4, 1, 1, 80, 50, 20),
    "slow": PayerTemper((20, 80), _PAYS, (50, 80), 4, 6, 6, 2, 2, 70, 40, 10),
    "denier": PayerTemper(
        (10, 35),
        (("paid", 48), ("deductible", 6), ("denied", 24), ("partial", 12), ("pending", 4), ("asks", 6)),
        (40, 75),
        3,
        8,
        8,
        4,
        3,
        60,
        55,
        5,
    ),
    "careless": PayerTemper(
        (5, 60),
        (
            ("paid", 50),
            ("deductible", 7),
            ("denied", 10),
            ("partial", 8),
            ("pending", 7),
            ("asks", 6),
            ("priced", 4),
            ("not_ours", 3),
            ("split", 5),
        ),
        (45, 90),
        10,
        25,
        20,
        10,
        10,
        50,
        50,
        10,
    ),
    "federal": PayerTemper(
        (14, 30),
        (("paid", 74), ("deductible", 7), ("denied", 10), ("partial", 6), ("asks", 3)),
        (40, 60),
        1,
        4,
        3,
        2,
        0,
        95,
        45,
        75,
        sequesters=True,
    ),
    "state": PayerTemper((15, 70), (*_PAYS, ("denied", 8)), (25, 50), 4, 6, 6, 5, 2, 60, 35, 0),
}


@dataclass(frozen=True)
class Clearinghouse:
    """Percent of what passes through it."""

    refuses: int = 4
    unknown: int = 4
    arrived_after_all: int = 60
    """Of unknown outcomes: the clearinghouse did take it."""
    rejects: int = 5
    payer_rejects: int = 3
    loses_claim: int = 2
    """Accepts the claim and never passes it on."""
    loses_ack: int = 8
    repeats_ack: int = 6
    reorders: int = 6
    late_rejection: int = 2
    malformed: int = 1
    fails: int = 1


@dataclass(frozen=True)
class Office:
    """A practice's people. `days` between a task and the work on it, for the prompt and for the late."""

    prompt_days: tuple[int, int] = (0, 3)
    late_days: tuple[int, int] = (10, 70)
    late: int = 12
    forgets: int = 4
    """Of tasks: nobody looks at them again until a deadline rings."""
    repeats: int = 6
    """Sends the same message twice."""
    muddles: int = 5
    """Does something that the task doesn't ask for."""


CLEARINGHOUSE = Clearinghouse()
OFFICE = Office()
