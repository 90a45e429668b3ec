"""What finding a claim works with: what is known of each claim, and where the parts of a document went."""

from __future__ import annotations

from claims.base import Day, Value
from claims.events import AnyEvent


class SubmissionKey(Value):
    """The numbers that one submission travelled under."""

    submission: int
    interchange_control_number: str = ""
    group_control_number: str = ""
    set_control_number: str = ""
    carrier_reference: str = ""
    """The carrier's own number of it; in a 277CA it may come back as the batch (loop 2200B TRN02)."""


class IndexEntry(Value):
    """What is known of a claim for finding it; control numbers, no names. Charge in cents."""

    practice: str
    claim_id: str
    patient_control_number: str
    payer_ids: tuple[str, ...] = ()
    payer_claim_control_numbers: tuple[str, ...] = ()
    submissions: tuple[SubmissionKey, ...] = ()
    traces: tuple[str, ...] = ()
    """Traces of our 270s and 276s still of interest."""
    member_ids: tuple[str, ...] = ()
    service_from: Day | None = None
    service_to: Day | None = None
    charge_cents: int = 0
    line_control_numbers: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()
    """Procedure (or revenue code) and charge in cents of each line."""


class Delivery(Value):
    """An event for one claim."""

    practice: str
    claim_id: str
    event: AnyEvent


class Unmatched(Value):
    """A part of a document that is nobody's. Amount in cents. `part` counts provider adjustments of a set, from 1."""

    position: int
    set: str
    reference: str
    payer: str = ""
    amount_cents: int | None = None
    reason: str
    part: int = 0


class Held(Value):
    """A part of a document that is kept back, and why (it doesn't balance, for example)."""

    position: int
    set: str
    reference: str
    practice: str = ""
    claim_id: str = ""
    amount_cents: int | None = None
    reason: str


class Routing(Value):
    """Where every part of a document went; nothing of it is left out."""

    deliveries: tuple[Delivery, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    held: tuple[Held, ...] = ()
