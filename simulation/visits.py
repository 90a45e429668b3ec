"""Made-up visits: whom a practice sees, what it charges, and which payers she has. Everybody in it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from claims.claim import Claim, Coverage, HealthCode, Name, Payer, Person, Provider, ServiceLine
from simulation.chance import Chance, Stream

FIRST_DAY = date(2026, 1, 5)
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix")
PROCEDURES = ("99213", "99214", "93000", "36415", "80053", "71046", "20610", "90471")

PAYERS: tuple[tuple[str, str, str, int], ...] = (
    ("60054", "CI", "prompt", 16),
    ("87726", "CI", "slow", 16),
    ("62308", "CI", "denier", 12),
    ("61101", "CI", "careless", 14),
    ("BLUE1", "BL", "prompt", 12),
    ("MCR01", "MB", "federal", 16),
    ("MCD01", "MC", "state", 8),
    ("NOBODY", "CI", "careless", 6),
)
"""Payer id, SBR09, temper (simulation/tempers.py) and weight. The id or SBR09 finds its payer rules."""


@dataclass(frozen=True)
class Visit:
    """A claim about to be registered: when, in which zone, and whether a coder has been at it."""

    claim: Claim
    at: datetime
    zone: str
    coded: bool
    approvals: tuple[str, ...]
    """What the practice wants a second person for."""


def visit(chance: Chance, number: int) -> Visit:
    """Claim `number` of a seed, on some day of the two years after FIRST_DAY."""
    luck = chance.of("visit")
    day = FIRST_DAY + timedelta(days=luck.between(0, 729))
    lag = luck.weighted((("1", 50), ("3", 25), ("12", 15), ("70", 8), ("88", 2)))
    at = datetime(day.year, day.month, day.day, 13, 0, tzinfo=UTC) + timedelta(days=int(lag)) + luck.minutes(0, 480)
    approvals: tuple[str, ...] = ("appeal", "void", "write_off") if luck.happens(25) else ()
    return Visit(
        claim=_claim(luck, f"SIM{number:05d}", day),
        at=at,
        zone=luck.one_of(ZONES),
        coded=luck.happens(85),
        approvals=approvals,
    )


def _claim(luck: Stream, number: str, day: date) -> Claim:
    institutional = luck.happens(12)
    through = day + timedelta(days=luck.between(0, 3)) if institutional else day
    lines = tuple(
        ServiceLine(
            number=i,
            control_number=f"{number}-{i}",
            procedure=luck.one_of(PROCEDURES),
            revenue_code="0450" if institutional else "",
            charge_cents=luck.between(40, 900) * 50 + luck.between(0, 99),
            pointers=() if institutional else (1,),
            service_from=day,
        )
        for i in range(1, luck.between(1, 4) + 1)
    )
    return Claim(
        type="institutional" if institutional else "professional",
        patient_control_number=number,
        charge_cents=sum(line.charge_cents for line in lines),
        facility_code="13" if institutional else "11",
        billing=Provider(
            role="billing", name=Name(organization=True, last="LAKESIDE"), id_qualifier="XX", identifier="1999999984"
        ),
        patient=_person(),
        coverages=_coverages(luck, number),
        codes=(HealthCode(qualifier="ABK", code="I10"),),
        statement_from=day if institutional else None,
        statement_to=through if institutional else None,
        lines=lines,
    )


def _person() -> Person:
    return Person(name=Name(last="SAMPLE", first="ROBIN"), birth_date=date(1980, 5, 17), gender="F")


def _coverages(luck: Stream, number: str) -> tuple[Coverage, ...]:
    weights = tuple((payer, weight) for payer, _, _, weight in PAYERS)
    chosen = [luck.weighted(weights)]
    if luck.happens(25):
        other = luck.weighted(weights)
        if other != chosen[0]:
            chosen.append(other)
    indicator = {payer: sbr09 for payer, sbr09, _, _ in PAYERS}
    return tuple(
        Coverage(
            order="primary" if place == 0 else "secondary",
            payer=Payer(name=payer, payer_id=payer),
            subscriber=_person(),
            member_id=f"M{number}{place}",
            filing_indicator=indicator[payer],
        )
        for place, payer in enumerate(chosen)
    )


def temper_of(payer_id: str) -> str:
    """The temper of a payer of PAYERS; of any other, `careless`."""
    return next((temper for payer, _, temper, _ in PAYERS if payer == payer_id), "careless")
