"""Patients' accounts."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, Text

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
