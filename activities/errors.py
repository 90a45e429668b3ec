"""Which troubles of the world Temporal tries again, and how they are named there.

An outage is an exception and is tried again under the same key; a refusal is a value and becomes an event.

    CarrierError
    ├── Unavailable            -> "Unavailable", tried again
    ├── RateLimited            -> "RateLimited", tried again when the carrier says
    ├── AuthenticationFailed   -> "AuthenticationFailed", not tried again: a person must mend the key
    ├── RequestRefused         -> "RequestRefused", not tried again
    └── OutcomeUnknown         -> "OutcomeUnknown", not tried again: look before sending
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError

from claims.ports import (
    AuthenticationFailed,
    CarrierError,
    OutcomeUnknown,
    RateLimited,
    RequestRefused,
    Unavailable,
)

FINAL = (AuthenticationFailed, RequestRefused, OutcomeUnknown)


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


__all__ = ["FINAL", "RequestRefused", "Unavailable", "as_failure", "carrier_errors"]
