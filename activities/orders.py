"""What travels between workflows and activities: an order with its effect, the journal's batch, and the answer.

These shapes are part of every running claim's history: add fields with defaults, never rename or remove one.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import Field

from claims.base import Instant, Value
from claims.effects import AnyEffect
from claims.events import AnyEvent
from claims.matching import IndexEntry
from claims.ports import JournalEntry, UnmatchedItem
from claims.state import ClaimState
from claims.views import ClaimView

E = TypeVar("E")


class JournalBatch(Value):
    """Steps of one claim that are not yet in the records, with the read model and index as they are after the last one."""

    practice: str
    claim_id: str
    entries: tuple[JournalEntry, ...]
    view: ClaimView
    index: IndexEntry


class Order(Value, Generic[E]):
    """One effect to carry out for one claim.

    `asked_at` is when the claim first asked for it; it stays the same for every try, so that a document written anew
    for a later try is the same to the byte and an idempotency key never meets another body.
    `journal` are steps that the activity writes to the records before anything else.
    """

    practice: str
    claim_id: str
    asked_at: Instant
    effect: E
    journal: JournalBatch | None = None

    @property
    def key(self) -> str:
        """The effect's idempotency key in the whole installation. No protected data: all its parts are opaque."""
        effect_id: str = getattr(self.effect, "id", "")
        return f"{self.practice}/{self.claim_id}/{effect_id}"


class Answer(Value):
    """What an effect brought: events of the claim that asked. Their ids and times are set by the claim's workflow."""

    events: tuple[AnyEvent, ...]


Seal = Literal["", "opened", "person", "shut"]


class Waiting(Value):
    """A message as it came, not read yet. `text` is its JSON as sent (empty = no body).

    `seal`: it came in clear, was opened with a key of ours (that of a person: sealed by the codec server), or is shut:
    sealed for another workflow, or damaged.
    """

    name: str
    text: str = ""
    id: str = ""
    arguments: int = 1
    seal: Seal = ""


class Carried(Value):
    """A claim's whole life so far, for a new run: continue-as-new, or a start out of the archive."""

    kind: Literal["carried"] = "carried"
    state: ClaimState
    inbox: tuple[Waiting, ...] = ()
    events: tuple[AnyEvent, ...] = ()
    """Answers of effects that came in and were not taken yet."""
    asked: dict[str, Instant] = Field(default_factory=dict)
    """When each effect in flight was first asked for, by its id."""
    timeline: tuple[JournalEntry, ...] = ()
    unwritten: tuple[JournalEntry, ...] = ()
    build: str = ""


class Farewell(Value):
    """What is stored before a claim's workflow completes."""

    state: ClaimState
    journal: JournalBatch | None = None


class DocumentReference(Value):
    """A raw document in the records, by its SHA-256. `set` is what the carrier called it (`835`, `277`, ...)."""

    sha256: str
    set: str = ""
    source: str = ""
    received_at: Instant
    size: int = 0
    """Bytes; 0 = not known."""


class SetSummary(Value):
    """One set of a document: what it is and what it is about. Amounts in cents; zero difference = it balances."""

    set: str
    parts: int = 0
    amount_cents: int | None = None
    difference_cents: int = 0
    balanced: bool = True


class DocumentSummary(Value):
    """What a document is, without anything of what it says about people."""

    sha256: str
    done: bool = False
    """True where it was taken before: nothing is to be done again."""
    sets: tuple[SetSummary, ...] = ()
    problems: tuple[str, ...] = ()


class CashSummary(Value):
    """Where the cash of one 835 set went, in cents: payment = posted + held + unmatched + provider level."""

    trace_number: str = ""
    payment_cents: int
    posted_cents: int = 0
    held_cents: int = 0
    unmatched_cents: int = 0
    provider_cents: int = 0
    held: str = ""


class DeliveryReport(Value):
    """Where the parts of a document went: `parts = delivered + unmatched + held`."""

    sha256: str
    parts: int = 0
    delivered: int = 0
    claims: int = 0
    unmatched: tuple[UnmatchedItem, ...] = ()
    problems: int = 0
    already_done: bool = False
    trouble: str = ""
    """Why the document was set aside: a type and a place of this program. Empty where it was read."""
    remittances: tuple[CashSummary, ...] = ()
    found_later: int = 0
    """Parts that were nobody's when the document came, and reached a claim in a second look."""


class SetAside(Value):
    """A document that this program can't deal with as it is, and why: a type and a place, never what it says."""

    document: DocumentReference
    reason: str


class InboxReport(Value):
    """One round of the inbox. `trouble` is a type and a code where the carrier could not be asked."""

    listed: int = 0
    new: int = 0
    known: int = 0
    trouble: str = ""


__all__ = [
    "Answer",
    "AnyEffect",
    "Carried",
    "CashSummary",
    "DeliveryReport",
    "DocumentReference",
    "DocumentSummary",
    "Farewell",
    "InboxReport",
    "JournalBatch",
    "Order",
    "SetAside",
    "SetSummary",
    "Waiting",
]
