"""What an HTTP answer, or its absence, means to a carrier. Messages name the call and the status, never a body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from claims.ports import AuthenticationFailed, CarrierError, RateLimited, RequestRefused, Unavailable


def failure_of(call: str, problem: httpx.HTTPError | httpx.InvalidURL) -> CarrierError:
    """The error for a request that brought no answer."""
    if isinstance(problem, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return RequestRefused(f"{call}: the carrier's address can't be used; check the settings")
    if isinstance(problem, httpx.LocalProtocolError):
        return RequestRefused(f"{call}: the request can't be sent as it is; check the key in the settings")
    if isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unavailable(f"{call}: no connection ({type(problem).__name__}); nothing was sent")
    return Unavailable(f"{call}: no answer ({type(problem).__name__}); it may have been carried out")


def error_of(call: str, status: int, headers: Mapping[str, str], *, now: datetime) -> CarrierError | None:
    """The error for an answer's status, None where it is a success."""
    if status < 300:
        return None
    if status in {401, 403}:
        return AuthenticationFailed(f"{call}: answered {status}; the key is wrong, or not allowed to do this")
    if status in {409, 429}:
        what = "the first copy is still under way" if status == 409 else "too many requests"
        return RateLimited(f"{call}: answered {status}; {what}", retry_after(headers.get("retry-after", ""), now))
    if status in {408, 425} or status >= 500:
        return Unavailable(f"{call}: answered {status}")
    return RequestRefused(f"{call}: answered {status}; {_REFUSED.get(status, 'it will be refused again')}")


_REFUSED = {
    404: "there is no such thing at this address",
    413: "it is too large",
    422: "it can't be processed, or its idempotency key was used for something else",
}


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Retry-After, in seconds or as a date (RFC 9110 10.2.3); None where it is missing or unreadable."""
    if value.strip().isascii() and value.strip().isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
