"""The clearinghouse's own edits on a claim that a 999 let through: each a code-33 error and a 277CA status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.model import Claim
from sandbox.money import amount
from sandbox.script import Script


@dataclass(frozen=True)
class Edit:
    """A failed edit: the words and place for the HTTP answer, the STC codes for the 277CA."""

    description: str
    location: str
    value: str
    category: str
    status: str
    entity: str = ""


def edits(claim: Claim, script: Script | None) -> list[Edit]:
    """What the clearinghouse refuses in a claim, the first one being the one that the 277CA names."""
    return [*_payer(claim, script), *_provider_numbers(claim), *_totals(claim), *_modifiers(claim, script)]


def valid_npi(number: str) -> bool:
    """Ten digits with a Luhn check digit over the prefix 80840 (CMS, NPI check digit)."""
    if len(number) != 10 or not number.isdigit():
        return False
    total = 24  # what 80840 adds to the sum
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _payer(claim: Claim, script: Script | None) -> Iterator[Edit]:
    if script is None:
        yield Edit("Payer ID is not known to this clearinghouse.", "2010BB NM109", claim.payer_id, "A7", "153", "PR")


def _provider_numbers(claim: Claim) -> Iterator[Edit]:
    if not valid_npi(claim.billing.identifier):
        yield Edit("Billing provider NPI is not valid.", "2010AA NM109", claim.billing.identifier, "A7", "562", "85")
    if claim.rendering and claim.rendering.identifier and not valid_npi(claim.rendering.identifier):
        yield Edit("Rendering provider NPI is not valid.", "2310B NM109", claim.rendering.identifier, "A7", "562", "82")


def _totals(claim: Claim) -> Iterator[Edit]:
    lines = sum(line.charge_cents for line in claim.lines)
    if lines != claim.charge_cents:
        text = f"Total charge must equal the sum of the line charges, {amount(lines)}."
        yield Edit(text, "2300 CLM02", amount(claim.charge_cents), "A7", "178")


def _modifiers(claim: Claim, script: Script | None) -> Iterator[Edit]:
    refused = script.clearinghouse.refused_modifiers if script else ()
    for line in claim.lines:
        for modifier in line.modifiers:
            if modifier in refused:
                place = f"2400 LX{line.number} {'SV101' if claim.kind == 'professional' else 'SV202'}"
                yield Edit("Procedure modifier is not valid.", place, modifier, "A7", "453")
