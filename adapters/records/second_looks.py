"""What parts of nobody wait for, and which documents to look at again because a claim is known by one of those numbers now.

A claim that learns a number asks for the looks in the transaction that writes it; a document that leaves parts over asks for
its own where a claim has one of their numbers by then. Whoever comes second sees the first, so no order misses the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import index, schema
from adapters.records.cipher import Cipher
from adapters.records.database import Database
from adapters.records.turns import take_turns
from adapters.records.unmatched import UnmatchedRow, give_back, move, unreadable, unreadable_no_more
from adapters.records.upsert import insert_all_once, insert_once
from claims.matching import IndexEntry
from claims.ports import LeftOver, LeftPart, SecondLooks, StoredReference, UnmatchedItem
from claims.second_look import MONEY, may_have_it

ON_ITS_WAY = "its number became known: on its way to the claim"
ARRIVED = "its number became known later"

Kinds = Collection[tuple[str, str]]
"""Kind (`patient`, `payer`, `member`) and number."""


class SqlSecondLooks(SecondLooks):
    def __init__(self, database: Database, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock

    async def learn(self, told: Mapping[tuple[str, str], Collection[str]]) -> tuple[StoredReference, ...]:
        numbers = {("payer", index.plain(number)) for those in told.values() for number in those}
        if not await self._database.read(lambda c: _waiting_for(c, numbers, self._cipher)):
            return ()
        return await self._database.write(lambda c: _learn(c, told, self._cipher))

    async def due(self, limit: int, *, after: StoredReference | None = None) -> tuple[StoredReference, ...]:
        return await self._database.read(lambda c: _references(c, None, limit, after))

    async def left_over(self, sha256: str) -> LeftOver:
        return await self._database.read(lambda c: _left_over(c, sha256))

    async def place(self, part: LeftPart, to: str) -> bool:
        at = self._clock()
        return await self._database.write(lambda c: _place(c, part, to, at))

    async def arrived(self, part: LeftPart) -> None:
        table = schema.unmatched
        await self._database.write(
            lambda c: c.execute(
                update(table).where(_is(part), table.c.resolution == "matched").values(resolved_why=ARRIVED)
            )
        )

    async def homeless(self, part: LeftPart, why: str) -> None:
        at = self._clock()

        def work(c: Connection) -> None:
            for row in _on_their_way(c, _is(part)):
                give_back(c, row, by="", why=why, at=at, delivered=False)

        await self._database.write(work)

    async def looked(self, sha256: str, asked: int, awaited: Kinds) -> None:
        at = self._clock()
        await self._database.write(lambda c: _looked(c, sha256, asked, awaited, self._cipher, at))

    async def give_up(self, sha256: str, why: str, item: UnmatchedItem | None = None) -> None:
        at = self._clock()

        def work(c: Connection) -> None:
            table = schema.second_looks
            c.execute(delete(table).where(table.c.document == sha256))
            for row in _on_their_way(c, schema.unmatched.c.document == sha256):
                give_back(c, row, by="", why=may_have_it(row.matched_to, why), at=at, delivered=False)
            if item is not None:
                unreadable(c, item)

        await self._database.write(work)


def await_numbers(connection: Connection, document: str, awaited: Kinds, cipher: Cipher) -> None:
    """A document leaves parts over. Where a claim is known by one of their numbers already, it is to be looked at again."""
    wanted = _plain(awaited)
    _write_awaited(connection, document, wanted, cipher)
    if not wanted:
        return
    take_turns(connection, "looks")
    table = schema.claim_numbers
    for kind, forms in _forms(wanted, cipher).items():
        for chunk in index.chunks(sorted(forms)):
            there = select(table.c.claim_id).where(table.c.kind == kind, table.c.value.in_(chunk)).limit(1)
            if connection.execute(there).first() is not None:
                ask(connection, [document])
                return


def claim_is_known_by(connection: Connection, numbers: Kinds, cipher: Cipher) -> None:
    """A claim is known by these numbers from now on: what waits for one of them is to be looked at again."""
    told = {one for one in numbers if one[0] in ("patient", "payer", "member")}
    if told:
        take_turns(connection, "looks", shared=True)
        ask(connection, _waiting_for(connection, told, cipher))


def ask(connection: Connection, documents: Iterable[str]) -> None:
    """Counts, so that a look which is under way doesn't take this asking for its own."""
    table = schema.second_looks
    for document in documents:
        more = update(table).where(table.c.document == document).values(asked=table.c.asked + 1)
        if connection.execute(more).rowcount == 0 and not insert_once(
            connection, table, {"document": document, "asked": 1}
        ):
            connection.execute(more)


