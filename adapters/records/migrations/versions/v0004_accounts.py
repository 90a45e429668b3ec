"""Patients' accounts; the audit log and legal holds; days of service that can be sealed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Text

from adapters.records.schema import UtcInstant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "accounts",
        Column("practice", Text(), primary_key=True),
        Column("account", Text(), primary_key=True),
        Column("standing", Text(), nullable=False),
        Column("balance_cents", BigInteger(), nullable=False),
        Column("credit_cents", BigInteger(), nullable=False),
        Column("needs_action", Boolean(), nullable=False),
        Column("next_at", UtcInstant(), nullable=True),
        Column("changed_at", UtcInstant(), nullable=False),
        Column("sequence", Integer(), nullable=False),
        Column("view", Text(), nullable=False),
    )
    op.create_index("accounts_balance", "accounts", ["balance_cents"])
    _audit()
    with op.batch_alter_table("claims") as claims:
        claims.alter_column("service_from", existing_type=Date(), type_=Text(), postgresql_using="service_from::text")


def _audit() -> None:
    words = ("actor", "action", "subject", "detail", "previous", "hash", "key_id", "seal")
    op.create_table(
        "audit",
        Column("sequence", BigInteger(), primary_key=True, autoincrement=False),
        Column("at", UtcInstant(), nullable=False),
        *(Column(name, Text(), nullable=False) for name in words),
    )
    op.create_index("audit_subject", "audit", ["subject"])
    op.create_table(
        "legal_holds",
        Column("practice", Text(), primary_key=True),
        Column("claim_id", Text(), primary_key=True),
        Column("placed_by", Text(), nullable=False),
        Column("placed_at", UtcInstant(), nullable=False),
        Column("reason", Text(), nullable=False),
    )
