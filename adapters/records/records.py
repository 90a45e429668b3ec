"""The records as activities and commands see them: asynchronous, one transaction for each call.

What a call does stands in the room of its subject; here it only meets the database and the cipher.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from adapters.records import accounts, audit_log, cash, claims, documents, index, numbers, reading
from adapters.records import unmatched as unmatched_items
from adapters.records.audit_log import Act
from adapters.records.cash import DepositRow, RemittanceRow
from adapters.records.cipher import Cipher, NoCipher
from adapters.records.custody import Custody
from adapters.records.database import Database
from adapters.records.gauges import Gauge, measure
from adapters.records.reading import ClaimPage, StageTotals, StoredDocument, TaskRow
from adapters.records.second_looks import SqlSecondLooks
from adapters.records.unmatched import UnmatchedRow
from claims.accounts.state import AccountState
from claims.accounts.views import AccountEntry, AccountView
from claims.cash import Accounting, Placed
from claims.claim import Claim
from claims.deposits import Deposit
from claims.documents import Problem
from claims.matching import IndexEntry
from claims.ports import ControlNumbers, JournalEntry, KnownClaim, Records, SecondLooks, UnmatchedItem
from claims.provider_ledger import ProviderEntry
from claims.state import ClaimState
from claims.views import ClaimView


def _now() -> datetime:
    return datetime.now(UTC)


def open_records(
    url: str,
    *,
    cipher: Cipher | None = None,
    clock: Callable[[], datetime] = _now,
    busy_seconds: float = 15.0,
    upgrading: bool | None = None,
) -> SqlRecords:
    """Opens the records at `url` (`sqlite:///PATH` or `postgresql+psycopg://...`), making its tables if it is empty.

    `busy_seconds` is how long a call waits for another writer. Older tables are upgraded where `upgrading` says so, by
    default on SQLite alone. Raises RecordsError where the database can't be opened, is damaged, belongs to something else
    or was made by another release.
    """
    return SqlRecords(Database(url, busy_seconds=busy_seconds, upgrading=upgrading), cipher or NoCipher(), clock)


class SqlRecords(Records):
    """The records, and the reading that lists and pages are served from."""

    def __init__(self, database: Database, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self.where = database.where
        database.seal_with(cipher)
        self.custody = Custody(database, cipher, clock)
        self.looks: SecondLooks = SqlSecondLooks(database, cipher, clock)

    def close(self) -> None:
        """Waits for calls under way, then closes the connections."""
        self._database.close()

    # Documents, and how far carriers have been fetched

    async def store_document(self, raw: bytes, *, kind: str, source: str, at: datetime) -> tuple[str, bool]:
        return await self._database.write(
            lambda c: documents.store(c, raw, kind=kind, source=source, at=at, cipher=self._cipher)
        )

    async def load_document(self, sha256: str) -> bytes:
        return await self._database.read(lambda c: documents.load(c, sha256, self._cipher, self.where))

    async def waiting_documents(self, source: str) -> tuple[tuple[str, str, int, datetime], ...]:
        return await self._database.read(lambda c: documents.waiting(c, source))

    async def document_done(self, sha256: str) -> bool:
        return await self._database.read(lambda c: documents.done(c, sha256))

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
        at = self._clock()
        await self._database.write(
            lambda c: documents.finish(
                c,
                sha256,
                delivered=delivered,
                unmatched=unmatched,
                problems=problems,
                remittances=remittances,
                placed=placed,
                awaited=awaited,
                cipher=self._cipher,
                at=at,
                where=self.where,
            )
        )

    async def cursor(self, carrier: str) -> datetime | None:
        return await self._database.read(lambda c: documents.cursor(c, carrier))

    async def move_cursor(self, carrier: str, to: datetime) -> None:
        await self._database.write(lambda c: documents.move_cursor(c, carrier, to))

    async def fetched(self, carrier: str, item_id: str) -> str | None:
        return await self._database.read(lambda c: documents.fetched(c, carrier, item_id))

    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
        await self._database.write(lambda c: documents.remember_item(c, carrier, item_id, sha256))

    # Control numbers and submissions

    async def next_control_numbers(self, key: str) -> ControlNumbers:
        return await self._database.write(lambda c: numbers.next_control_numbers(c, key, self.where))

    async def remember_submission(
        self, *, practice: str, claim_id: str, submission: int, claim: Claim, numbers: ControlNumbers, document: str
    ) -> None:
        await self._database.write(
            lambda c: index.remember_submission(
                c,
                practice=practice,
                claim_id=claim_id,
                submission=submission,
                claim=claim,
                numbers=numbers,
                document=document,
                cipher=self._cipher,
            )
        )

    # Claims

    async def register(
        self, *, practice: str, claim_id: str, claim: Claim, fingerprint: str, at: datetime
    ) -> KnownClaim | None:
        return await self._database.write(
            lambda c: claims.register(
                c,
                practice=practice,
                claim_id=claim_id,
                claim=claim,
                fingerprint=fingerprint,
                at=at,
                cipher=self._cipher,
            )
        )

    async def known(self, practice: str, claim_id: str) -> KnownClaim | None:
        return await self._database.read(lambda c: claims.known(c, practice, claim_id))

    async def write_steps(
        self, *, practice: str, claim_id: str, entries: Sequence[JournalEntry], view: ClaimView, index: IndexEntry
    ) -> None:
        at = self._clock()

        def work(c: Connection) -> None:
            fresh = claims.write_steps(
                c,
                practice=practice,
                claim_id=claim_id,
                entries=entries,
                view=view,
                entry=index,
                cipher=self._cipher,
                where=self.where,
            )
            audit_log.append(c, audit_log.acts_of(f"claim/{practice}/{claim_id}", fresh), at=at, keys=self.custody.keys)

        await self._database.write(work)

    async def archive(self, state: ClaimState) -> None:
        await self._database.write(lambda c: claims.archive(c, state, self._cipher))

    async def archived(self, practice: str, claim_id: str) -> ClaimState | None:
        return await self._database.read(lambda c: claims.archived(c, practice, claim_id, self._cipher))

    async def last_step(self, practice: str, claim_id: str) -> int:
        """The sequence of the newest step that is written; 0 where there is none."""
        return await self._database.read(lambda c: claims.last_step(c, practice, claim_id))

    async def candidates(
        self,
        *,
        patient_control_numbers: Sequence[str] = (),
        payer_claim_control_numbers: Sequence[str] = (),
        interchanges: Sequence[str] = (),
        traces: Sequence[str] = (),
        member_ids: Sequence[str] = (),
    ) -> tuple[IndexEntry, ...]:
        """Group control numbers may stand among `interchanges`: both lead to the envelope."""
        return await self._database.read(
            lambda c: index.candidates(
                c,
                patient_control_numbers=patient_control_numbers,
                payer_claim_control_numbers=payer_claim_control_numbers,
                interchanges=interchanges,
                traces=traces,
                member_ids=member_ids,
                cipher=self._cipher,
            )
        )

    # Patients' accounts

    async def write_account(self, *, entries: Sequence[AccountEntry], view: AccountView) -> None:
        at, subject = self._clock(), f"account/{view.practice}/{view.account}"

        def work(c: Connection) -> None:
            fresh = accounts.write(c, entries, view)
            audit_log.append(c, audit_log.acts_of(subject, fresh), at=at, keys=self.custody.keys)

        await self._database.write(work)

    async def archive_account(self, state: AccountState) -> None:
        await self._database.write(lambda c: accounts.archive(c, state, self._cipher))

    async def archived_account(self, practice: str, account: str) -> AccountState | None:
        return await self._database.read(lambda c: accounts.archived(c, practice, account, self._cipher))

    async def list_accounts(
        self,
        *,
        practice: str | None = None,
        everything: bool = False,
        needs_action: bool | None = None,
        limit: int = 500,
    ) -> tuple[AccountView, ...]:
        """The most owed first; those on which something is owed, credited or to be done, unless `everything`."""
        return await self._database.read(
            lambda c: accounts.listed(
                c, practice=practice, everything=everything, needs_action=needs_action, limit=limit
            )
        )

    async def find_accounts(self, reference: str) -> tuple[AccountView, ...]:
        return await self._database.read(lambda c: accounts.find(c, reference))

    async def account_steps(self, practice: str, account: str) -> tuple[AccountEntry, ...]:
        return await self._database.read(lambda c: accounts.steps(c, practice, account))

    # Reading for people

    async def list_claims(
        self,
        *,
        practice: str | None = None,
        stage: str | None = None,
        status: str | None = None,
        payer: str | None = None,
        needs_action: bool | None = None,
        owner: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> ClaimPage:
        """Claims in the order of their registration. `payer` is an id, or a name in any case."""
        return await self._database.read(
            lambda c: reading.list_claims(
                c,
                practice=practice,
                stage=stage,
                status=status,
                payer=payer,
                needs_action=needs_action,
                owner=owner,
                limit=limit,
                cursor=cursor,
            )
        )

    async def claim(self, reference: str, *, practice: str | None = None) -> tuple[ClaimView, ...]:
        """Every claim that `reference` names: a claim id, `practice/claim_id`, or a patient control number."""
        return await self._database.read(lambda c: reading.find_claims(c, reference, practice, self._cipher))

    async def journal(self, practice: str, claim_id: str) -> tuple[JournalEntry, ...]:
        return await self._database.read(lambda c: reading.journal(c, practice, claim_id))

    async def tasks(
        self,
        *,
        practice: str | None = None,
        owner: str | None = None,
        type: str | None = None,
        category: str | None = None,
        assignee: str | None = None,
        payer: str | None = None,
        stage: str | None = None,
        due_before: datetime | None = None,
        put_off: bool = True,
        limit: int = 500,
    ) -> tuple[TaskRow, ...]:
        """Open tasks in the order in which they are due; without those that are put off where `put_off` is false."""
        return await self._database.read(
            lambda c: reading.list_tasks(
                c,
                practice=practice,
                owner=owner,
                type=type,
                category=category,
                assignee=assignee,
                payer=payer,
                stage=stage,
                due_before=due_before,
                put_off=put_off,
                limit=limit,
            )
        )

    async def gauges(self, now: datetime) -> tuple[Gauge, ...]:
        """What operations watch."""
        return await self._database.read(lambda c: measure(c, now))

    async def totals(self, practice: str | None = None) -> StageTotals:
        return await self._database.read(lambda c: reading.totals(c, practice))

    async def unmatched(self, *, limit: int = 500) -> tuple[UnmatchedItem, ...]:
        """What is nobody's or held, and still open."""
        return await self._database.read(lambda c: reading.list_unmatched(c, limit))

    async def documents(
        self, *, kind: str | None = None, done: bool | None = None, limit: int = 500
    ) -> tuple[StoredDocument, ...]:
        """Newest first, without their content."""
        return await self._database.read(lambda c: reading.list_documents(c, kind=kind, done=done, limit=limit))

    # Cash: remittances, the provider's ledger, deposits, and what people do about unmatched parts

    async def remittances(self, *, limit: int = 500) -> tuple[RemittanceRow, ...]:
        """Newest first."""
        return await self._database.read(lambda c: cash.remittances(c, limit))

    async def provider_entries(self) -> tuple[ProviderEntry, ...]:
        return await self._database.read(cash.provider_entries)

    async def finish_entry(self, entry: ProviderEntry, *, by: str, why: str) -> bool:
        """A person dealt with it -> whether nobody had before."""
        at = self._clock()
        act = Act(actor=by, action="act", subject=f"provider-entry/{entry.id}", detail="settled")
        return await self._acted(act, lambda c: cash.finish_entry(c, entry, by=by, why=why, at=at))

    async def add_deposits(self, deposits: Sequence[Deposit]) -> int:
        """How many were new; what pairs with a remittance is paired."""
        return await self._database.write(lambda c: cash.add_deposits(c, deposits))

    async def deposits(self, *, limit: int = 500) -> tuple[DepositRow, ...]:
        """Newest first."""
        return await self._database.read(lambda c: cash.deposits(c, limit))

    async def unmatched_rows(self, *, everything: bool = False, limit: int = 500) -> tuple[UnmatchedRow, ...]:
        """Oldest first, with their ids; `everything` shows what was resolved too."""
        return await self._database.read(lambda c: unmatched_items.rows(c, everything=everything, limit=limit))

    async def find_unmatched(self, item: str) -> UnmatchedRow | None:
        return await self._database.read(lambda c: unmatched_items.find(c, item))

    async def take_unmatched(self, item: UnmatchedRow, *, to: str, by: str) -> None:
        """Marks it as matched to `practice/claim_id`; RecordsError where somebody else was first."""
        at = self._clock()
        act = Act(actor=by, action="act", subject=f"unmatched/{item.id}", detail=f"matched to claim/{to}")

        def work(c: Connection) -> bool:
            unmatched_items.take(c, item, to=to, by=by, at=at, where=self.where)
            return True

        await self._acted(act, work)

    async def give_back_unmatched(self, item: UnmatchedRow, *, by: str, why: str, delivered: bool = True) -> bool:
        """Opens a matched item again; `delivered` is false where the claim never took it."""
        at = self._clock()
        act = Act(actor=by, action="act", subject=f"unmatched/{item.id}", detail="taken off its claim")
        return await self._acted(
            act, lambda c: unmatched_items.give_back(c, item, by=by, why=why, at=at, delivered=delivered)
        )

    async def open_document_again(self, sha256: str) -> tuple[str, str, int, datetime] | None:
        """A document that was set aside is to be read again -> its kind, source, bytes and arrival."""
        return await self._database.write(lambda c: documents.open_again(c, sha256))

    async def set_aside_unmatched(self, item: UnmatchedRow, *, by: str, why: str) -> bool:
        at = self._clock()
        act = Act(actor=by, action="act", subject=f"unmatched/{item.id}", detail="set aside")
        return await self._acted(act, lambda c: unmatched_items.set_aside(c, item, by=by, why=why, at=at))

    async def _acted(self, act: Act, work: Callable[[Connection], bool]) -> bool:
        """A person's act and its entry in the audit log, both or neither; nothing is noted where nothing was done."""
        at = self._clock()

        def both(c: Connection) -> bool:
            done = work(c)
            if done:
                audit_log.append(c, [act], at=at, keys=self.custody.keys)
            return done

        return await self._database.write(both)
