"""What the sandbox remembers, in one SQLite file, so that a kill -9 at any moment loses nothing it has answered for."""

from __future__ import annotations

import json
import secrets
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import instant, stamp
from sandbox.model import Claim, Decision

_SCHEMA = """
create table if not exists meta(name text primary key, value text not null);
create table if not exists answers(
    key text primary key, path text not null, body_sha text not null, status integer not null, body text not null,
    at text not null);
create table if not exists interchanges(sender text, control text, primary key(sender, control));
create table if not exists attempts(payer text, pcn text, seen integer not null, primary key(payer, pcn));
create table if not exists submissions(
    id text primary key, key text not null, path text not null, interchange_control text not null, at text not null,
    address text not null, x12 text not null);
create table if not exists claims(
    id integer primary key, submission text not null, payer text not null, pcn text not null, pccn text not null,
    npi text not null, set_control text not null, state text not null, claim text not null, decision text not null,
    at text not null);
create index if not exists claims_pcn on claims(pcn);
create index if not exists claims_pccn on claims(pccn);
create table if not exists documents(
    seq integer primary key, id text unique not null, file text not null, at text not null, direction text not null,
    set_id text not null, extension integer not null, test integer not null, identifiers text not null,
    body text not null);
create index if not exists documents_at on documents(at, seq);
create table if not exists jobs(id integer primary key, due text not null, kind text not null, what text not null);
create index if not exists jobs_due on jobs(due, id);
create table if not exists forwarded(payer text, npi text, cents integer not null, primary key(payer, npi));
"""


@dataclass(frozen=True)
class StoredAnswer:
    """The answer to a request with an idempotency key."""

    path: str
    body_sha: str
    status: int
    body: str


@dataclass(frozen=True)
class ClaimOnFile:
    """A claim that was accepted, and where it stands: received, accepted, rejected, adjudicated, replaced, voided."""

    id: int
    submission: str
    payer: str
    payer_claim_control_number: str
    state: str
    claim: Claim
    decision: Decision | None
    at: datetime


@dataclass(frozen=True)
class Document:
    """A transaction of the polling list. `at` is when it was processed and became visible."""

    seq: int
    id: str
    file: str
    at: datetime
    direction: str
    set_id: str
    extension: bool
    test: bool
    identifiers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True)
class Job:
    """Something that a payer will do at `due`."""

    id: int
    due: datetime
    kind: str
    what: dict[str, Any]


