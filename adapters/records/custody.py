"""What a compliance officer asks of the records: the audit log, retention and legal holds, and sealing anew after a rotation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from adapters.audit import Entry, Fault
from adapters.keys import Keys
from adapters.records import audit_log, resealing, retention, schema
from adapters.records.audit_log import Act
from adapters.records.cipher import Cipher, RingCipher
from adapters.records.database import Database
from adapters.records.retention import Expired, LegalHold
from claims.ports import RecordsError


class Custody:
    """One for each open records; every act of it is noted in the same transaction."""

    def __init__(self, database: Database, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock

    @property
    def keys(self) -> Keys | None:
        return self._cipher.keys if isinstance(self._cipher, RingCipher) else None

    # The audit log

    async def note(self, *acts: Act) -> None:
        """Returns once they are kept for good. Raises RecordsError; what was to be done is then not to be done."""
        at = self._clock()
        await self._database.write(lambda c: audit_log.append(c, acts, at=at, keys=self.keys))

    async def entries(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        limit: int = 200,
    ) -> tuple[Entry, ...]:
        """Newest first; `subject` is a part of it."""
        return await self._database.read(
            lambda c: audit_log.entries(c, actor=actor, action=action, subject=subject, limit=limit)
        )

    async def verify(self, heads: Sequence[tuple[int, str]] = ()) -> tuple[int, str, tuple[Fault, ...]]:
        """How many entries there are, the hash of the last, and what is wrong with the chain."""
        return await self._database.read(lambda c: audit_log.verify(c, self.keys, heads))

    # Retention

    async def expired(self, *, own_years: int) -> tuple[Expired, ...]:
        """What may be erased today."""
        on = self._clock().date()
        return await self._database.read(lambda c: retention.expired(c, self._cipher, on=on, own_years=own_years))

    async def erase(self, one: Expired, *, by: str) -> bool:
        """For good, with its entry in the log. False where it may not be erased any more."""
        at = self._clock()

        def work(connection: Connection) -> bool:
            act = retention.erase(connection, one)
            if act is not None:
                audit_log.append(connection, [act.model_copy(update={"actor": by})], at=at, keys=self.keys)
            return act is not None

        return await self._database.write(work)

    async def hold(self, practice: str, claim_id: str, *, by: str, reason: str) -> bool:
        """A legal hold, on a claim or (empty `claim_id`) on all of a practice. False where there is one."""
        at = self._clock()
        placed = LegalHold(practice=practice, claim_id=claim_id, placed_by=by, placed_at=at, reason=reason)

        def work(connection: Connection) -> bool:
            new = retention.place(connection, placed)
            if new:
                act = Act(actor=by, action="hold", subject=f"claim/{practice}/{claim_id}", detail="placed")
                audit_log.append(connection, [act], at=at, keys=self.keys)
            return new

        return await self._database.write(work)

    async def release(self, practice: str, claim_id: str, *, by: str) -> bool:
        """Whether there was a hold."""
        at = self._clock()

        def work(connection: Connection) -> bool:
            there = retention.release(connection, practice, claim_id)
            if there:
                act = Act(actor=by, action="hold", subject=f"claim/{practice}/{claim_id}", detail="released")
                audit_log.append(connection, [act], at=at, keys=self.keys)
            return there

        return await self._database.write(work)

    async def holds(self) -> tuple[LegalHold, ...]:
        return await self._database.read(retention.holds)

    # Sealing anew

    async def waiting(self) -> dict[str, int]:
        """Rows of each table that are not sealed by the active key. Raises RecordsError where there is no key ring."""
        active = self._ring().active
        return await self._database.read(
            lambda c: {table.name: resealing.left(c, table, active) for table in resealing.tables()}
        )

    async def reseal(self, table: str) -> int:
        """One batch -> how many rows; zero: nothing is left."""
        cipher = self._ring()
        return await self._database.write(lambda c: resealing.reseal(c, schema.metadata.tables[table], cipher))

    async def sealed_by(self, key_id: str) -> int:
        """How many rows need that key to be read."""
        return await self._database.read(lambda c: resealing.sealed_by(c, key_id))

    def _ring(self) -> RingCipher:
        if not isinstance(self._cipher, RingCipher):
            raise RecordsError("records: there is no key ring to seal with; set CLAIMLINE_KEYS_FILE")
        return self._cipher
