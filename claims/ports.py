"""What the outside must offer, as Protocols with their values and errors: a carrier, the records, X12, letters.

They stand here because activities use them and adapters implement them, and neither imports the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

from claims.accounts.effects import LayOutStatement
from claims.accounts.state import AccountState
from claims.accounts.views import AccountEntry, AccountView
from claims.base import Day, Instant, Value
from claims.cash import Accounting, Placed
from claims.claim import Claim
from claims.documents import Problem
from claims.effects import SendAppeal
from claims.matching import IndexEntry
from claims.questions import EligibilityQuestion, StatusQuestion
from claims.state import ClaimState
from claims.views import ClaimView


class CarrierError(Exception):
    """An outage or a fault of the carrier or the way to it. The message never repeats a body, sent or received."""


class RateLimited(CarrierError):
    """429, or 409 while the first copy is still in flight: ask again under the same key after `retry_after`."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(CarrierError):
    """Time-outs, refused connections and 5xx: the same request may be sent again under the same key."""


class AuthenticationFailed(CarrierError):
    """401 or 403: the key is wrong or not allowed here. Asking again is useless until a person mends it."""


class RequestRefused(CarrierError):
    """400, 404, 413, 422: the request itself is wrong; asking again is useless."""


class NotOffered(CarrierError):
    """This carrier has no such service: nobody was asked, and asking again is useless. The claim goes on without it."""


class OutcomeUnknown(CarrierError):
    """The request may have been carried out, and the carrier offers no key to ask again under."""


class RecordsError(Exception):
    """The records can't be read or written: where, what, and what to do; never a stored value.

    `transient` tells that the same call may succeed later (locked, unreachable); everything else needs a person.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class DocumentErased(RecordsError):
    """The content of a document is gone for good: its time had passed. Everything else may be mended by a person."""


class CannotWrite(ValueError):
    """An outgoing document can't be written: a value is missing, too long or would change. Asking again is useless.

    `where` is the element or segment; neither it nor the message repeats a value.
    """

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class SubmissionAnswer(Value):
    """What the carrier said of one submission. `x12` is the raw acknowledgement that came with the answer, if any.

    `errors` are the carrier's own edits (code, place, text without protected data); the submission is then not on file.
    """

    accepted: bool
    reference: str = ""
    errors: tuple[str, ...] = ()
    x12: str = ""


class InboundItem(Value):
    """One document waiting at the carrier."""

    id: str
    set: str
    processed_at: Instant


class InboundPage(Value):
    items: tuple[InboundItem, ...]
    next_page: str | None = None


class Carrier(Protocol):
    """One clearinghouse connection. It carries documents; it neither reads nor decides."""

    name: str
    acknowledgements: frozenset[str]
    """Which of `TA1`, `999`, `277CA` this carrier delivers: only those get a deadline."""

    async def submit(self, x12: str, *, claim_type: str, idempotency_key: str) -> SubmissionAnswer: ...
    async def ask_eligibility(self, x12: str) -> str: ...
    async def ask_status(self, x12: str) -> str: ...
    async def poll(self, *, since: datetime, page: str | None = None) -> InboundPage: ...
    async def fetch(self, item_id: str) -> bytes: ...
    async def let_go(self, item_id: str) -> None:
        """The item is stored and its workflow started: a carrier whose list is a folder may remove it now."""
        ...

    async def find_submission(self, patient_control_number: str, *, idempotency_key: str = "") -> bool | None:
        """True or False where the carrier can tell, None where it can't. The key is that of the submission looked for."""
        ...

    async def send_correspondence(
        self, *, kind: Literal["appeal", "documents"], fields: dict[str, str], idempotency_key: str
    ) -> str | None:
        """The receipt, or None where this carrier takes no letters (they are mailed then)."""
        ...


class ControlNumbers(Value):
    """Fresh numbers of one outgoing envelope."""

    interchange: int
    group: int
    set: str


