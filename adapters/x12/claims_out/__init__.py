"""Claims as 837P (005010X222A1) and 837I (005010X223A2)."""

from __future__ import annotations

from adapters.x12.claims_out.sets import VERSIONS, write_claim, write_claims

__all__ = ["VERSIONS", "write_claim", "write_claims"]
