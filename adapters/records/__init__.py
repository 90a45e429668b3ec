"""The records: what outlives a workflow, in SQL (SQLite by default, PostgreSQL by address)."""

from adapters.records.cipher import Cipher
from adapters.records.reading import ClaimPage, StageTotals, StoredDocument, TaskRow, Totals
from adapters.records.records import SqlRecords, open_records
from claims.ports import RecordsError

__all__ = [
    "Cipher",
    "ClaimPage",
    "RecordsError",
    "SqlRecords",
    "StageTotals",
    "StoredDocument",
    "TaskRow",
    "Totals",
    "open_records",
]