class JournalEntry(Value):
    """One step of a claim, as kept for good: keyed (workflow, sequence). `summary` has codes and amounts, no names."""

    sequence: int
    at: Instant
    event: str
    event_id: str
    by: str = ""
    before: str
    after: str
    path: tuple[str, ...] = ()
    """Every status that the step went through; the last is `after`."""
    effects: tuple[str, ...] = ()
    refused: str = ""
    summary: str = ""


class KnownClaim(Value):
    """What the records know of a claim at intake."""

    practice: str
    claim_id: str
    patient_control_number: str
    fingerprint: str
    closed: bool


UNREADABLE = "unreadable by us"
"""How the reason of an item begins that stands for a whole document which this program failed at."""


class UnmatchedItem(Value):
    """Part of a document that found no claim. Amount in cents; `reference` is the number that was not found."""

    document: str
    position: int
    set: str
    reference: str
    payer: str = ""
    amount_cents: int | None = None
    reason: str
    at: Instant
    part: int = 0
    """Which provider adjustment of the set it is, from 1; 0 where it is none."""
    remittance: str = ""
    """The key of the 835 set that it is a part of (claims/cash.py)."""


class LeftPart(Value):
    """A payment or recovery of a document that found no claim; `matched_to` (`practice/claim_id`): on its way there."""

    document: str
    ordinal: int
    set: str
    position: int
    part: int = 0
    matched_to: str = ""


class LeftOver(Value):
    """What of a document may be looked at again. `asked` counts how often that was asked for; 0: it is not due."""

    asked: int = 0
    parts: tuple[LeftPart, ...] = ()


StoredReference = tuple[str, str, str, int, datetime]
"""SHA-256, kind, source, bytes and arrival of a stored document."""


class SecondLooks(Protocol):
    """Documents with parts of nobody that are to be looked at again (claims/second_look.py). A part goes to a claim once:

    it is placed, delivered, and has arrived; cut off anywhere, the next look goes on with what is on its way.
    """

    async def learn(self, told: Mapping[tuple[str, str], Collection[str]]) -> Sequence[StoredReference]:
        """(practice, claim id) -> the payer's numbers that were just told: the documents that waited for one of them."""
        ...

    async def due(self, limit: int, *, after: StoredReference | None = None) -> Sequence[StoredReference]:
        """Documents to be looked at, by their arrival; those that come after that one, where one is given."""
        ...

    async def left_over(self, sha256: str) -> LeftOver: ...
    async def place(self, part: LeftPart, to: str) -> bool:
        """Takes an open part from the queue for one claim; False where somebody else was first."""
        ...

    async def arrived(self, part: LeftPart) -> None: ...
    async def homeless(self, part: LeftPart, why: str) -> None:
        """It is on its way and can't get there: it is open again."""
        ...

    async def looked(self, sha256: str, asked: int, awaited: Collection[tuple[str, str]]) -> None:
        """The look is over and the document waits for these numbers now.

        It stays due where it was asked for anew meanwhile, or a part is on its way still.
        """
        ...

    async def give_up(self, sha256: str, why: str, item: UnmatchedItem | None = None) -> None:
        """No look is possible: what is on its way is open again, and no look is due until one is asked for anew.

        `item` stands for the document in the list, once, until a look at it succeeds; it waits for the same numbers.
        """
        ...


