"""Readers that are not the sandbox's: pyx12 where it has a map, oxedi for the balance of an 835, x12sdk for the rest."""

from __future__ import annotations

import io

import oxedi
import pyx12.params
import pyx12.x12n_document
from x12sdk.io import X12ModelReader


def pyx12_finds(x12: str) -> list[str]:
    """What pyx12 has against a document; empty when it accepts it."""
    report = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(x12), None, None, None, report)
    return [] if accepted else [report.getvalue()]


def oxedi_finds(x12: str) -> list[str]:
    """What oxedi has against an 835, balances included."""
    return [str(found) for found in oxedi.parse(x12.encode()).diagnostics]


def x12sdk_models(x12: str) -> int:
    """How many sets x12sdk's models of 271 and 277 accept; it raises on one that they refuse."""
    with X12ModelReader(x12) as reader:
        return len(list(reader.models()))
