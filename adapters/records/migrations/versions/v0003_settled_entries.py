"""Who dealt with an entry of the provider's ledger by hand."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from adapters.records.schema import UtcInstant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("provider_entries", Column("done_by", Text(), nullable=False, server_default=""))
    op.add_column("provider_entries", Column("done_at", UtcInstant(), nullable=True))
    op.add_column("provider_entries", Column("done_why", Text(), nullable=False, server_default=""))
