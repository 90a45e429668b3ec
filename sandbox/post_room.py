"""Appeals and documents come in by post; the payer decides later. An extension: Stedi has no such address."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.answers import Answer, refusal
from sandbox.clock import stamp
from sandbox.settings import Timing
from sandbox.store import Store


class Correspondence(BaseModel):
    """What is read of a letter; more may be sent along (documents by hash, text) and is kept by nobody."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    patientControlNumber: str = Field(default="", max_length=38)
    payerClaimControlNumber: str = Field(default="", max_length=50)
    kind: Literal["appeal", "documents"]
    level: int = Field(default=1, ge=1, le=5)


class PostRoom:
    """Takes correspondence in."""

    def __init__(self, store: Store, timing: Timing) -> None:
        self._store, self._timing = store, timing

    def receive(self, body: object, now: datetime) -> Answer:
        """Find the claim by the payer's number, then the patient control number; the decision comes later."""
        try:
            letter = Correspondence.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            return refusal(400, "BAD_REQUEST", f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}")
        pccn, pcn = letter.payerClaimControlNumber, letter.patientControlNumber
        found = self._store.claims_by(pccn=pccn) if pccn else []
        found = found or (self._store.claims_by(pcn=pcn) if pcn else [])
        decided = next((c for c in found if c.state == "adjudicated"), None)
        if not found:
            return refusal(404, "NOT_FOUND", "No claim with these numbers is on file.")
        if decided is None:
            return refusal(400, "NO_DECISION", "The claim has no decision to appeal.")
        self._store.schedule(
            "decide",
            now,
            self._timing.after("decision"),
            claim=decided.id,
            correspondence=letter.kind,
            level=letter.level,
        )
        receipt = f"RCP{uuid.uuid4().hex[:12].upper()}"
        return Answer(200, {"receiptId": receipt, "receivedAt": stamp(now), "extension": "claimline-sandbox"})
