"""What a pure function said last, by the very values that it was asked about: a ledger is needed many times in one step.

Values are frozen, so the same object means the same answer. What is remembered is kept alive with its answer, so that its
identity can't pass to another value; there are few, and dropping them changes nothing but time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from claims.state import ClaimState

T = TypeVar("T")

NOT_MONEY = frozenset(
    {
        "version",
        "sequence",
        "changed_at",
        "seen",
        "status",
        "stage",
        "since",
        "findings",
        "submissions",
        "deadlines",
        "tasks",
        "closed_tasks",
        "task_count",
        "effect_count",
        "in_flight",
        "holds",
        "notes",
        "refused",
        "failure",
        "appeals",
        "approvals",
        "statements",
        "reported",
        "account_standing",
        "archived",
        "resent_at",
    }
)
"""Fields of a claim that no sum of money depends on; a field that isn't named here does matter."""
_MONEY = tuple(name for name in ClaimState.model_fields if name not in NOT_MONEY)


class Memo(Generic[T]):
    """Up to `kept` answers; when there are as many, it begins anew."""

    def __init__(self, kept: int = 512) -> None:
        self._kept = kept
        self._known: dict[tuple[int, ...], tuple[tuple[object, ...], T]] = {}

    def of(self, asked: tuple[object, ...], answer: Callable[[], T]) -> T:
        """The answer to `asked`, compared by identity."""
        key = tuple(map(id, asked))
        known = self._known.get(key)
        if known is not None:
            return known[1]
        found = answer()
        if len(self._known) >= self._kept:
            self._known.clear()
        self._known[key] = (asked, found)
        return found


def money_of(state: ClaimState) -> tuple[object, ...]:
    """Everything of a claim that a sum of money may depend on."""
    fields = state.__dict__
    return tuple(fields[name] for name in _MONEY)
