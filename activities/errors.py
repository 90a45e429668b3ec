"""Which troubles of the world Temporal tries again, and how they are named there.

An outage is an exception and is tried again under the same key; a refusal is a value and becomes an event.

    CarrierError
    ├── Unavailable            -> "Unavailable", tried again
    ├── RateLimited            -> "RateLimited", tried again when the carrier says
    ├── AuthenticationFailed   -> "AuthenticationFailed", not tried again: a person must mend the key
    ├── RequestRefused         -> "RequestRefused", not tried again
    ├── NotOffered             -> "NotOffered", not tried again: the claim goes on without
    └── OutcomeUnknown         -> "OutcomeUnknown", not tried again: look before sending
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from temporalio import activity
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError, FailureError

from activities.orders import Answer, Order
from claims.events import EffectFailed
from claims.ports import (
    AuthenticationFailed,
    CannotWrite,
    CarrierError,
    NotOffered,
    OutcomeUnknown,
    RateLimited,
    RecordsError,
    RequestRefused,
)

ENOUGH = 5
FINAL = (AuthenticationFailed, RequestRefused, NotOffered, OutcomeUnknown)
OURS = (FailureError, CarrierError, RecordsError, CannotWrite)
"""Errors whose words were chosen here, and repeat nothing that was sent, read or stored."""


class TypesAlone(DefaultFailureConverter):
    """What Temporal's history keeps of an error that is not ours: its type and place.

    Its text may repeat what it choked on (pydantic's does), and everybody who may see the server can read history.
    """

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        if not isinstance(exception, OURS):
            name = type(exception).__name__
            bare = ApplicationError(name, type=name)
            bare.__traceback__, bare.__cause__ = exception.__traceback__, exception.__cause__
            exception = bare
        super().to_failure(exception, payload_converter, failure)


class SealedTypesAlone(TypesAlone):
    """The same where payloads are sealed: message and stack of a failure go through the codec, too."""

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)


def as_failure(error: CarrierError) -> ApplicationError:
    """The same trouble as Temporal knows it. The message is the port's own, which never repeats a body."""
    kind = type(error).__name__
    if isinstance(error, RateLimited):
        return ApplicationError(str(error), type=kind, next_retry_delay=error.retry_after)
    return ApplicationError(str(error), type=kind, non_retryable=isinstance(error, FINAL))


@contextmanager
def carrier_errors() -> Iterator[None]:
    """Around every call of a carrier: its errors leave as failures that Temporal knows how to treat."""
    try:
        yield
    except CarrierError as error:
        raise as_failure(error) from error


@contextmanager
def few_tries() -> Iterator[None]:
    """Around our own work on one claim's data: a fault of the program is no outage, so it is given up after a few tries.

    Only the error's type and place leave: its text may repeat what it choked on, and history keeps every try's.
    """
    try:
        yield
    except Exception as error:
        fault = ApplicationError(
            type(error).__name__, type="ProgramFault", non_retryable=activity.info().attempt >= ENOUGH
        )
        raise fault.with_traceback(error.__traceback__) from None


def cannot_write(order: Order[Any], error: CannotWrite) -> Answer:
    """The claim is parked: a person has to mend what can't be written."""
    reason = f"cannot_write: {error}"
    return Answer(events=(EffectFailed(at=order.asked_at, id=order.key, effect=order.effect.id, reason=reason),))
