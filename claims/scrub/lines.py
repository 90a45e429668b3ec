"""Edits on service lines: pointers, charges, units, repeats, and whether the lines add up to the claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from claims.claim import Claim, ServiceLine
from claims.money import dollars
from claims.scrub.codesets import (
    HOME_OR_HOSPICE,
    NO_COST_MODIFIERS,
    REPEAT_MODIFIERS,
    REPORTED_AT_ZERO,
)
from claims.scrub.edit import Fault, Scene, at_line, number

MOST_LINES = {"professional": 50, "institutional": 999}
"""Loop 2400 repeats, 837P and 837I TR3s."""
MOST_CENTS = 99_999_999_99
"""A HIPAA amount has at most ten digits, cents included (TR3s, appendix on decimal data)."""
MOST_PER_LINE = 4
MOST_DIAGNOSES = 12


def no_lines(scene: Scene) -> Iterator[Fault]:
    if not scene.claim.lines:
        yield Fault("2400", "the claim has no service line", "add the services")


def too_many_lines(scene: Scene) -> Iterator[Fault]:
    limit = MOST_LINES[scene.claim.type]
    if len(scene.claim.lines) > limit:
        yield Fault("2400", f"{len(scene.claim.lines)} lines; {limit} fit a claim", "split the claim")


def pointer_missing(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if not line.pointers:
            yield Fault(
                _pointer(line), "no diagnosis is pointed to", "point to the diagnosis that explains the service"
            )


def pointer_absent(scene: Scene) -> Iterator[Fault]:
    known = len(scene.claim.diagnoses)
    for line in scene.claim.lines:
        for pointer in line.pointers:
            if 1 <= pointer <= MOST_DIAGNOSES and pointer > known:
                yield Fault(_pointer(line), f"pointer {pointer}, and the claim has {known} diagnoses", "correct it")


def pointer_range(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for pointer in line.pointers:
            if not 1 <= pointer <= MOST_DIAGNOSES:
                yield Fault(_pointer(line), f"pointer {pointer} is not 1 to {MOST_DIAGNOSES}", "correct the pointer")


def pointer_repeated(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        for pointer, times in Counter(line.pointers).items():
            if times > 1:
                yield Fault(_pointer(line), f"pointer {pointer} stands {times} times", "point to each diagnosis once")


def pointer_count(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if len(line.pointers) > MOST_PER_LINE:
            yield Fault(_pointer(line), f"{len(line.pointers)} pointers; {MOST_PER_LINE} fit a line", "keep four")


def _pointer(line: ServiceLine) -> str:
    return f"line {line.number} SV107"


def line_sum(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    total = sum(line.charge_cents for line in claim.lines)
    if claim.lines and total != claim.charge_cents:
        yield Fault(
            "2300 CLM02",
            f"the lines add up to {dollars(total)}, the claim says {dollars(claim.charge_cents)}",
            "correct the charge of a line or of the claim",
        )


def negative_charge(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.charge_cents < 0:
        yield Fault("2300 CLM02", "the charge is below zero", "enter what was charged; a void is frequency 8")
    for line in claim.lines:
        if line.charge_cents < 0:
            yield Fault(_charge(claim, line), "the charge is below zero", "enter what was charged")


def charge_too_large(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.charge_cents > MOST_CENTS:
        yield Fault("2300 CLM02", "an amount has at most ten digits", "split the claim")
    for line in claim.lines:
        if line.charge_cents > MOST_CENTS:
            yield Fault(_charge(claim, line), "an amount has at most ten digits", "split the line")


def zero_claim_charge(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.charge_cents or scene.notice or claim.frequency in {"0", "8"}:
        return
    if any(not zero_is_right(scene, line) for line in claim.lines):
        yield Fault("2300 CLM02", "the claim charges nothing", "enter the charge, unless it only reports an encounter")


def zero_line_charge(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    if claim.charge_cents == 0:
        return  # said once, of the claim
    for line in claim.lines:
        if line.charge_cents == 0 and not zero_is_right(scene, line):
            yield Fault(_charge(claim, line), "the line charges nothing", "enter the charge, or leave the line out")


def zero_is_right(scene: Scene, line: ServiceLine) -> bool:
    """Services that are reported and not sold: quality codes, follow-up visits, free vaccines, rate and leave lines."""
    if line.procedure_qualifier == "HP" or REPORTED_AT_ZERO.match(line.procedure):
        return True
    # 002x are rate codes, 018x leave of absence; packaged institutional services often carry no charge of their own.
    if scene.institutional and (line.revenue_code[:3] in {"002", "018"} or line.non_covered_cents is not None):
        return True
    return bool(NO_COST_MODIFIERS & set(line.modifiers))


def _charge(claim: Claim, line: ServiceLine) -> str:
    return at_line(claim, line, "03" if claim.type == "institutional" else "02")


def units(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    for line in claim.lines:
        place = at_line(claim, line, "05" if scene.institutional else "04")
        amount = number(line.quantity)
        if amount is None:
            yield Fault(place, "the units are missing or no number", "enter the units of service")
            continue
        # A rate line (002x) or a leave day (018x) may count nothing.
        if amount < 0 or (amount == 0 and not (scene.institutional and line.revenue_code[:3] in {"002", "018"})):
            yield Fault(place, "the units are zero or less", "enter the units of service")


def unit_code(scene: Scene) -> Iterator[Fault]:
    allowed = ("DA", "UN") if scene.institutional else ("MJ", "UN")
    for line in scene.claim.lines:
        if line.unit not in allowed:
            place = at_line(scene.claim, line, "04" if scene.institutional else "03")
            yield Fault(place, f"{line.unit or 'no code'} as unit", f"use {' or '.join(allowed)}")


def minutes_without_anesthesia(scene: Scene) -> Iterator[Fault]:
    for line in scene.claim.lines:
        if line.unit == "MJ" and line.procedure_qualifier == "HC" and not _timed(line):
            yield Fault(
                at_line(scene.claim, line, "03"),
                f"minutes (MJ) with {line.procedure}, which is no anesthesia service",
                "count units (UN)",
            )


def _timed(line: ServiceLine) -> bool:
    # Anesthesia is 00100 to 01999 and 991xx; some plans take the surgical code with an anesthesia modifier instead.
    anesthesia_modifiers = {"AA", "AD", "QK", "QS", "QX", "QY", "QZ", "P1", "P2", "P3", "P4", "P5", "P6", "47", "23"}
    return line.procedure.startswith(("00", "01", "991")) or bool(anesthesia_modifiers & set(line.modifiers))


def duplicate_lines(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    # Home health and hospice list every visit, and two on one day are no error (Claims Processing Manual ch. 10, 11).
    if scene.institutional and claim.facility_code in HOME_OR_HOSPICE:
        return
    first: dict[ServiceLine, int] = {}
    for line in claim.lines:
        if not line.procedure or REPEAT_MODIFIERS & set(line.modifiers):
            continue
        bare = line.model_copy(update={"number": 0, "control_number": "", "pointers": (), "decisions": ()})
        bare = bare.model_copy(update={"carried": tuple(s for s in line.carried if s[:2] != ("REF", "6R"))})
        if bare in first:
            yield Fault(
                at_line(claim, line, ""),
                f"line {first[bare]} is the same service on the same day at the same charge",
                "count units on one line, or add the modifier that tells them apart (76, 77, 59, 91, XE)",
            )
        first.setdefault(bare, line.number)
