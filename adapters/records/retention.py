"""What may be erased: closed claims, settled accounts and documents past their time, never what is open or under a legal hold.

A claim or an account goes with all its rows, an account after the last of its claims. Of a document its content goes, with what
it left over for nobody: the numbers it waited by, and what people wrote when they resolved it. Its hash stays: a file that comes
again is still known. While a part of it is open, it is kept whole: somebody has to find out whose money that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import schema
from adapters.records.audit_log import Act
from adapters.records.cipher import Cipher
from adapters.records.second_looks import ON_ITS_WAY
from adapters.records.upsert import insert_once, storable
from claims.accounts.views import AccountView
from claims.base import Day, Instant, Value
from claims.retention import Rule, kept_until, longest, rule_for
from claims.state import ClaimState
from claims.status import Stage

SLACK = timedelta(days=1)
"""A file is stored just before the claims in it are registered."""
_NEVER_TAKEN = ("outgoing", "upstream", "eligibility", "inquiry")
"""Where documents come from that nobody takes in afterwards: files of claims, what was sent, statements, letters."""
_OF_A_CLAIM = (
    schema.claims,
    schema.claim_numbers,
    schema.submissions,
    schema.journal,
    schema.tasks,
    schema.deadlines,
    schema.archives,
)


class Expired(Value):
    """Something past its time. `kind` is claim, account or document, `id` a `practice/claim_id` (or account) or a hash."""

    kind: str
    id: str
    since: Day
    """The day from which it may be erased."""
    years: int
    source: str


class LegalHold(Value):
    """Nothing of it is erased. `claim_id` empty: all claims of the practice."""

    practice: str
    claim_id: str
    placed_by: str
    placed_at: Instant
    reason: str


def place(connection: Connection, hold: LegalHold) -> bool:
    """Whether it is new."""
    row = {name: storable(v) if isinstance(v, str) else v for name, v in hold.model_dump().items()}
    return insert_once(connection, schema.legal_holds, row)


def release(connection: Connection, practice: str, claim_id: str) -> bool:
    """Whether there was one."""
    table = schema.legal_holds
    return connection.execute(delete(table).where(_is(table, practice, claim_id))).rowcount == 1


def holds(connection: Connection) -> tuple[LegalHold, ...]:
    table = schema.legal_holds
    rows = connection.execute(select(table).order_by(table.c.practice, table.c.claim_id))
    return tuple(LegalHold(**row._mapping) for row in rows)


def expired(connection: Connection, cipher: Cipher, *, on: date, own_years: int) -> tuple[Expired, ...]:
    """Everything that may be erased on that day, oldest first."""
    found = [
        *_claims(connection, cipher, on, own_years),
        *_accounts(connection, on, own_years),
        *_documents(connection, on, own_years),
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.kind, one.id)))


def _claims(connection: Connection, cipher: Cipher, on: date, own_years: int) -> Iterator[Expired]:
    claims, archives = schema.claims, schema.archives
    same = and_(claims.c.practice == archives.c.practice, claims.c.claim_id == archives.c.claim_id)
    query = select(archives, claims.c.changed_at).join(claims, same)
    for row in connection.execute(query.where(claims.c.stage == Stage.CLOSED, ~_held(connection))):
        about = f"archive/{row.practice}/{row.claim_id}"
        state = ClaimState.model_validate_json(cipher.unseal(bytes(row.state), about=about))
        rule = rule_for(tuple(rules.line_of_business for rules in state.payer_rules), own_years)
        since = kept_until(max(row.changed_at, row.archived_at).date(), rule)
        if state.closed and since <= on:
            yield _expired("claim", f"{row.practice}/{row.claim_id}", since, rule)


def _accounts(connection: Connection, on: date, own_years: int) -> Iterator[Expired]:
    """An account may be of claims of any line of business, so it is kept for the longest of all."""
    rule, table = longest(own_years), schema.accounts
    query = select(table.c.practice, table.c.account, table.c.changed_at).where(table.c.standing == "settled")
    for row in connection.execute(query):
        since = kept_until(row.changed_at.date(), rule)
        if since <= on and _account_may_go(connection, row.practice, row.account):
            yield _expired("account", f"{row.practice}/{row.account}", since, rule)


def _account_may_go(connection: Connection, practice: str, account: str, *, lock: bool = False) -> bool:
    """Settled and at rest (archived as it stands), with no claim left and its practice under no hold."""
    table, archives, claims, held = schema.accounts, schema.archives, schema.claims, schema.legal_holds
    mine = and_(table.c.practice == practice, table.c.account == account)
    settled = and_(
        table.c.standing == "settled", table.c.balance_cents == 0, table.c.credit_cents == 0, ~table.c.needs_action
    )
    query = select(table.c.view, table.c.sequence).where(mine, settled)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return False
    resting = select(archives.c.sequence).where(_is(archives, practice, f"account/{account}"))
    if (connection.scalar(resting) or 0) < row.sequence:
        return False
    if connection.scalar(select(held.c.practice).where(_is(held, practice, ""))):
        return False
    of_it = [one["claim_id"] for one in AccountView.model_validate_json(row.view).summary["claims"]]
    standing = select(func.count()).where(claims.c.practice == practice, claims.c.claim_id.in_(of_it))
    return not connection.scalar(standing)


def _held(connection: Connection) -> ColumnElement[bool]:
    """Of a claim's row: whether it, or its whole practice, is under a legal hold."""
    claims, held = schema.claims, schema.legal_holds
    one_of_them = tuple_(claims.c.practice, claims.c.claim_id).in_(select(held.c.practice, held.c.claim_id))
    whole = claims.c.practice.in_(select(held.c.practice).where(held.c.claim_id == ""))
    return or_(one_of_them, whole)


