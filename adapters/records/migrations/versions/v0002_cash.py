"""Remittances, the provider's ledger and deposits; and what became of unmatched items."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

from adapters.records.schema import UtcInstant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "deposits",
        Column("id", Text(), nullable=False),
        Column("trace_number", Text(), nullable=False),
        Column("plain_trace", Text(), nullable=False),
        Column("amount_cents", BigInteger(), nullable=False),
        Column("payer", Text(), nullable=False),
        Column("on", Date(), nullable=False),
        Column("at", UtcInstant(), nullable=False),
        Column("source", Text(), nullable=False),
        Column("paired_with", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("deposits_plain_trace", "deposits", ["plain_trace"], unique=False)
    op.create_table(
        "remittances",
        Column("key", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("segment", Integer(), nullable=False),
        Column("trace_number", Text(), nullable=False),
        Column("plain_trace", Text(), nullable=False),
        Column("payer", Text(), nullable=False),
        Column("payer_id", Text(), nullable=False),
        Column("originator", Text(), nullable=False),
        Column("payee", Text(), nullable=False),
        Column("payee_id", Text(), nullable=False),
        Column("method", Text(), nullable=False),
        Column("paid_on", Date(), nullable=True),
        Column("claims", Integer(), nullable=False),
        Column("payment_cents", BigInteger(), nullable=False),
        Column("posted_cents", BigInteger(), nullable=False),
        Column("held_cents", BigInteger(), nullable=False),
        Column("unmatched_cents", BigInteger(), nullable=False),
        Column("provider_cents", BigInteger(), nullable=False),
        Column("held", Text(), nullable=False),
        Column("at", UtcInstant(), nullable=False),
        Column("superseded_by", Text(), nullable=False),
        Column("paired_with", Text(), nullable=False),
        ForeignKeyConstraint(
            ["document"],
            ["documents.sha256"],
        ),
        PrimaryKeyConstraint("key"),
    )
    op.create_index("remittances_at", "remittances", ["at"], unique=False)
    op.create_index("remittances_plain_trace", "remittances", ["plain_trace"], unique=False)
    op.create_table(
        "provider_entries",
        Column("remittance", Text(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("provider", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("reference", Text(), nullable=False),
        Column("amount_cents", BigInteger(), nullable=False),
        Column("needs_person", Boolean(), nullable=False),
        Column("practice", Text(), nullable=False),
        Column("claim_id", Text(), nullable=False),
        ForeignKeyConstraint(
            ["remittance"],
            ["remittances.key"],
        ),
        PrimaryKeyConstraint("remittance", "position"),
    )
    op.add_column("unmatched", Column("part", Integer(), nullable=False, server_default="0"))
    op.add_column("unmatched", Column("remittance", Text(), nullable=False, server_default=""))
    op.add_column("unmatched", Column("resolution", Text(), nullable=False, server_default=""))
    op.add_column("unmatched", Column("matched_to", Text(), nullable=False, server_default=""))
    op.add_column("unmatched", Column("resolved_by", Text(), nullable=False, server_default=""))
    op.add_column("unmatched", Column("resolved_at", UtcInstant(), nullable=True))
    op.add_column("unmatched", Column("resolved_why", Text(), nullable=False, server_default=""))
    op.add_column("unmatched", Column("matches", Integer(), nullable=False, server_default="0"))
