"""Edits on the claim's own segment: its number, its frequency, where it happened, what it is related to."""

from __future__ import annotations

from collections.abc import Iterator

from claims.scrub.codesets import FREQUENCIES, STATES, US_COUNTRIES
from claims.scrub.edit import Fault, Scene

_RELATED_CAUSES = 5
"""Place of CLM11 in `Claim.indicators`, which begins at CLM06."""
_PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})
"""Canada's, which the same element may name (837P TR3, CLM11-4)."""


def control_number_missing(scene: Scene) -> Iterator[Fault]:
    if not scene.claim.patient_control_number.strip():
        yield Fault("2300 CLM01", "the patient control number is missing", "give the claim a number")


def control_number_long(scene: Scene) -> Iterator[Fault]:
    if 20 < len(scene.claim.patient_control_number) <= 38:
        yield Fault("2300 CLM01", "payers need not return more than 20 characters of it", "use 20 or fewer")


def control_number_too_long(scene: Scene) -> Iterator[Fault]:
    if len(scene.claim.patient_control_number) > 38:
        yield Fault("2300 CLM01", "the patient control number has more than 38 characters", "use 20 or fewer")


def frequency_code(scene: Scene) -> Iterator[Fault]:
    frequency = scene.claim.frequency
    if frequency not in FREQUENCIES[scene.claim.type]:
        allowed = "a code of the NUBC list" if scene.institutional else "1, 7 or 8"
        yield Fault("2300 CLM05-3", f"{frequency or 'no code'} as claim frequency", f"use {allowed}")


def frequency_without_control_number(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.frequency in {"7", "8"} and not claim.payer_claim_control_number:
        what = "a replacement" if claim.frequency == "7" else "a void"
        yield Fault("2300 REF*F8", f"{what} without the payer's claim control number", "add it from the 835 (CLP07)")


def replacement_not_taken(scene: Scene) -> Iterator[Fault]:
    """Payers that take no replacement: Medicare Part B reopens a clerical error, or wants a new claim."""
    rules = scene.rules
    taken = rules.accepts_replacement
    if scene.institutional and rules.accepts_replacement_institutional is not None:
        taken = rules.accepts_replacement_institutional
    if scene.claim.frequency == "7" and not taken:
        yield Fault("2300 CLM05-3", "this payer takes no replacement claim", "ask for a reopening, or send a new claim")


def facility_qualifier(scene: Scene) -> Iterator[Fault]:
    expected = "A" if scene.institutional else "B"
    if scene.claim.facility_qualifier not in {"", expected}:
        yield Fault("2300 CLM05-2", f"the facility code qualifier of this claim type is {expected}", f"set {expected}")


def accident_state(scene: Scene) -> Iterator[Fault]:
    cause = _related_causes(scene)
    if "AA" not in cause[:3]:
        return
    state, country = (*cause[3:5], "", "")[:2]
    if not state and country in US_COUNTRIES:
        yield Fault("2300 CLM11-4", "an auto accident without the state where it happened", "enter the state")
    elif state and country in US_COUNTRIES and state not in STATES | _PROVINCES:
        yield Fault("2300 CLM11-4", "the accident's state is no state or territory of the US", "enter the state")


def accident_date(scene: Scene) -> Iterator[Fault]:
    dated = any(segment[:2] == ("DTP", "439") for segment in scene.claim.carried)
    if {"AA", "OA"} & set(_related_causes(scene)[:3]) and not dated:
        yield Fault("2300 DTP*439", "an accident without its date", "enter the date of the accident")


def _related_causes(scene: Scene) -> list[str]:
    indicators = scene.claim.indicators
    return indicators[_RELATED_CAUSES].split(":") if len(indicators) > _RELATED_CAUSES else []
