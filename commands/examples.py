"""The files of examples/ out of the generator, for any day."""

from __future__ import annotations

from datetime import date

from commands.synthetic import encounters, make
from commands.synthetic_x12 import institutional, professional

SEED = 7
DAY = date(2026, 11, 16)
"""The day that the committed files are dated by."""


def example_files(seed: int = SEED, today: date = DAY) -> dict[str, str]:
    """File name -> text."""
    claims = make(seed, today)
    return {
        "professional.837": professional([one for one in claims if one.scenario.kind == "professional"], today),
        "institutional.837": institutional([one for one in claims if one.scenario.kind == "institutional"], today),
        "encounters.json": encounters([one for one in claims if one.scenario.kind == "encounter"]),
    }
