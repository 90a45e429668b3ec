"""Letters that come as JSON: a reviewer's decision on an appeal, or a payer's on documents that it asked for.

Not X12, but they find their claim the same way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claims.base import Day
from claims.events import AppealDecided, DocumentsReviewed
from claims.matching import Delivery, IndexEntry, Routing, Unmatched


class DecisionLetter(BaseModel):
    """`decision` on `level` of the appeal of `patientControlNumber`; what else stands in a letter is not read."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: Literal["appeal", "documents"] = "appeal"
    decision: Literal["overturned", "upheld", "partially_overturned", "dismissed"]
    level: int = 0
    patient_control_number: str = Field(alias="patientControlNumber")
    notice_on: Day | None = Field(default=None, alias="noticeDate")


def read_letter(raw: bytes) -> DecisionLetter | None:
    """None where the bytes are no letter of this kind."""
    if not raw.lstrip().startswith(b"{"):
        return None
    try:
        return DecisionLetter.model_validate_json(raw)
    except ValidationError:
        return None


def route_letter(letter: DecisionLetter, index: tuple[IndexEntry, ...], *, at: datetime, document_id: str) -> Routing:
    """To the one claim of that patient control number; with none or several it is unmatched."""
    number = letter.patient_control_number
    claims = [entry for entry in index if entry.patient_control_number == number]
    if len(claims) != 1:
        reason = "no claim has this number" if not claims else f"{len(claims)} claims have this number"
        return Routing(unmatched=(Unmatched(position=1, set="letter", reference=number, reason=reason),))
    common = {"at": at, "id": f"{document_id}/1", "document": document_id, "outcome": letter.decision}
    event: AppealDecided | DocumentsReviewed
    if letter.kind == "documents":
        event = DocumentsReviewed.model_validate(common)
    else:
        event = AppealDecided.model_validate({**common, "level": letter.level, "notice_on": letter.notice_on})
    return Routing(deliveries=(Delivery(practice=claims[0].practice, claim_id=claims[0].claim_id, event=event),))
