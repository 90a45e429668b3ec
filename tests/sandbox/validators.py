"""Two readers that are not the sandbox's: pyx12 for any set it has a map of, oxedi for the balance of an 835."""

from __future__ import annotations

import io

import oxedi
import pyx12.params
import pyx12.x12n_document


def pyx12_finds(x12: str) -> list[str]:
    """What pyx12 has against a document; empty when it accepts it."""
    report = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(x12), None, None, None, report)
    return [] if accepted else [report.getvalue()]


def oxedi_finds(x12: str) -> list[str]:
    """What oxedi has against an 835, balances included."""
    return [str(found) for found in oxedi.parse(x12.encode()).diagnostics]
