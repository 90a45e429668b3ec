"""A fault of the program over a claim's data: tried again a few times, then given up, and its text goes nowhere."""

from __future__ import annotations

import dataclasses
import traceback

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.errors import ENOUGH, few_tries


def fault(attempt: int) -> ApplicationError:
    """What leaves an activity that choked on a member's number."""

    def chokes() -> None:
        with few_tries():
            raise ValueError("member W123 of Jane Doe")

    room = ActivityEnvironment()
    room.info = dataclasses.replace(room.info, attempt=attempt)
    with pytest.raises(ApplicationError) as caught:
        room.run(chokes)
    return caught.value


@pytest.mark.parametrize("attempt", [1, ENOUGH - 1, ENOUGH])
def test_no_try_tells_history_what_the_program_choked_on(attempt: int) -> None:
    left = fault(attempt)
    assert (left.type, left.message, left.__cause__, left.__suppress_context__) == (
        "ProgramFault",
        "ValueError",
        None,
        True,
    )
    assert traceback.extract_tb(left.__traceback__)[-1].name == "chokes"


def test_a_fault_is_tried_again_until_it_has_had_enough_tries() -> None:
    assert [fault(attempt).non_retryable for attempt in range(1, 6)] == [False, False, False, False, True]
