"""837P and 837I sets as claims."""

from __future__ import annotations

from adapters.x12.claims_in.sets import read_claims

__all__ = ["read_claims"]
