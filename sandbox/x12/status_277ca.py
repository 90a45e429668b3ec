"""Writing the 277CA (005010X214): what a clearinghouse or a payer's front end makes of each claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sandbox.model import Claim, Organization
from sandbox.money import amount
from sandbox.x12.envelope import ACK_277CA, Address, Composite, Row, interchange


@dataclass(frozen=True)
class Verdict:
    """One claim's status: category (A0 to A8), status code, entity, and the number the payer gave it."""

    claim: Claim
    category: str
    status: str
    entity: str = ""
    payer_claim_control_number: str = ""

    @property
    def accepted(self) -> bool:
        return self.category in ("A0", "A1", "A2")


@dataclass(frozen=True)
class Speaker:
    """Who says it: AY the clearinghouse, PR the payer."""

    entity: str
    name: str
    identifier: str


CLEARINGHOUSE = Speaker("AY", "CLAIMLINE SANDBOX CLEARINGHOUSE", "CLAIMLINESBX")


def ack_277ca(
    speaker: Speaker, verdicts: Sequence[Verdict], batch: str, to: Address, control: int, at: datetime
) -> str:
    """A 277CA on claims of one submitter. `batch` comes back in 2200B TRN02."""
    day = f"{at:%Y%m%d}"
    body: list[Row] = [
        ["BHT", "0085", "08", f"{batch[:30]}{control}"[-50:], day, f"{at:%H%M}", "TH"],
        ["HL", "1", "", "20", "1"],
        [
            "NM1",
            speaker.entity,
            "2",
            speaker.name,
            "",
            "",
            "",
            "",
            "46" if speaker.entity == "AY" else "PI",
            speaker.identifier,
        ],
        ["TRN", "1", f"{batch[:30]}{control}"[-50:]],
        ["DTP", "050", "D8", day],
        ["DTP", "009", "D8", day],
        ["HL", "2", "1", "21", "1"],
        _name("41", verdicts[0].claim.submitter, "46"),
        ["TRN", "2", batch],
        ["STC", ("A1", "19", speaker.entity), day, "WQ", amount(sum(v.claim.charge_cents for v in verdicts))],
        *_totals(verdicts, "90", "AA"),
    ]
    number = 2
    for _, grouped in groupby(verdicts, key=lambda v: v.claim.billing):
        mine = list(grouped)
        number += 1
        provider = number
        body += [["HL", str(provider), "2", "19", "1"], _name("85", mine[0].claim.billing, "XX"), ["TRN", "1", "0"]]
        body += [["STC", ("A1", "19", speaker.entity), "", "WQ", amount(sum(v.claim.charge_cents for v in mine))]]
        body += _totals(mine, "QA", "QC")
        for verdict in mine:
            number += 1
            body += _patient(number, provider, verdict, day)
    return interchange(ACK_277CA, body, to, control, at)


def _name(entity: str, who: Organization, qualifier: str) -> Row:
    kind = "1" if who.first else "2"
    return ["NM1", entity, kind, who.name, who.first, "", "", "", qualifier if who.identifier else "", who.identifier]


def _totals(verdicts: Sequence[Verdict], good: str, bad: str) -> list[Row]:
    """How many and how much were accepted and rejected."""
    accepted = [v.claim.charge_cents for v in verdicts if v.accepted]
    rejected = [v.claim.charge_cents for v in verdicts if not v.accepted]
    rows: list[Row] = []
    if accepted:
        rows.append(["QTY", good, str(len(accepted))])
    if rejected:
        rows.append(["QTY", bad, str(len(rejected))])
    if accepted:
        rows.append(["AMT", "YU", amount(sum(accepted))])
    if rejected:
        rows.append(["AMT", "YY", amount(sum(rejected))])
    return rows


def _patient(number: int, provider: int, verdict: Verdict, day: str) -> list[Row]:
    claim, patient = verdict.claim, verdict.claim.patient
    member = patient.member_id or claim.subscriber.member_id
    status: Composite = (verdict.category, verdict.status, verdict.entity)
    rows: list[Row] = [
        ["HL", str(number), str(provider), "PT"],
        ["NM1", "QC", "1", patient.last, patient.first, patient.middle, "", "", "MI", member],
        ["TRN", "2", claim.patient_control_number],
        ["STC", status, day, "WQ" if verdict.accepted else "U", amount(claim.charge_cents)],
    ]
    if verdict.payer_claim_control_number:
        rows.append(["REF", "1K", verdict.payer_claim_control_number])
    if claim.kind == "institutional":
        rows.append(["REF", "BLT", f"{claim.facility_code}{claim.frequency}"])
    if claim.date_from:
        span = claim.date_from != claim.date_to and bool(claim.date_to)
        dates = f"{claim.date_from}-{claim.date_to}" if span else claim.date_from
        rows.append(["DTP", "472", "RD8" if span else "D8", dates])
    return rows
