"""The reader of inbound documents, seen from activities (adapters/x12 implements it)."""

from __future__ import annotations

from typing import Protocol

from claims.documents import ParsedDocument


class Reader(Protocol):
    """Never raises on any bytes: what can't be read is a problem with its place."""

    def __call__(self, raw: bytes) -> ParsedDocument: ...
