"""What parts of nobody wait for, and which documents are to be looked at again."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "awaited_numbers",
        Column("kind", Text(), primary_key=True),
        Column("value", Text(), primary_key=True),
        Column("document", Text(), ForeignKey("documents.sha256"), primary_key=True),
    )
    op.create_index("awaited_numbers_document", "awaited_numbers", ["document"])
    op.create_table(
        "second_looks",
        Column("document", Text(), ForeignKey("documents.sha256"), primary_key=True),
        Column("asked", Integer(), nullable=False),
    )
    # what older releases left unmatched is looked at once; that writes down what it waits for
    op.execute(
        "INSERT INTO second_looks (document, asked) SELECT DISTINCT document, 1 FROM unmatched "
        "WHERE resolution = '' AND matches = 0 AND \"set\" IN ('835', '835 PLB') AND reason NOT LIKE 'held: %'"
    )
