"""The tables of the records database, portable between SQLite and PostgreSQL.

Amounts are cents, instants UTC. Texts have no length: what a document says is never cut or refused here. Blobs and
columns of sealed types are sealed where there is a key ring. `schema_version` holds one row.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from adapters.records.sealed import SealedDate, SealedText

SCHEMA_VERSION = 5


class UtcInstant(TypeDecorator[datetime]):
    """An instant: `timestamptz` on PostgreSQL, on SQLite a text of fixed width that sorts by time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, str):
            return datetime.fromisoformat(value) if value else None
        # the server gives instants in the zone of its settings
        return value.astimezone(UTC)


metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

documents = Table(
    "documents",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", UtcInstant, nullable=False),
    Column("done_at", UtcInstant),
    Column("delivered", Integer, nullable=False, default=0),
    Column("problems", SealedText("documents.problems"), nullable=False, default="[]"),
    Index("documents_stored_at", "stored_at"),
)

items = Table(
    "items",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("moved_to", UtcInstant, nullable=False),
)

sequences = Table(
    "sequences",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

control_numbers = Table(
    "control_numbers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("interchange", BigInteger, nullable=False, unique=True),
    Column("group", BigInteger, nullable=False),
    Column("set", Text, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("submission", Integer, primary_key=True),
    Column("patient_control_number", SealedText("submissions.patient_control_number"), nullable=False),
    Column("interchange", BigInteger, nullable=False),
    Column("group", BigInteger, nullable=False),
    Column("set", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("claim", LargeBinary, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("patient_control_number", SealedText("claims.patient_control_number"), nullable=False),
    # None until `register`: the steps of a claim may be written first.
    Column("fingerprint", Text),
    Column("registered_at", UtcInstant, nullable=False),
    Column("changed_at", UtcInstant, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("needs_action", Boolean, nullable=False),
    Column("next_deadline", UtcInstant),
    Column("service_from", SealedDate("claims.service_from")),
    Column("charge_cents", BigInteger, nullable=False),
    Column("paid_cents", BigInteger, nullable=False),
    Column("contractual_cents", BigInteger, nullable=False),
    Column("written_off_cents", BigInteger, nullable=False),
    Column("patient_cents", BigInteger, nullable=False),
    Column("next_payer_cents", BigInteger, nullable=False),
    Column("open_cents", BigInteger, nullable=False),
    Column("view", SealedText("claims.view"), nullable=False),
    Column("index_entry", LargeBinary, nullable=False),
    Index("claims_registered", "registered_at", "practice", "claim_id"),
    Index("claims_patient_control_number", "patient_control_number"),
    Index("claims_claim_id", "claim_id"),
)

claim_numbers = Table(
    "claim_numbers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Index("claim_numbers_claim", "practice", "claim_id"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("due", UtcInstant, nullable=False),
    Column("pended_until", UtcInstant),
    Column("blocks_submission", Boolean, nullable=False),
    Column("reason", SealedText("tasks.reason"), nullable=False),
    Index("tasks_due", "due"),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("deadline_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("due", UtcInstant, nullable=False),
    Column("rule", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index("deadlines_due", "due"),
)

journal = Table(
    "journal",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", UtcInstant, nullable=False),
    Column("event", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("effects", Text, nullable=False),
    Column("refused", SealedText("journal.refused"), nullable=False),
    Column("summary", SealedText("journal.summary"), nullable=False),
)

archives = Table(
    "archives",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("archived_at", UtcInstant, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

# since schema 4: one row for each guarantor; steps and archive stand in `journal` and `archives` under `account/ID`
accounts = Table(
    "accounts",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("standing", Text, nullable=False),
    Column("balance_cents", BigInteger, nullable=False),
    Column("credit_cents", BigInteger, nullable=False),
    Column("needs_action", Boolean, nullable=False),
    Column("next_at", UtcInstant),
    Column("changed_at", UtcInstant, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("view", SealedText("accounts.view"), nullable=False),
    Index("accounts_balance", "balance_cents"),
)

unmatched = Table(
    "unmatched",
    metadata,
    Column("document", Text, ForeignKey("documents.sha256"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("set", Text, nullable=False),
    Column("reference", SealedText("unmatched.reference"), nullable=False),
    Column("payer", Text, nullable=False),
    Column("amount_cents", BigInteger),
    Column("reason", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),
    # since schema 2: which provider adjustment, of which remittance, and what became of it
    Column("part", Integer, nullable=False, default=0),
    Column("remittance", Text, nullable=False, default=""),
    Column("resolution", Text, nullable=False, default=""),
    Column("matched_to", Text, nullable=False, default=""),
    Column("resolved_by", Text, nullable=False, default=""),
    Column("resolved_at", UtcInstant),
    Column("resolved_why", SealedText("unmatched.resolved_why"), nullable=False, default=""),
    Column("matches", Integer, nullable=False, default=0),
    Index("unmatched_at", "at"),
)

# since schema 5: the numbers by which a part of nobody may find its claim later, as `claim_numbers` has them
awaited_numbers = Table(
    "awaited_numbers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("document", Text, ForeignKey("documents.sha256"), primary_key=True),
    Index("awaited_numbers_document", "document"),
)

# since schema 5: documents of which a part may have a claim by now; `asked` counts, so that no asking is lost in a look
second_looks = Table(
    "second_looks",
    metadata,
    Column("document", Text, ForeignKey("documents.sha256"), primary_key=True),
    Column("asked", Integer, nullable=False),
)

remittances = Table(
    "remittances",
    metadata,
    Column("key", Text, primary_key=True),
    Column("document", Text, ForeignKey("documents.sha256"), nullable=False),
    Column("segment", Integer, nullable=False),
    Column("trace_number", Text, nullable=False),
    Column("plain_trace", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("originator", Text, nullable=False),
    Column("payee", Text, nullable=False),
    Column("payee_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("paid_on", Date),
    Column("claims", Integer, nullable=False),
    Column("payment_cents", BigInteger, nullable=False),
    Column("posted_cents", BigInteger, nullable=False),
    Column("held_cents", BigInteger, nullable=False),
    Column("unmatched_cents", BigInteger, nullable=False),
    Column("provider_cents", BigInteger, nullable=False),
    Column("held", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("superseded_by", Text, nullable=False, default=""),
    # The deposit that brought its money; empty until it is there.
    Column("paired_with", Text, nullable=False, default=""),
    Index("remittances_plain_trace", "plain_trace"),
    Index("remittances_at", "at"),
)

provider_entries = Table(
    "provider_entries",
    metadata,
    Column("remittance", Text, ForeignKey("remittances.key"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("reference", SealedText("provider_entries.reference"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("needs_person", Boolean, nullable=False),
    Column("practice", Text, nullable=False),
    Column("claim_id", Text, nullable=False),
    # since schema 3: who dealt with it by hand
    Column("done_by", Text, nullable=False, default=""),
    Column("done_at", UtcInstant),
    Column("done_why", SealedText("provider_entries.done_why"), nullable=False, default=""),
)

deposits = Table(
    "deposits",
    metadata,
    Column("id", Text, primary_key=True),
    Column("trace_number", Text, nullable=False),
    Column("plain_trace", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("payer", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("source", Text, nullable=False),
    Column("paired_with", Text, nullable=False, default=""),
    Index("deposits_plain_trace", "plain_trace"),
)

# since schema 4: who did what, as a chain (adapters/audit.py); rows are only ever added
audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("seal", Text, nullable=False),
    Index("audit_subject", "subject"),
)

# since schema 4: what may not be erased whatever its age; `claim_id` empty = all claims of the practice
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("claim_id", Text, primary_key=True),
    Column("placed_by", Text, nullable=False),
    Column("placed_at", UtcInstant, nullable=False),
    Column("reason", SealedText("legal_holds.reason"), nullable=False),
)
