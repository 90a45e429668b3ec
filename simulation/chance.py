"""Chance that can be told again: one stream of numbers for each seed, claim and purpose.

A purpose has a stream of its own, so that what happens for one of them doesn't move the luck of another: two sets of rules
over the same seed meet the same payers, patients and accidents (common random numbers).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """One purpose's luck. `random.Random` seeded with a text hashes it with SHA-512: no PYTHONHASHSEED in it."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(name)

    def happens(self, percent: int) -> bool:
        """True in `percent` of a hundred cases."""
        return self._random.randrange(100) < percent

    def rarely(self, permille: int) -> bool:
        """True in `permille` of a thousand cases."""
        return self._random.randrange(1000) < permille

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self._random.randrange(len(choices))]

    def weighted(self, choices: Sequence[tuple[str, int]]) -> str:
        """One of the names, each as likely as its weight."""
        point = self._random.randrange(sum(weight for _, weight in choices))
        for name, weight in choices:
            point -= weight
            if point < 0:
                return name
        raise AssertionError("weights add up")

    def days(self, low: int, high: int) -> timedelta:
        """Between so many days, at some minute of a day."""
        return timedelta(minutes=self.between(low * 1440, high * 1440))

    def minutes(self, low: int, high: int) -> timedelta:
        return timedelta(minutes=self.between(low, high))


class Chance:
    """Every stream of one claim of one seed."""

    def __init__(self, seed: int, claim: int) -> None:
        self._name = f"{seed}/{claim}"
        self._streams: dict[str, Stream] = {}

    def of(self, purpose: str) -> Stream:
        """The stream of a purpose; it goes on where it was left."""
        found = self._streams.get(purpose)
        if found is None:
            found = self._streams[purpose] = Stream(f"{self._name}/{purpose}")
        return found
