"""What a payer does, as data: the shape of the files under `payers/`, and reading them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class Part(BaseModel):
    """A table of a payer's file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Clearinghouse(Part):
    """What happens before the payer sees the claim."""

    refused_modifiers: tuple[str, ...] = ()
    """A line with one of these procedure modifiers is an edit rejection (HTTP 400, code 33)."""
    reject_syntax_first: bool = False
    """The first submission of a patient control number gets a 999 that rejects its set."""
    lose_first_answer: bool = False
    """The first submission of a patient control number is accepted, and its answer never arrives."""


class FrontEnd(Part):
    """The payer's checks before adjudication; a failure is a 277CA rejection."""

    member_id_starts_with: str = ""


class CoverageScript(Part):
    """The answer to a 270."""

    active: bool = True
    rejection: str = ""
    """AAA03: 75 is 'subscriber not found'."""
    good_member_id_starts_with: str = ""
    """A member id that starts so is covered whatever the rest says."""
    plan: str = "SANDBOX PLAN"
    deductible: Decimal = Decimal(0)
    deductible_left: Decimal = Decimal(0)
    coinsurance_percent: int = 0
    copay: Decimal = Decimal(0)


class Pricing(Part):
    """How a line that is not denied is priced. Dollars; the deductible and copay are taken once a claim."""

    allowed: Literal["charge", "fee_schedule"] = "charge"
    deductible: Decimal = Decimal(0)
    copay: Decimal = Decimal(0)
    coinsurance_percent: Decimal = Decimal(0)
    sequestration_percent: Decimal = Decimal(0)


class Denial(Part):
    """Lines that the first decision denies in full."""

    lines: Literal["all", "first", "last"] = "all"
    group: str
    reason: str
    remarks: tuple[str, ...] = ()
    unless: Literal["", "prior_authorization"] = ""
    """What the claim may carry so that the payer does not deny: REF*G1."""


class RemittanceScript(Part):
    """When the 835 comes, and how many times."""

    after: Literal["payer_ack", "inquiry"] = "payer_ack"
    copies: int = Field(default=1, ge=1, le=5)
    remarks: tuple[str, ...] = ()
    """MOA remark codes of every decision."""


class Crossover(Part):
    """A primary payer that hands the claim on to the next one (CLP02 19)."""

    payer: str
    lost: bool = False
    """The next payer never hears of it."""


class Takeback(Part):
    """A payer that wants its money back later, by PLB WO."""

    percent: Decimal = Decimal(100)


Outcome = Literal["overturned", "upheld"]


class Script(Part):
    """One payer."""

    payer: str
    name: str
    story: str
    clearinghouse: Clearinghouse = Clearinghouse()
    front_end: FrontEnd = FrontEnd()
    coverage: CoverageScript = CoverageScript()
    pricing: Pricing = Pricing()
    denials: tuple[Denial, ...] = ()
    remittance: RemittanceScript = RemittanceScript()
    appeals: tuple[Outcome, ...] = ()
    """The decision at each level, the first one first; past the end every appeal is upheld."""
    crossover: Crossover | None = None
    takeback: Takeback | None = None
    documents: Outcome | None = None
    """The decision once the documents that a denial asked for have arrived."""

    def outcome(self, kind: Literal["appeal", "documents"], level: int) -> Outcome:
        """What the payer answers to correspondence on a decided claim."""
        if kind == "documents":
            return self.documents or "upheld"
        return self.appeals[level - 1] if 0 < level <= len(self.appeals) else "upheld"


@cache
def scripts() -> dict[str, Script]:
    """Every payer by its id. Raises ValueError, naming the file, when one cannot be read."""
    found: dict[str, Script] = {}
    for path in sorted((HERE / "payers").glob("*.toml")):
        try:
            script = Script.model_validate(tomllib.loads(path.read_text("utf-8")))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        if script.payer in found:
            raise ValueError(f"{path.name}: payer {script.payer} has another file")
        found[script.payer] = script
    for script in found.values():
        if script.crossover is not None and script.crossover.payer not in found:
            raise ValueError(f"{script.payer}: no payer {script.crossover.payer} to hand claims on to")
    return found


class FeeSchedule(Part):
    """What a unit of a procedure or a revenue code is worth, in dollars."""

    default_percent_of_charge: Decimal
    procedures: dict[str, Decimal] = {}
    revenue_codes: dict[str, Decimal] = {}


@cache
def fee_schedule() -> FeeSchedule:
    """The fee schedule of every payer that uses one."""
    return FeeSchedule.model_validate(tomllib.loads((HERE / "fee_schedule.toml").read_text("utf-8")))
