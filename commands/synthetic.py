"""Made-up claims for examples/ and the demo: which stories are told, by which payer, with which faults in them.

Seeded and dated: the same seed and day give the same bytes. People, members and practices do not exist;
NPIs, taxonomies, diagnoses and procedure codes are well formed. commands/synthetic_x12.py writes them as 837.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Kind = Literal["professional", "institutional", "encounter"]

_LAST = (
    *("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Hawthorn", "Juniper"),
    *("Larch", "Maple", "Oakes", "Pine", "Rowan", "Spruce", "Tamarack", "Willow"),
)
_FIRST_F = ("Ada", "Clara", "Edith", "Flora", "Grace", "Ida", "June", "Mabel", "Nora", "Opal", "Ruth", "Vera")
_FIRST_M = ("Amos", "Calvin", "Ezra", "Floyd", "Homer", "Ivan", "Julius", "Leon", "Milo", "Otis", "Ralph", "Silas")
_STREETS = ("Orchard", "Mill", "Lake", "Station", "Chapel", "Garden", "Harbor", "Quarry")
_CITIES = (
    ("Springfield", "IL", "62701"),
    ("Madison", "WI", "53703"),
    ("Columbus", "OH", "43215"),
    ("Albany", "NY", "12207"),
)

# Procedure -> charge in cents. Office visits, laboratory, imaging, injections: common HCPCS level I and II codes.
CHARGES = {
    "99203": 18500,
    "99213": 12500,
    "99214": 18000,
    "36415": 1500,
    "80053": 4800,
    "83036": 3600,
    "85025": 3200,
    "93000": 6500,
    "71046": 14500,
    "J1885": 2500,
    "97110": 7200,
    "72148": 98000,
    "99284": 86000,
}

# What a visit was about: ICD-10-CM codes that are billable in fiscal years 2026 and 2027, then procedures.
_VISITS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("E119", "I10"), ("99214", "83036")),
    (("J069",), ("99213",)),
    (("I10", "E785"), ("99213", "80053", "36415")),
    (("M5450",), ("99213", "J1885")),
    (("R079", "I10"), ("99214", "93000")),
    (("J45909",), ("99213", "71046")),
    (("K219",), ("99203",)),
    (("F411",), ("99214",)),
)


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer of the sandbox: its id scripts what happens."""

    id: str
    name: str
    filing_indicator: str = "CI"


