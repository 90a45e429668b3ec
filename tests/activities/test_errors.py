"""A fault of the program over a claim's data: tried again a few times, then given up, and its text goes nowhere."""

from __future__ import annotations

import dataclasses
import re
import traceback

import pytest
from pydantic import BaseModel
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultPayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.errors import ENOUGH, TypesAlone, few_tries
from claims.ports import RecordsError, Unavailable

PATIENT = "member W123 of Jane Doe"  # a name, because a stack holds lines of source


def fault(attempt: int) -> ApplicationError:
    """What leaves an activity that choked on a member's number."""

    def chokes() -> None:
        with few_tries():
            raise ValueError(PATIENT)

    room = ActivityEnvironment()
    room.info = dataclasses.replace(room.info, attempt=attempt)
    with pytest.raises(ApplicationError) as caught:
        room.run(chokes)
    return caught.value


@pytest.mark.parametrize("attempt", [1, ENOUGH - 1, ENOUGH])
def test_no_try_tells_history_what_the_program_choked_on(attempt: int) -> None:
    left = fault(attempt)
    assert (left.type, left.__cause__, left.__suppress_context__) == ("ProgramFault", None, True)
    assert re.fullmatch(r"ValueError in tests/activities/test_errors\.py:\d+", left.message)
    assert traceback.extract_tb(left.__traceback__)[-1].name == "chokes"


def test_a_fault_is_tried_again_until_it_has_had_enough_tries() -> None:
    assert [fault(attempt).non_retryable for attempt in range(1, 6)] == [False, False, False, False, True]


class Member(BaseModel):
    number: int


def in_history(error: BaseException) -> Failure:
    failure = Failure()
    TypesAlone().to_failure(error, DefaultPayloadConverter(), failure)
    return failure


def test_history_keeps_no_text_of_a_library_and_none_of_its_cause() -> None:
    try:
        try:
            Member.model_validate({"number": PATIENT})
        except ValueError as error:
            raise KeyError(PATIENT) from error
    except KeyError as error:
        kept = in_history(error)
    assert (kept.message, kept.application_failure_info.type) == ("KeyError", "KeyError")
    assert kept.cause.message == "ValidationError"
    assert "test_history_keeps_no_text" in kept.stack_trace
    assert PATIENT not in str(kept)


@pytest.mark.parametrize("error", [Unavailable("stedi POST /claims: answered 503"), RecordsError("records x: locked")])
def test_history_keeps_our_own_words(error: Exception) -> None:
    assert in_history(error).message == str(error)