def _waiting_for(connection: Connection, numbers: Kinds, cipher: Cipher) -> list[str]:
    """The documents that wait for one of these numbers."""
    table, found = schema.awaited_numbers, set[str]()
    if connection.execute(select(table.c.document).limit(1)).first() is None:
        return []
    for kind, forms in _forms(numbers, cipher).items():
        for chunk in index.chunks(sorted(forms)):
            query = select(table.c.document).where(table.c.kind == kind, table.c.value.in_(chunk)).distinct()
            found |= {row.document for row in connection.execute(query)}
    return sorted(found)


def _learn(
    connection: Connection, told: Mapping[tuple[str, str], Collection[str]], cipher: Cipher
) -> tuple[StoredReference, ...]:
    """The claims write their numbers themselves, a moment later; these are known at once.

    Who waits is read again once they are written and it is this one's turn: a document that is being finished beside this
    saw none of them. Asked is at the end, in order, so that two of these never hold what the other one needs.
    """
    table, known_now = schema.claims, set[tuple[str, str]]()
    for (practice, claim_id), numbers in sorted(told.items()):
        named = {("payer", index.plain(number)) for number in numbers}
        if not _waiting_for(connection, named, cipher):
            continue
        mine = and_(table.c.practice == practice, table.c.claim_id == claim_id)
        sealed = connection.scalar(select(table.c.index_entry).where(mine).with_for_update())
        if sealed is None:
            continue
        about = f"index/{practice}/{claim_id}"
        entry = IndexEntry.model_validate_json(cipher.unseal(bytes(sealed), about=about))
        known = tuple(dict.fromkeys((*entry.payer_claim_control_numbers, *sorted(numbers))))
        if known != entry.payer_claim_control_numbers:
            entry = entry.model_copy(update={"payer_claim_control_numbers": known})
            connection.execute(update(table).where(mine).values(index_entry=index.seal(entry, cipher)))
            index.replace_numbers(connection, entry, cipher)
        known_now |= named
    if not known_now:
        return ()
    take_turns(connection, "looks", shared=True)
    documents = _waiting_for(connection, known_now, cipher)
    ask(connection, documents)
    return _references(connection, documents, len(documents))


def _references(
    connection: Connection, chosen: Collection[str] | None, limit: int, after: StoredReference | None = None
) -> tuple[StoredReference, ...]:
    """Documents that are to be looked at, oldest first; None: any."""
    table, looks = schema.documents, schema.second_looks
    query = (
        select(table.c.sha256, table.c.kind, table.c.source, table.c.size, table.c.stored_at)
        .join(looks, looks.c.document == table.c.sha256)
        .where(table.c.done_at.is_not(None))
        .order_by(table.c.stored_at, table.c.sha256)
        .limit(limit)
    )
    if chosen is not None:
        query = query.where(table.c.sha256.in_(sorted(chosen)))
    if after is not None:
        sha256, *_, arrived = after
        later = and_(table.c.stored_at == arrived, table.c.sha256 > sha256)
        query = query.where(or_(table.c.stored_at > arrived, later))
    return tuple((row.sha256, row.kind, row.source, row.size, row.stored_at) for row in connection.execute(query))


def _left_over(connection: Connection, sha256: str) -> LeftOver:
    looks = schema.second_looks
    asked = connection.scalar(select(looks.c.asked).where(looks.c.document == sha256)) or 0
    if not asked:
        return LeftOver()
    table = schema.unmatched
    rows = connection.execute(select(table).where(table.c.document == sha256).order_by(table.c.ordinal)).all()
    parts = [
        LeftPart(
            document=sha256,
            ordinal=row.ordinal,
            set=row.set,
            position=row.position,
            part=row.part,
            matched_to=row.matched_to,
        )
        for row in (UnmatchedRow(**found._mapping) for found in rows)
        if row.set in MONEY and not row.is_held and (_is_open(row) or row.resolved_why == ON_ITS_WAY)
    ]
    return LeftOver(asked=asked, parts=tuple(parts))