PAYERS = {
    payer.id: payer
    for payer in (
        Payer("SBXPAID", "PROMPT HEALTH PLAN"),
        Payer("SBXSHARE", "COST SHARE HEALTH PLAN"),
        Payer("SBXEDIT", "STRICT EDITS HEALTH PLAN"),
        Payer("SBX999R", "SYNTAX HEALTH PLAN"),
        Payer("SBXREJECT", "MEMBER CHECK HEALTH PLAN"),
        Payer("SBXNECESSITY", "CLINICAL REVIEW HEALTH PLAN"),
        Payer("SBXUPHELD", "FIRM REVIEW HEALTH PLAN"),
        Payer("SBXPARTIAL", "LINE BY LINE HEALTH PLAN"),
        Payer("SBXSILENT", "SILENT HEALTH PLAN"),
        Payer("SBXLOST", "LOST ANSWER HEALTH PLAN"),
        Payer("SBXTWICE", "TWICE TOLD HEALTH PLAN"),
        Payer("SBXINACTIVE", "LAPSED COVERAGE HEALTH PLAN"),
        Payer("SBXAAA", "UNKNOWN MEMBER HEALTH PLAN"),
        Payer("SBXMCR", "SANDBOX MEDICARE", "MB"),
        Payer("SBXLEVEL2", "SECOND LEVEL HEALTH PLAN"),
        Payer("SBXDOCS", "RECORDS FIRST HEALTH PLAN"),
        Payer("SBXGATE", "UNAPPROVED APPEAL HEALTH PLAN"),
        Payer("SBXCROSS", "SANDBOX MEDICARE WITH CROSSOVER", "MB"),
        Payer("SBXCROSSLOST", "SANDBOX CROSSOVER LOST", "MB"),
        Payer("SBXSECOND", "SANDBOX SUPPLEMENT"),
    )
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One claim to make. `member` is the first letters of its member id: some payers answer by them."""

    number: str
    kind: Kind
    payer: str
    member: str = "M"
    procedures: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    """On the first line."""
    dependent: bool = False
    inpatient: bool = False
    coded: bool = True
    second: str = ""
    """The second payer, whose member the patient is herself."""


@dataclass(frozen=True, slots=True)
class Person:
    last: str
    first: str
    born: date
    gender: str
    street: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Line:
    procedure: str
    charge_cents: int
    revenue_code: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1
    unit: str = "UN"
    pointers: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class Made:
    """A claim as made: the scenario with people, days and lines."""

    scenario: Scenario
    payer: Payer
    subscriber: Person
    patient: Person
    member_id: str
    served_from: date
    served_to: date
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    group: str = ""
    second: Payer | None = None

    @property
    def charge_cents(self) -> int:
        return sum(line.charge_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Practice:
    name: str
    npi: str
    tax_id: str
    taxonomy: str
    street: str
    city: str
    state: str
    postal_code: str
    clinician: tuple[str, str, str] = field(default=("", "", ""))
    """Last name, first name and NPI of who rendered or attended."""


def npi(base: str) -> str:
    """Nine digits and their check digit: Luhn over 80840 + base (45 CFR 162.406, CMS NPI check digit)."""
    total = 24  # what the prefix 80840 adds
    for place, digit in enumerate(reversed(base)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return base + str(-total % 10)


CLINIC = Practice(
    name="LAKESIDE FAMILY PRACTICE",
    npi=npi("199999998"),
    tax_id="201234567",
    taxonomy="207Q00000X",
    street="12 HARBOR ST",
    city="MADISON",
    state="WI",
    postal_code="537030012",
    clinician=("HARTWELL", "IRENE", npi("188888887")),
)
HOSPITAL = Practice(
    name="LAKESIDE COMMUNITY HOSPITAL",
    npi=npi("177777776"),
    tax_id="201234568",
    taxonomy="282N00000X",
    street="400 HARBOR ST",
    city="MADISON",
    state="WI",
    postal_code="537030400",
    clinician=("OKAFOR", "DANIEL", npi("166666665")),
)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("LKP1001", "professional", "SBXPAID"),
    Scenario("LKP1002", "professional", "SBXPAID", dependent=True),
    Scenario("LKP1003", "professional", "SBXPAID"),
    Scenario("LKP1004", "professional", "SBXPAID"),
    Scenario("LKP1005", "professional", "SBXSHARE", procedures=("99214", "80053"), diagnoses=("E119", "I10")),
    Scenario("LKP1006", "professional", "SBXSHARE", dependent=True, procedures=("99213",), diagnoses=("J069",)),
    Scenario("LKP1007", "professional", "SBXSHARE", procedures=("99203",), diagnoses=("K219",)),
    Scenario("LKP1008", "professional", "SBXEDIT", modifiers=("ZZ",), procedures=("99213",), diagnoses=("J069",)),
    Scenario("LKP1009", "professional", "SBX999R"),
    Scenario("LKP1010", "professional", "SBXREJECT", member="X"),
    Scenario("LKP1011", "professional", "SBXNECESSITY", procedures=("72148",), diagnoses=("M5450",)),
    Scenario("LKP1012", "professional", "SBXUPHELD", procedures=("97110",), diagnoses=("M5450",)),
    Scenario("LKP1013", "professional", "SBXPARTIAL", procedures=("99213", "93000"), diagnoses=("R079", "I10")),
    Scenario("LKP1014", "professional", "SBXSILENT"),
    Scenario("LKP1015", "professional", "SBXLOST"),
    Scenario("LKP1016", "professional", "SBXTWICE"),
    Scenario("LKP1017", "professional", "SBXINACTIVE", member="N"),
    Scenario("LKP1018", "professional", "SBXAAA", member="N"),
    Scenario("LKP1019", "professional", "SBXMCR", procedures=("99214", "93000"), diagnoses=("R079", "I10")),
    Scenario("LKP1020", "professional", "SBXLEVEL2", procedures=("97110",), diagnoses=("M5450",)),
    Scenario("LKH2001", "institutional", "SBXPAID"),
    Scenario("LKH2002", "institutional", "SBXSHARE"),
    Scenario("LKH2003", "institutional", "SBXPARTIAL"),
    Scenario("LKH2004", "institutional", "SBXTWICE", dependent=True),
    Scenario("LKH2005", "institutional", "SBXPAID", inpatient=True),
    Scenario("LKE3001", "encounter", "SBXPAID", coded=False, procedures=("99213",), diagnoses=("J069",)),
    Scenario("LKE3002", "encounter", "SBXSHARE", coded=False, procedures=("99214", "93000"), diagnoses=("R079",)),
    Scenario("LKE3003", "encounter", "SBXPAID", procedures=("99213",), diagnoses=("I10",)),
    Scenario("LKE3004", "encounter", "SBXNECESSITY", coded=False, procedures=("72148",), diagnoses=("M5450",)),
    Scenario("LKP1021", "professional", "SBXDOCS", procedures=("99214",), diagnoses=("I10",)),
    Scenario("LKP1022", "professional", "SBXGATE", procedures=("97110",), diagnoses=("M5450",)),
    Scenario("LKP1023", "professional", "SBXSHARE", procedures=("99213",), diagnoses=("J069",), second="SBXSECOND"),
    Scenario("LKP1024", "professional", "SBXCROSS", procedures=("99213",), diagnoses=("I10",), second="SBXSECOND"),
    Scenario("LKP1025", "professional", "SBXCROSSLOST", procedures=("99213",), diagnoses=("I10",), second="SBXSECOND"),
)


def make(seed: int, today: date, scenarios: tuple[Scenario, ...] = SCENARIOS) -> list[Made]:
    """Every scenario with people and days: services lie one to four weeks before `today`, inside every filing limit."""
    dice = random.Random(seed)
    return [_made(one, dice, today) for one in scenarios]


def _made(scenario: Scenario, dice: random.Random, today: date) -> Made:
    subscriber = _person(dice, adult=True)
    patient = _child(subscriber, dice) if scenario.dependent else subscriber
    served = today - timedelta(days=dice.randint(7, 28))
    diagnoses, procedures = dice.choice(_VISITS)
    payer = PAYERS[scenario.payer]
    member = _medicare_number(dice) if payer.filing_indicator == "MB" else _member_id(scenario.member, dice)
    if scenario.kind == "institutional":
        lines, until = _hospital_lines(scenario, dice, served)
        diagnoses = ("I214",) if scenario.inpatient else ("R079", "I10")
    else:
        codes = scenario.procedures or procedures
        diagnoses = scenario.diagnoses or diagnoses
        pointers = tuple(range(1, len(diagnoses) + 1))
        lines = tuple(
            Line(code, CHARGES[code], modifiers=() if at else scenario.modifiers, pointers=pointers)
            for at, code in enumerate(codes)
        )
        until = served
    return Made(
        scenario=scenario,
        payer=payer,
        subscriber=subscriber,
        patient=patient,
        member_id=member,
        served_from=served,
        served_to=until,
        diagnoses=diagnoses,
        lines=lines,
        group="" if payer.filing_indicator == "MB" else f"G{dice.randrange(1000, 9999)}",
        second=PAYERS[scenario.second] if scenario.second else None,
    )


def _member_id(prefix: str, dice: random.Random) -> str:
    return f"{prefix}{dice.randrange(10**8, 10**9)}"


def _medicare_number(dice: random.Random) -> str:
    """A Medicare Beneficiary Identifier: its positions are C A AN N A AN N A A N N, without S L O I B Z (CMS)."""
    letters, digits = "ACDEFGHJKMNPQRTUVWXY", "0123456789"
    kinds = {"C": digits[1:], "A": letters, "N": digits, "X": letters + digits}
    return "".join(dice.choice(kinds[kind]) for kind in "CAXNAXNAANN")


def _hospital_lines(scenario: Scenario, dice: random.Random, served: date) -> tuple[tuple[Line, ...], date]:
    if scenario.inpatient:
        days = 3
        lines = (
            Line("", 180000 * days, "0120", units=days, unit="DA"),
            Line("", 42000, "0250"),
            Line("", 61000, "0300"),
        )
        return lines, served + timedelta(days=days)
    lines = (
        Line("99284", CHARGES["99284"], "0450"),
        Line("93000", CHARGES["93000"], "0730"),
        Line("80053", CHARGES["80053"], "0301"),
    )
    return lines[: dice.choice((2, 3))], served


def _person(dice: random.Random, *, adult: bool) -> Person:
    gender = dice.choice("FM")
    city, state, postal_code = dice.choice(_CITIES)
    born = date(dice.randint(1950, 2000), dice.randint(1, 12), dice.randint(1, 28))
    return Person(
        last=dice.choice(_LAST).upper(),
        first=dice.choice(_FIRST_F if gender == "F" else _FIRST_M).upper(),
        born=born if adult else born.replace(year=born.year + 30),
        gender=gender,
        street=f"{dice.randint(1, 980)} {dice.choice(_STREETS)} ST".upper(),
        city=city.upper(),
        state=state,
        postal_code=postal_code,
    )


def _child(parent: Person, dice: random.Random) -> Person:
    child = _person(dice, adult=False)
    born = child.born.replace(year=dice.randint(2010, 2020))
    return Person(
        parent.last, child.first, born, child.gender, parent.street, parent.city, parent.state, parent.postal_code
    )


def encounter(made: Made) -> dict[str, Any]:
    """A claim as the JSON that upstream systems write; codes are left out where a coder must still add them."""
    coded = made.scenario.coded
    person = made.patient
    lines = [
        {
            "service_from": made.served_from.isoformat(),
            "description": _WORDS.get(line.procedure, "Service"),
            "charge": f"{line.charge_cents // 100}.{line.charge_cents % 100:02d}",
            "units": str(line.units),
        }
        | ({"procedure": line.procedure, "diagnoses": list(line.pointers)} if coded else {})
        for line in made.lines
    ]
    return {
        "patient_control_number": made.scenario.number,
        "type": "professional",
        "coded": coded,
        "place_of_service": "11",
        "billing": {
            "npi": CLINIC.npi,
            "last": CLINIC.name,
            "taxonomy": CLINIC.taxonomy,
            "tax_id": CLINIC.tax_id,
            "address": _address(CLINIC),
        },
        "rendering": {"npi": CLINIC.clinician[2], "last": CLINIC.clinician[0], "first": CLINIC.clinician[1]},
        "patient": {
            "last": person.last,
            "first": person.first,
            "birth_date": person.born.isoformat(),
            "gender": person.gender,
            "address": _address(person),
        },
        "coverages": [
            {
                "payer_id": made.payer.id,
                "payer_name": made.payer.name,
                "member_id": made.member_id,
                "filing_indicator": made.payer.filing_indicator,
                "group_number": made.group,
            }
        ],
        **({"diagnoses": list(made.diagnoses)} if coded else {}),
        "lines": lines,
    }


def encounters(claims: list[Made]) -> str:
    """The JSON file of a list of claims."""
    return json.dumps([encounter(made) for made in claims], indent=2) + "\n"


# Our own words for what was done; the code set's descriptions belong to its owner.
_WORDS = {
    "99213": "Office visit, established patient",
    "99214": "Office visit, established patient, longer",
    "93000": "Electrocardiogram",
    "72148": "Imaging of the lower back",
}


def _address(of: Person | Practice) -> dict[str, str]:
    return {"line1": of.street, "city": of.city, "state": of.state, "postal_code": of.postal_code}