class Store:
    """One connection to the sandbox's database; `path` is a file or `:memory:`.

    Raises sqlite3.Error when the file cannot be opened or is no database.
    """

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")  # a killed process loses nothing; only a power cut could
        self._db.executescript(_SCHEMA)
        self._db.execute("insert or ignore into meta values('nonce', ?)", (secrets.token_hex(3).upper(),))
        self.nonce: str = self._db.execute("select value from meta where name='nonce'").fetchone()[0]

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def work(self) -> Iterator[None]:
        """All or nothing."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    # Numbers

    def next_number(self, name: str) -> int:
        """1, 2, 3, ... of the sequence `name`."""
        sql = "insert into meta values(?, 1) on conflict(name) do update set value = value + 1 returning value"
        return int(self._db.execute(sql, (f"number:{name}",)).fetchone()[0])

    # Answers

    def answer(self, key: str, since: datetime) -> StoredAnswer | None:
        """The answer given under `key` after `since`."""
        row = self._db.execute("select * from answers where key=? and at>?", (key, stamp(since))).fetchone()
        return StoredAnswer(row["path"], row["body_sha"], row["status"], row["body"]) if row else None

    def keep_answer(self, key: str, answer: StoredAnswer, at: datetime) -> None:
        self._db.execute(
            "insert or replace into answers values(?,?,?,?,?,?)",
            (key, answer.path, answer.body_sha, answer.status, answer.body, stamp(at)),
        )

    # What came in

    def seen_interchange(self, sender: tuple[str, str], control: str) -> bool:
        """Notes an interchange; true when it was noted before."""
        cursor = self._db.execute("insert or ignore into interchanges values(?,?)", ("".join(sender), control))
        return cursor.rowcount == 0

    def attempt(self, payer: str, pcn: str) -> int:
        """Notes that a payer's patient control number was submitted; how many times by now."""
        sql = "insert into attempts values(?,?,1) on conflict(payer,pcn) do update set seen = seen + 1 returning seen"
        return int(self._db.execute(sql, (payer, pcn)).fetchone()[0])

    def add_submission(
        self, id_: str, key: str, path: str, interchange_control: str, address: str, x12: str, at: datetime
    ) -> None:
        """`address` is the JSON of whom acknowledgements and payments go to."""
        self._db.execute(
            "insert into submissions values(?,?,?,?,?,?,?)",
            (id_, key, path, interchange_control, stamp(at), address, x12),
        )

    def submission_address(self, id_: str) -> str:
        return str(self._db.execute("select address from submissions where id=?", (id_,)).fetchone()[0])

    def accepted(self) -> list[dict[str, str]]:
        """Every accepted claim with the numbers it came under, the first accepted first; no crossovers."""
        rows = self._db.execute(
            "select c.*, s.key, s.path, s.interchange_control"
            " from claims c join submissions s on s.id = c.submission where c.set_control <> '' order by c.id"
        )
        return [
            {
                "patientControlNumber": row["pcn"],
                "payerId": row["payer"],
                "idempotencyKey": row["key"],
                "path": row["path"],
                "interchangeControlNumber": row["interchange_control"],
                "transactionSetControlNumber": row["set_control"],
                "correlationId": row["submission"],
                "payerClaimControlNumber": row["pccn"],
                "frequency": json.loads(row["claim"])["frequency"],
                "state": row["state"],
                "acceptedAt": row["at"],
            }
            for row in rows
        ]

    # Claims

    def add_claim(self, submission: str, claim: Claim, at: datetime) -> int:
        cursor = self._db.execute(
            "insert into claims(submission,payer,pcn,pccn,npi,set_control,state,claim,decision,at)"
            " values(?,?,?,'',?,?,'received',?,'',?)",
            (
                submission,
                claim.payer_id,
                claim.patient_control_number,
                claim.billing.identifier,
                claim.set_control_number,
                claim.model_dump_json(),
                stamp(at),
            ),
        )
        return int(cursor.lastrowid or 0)

    def claim(self, id_: int) -> ClaimOnFile:
        return self._on_file(self._db.execute("select * from claims where id=?", (id_,)).fetchone())

    def claims_by(self, *, pcn: str = "", pccn: str = "", payer: str = "") -> list[ClaimOnFile]:
        """Claims by patient control number or by the payer's, the latest first; rejected ones are not on file."""
        column, value = ("pccn", pccn) if pccn else ("pcn", pcn)
        sql = f"select * from claims where {column}=? and state<>'rejected' and (?='' or payer=?) order by id desc"
        return [self._on_file(row) for row in self._db.execute(sql, (value, payer, payer))]

    def update_claim(
        self, id_: int, *, state: str | None = None, pccn: str | None = None, decision: Decision | None = None
    ) -> None:
        changes: dict[str, str] = {}
        if state is not None:
            changes["state"] = state
        if pccn is not None:
            changes["pccn"] = pccn
        if decision is not None:
            changes["decision"] = decision.model_dump_json()
        columns = ", ".join(f"{name}=?" for name in changes)
        self._db.execute(f"update claims set {columns} where id=?", (*changes.values(), id_))

    @staticmethod
    def _on_file(row: sqlite3.Row) -> ClaimOnFile:
        decision = Decision.model_validate_json(row["decision"]) if row["decision"] else None
        claim = Claim.model_validate_json(row["claim"])
        at = instant(row["at"])
        return ClaimOnFile(row["id"], row["submission"], row["payer"], row["pccn"], row["state"], claim, decision, at)

    def forwarded(self, payer: str, npi: str) -> int:
        """What a payer still has to recover from a provider, in cents."""
        row = self._db.execute("select cents from forwarded where payer=? and npi=?", (payer, npi)).fetchone()
        return int(row[0]) if row else 0

    def set_forwarded(self, payer: str, npi: str, cents: int) -> None:
        self._db.execute("insert or replace into forwarded values(?,?,?)", (payer, npi, cents))

    # The polling list

    def add_document(
        self,
        set_id: str,
        body: str,
        at: datetime,
        *,
        direction: str = "INBOUND",
        extension: bool = False,
        test: bool = True,
        identifiers: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Puts a transaction into the polling list and returns its id."""
        id_ = str(uuid.uuid4())
        self._db.execute(
            "insert into documents(id,file,at,direction,set_id,extension,test,identifiers,body)"
            " values(?,?,?,?,?,?,?,?,?)",
            (
                id_,
                str(uuid.uuid4()),
                stamp(at),
                direction,
                set_id,
                extension,
                test,
                json.dumps(list(identifiers)),
                body,
            ),
        )
        return id_

    def documents(self, after: tuple[str, int], until: datetime, limit: int) -> list[Document]:
        """Transactions after a place (instant and number) and not after `until`, the earliest first."""
        sql = "select * from documents where (at, seq) > (?, ?) and at <= ? order by at, seq limit ?"
        return [self._document(row) for row in self._db.execute(sql, (*after, stamp(until), limit))]

    def document(self, id_: str) -> Document | None:
        row = self._db.execute("select * from documents where id=? or file=?", (id_, id_)).fetchone()
        return self._document(row) if row else None

    @staticmethod
    def _document(row: sqlite3.Row) -> Document:
        return Document(
            row["seq"],
            row["id"],
            row["file"],
            instant(row["at"]),
            row["direction"],
            row["set_id"],
            bool(row["extension"]),
            bool(row["test"]),
            tuple((name, value) for name, value in json.loads(row["identifiers"])),
            row["body"],
        )

    # What payers will do

    def schedule(self, kind: str, at: datetime, after: timedelta, **what: Any) -> None:
        self._db.execute("insert into jobs(due,kind,what) values(?,?,?)", (stamp(at + after), kind, json.dumps(what)))

    def due(self, now: datetime) -> Job | None:
        """The earliest job that is due."""
        row = self._db.execute("select * from jobs where due<=? order by due, id limit 1", (stamp(now),)).fetchone()
        return Job(row["id"], instant(row["due"]), row["kind"], json.loads(row["what"])) if row else None

    def done(self, job: Job) -> None:
        self._db.execute("delete from jobs where id=?", (job.id,))

    def set_aside(self, job: Job) -> None:
        """A job that failed is kept for whoever looks, and never falls due again."""
        self._db.execute("update jobs set due='9999', kind='failed ' || kind where id=?", (job.id,))