def _is_open(row: UnmatchedRow) -> bool:
    """What a person took off a claim is hers to give again."""
    return not row.resolution and not row.matches


def _place(connection: Connection, part: LeftPart, to: str, at: datetime) -> bool:
    """The request's row is locked first: a look that was given up meanwhile puts nothing on its way any more."""
    table, looks = schema.unmatched, schema.second_looks
    due = select(looks.c.asked).where(looks.c.document == part.document).with_for_update()
    if connection.execute(due).first() is None:
        return False
    taken = connection.execute(
        update(table)
        .where(_is(part), table.c.resolution == "", table.c.matches == 0)
        .values(resolution="matched", matched_to=to, resolved_by="", resolved_at=at, resolved_why=ON_ITS_WAY)
    )
    if taken.rowcount != 1:
        return False
    row = connection.execute(select(table).where(_is(part))).one()
    move(connection, UnmatchedRow(**row._mapping), to, posted=True)
    return True


def _on_their_way(connection: Connection, which: ColumnElement[bool]) -> list[UnmatchedRow]:
    """Of these items, locked: none that has arrived or that a person matched. Their words may be sealed in the records."""
    table = schema.unmatched
    query = select(table).where(which, table.c.resolution == "matched").order_by(table.c.ordinal).with_for_update()
    rows = (UnmatchedRow(**found._mapping) for found in connection.execute(query).all())
    return [row for row in rows if row.resolved_why == ON_ITS_WAY]


def _looked(connection: Connection, sha256: str, asked: int, awaited: Kinds, cipher: Cipher, at: datetime) -> None:
    table = schema.second_looks
    mine = and_(table.c.document == sha256, table.c.asked == asked)
    due = connection.execute(select(table.c.asked).where(mine).with_for_update()).first() is not None
    unreadable_no_more(connection, sha256, at)
    changed = _write_awaited(connection, sha256, _plain(awaited), cipher)
    if due and changed:
        # a claim may have learnt one of the new numbers before they stood here: another look finds out
        connection.execute(update(table).where(mine).values(asked=asked + 1))
    elif due and not _on_their_way(connection, schema.unmatched.c.document == sha256):
        # else another try of the same look was cut off: the next one sends what it took
        connection.execute(delete(table).where(mine))


def _write_awaited(connection: Connection, document: str, wanted: Kinds, cipher: Cipher) -> bool:
    """-> whether the document waits for anything that it didn't wait for, as the active key writes it."""
    table = schema.awaited_numbers
    there = {
        (row.kind, row.value)
        for row in connection.execute(select(table.c.kind, table.c.value).where(table.c.document == document))
    }
    needed = {index.stored(kind, value, cipher) for kind, value in wanted}
    for kind, value in sorted(there - needed):
        connection.execute(
            delete(table).where(table.c.document == document, table.c.kind == kind, table.c.value == value)
        )
    fresh = [{"kind": kind, "value": value, "document": document} for kind, value in sorted(needed - there)]
    insert_all_once(connection, table, fresh)
    return bool(fresh)


def _plain(awaited: Kinds) -> set[tuple[str, str]]:
    """Numbers as the index compares them."""
    made = {(kind, index.member(value) if kind == "member" else index.plain(value)) for kind, value in awaited}
    return {(kind, value) for kind, value in made if value}


def _forms(numbers: Kinds, cipher: Cipher) -> dict[str, set[str]]:
    """Every form in which each of these may be stored, by kind."""
    found: dict[str, set[str]] = {}
    for kind, value in numbers:
        found.setdefault(kind, set()).add(value)
    return {kind: index.sought(kind, values, cipher) for kind, values in sorted(found.items())}


def _is(part: LeftPart) -> ColumnElement[bool]:
    table = schema.unmatched
    return and_(table.c.document == part.document, table.c.ordinal == part.ordinal)
