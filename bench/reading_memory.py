"""One reader a function, for a process of its own: what is not used is not imported, so it takes no memory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2026, 9, 2, tzinfo=UTC)


def claimline(path: str, claims: str) -> int:
    """Read, prove and split: holds the bytes, the document, what the records know of its claims, and every event."""
    from adapters.x12.parse import parse
    from bench.made_documents import index
    from claims.matching import route

    known = index(int(claims))
    raw = Path(path).read_bytes()
    document = parse(raw)
    return len(route(document, known, at=AT).deliveries)


def claimline_read(path: str, _: str) -> int:
    """Read and prove alone: the bytes and the document."""
    from adapters.x12.parse import parse
    from claims.proof import held_remittance

    document = parse(Path(path).read_bytes())
    parsed = document.sets[0].parsed
    assert parsed.kind == "remittance"
    assert not held_remittance(parsed)
    return len(parsed.claims)


def oxedi(path: str, _: str) -> int:
    """Its document, tables and diagnostics."""
    import oxedi as library

    result = library.parse(Path(path).read_bytes())
    return len(result.document)


def x12sdk(path: str, _: str) -> int:
    """Its models."""
    from x12sdk.io import X12ModelReader

    with X12ModelReader(Path(path).read_text()) as reader:
        return len(list(reader.models()))


def nothing(path: str, _: str) -> int:
    """Python, and the file alone."""
    return len(Path(path).read_bytes())