def _documents(connection: Connection, on: date, own_years: int) -> Iterator[Expired]:
    """Which claims a file is about isn't kept for every file, so all that are open or held and old enough keep it."""
    rule = longest(own_years)
    table, first = schema.documents, _first_living(connection)
    query = select(table.c.sha256, table.c.stored_at).where(table.c.size > 0, _taken(table))
    query = query.where(func.length(table.c.raw) > 0)
    for row in connection.execute(query):
        since = kept_until(row.stored_at.date(), rule)
        old = since <= on and (first is None or row.stored_at + SLACK < first)
        if old and not _has_open_parts(connection, row.sha256):
            yield _expired("document", row.sha256, since, rule)


def _first_living(connection: Connection) -> datetime | None:
    """Since when the oldest claim that is open or held is known here."""
    claims = schema.claims
    living = select(func.min(claims.c.registered_at)).where(or_(claims.c.stage != Stage.CLOSED, _held(connection)))
    found: datetime | None = connection.scalar(living)
    return found


def _has_open_parts(connection: Connection, sha256: str, *, lock: bool = False) -> bool:
    """Whether anything it left over is still nobody's, or on its way to a claim."""
    table = schema.unmatched
    query = select(table.c.resolution, table.c.resolved_why).where(table.c.document == sha256)
    rows = connection.execute(query.with_for_update() if lock else query)
    return any(not row.resolution or row.resolved_why == ON_ITS_WAY for row in rows)


def _taken(table: Table) -> ColumnElement[bool]:
    """What a clearinghouse sent and nobody has taken in yet stays, however old it is."""
    return or_(table.c.done_at.is_not(None), table.c.source.in_(_NEVER_TAKEN))


def _expired(kind: str, identity: str, since: date, rule: Rule) -> Expired:
    return Expired(kind=kind, id=identity, since=since, years=rule.years, source=rule.source)


def erase(connection: Connection, one: Expired) -> Act | None:
    """Erases it -> what is to be noted; None where it was gone already, reopened, or held meanwhile."""
    if one.kind == "document":
        return _erase_document(connection, one)
    practice, _, claim_id = one.id.partition("/")
    if one.kind == "account":
        return _erase_account(connection, practice, claim_id, one)
    claims = schema.claims
    still = and_(_is(claims, practice, claim_id), claims.c.stage == Stage.CLOSED, ~_held(connection))
    if connection.execute(select(claims.c.claim_id).where(still).with_for_update()).first() is None:
        return None
    for table in _OF_A_CLAIM:
        connection.execute(delete(table).where(_is(table, practice, claim_id)))
    return _erased(one, f"claim/{one.id}")


def _erase_document(connection: Connection, one: Expired) -> Act | None:
    table, left, first = schema.documents, schema.unmatched, _first_living(connection)
    mine = select(table.c.stored_at).where(table.c.sha256 == one.id, func.length(table.c.raw) > 0)
    stored_at: datetime | None = connection.scalar(mine.with_for_update())
    if stored_at is None or (first is not None and stored_at + SLACK >= first):
        return None
    if _has_open_parts(connection, one.id, lock=True):
        return None
    connection.execute(update(table).where(table.c.sha256 == one.id).values(raw=b"", problems="[]"))
    connection.execute(update(left).where(left.c.document == one.id).values(reference="", resolved_why=""))
    for waiting in (schema.awaited_numbers, schema.second_looks):
        connection.execute(delete(waiting).where(waiting.c.document == one.id))
    return _erased(one, f"document/{one.id}")


def _erase_account(connection: Connection, practice: str, account: str, one: Expired) -> Act | None:
    if not _account_may_go(connection, practice, account, lock=True):
        return None
    table = schema.accounts
    connection.execute(delete(table).where(table.c.practice == practice, table.c.account == account))
    for shared in (schema.journal, schema.archives):
        connection.execute(delete(shared).where(_is(shared, practice, f"account/{account}")))
    return _erased(one, f"account/{one.id}")


def _erased(one: Expired, subject: str) -> Act:
    return Act(actor="retention", action="erase", subject=subject, detail=f"{one.years} years, {one.source}")


def _is(table: Table, practice: str, claim_id: str) -> ColumnElement[bool]:
    return and_(table.c.practice == practice, table.c.claim_id == claim_id)
