"""What the scrubber says of a claim."""

from __future__ import annotations

from typing import Literal

from claims.base import Value


class Finding(Value):
    """One edit that fired: where in the claim, why (codes only, no protected data), what to do, and the edit's source."""

    edit: str
    severity: Literal["error", "warning"]
    where: str
    reason: str
    fix: str
    source: str = ""
