"""Open claims that a made-up remittance (bench/made_documents.py) pays: built by the core alone, as far as `submitted`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.made_documents import index
from claims import events as e
from claims.claim import Claim
from claims.deliveries import IndexEntry
from claims.encounter import read_json
from claims.lifecycle import begin, step
from claims.payer_rules import rules_for
from claims.state import ClaimState
from claims.tables import Tables

SENT_AT = datetime.now(UTC) - timedelta(hours=1)
"""Lately, so that no claim is asked about or chased while it is measured."""


@dataclass(frozen=True)
class Maker:
    """Claims like those of one template; reading JSON for each of ten thousand would take longer than the benchmark."""

    template: Claim
    tables: Tables

    def sent(self, entry: IndexEntry) -> ClaimState:
        """The claim of an index entry, registered and transmitted."""
        claim = self._claim(entry)
        rules = tuple(
            rules_for(self.tables.payer_rules, one.payer.payer_id, one.filing_indicator) for one in claim.coverages
        )
        registered = e.ClaimRegistered(
            at=SENT_AT,
            id=f"register/{entry.claim_id}",
            practice=entry.practice,
            claim_id=entry.claim_id,
            source="json",
            claim=claim,
            coded=True,
            payer_rules=rules,
            tables_version=self.tables.version,
        )
        state = begin(registered, self.tables).state
        numbers = {"interchange_control_number": "000000001", "group_control_number": "1", "set_control_number": "0001"}
        answers: tuple[e.AnyEvent, ...] = (
            e.EligibilityOverridden(at=SENT_AT, id="covered", by="bench"),
            e.ClaimScrubbed(at=SENT_AT, id="scrubbed", version=1),
            e.ClaimTransmitted(at=SENT_AT, id="sent", submission=1, document="0" * 64, **numbers),
        )
        for number, answer in enumerate(answers, 1):
            taken = step(state, answer.model_copy(update={"at": SENT_AT + timedelta(seconds=number)}), self.tables)
            assert not taken.refused, taken.refused
            state = taken.state
        assert state.status == "submitted", state.status
        return state.model_copy(update={"in_flight": ()})

    def _claim(self, entry: IndexEntry) -> Claim:
        line, coverage = self.template.lines[0], self.template.coverages[0]
        lines = tuple(
            line.model_copy(
                update={
                    "number": number,
                    "procedure": procedure,
                    "charge_cents": charge_cents,
                    "control_number": entry.line_control_numbers[number - 1],
                    "service_from": entry.service_from,
                    "service_to": entry.service_to,
                }
            )
            for number, (procedure, charge_cents) in enumerate(entry.lines, 1)
        )
        return self.template.model_copy(
            update={
                "patient_control_number": entry.patient_control_number,
                "charge_cents": entry.charge_cents,
                "lines": lines,
                "coverages": (coverage.model_copy(update={"member_id": entry.member_ids[0]}),),
            }
        )


def maker(tables: Tables) -> Maker:
    """A visit at Lakeside; made up, like everyone in it."""
    encounter = {
        "patient_control_number": "TEMPLATE",
        "type": "professional",
        "coded": True,
        "place_of_service": "11",
        "billing": {
            "npi": "1999999984",
            "last": "LAKESIDE FAMILY MEDICINE",
            "taxonomy": "207Q00000X",
            "tax_id": "391234567",
            "address": {"line1": "12 HARBOR ST", "city": "MADISON", "state": "WI", "postal_code": "537030012"},
        },
        "patient": {
            "last": "SAMPLE",
            "first": "ROBIN",
            "birth_date": "1980-05-17",
            "gender": "F",
            "address": {"line1": "9 PIER RD", "city": "MADISON", "state": "WI", "postal_code": "53703"},
        },
        "coverages": [
            {"payer_id": "12345", "payer_name": "EXAMPLE HEALTH PLAN", "member_id": "M1", "filing_indicator": "CI"}
        ],
        "diagnoses": ["I10"],
        "lines": [
            {"procedure": "99213", "charge": "125.00", "units": "1", "diagnoses": [1], "service_from": "2026-08-01"}
        ],
    }
    claims, problems = read_json(json.dumps(encounter).encode())
    assert not problems, problems
    return Maker(claims[0].claim, tables)


def sent_claims(tables: Tables, count: int) -> Sequence[ClaimState]:
    """As many as the remittance of that size pays."""
    make = maker(tables)
    return [make.sent(entry) for entry in index(count)]