class Records(Protocol):
    """What outlives a workflow: SQL by SQLAlchemy Core. Every method is idempotent under its key."""

    looks: SecondLooks

    async def store_document(self, raw: bytes, *, kind: str, source: str, at: datetime) -> tuple[str, bool]:
        """Stores raw bytes once -> (SHA-256, whether it is new)."""
        ...

    async def load_document(self, sha256: str) -> bytes: ...
    async def next_control_numbers(self, key: str) -> ControlNumbers:
        """The numbers of the envelope with this key: the same key always gets the same numbers."""
        ...

    async def remember_submission(
        self, *, practice: str, claim_id: str, submission: int, claim: Claim, numbers: ControlNumbers, document: str
    ) -> None: ...
    async def register(
        self, *, practice: str, claim_id: str, claim: Claim, fingerprint: str, at: datetime
    ) -> KnownClaim | None:
        """Registers a claim, or gives back what is known of it already."""
        ...

    async def known(self, practice: str, claim_id: str) -> KnownClaim | None: ...
    async def write_steps(
        self, *, practice: str, claim_id: str, entries: Sequence[JournalEntry], view: ClaimView, index: IndexEntry
    ) -> None:
        """Journal, read model (claims, tasks, deadlines) and matching index in one transaction."""
        ...

    async def archive(self, state: ClaimState) -> None: ...
    async def archived(self, practice: str, claim_id: str) -> ClaimState | None: ...
    async def candidates(
        self,
        *,
        patient_control_numbers: Sequence[str] = (),
        payer_claim_control_numbers: Sequence[str] = (),
        interchanges: Sequence[str] = (),
        traces: Sequence[str] = (),
        member_ids: Sequence[str] = (),
    ) -> tuple[IndexEntry, ...]:
        """Every claim that any of these numbers may mean."""
        ...

    async def waiting_documents(self, source: str) -> Sequence[tuple[str, str, int, datetime]]:
        """(SHA-256, kind, bytes, arrival) of stored documents from `source` that nobody has taken yet, oldest first."""
        ...

    async def document_done(self, sha256: str) -> bool: ...
    async def finish_document(
        self,
        sha256: str,
        *,
        delivered: int,
        unmatched: Sequence[UnmatchedItem],
        problems: Sequence[Problem],
        remittances: Sequence[Accounting] = (),
        placed: Sequence[Placed] = (),
        awaited: Collection[tuple[str, str]] = (),
    ) -> None:
        """What became of a document. An 835 set that another document brought before is not counted again.

        `placed` says which claim each part of one reached: what the earlier copy had left is matched to that claim.
        `awaited` are kinds and numbers by which what is left may find its claim later.
        """
        ...

    async def cursor(self, carrier: str) -> datetime | None: ...
    async def move_cursor(self, carrier: str, to: datetime) -> None: ...
    async def fetched(self, carrier: str, item_id: str) -> str | None:
        """The hash under which an item of the carrier was stored, or None."""
        ...

    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None: ...
    async def write_account(self, *, entries: Sequence[AccountEntry], view: AccountView) -> None:
        """Steps and read model of a patient's account in one transaction; an older view never replaces a newer one."""
        ...

    async def archive_account(self, state: AccountState) -> None: ...
    async def archived_account(self, practice: str, account: str) -> AccountState | None: ...


class Documents(Protocol):
    """The X12 writer and its gate, seen from activities (adapters/x12). What can't be written raises CannotWrite."""

    def write_claim(self, claim: Claim, numbers: ControlNumbers, at: datetime) -> str: ...
    def gate(self, x12: str) -> Sequence[Problem]: ...
    def write_eligibility(self, question: EligibilityQuestion, numbers: ControlNumbers, at: datetime) -> str: ...
    def write_status(self, question: StatusQuestion, numbers: ControlNumbers, at: datetime) -> str: ...


class Letters(Protocol):
    """Statements and appeal packets as documents."""

    def statement(self, effect: LayOutStatement) -> bytes: ...
    def appeal(self, effect: SendAppeal) -> bytes: ...


__all__ = [
    "UNREADABLE",
    "AuthenticationFailed",
    "CannotWrite",
    "Carrier",
    "CarrierError",
    "ControlNumbers",
    "Day",
    "DocumentErased",
    "Documents",
    "InboundItem",
    "InboundPage",
    "JournalEntry",
    "KnownClaim",
    "LeftOver",
    "LeftPart",
    "Letters",
    "NotOffered",
    "OutcomeUnknown",
    "RateLimited",
    "Records",
    "RecordsError",
    "RequestRefused",
    "SecondLooks",
    "StoredReference",
    "SubmissionAnswer",
    "Unavailable",
    "UnmatchedItem",
]
