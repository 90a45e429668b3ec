"""How effects end that don't succeed, and what operations reads of them. No server is needed for that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError, TimeoutType

from activities.orders import Order
from claims import effects as e
from claims.claim import Payer
from claims.lifecycle import begin
from claims.questions import StatusQuestion
from tests.workflows.kit import TABLES, claim_of, registered
from workflows.perform import MANNERS, failed
from workflows.reading import as_waiting, read_waiting

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
CLAIM = claim_of("SBXPAID")
TRANSMIT = e.TransmitClaim(id="transmit-1", submission=1, claim=CLAIM)
STATUS = StatusQuestion(
    trace="t",
    payer=Payer(payer_id="SBXPAID"),
    provider=CLAIM.billing,
    subscriber=CLAIM.patient,
    member_id="M1234567",
    patient_control_number="TEST1001",
    charge_cents=12500,
)


def order(effect: e.AnyEffect) -> Order[e.AnyEffect]:
    return Order(practice="p", claim_id="c", asked_at=NOW, effect=effect)


def activity_failed_of(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="",
        activity_id="",
        retry_state=RetryState.TIMEOUT,
    )
    error.__cause__ = cause
    return error


INQUIRE = e.InquireStatus(id="inquire-1", question=STATUS)
AWAY = ApplicationError("answered 503", type="Unavailable")
WRONG_KEY = ApplicationError("answered 401", type="AuthenticationFailed")
TOO_LATE = TimeoutError("", type=TimeoutType.SCHEDULE_TO_CLOSE, last_heartbeat_details=[])


@pytest.mark.parametrize(
    ("effect", "cause", "event", "reason"),
    [
        # may have reached the carrier: looked up before anything is sent again
        (TRANSMIT, AWAY, "transmission_unknown", "Unavailable"),
        (TRANSMIT, TOO_LATE, "transmission_unknown", "timed_out"),
        # the carrier let nothing in
        (TRANSMIT, WRONG_KEY, "effect_failed", "AuthenticationFailed"),
        # a question: nothing is on file because of it
        (INQUIRE, AWAY, "effect_failed", "Unavailable"),
    ],
)
def test_what_was_tried_for_as_long_as_it_may_be_ends_as_an_event(
    effect: e.AnyEffect, cause: BaseException, event: str, reason: str
) -> None:
    for error in (cause, activity_failed_of(cause)):
        ended = failed(order(effect), error)
        assert ended.kind == event
        assert reason in getattr(ended, "reason", "")


def test_every_effect_has_its_manner_and_a_summary_of_codes_alone() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(e.AnyEffect)[0])}
    assert kinds - {"archive_claim"} == set(MANNERS)
    for effect in (TRANSMIT, INQUIRE):
        said = MANNERS[effect.kind].summary(effect)
        assert "SBXPAID" in said
        assert "SAMPLE" not in said
        assert "M1234567" not in said


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[]", b"null", b"7", b'"x"', b'{"events": {}}', b"[" * 100_000])
@pytest.mark.parametrize("name", ["pay", "deliver", "hold", "", "claim_registered", "__temporal", "hold " * 40])
def test_no_bytes_under_any_name_are_more_than_a_refusal(name: str, text: bytes) -> None:
    state = begin(registered(CLAIM, "c1"), TABLES).state
    message = as_waiting(name, [RawValue(Payload(metadata={"encoding": b"json/plain"}, data=text))], "m1")
    for event in read_waiting(message, at=NOW, state=state, tables=TABLES):
        assert event.kind == "message_refused"
        assert event.at == NOW
