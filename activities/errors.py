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

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError

from activities.orders import Answer, Order
from claims.events import EffectFailed
from claims.ports import (
    AuthenticationFailed,
    CannotWrite,
    CarrierError,
    DocumentErased,
    NotOffered,
    OutcomeUnknown,
    RateLimited,
    RecordsError,
    RequestRefused,
)

ENOUGH = 5
PROGRAM_FAULT = "ProgramFault"
DAMAGED = "DocumentDamaged"
FINAL = (AuthenticationFailed, RequestRefused, NotOffered, OutcomeUnknown)
OUTSIDE = (FailureError, CarrierError, RecordsError, RPCError)
"""Never a fault of the program over its data: they pass `few_tries` as they are."""
OURS = (FailureError, CarrierError, RecordsError, CannotWrite)
"""Errors whose words were chosen here, and repeat nothing that was sent, read or stored."""

_ROOT = Path(__file__).resolve().parents[1]


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
    """Around our own work on one claim or document: a fault of the program is no outage, so it is given up after a few tries.

    Only the error's type and place leave: its text may repeat what it choked on, and history keeps every try's.
    """
    try:
        yield
    except OUTSIDE:
        raise
    except Exception as error:
        words = f"{type(error).__name__} in {_place(error)}"
        fault = ApplicationError(words, type=PROGRAM_FAULT, non_retryable=activity.info().attempt >= ENOUGH)
        raise fault.with_traceback(error.__traceback__) from None


def _place(error: Exception) -> str:
    """The last line of ours that the error went through."""
    ours = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(f"{_ROOT}{os.sep}")]
    ours = [one for one in ours if "site-packages" not in one.filename] or ours
    last = ours[-1] if ours else None
    return f"{os.path.relpath(last.filename, _ROOT)}:{last.lineno}" if last else "a library"


@contextmanager
def lasting_errors() -> Iterator[None]:
    """Around reads of one stored document: what stays wrong however often it is read is told apart from an outage.

    One that was erased is nobody's trouble; it leaves as it is.
    """
    try:
        yield
    except DocumentErased:
        raise
    except RecordsError as error:
        if error.transient:
            raise
        raise ApplicationError(str(error), type=DAMAGED) from error


def cannot_write(order: Order[Any], error: CannotWrite) -> Answer:
    """The claim is parked: a person has to mend what can't be written."""
    reason = f"cannot_write: {error}"
    return Answer(events=(EffectFailed(at=order.asked_at, id=order.key, effect=order.effect.id, reason=reason),))
