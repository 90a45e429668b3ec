"""Recorded lives, replayed: the program of today takes every decision that it took when they were recorded.

tools/record_histories.py made them on real servers, of made-up claims.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.workflows.changed_claim import Unguarded
from tests.workflows.kit import TABLES, replay
from worker import runner
from workflows.tables import install

FOLDER = Path(__file__).parents[1] / "histories"
HISTORIES = sorted(FOLDER.glob("*.json"))
LARGEST_BYTES = 400_000
LIVES = {
    "clean_claim_paid",
    "denied_appealed_two_levels",
    "rejected_by_the_payer_corrected",
    "replaced_frequency_7",
    "voided",
    "taken_back_and_reopened",
    "second_plan_billed",
    "forwarded_to_the_supplement",
    "patient_account",
    "refund_to_the_patient",
    "parked_and_recovered",
    "coded_later",
    "documents_requested",
    "remittance",
    "inbound_document",
    "inbox",
    "handed_over",
    "continued_as_new",
}


@pytest.fixture(autouse=True)
def _tables() -> None:
    """As a worker does before it polls."""
    install(TABLES)


def history_of(path: Path) -> WorkflowHistory:
    text = path.read_text(encoding="utf-8")
    return WorkflowHistory.from_json(json.loads(text)["workflowId"], text)


def test_there_is_a_history_of_each_kind_of_life() -> None:
    assert {path.stem for path in HISTORIES} >= LIVES
    assert {path.stem: path.stat().st_size for path in HISTORIES if path.stat().st_size > LARGEST_BYTES} == {}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_todays_program_reads_the_history_to_its_last_event(path: Path) -> None:
    await replay(history_of(path))


async def test_a_release_that_would_ask_for_one_thing_more_is_caught() -> None:
    """The planted change: a timer that no running claim has. Without this the tests above might prove nothing."""
    replayer = Replayer(workflows=[Unguarded], data_converter=pydantic_data_converter, workflow_runner=runner())
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(history_of(FOLDER / "clean_claim_paid.json"))


def test_no_machine_is_named_in_a_history() -> None:
    """They are public: who recorded them, and where, is nobody's business."""
    named = re.compile(r'"identity":"(?!recorded")|"stackTrace":"(?!")|/(?:home|Users|root|tmp)/\w')
    assert [path.stem for path in HISTORIES if named.search(path.read_text(encoding="utf-8"))] == []
