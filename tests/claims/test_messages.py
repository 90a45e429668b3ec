"""Messages as people and machines send them: each example reads, and whatever else comes is a refusal that says why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import events as e
from claims.details import details_markdown
from claims.lifecycle import step
from claims.messages import MESSAGES, PEOPLES_MESSAGES, find_message, read_message
from claims.posting import ledger
from claims.status import Stage, Status
from claims.views import allowed_actions, index_entry, summary, view, why_here
from tests.claims.kit import START, TABLES, WAYS, life

STATE = life().denied().state


def read(name: str, body: object, state: Any = STATE) -> e.AnyEvent:
    return read_message(name, body, at=START, id="m1", state=state, tables=TABLES)


@pytest.mark.parametrize("message", PEOPLES_MESSAGES, ids=lambda m: m.name)
def test_every_message_reads_its_own_example_by_all_of_its_names(message: Any) -> None:
    body = json.loads(message.example)
    for name in (message.name, *message.aliases, message.name.replace("_", "-"), f" {message.name.upper()} "):
        event = read(name, body)
        assert event.kind != "message_refused", (name, event)
        assert event.by == body["by"]
        assert (event.at, event.id) == (START, "m1")


def test_no_two_messages_share_a_name() -> None:
    names = [name for m in PEOPLES_MESSAGES for name in (m.name, *m.aliases)]
    assert len(names) == len(set(names))
    assert set(MESSAGES) == {m.name for m in PEOPLES_MESSAGES}
    assert find_message("nothing") is None


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("dance", {}, "there is no message of this name; known are"),
        ("pay", [1, 2], "the body must be a JSON object"),
        ("pay", "25.00", "the body must be a JSON object"),
        ("pay", {}, "amount: is missing"),
        ("pay", {"amount": "25,00"}, 'amount: not a decimal amount; write it like "125.00"'),
        ("pay", {"amount": 25.5}, "amount: a decimal string"),
        ("pay", {"amount": "1.001"}, "at most two decimal places"),
        ("pay", {"amount": True}, "amount: a decimal string"),
        ("pay", {"amount_cents": 10**30}, "too large"),
        ("write-off", {"amount": "1.00"}, "reason: is missing"),
        ("hold", {"kind": "coffee", "reason": "r"}, "hold: Input should be 'coding'"),
        ("decide_appeal", {"outcome": "perhaps"}, "outcome: overturned, upheld"),
        ("decide_appeal", {"outcome": "upheld", "notice_on": "2026-13-40"}, "notice_on"),
        ("appeal", {"level": "one"}, "level: expected a whole number"),
        ("appeal", {"level": "²"}, "level: expected a whole number"),
        ("appeal", {"level": "9" * 6000}, "level: expected a whole number"),
        ("appeal", {"documents": "all"}, "documents: expected a list"),
        ("extend", {"deadline": "follow_up", "to": "2026-04-01", "reason": "r"}, "to: "),
        ("extend", {"deadline": "follow_up", "to": "2026-04-01T08:00:00", "reason": "r"}, "needs an offset"),
        ("correct", {"shoe_size": "43"}, "shoe_size"),
        ("correct", {"changes": "none"}, ""),
        ("code", {"lines": [{"number": 77}]}, "the claim has no line 77"),
        ("choose", {"remedy": "pray"}, "remedy"),
        ("submit", {"force": True}, "force: there is no such field"),
        ("claim_registered", {}, "there is no message of this name"),
        ("deadline_passed", {"deadline": "filing:limit"}, "there is no message of this name"),
        ("message_refused", {"message": "x", "reason": "y"}, "there is no message of this name"),
        ("remittance_received", {"payment": {"status_code": 1}}, "document: is missing"),
    ],
)
def test_what_can_t_be_read_says_what_was_expected(name: str, body: object, told: str) -> None:
    event = read(name, body)
    assert isinstance(event, e.MessageRefused)
    assert told in event.reason
    taken = step(STATE, event, TABLES)
    assert taken.state.refused[-1].reason == event.reason
    assert taken.state.status == STATE.status


def test_a_refusal_never_repeats_what_was_sent() -> None:
    """A body may hold anything about a patient; what is recorded says the field, never its value."""
    secret = "DOE-JANE-1980"
    for name, body in (
        ("correct", {"diagnoses": {"patient": secret}}),
        ("pay", {"amount": secret}),
        ("hold", {"kind": secret, "reason": secret}),
        ("remittance_received", {"document": 1, "payment": {"patient_control_number": secret}}),
    ):
        event = read(name, body)
        assert isinstance(event, e.MessageRefused)
        assert secret not in event.reason


def test_a_body_can_t_pass_for_another_event_hour_or_identity() -> None:
    for body in ({"kind": "written_off"}, {"id": "x"}, {"at": "2020-01-01T00:00:00Z"}):
        event = read("submit", {**body, "reason": "r"})
        assert event.kind in ("message_refused", "submit_requested")
        assert (event.at, event.id) == (START, "m1")
    assert getattr(read("close", {"reopen": True}), "reopen", False) is False
    assert getattr(read("approve", {"approved": False}), "approved", None) is True
    assert read("pay", {"amount": "1.00", "by": {"name": "x"}}).by == ""


def test_a_write_off_without_an_amount_is_of_all_that_is_open() -> None:
    event = read("write_off", {"reason": "denied", "by": "b"})
    assert isinstance(event, e.WrittenOff)
    assert event.amount_cents == ledger(STATE, TABLES).open == 12500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "amount",
    "amount_cents",
    "level",
    "lines",
    "diagnoses",
    "changes",
    "reason",
    "kind",
    "to",
    "by",
    "text",
    "outcome",
)


@settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.sampled_from(sorted(MESSAGES)) | st.text(max_size=12), JSON | st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_reading_never_raises_and_taking_neither(name: str, body: object) -> None:
    step(STATE, read(name, body), TABLES)


# looking at a claim


@pytest.mark.parametrize("status", WAYS)
def test_a_claim_can_be_looked_at_in_every_status(status: str) -> None:
    """The page says whom it waits for, who acts and what may be done, and shows no name, birth date or member id."""
    state = WAYS[status]().state
    page = details_markdown(state, TABLES)
    told = json.dumps(
        [summary(state, TABLES), why_here(state, TABLES), view(state, TABLES).model_dump(mode="json"), page]
    )
    for secret in ("SAMPLE", "ROBIN", "1980-05-17", state.claim.coverages[0].member_id):
        assert secret not in told
    assert why_here(state, TABLES)["waits_for"] != status.replace("_", " ") or status == "adjudicated"
    assert index_entry(state).patient_control_number == "LK1"


@pytest.mark.parametrize("status", WAYS)
def test_what_may_be_done_is_not_refused_for_the_status(status: str) -> None:
    """An action offered to a person may still be refused for its content, never because `it is not possible now`."""
    state = WAYS[status]().state
    for action in allowed_actions(state):
        message = MESSAGES[action["message"]]
        if message.statuses:
            taken = step(state, read(action["message"], json.loads(action["example"]), state), TABLES)
            assert "is not possible while the claim is" not in taken.refused, (action["message"], taken.refused)


def test_a_coder_who_sends_no_codes_and_a_biller_who_corrects_nothing_are_refused() -> None:
    """An empty body once sent an uncoded encounter to the scrubber, where `code` could not reach it any more."""
    for name, field in (("code", "diagnoses"), ("correct", "nothing to correct")):
        event = read(name, {"by": "coder-1", "reason": "x"})
        assert isinstance(event, e.MessageRefused)
        assert event.reason.startswith(field)


def test_what_may_be_done_leaves_out_what_is_always_refused() -> None:
    """Nothing is held, written off, open as a task or armed here, so there is nothing to release, revert, take or extend."""
    bare = STATE.model_copy(update={"tasks": (), "deadlines": (), "holds": (), "write_offs": ()})
    names = {one["message"] for one in allowed_actions(bare)}
    assert not names & {"release", "revert_write_off", "task", "extend"}
    assert {"hold", "close", "note"} <= names
    closed = bare.model_copy(update={"status": Status.CLOSED, "stage": Stage.CLOSED})
    assert not {one["message"] for one in allowed_actions(closed)} & {"hold", "close"}


SENT = life().sent().state


@pytest.mark.parametrize(
    ("name", "body", "kind", "field", "expected"),
    [
        ("transmitted", {}, "claim_transmitted", "submission", 1),
        ("acknowledged", {"source": "999", "accepted": True}, "submission_acknowledged", "submission", 1),
        ("ack_received", {"source": "payer", "accepted": False}, "claim_acknowledged", "sender", "PR"),
        ("acknowledged", {"status": "A2:20"}, "claim_acknowledged", "sender", "AY"),
        ("status_received", {"status": "P1:20"}, "status_reported", "document", "message m1"),
        ("remitted", {"paid": "125.00"}, "remittance_received", "trace_number", "message m1"),
        ("eligibility_updated", {"active": True}, "eligibility_answered", "document", "message m1"),
        ("plb_takeback", {"amount": "5.00"}, "takeback_received", "amount_cents", 500),
        ("post_manual_payment", {"paid": "1.00", "check": "77"}, "manual_payment_posted", "reference", "77"),
        ("statement_sent", {"amount": "20.00"}, "statement_sent", "amount_cents", 2000),
        ("appeal_sent", {}, "appeal_sent", "level", 0),
        ("hold", {"reason": "wait"}, "hold_placed", "hold", "manager"),
        ("written_off", {"amount": "5.00", "reason": "small"}, "written_off", "amount_cents", 500),
        ("choose_denial_action", {"action": "appeal"}, "remedy_chosen", "remedy", "appeal"),
        (
            "set_followup",
            {"to": "2026-04-10T09:00:00-04:00", "reason": "r"},
            "deadline_extended",
            "deadline",
            "follow_up",
        ),
    ],
)
def test_a_short_body_is_completed_with_what_the_claim_knows(
    name: str, body: object, kind: str, field: str, expected: object
) -> None:
    event = read(name, body, SENT)
    assert event.kind == kind, event
    assert getattr(event, field) == expected


def test_a_remittance_in_short_form_is_the_same_money() -> None:
    """125.00 = 90.00 + 25.00 (CO-45) + 10.00 (PR-2)."""
    event = read("remitted", {"paid": "90.00", "contractual": "25.00", "adjustments": ["PR-2:10.00"]}, SENT)
    assert isinstance(event, e.RemittanceReceived)
    assert event.payment.balanced
    assert {(a.group, a.reason): a.amount_cents for a in event.payment.adjustments} == {
        ("PR", "2"): 1000,
        ("CO", "45"): 2500,
    }


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("acknowledged", {"source": "the moon", "accepted": True}, "source: payer, clearinghouse, TA1 or 999"),
        ("acknowledged", {}, "status: is missing"),
        ("remitted", {}, "amount: is missing"),
        ("remitted", {"paid": 1.5}, "paid: is missing or no decimal string"),
        ("remitted", {"paid": "1.00", "adjustments": [7]}, "adjustments: write each like"),
        ("remitted", {"paid": "1.00", "adjustments": "CO-45"}, "adjustments: expected a list"),
        ("choose", {}, "remedy: is missing"),
    ],
)
def test_a_short_body_that_lacks_the_matter_is_refused(name: str, body: object, told: str) -> None:
    event = read(name, body, SENT)
    assert isinstance(event, e.MessageRefused)
    assert told in event.reason


def test_a_coder_may_use_the_names_and_letters_of_the_paper_form() -> None:
    body = {
        "diagnosis_codes": ["E119", "I10"],
        "service_lines": [{"procedure_code": "99213", "charge": 125, "units": 1, "diagnosis_pointers": ["B", "A"]}],
    }
    event = read("code", body)
    assert isinstance(event, e.ClaimCoded), event
    line = event.claim.lines[-1]
    assert (line.procedure, line.charge_cents, line.quantity, line.pointers) == ("99213", 12500, "1", (2, 1))
    assert [one.code for one in event.claim.diagnoses] == ["E119", "I10"]


def test_a_field_that_stands_there_by_two_names_is_refused() -> None:
    event = read("correct", {"prior_authorization": "A1", "authorization": "A2"})
    assert isinstance(event, e.MessageRefused)
    assert event.reason.startswith("authorization: ")
