"""Values of the core as plain data, for those who must not know its types. A part that was told before is not told anew."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from claims.state import ClaimState

KEPT = 4096


class Plain:
    """Dumps of states of one claim. States share most of their parts, so a part is remembered by its identity."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, Any]] = {}

    def of(self, state: ClaimState) -> dict[str, Any]:
        """Every field of a state, and whether it is closed."""
        found = {name: self.value(getattr(state, name)) for name in ClaimState.model_fields if name not in SKIPPED}
        found["closed"] = state.closed
        return found

    def value(self, part: Any) -> Any:
        if isinstance(part, BaseModel):
            known = self._known.get(id(part))
            if known is not None and known[0] is part:
                return known[1]
            if len(self._known) > KEPT:
                self._known.clear()
            dumped = part.model_dump()
            self._known[id(part)] = (part, dumped)
            return dumped
        if isinstance(part, tuple):
            return [self.value(one) for one in part]
        return part


SKIPPED = frozenset({"seen", "findings", "in_flight", "refused", "closed_tasks"})
"""Fields that no rule of the auditor is about."""
