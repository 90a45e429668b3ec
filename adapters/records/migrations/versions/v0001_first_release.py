"""The first released schema."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from adapters.records.schema import UtcInstant

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "archives",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("sequence", Integer(), nullable=False),
        Column("archived_at", UtcInstant(), nullable=False),
        Column("state", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id"),
    )
    op.create_table(
        "claim_numbers",
        Column("kind", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        PrimaryKeyConstraint("kind", "value", "practice", "claim_id"),
    )
    op.create_index("claim_numbers_claim", "claim_numbers", ["practice", "claim_id"], unique=False)
    op.create_table(
        "claims",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("patient_control_number", Text(), nullable=False),
        Column("fingerprint", Text(), nullable=True),
        Column("registered_at", UtcInstant(), nullable=False),
        Column("changed_at", UtcInstant(), nullable=False),
        Column("sequence", Integer(), nullable=False),
        Column("stage", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("payer", Text(), nullable=False),
        Column("payer_id", Text(), nullable=False),
        Column("owner", Text(), nullable=False),
        Column("needs_action", Boolean(), nullable=False),
        Column("next_deadline", UtcInstant(), nullable=True),
        Column("service_from", Date(), nullable=True),
        Column("charge_cents", BigInteger(), nullable=False),
        Column("paid_cents", BigInteger(), nullable=False),
        Column("contractual_cents", BigInteger(), nullable=False),
        Column("written_off_cents", BigInteger(), nullable=False),
        Column("patient_cents", BigInteger(), nullable=False),
        Column("next_payer_cents", BigInteger(), nullable=False),
        Column("open_cents", BigInteger(), nullable=False),
        Column("view", Text(), nullable=False),
        Column("index_entry", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id"),
    )
    op.create_index("claims_claim_id", "claims", ["claim_id"], unique=False)
    op.create_index("claims_patient_control_number", "claims", ["patient_control_number"], unique=False)
    op.create_index("claims_registered", "claims", ["registered_at", "practice", "claim_id"], unique=False)
    op.create_table(
        "control_numbers",
        Column("key", Text(), nullable=False),
        Column("interchange", BigInteger(), nullable=False),
        Column("group", BigInteger(), nullable=False),
        Column("set", Text(), nullable=False),
        PrimaryKeyConstraint("key"),
        UniqueConstraint("interchange"),
    )
    op.create_table(
        "cursors",
        Column("carrier", Text(), nullable=False),
        Column("moved_to", UtcInstant(), nullable=False),
        PrimaryKeyConstraint("carrier"),
    )
    op.create_table(
        "deadlines",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("deadline_id", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("due", UtcInstant(), nullable=False),
        Column("rule", Text(), nullable=False),
        Column("source", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id", "deadline_id"),
    )
    op.create_index("deadlines_due", "deadlines", ["due"], unique=False)
    op.create_table(
        "documents",
        Column("sha256", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("source", Text(), nullable=False),
        Column("raw", LargeBinary(), nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("stored_at", UtcInstant(), nullable=False),
        Column("done_at", UtcInstant(), nullable=True),
        Column("delivered", Integer(), nullable=False),
        Column("problems", Text(), nullable=False),
        PrimaryKeyConstraint("sha256"),
    )
    op.create_index("documents_stored_at", "documents", ["stored_at"], unique=False)
    op.create_table(
        "items",
        Column("carrier", Text(), nullable=False),
        Column("item_id", Text(), nullable=False),
        Column("sha256", Text(), nullable=False),
        PrimaryKeyConstraint("carrier", "item_id"),
    )
    op.create_table(
        "journal",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("sequence", Integer(), nullable=False),
        Column("at", UtcInstant(), nullable=False),
        Column("event", Text(), nullable=False),
        Column("event_id", Text(), nullable=False),
        Column("actor", Text(), nullable=False),
        Column("before", Text(), nullable=False),
        Column("after", Text(), nullable=False),
        Column("path", Text(), nullable=False),
        Column("effects", Text(), nullable=False),
        Column("refused", Text(), nullable=False),
        Column("summary", Text(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id", "sequence"),
    )
    op.create_table("schema_version", Column("version", Integer(), nullable=False), PrimaryKeyConstraint("version"))
    op.create_table(
        "sequences",
        Column("name", Text(), nullable=False),
        Column("value", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "submissions",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("submission", Integer(), nullable=False),
        Column("patient_control_number", Text(), nullable=False),
        Column("interchange", BigInteger(), nullable=False),
        Column("group", BigInteger(), nullable=False),
        Column("set", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("claim", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id", "submission"),
    )
    op.create_table(
        "tasks",
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        Column("task_id", Text(), nullable=False),
        Column("type", Text(), nullable=False),
        Column("category", Text(), nullable=False),
        Column("owner", Text(), nullable=False),
        Column("assignee", Text(), nullable=False),
        Column("due", UtcInstant(), nullable=False),
        Column("pended_until", UtcInstant(), nullable=True),
        Column("blocks_submission", Boolean(), nullable=False),
        Column("reason", Text(), nullable=False),
        PrimaryKeyConstraint("practice", "claim_id", "task_id"),
    )
    op.create_index("tasks_due", "tasks", ["due"], unique=False)
    op.create_table(
        "unmatched",
        Column("document", Text(), nullable=False),
        Column("ordinal", Integer(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("set", Text(), nullable=False),
        Column("reference", Text(), nullable=False),
        Column("payer", Text(), nullable=False),
        Column("amount_cents", BigInteger(), nullable=True),
        Column("reason", Text(), nullable=False),
        Column("at", UtcInstant(), nullable=False),
        ForeignKeyConstraint(
            ["document"],
            ["documents.sha256"],
        ),
        PrimaryKeyConstraint("document", "ordinal"),
    )
    op.create_index("unmatched_at", "unmatched", ["at"], unique=False)
