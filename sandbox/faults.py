"""Faults that tests arm: the next calls of a path fail in a chosen way. Held in memory; a restart disarms them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.answers import Answer, refusal
from sandbox.clock import instant

Kind = Literal["drop_reply", "drop_request", "server_error", "too_many_requests", "conflict", "slow", "down"]


class Fault(BaseModel):
    """One armed fault.

    drop_reply: the work is done and the connection cut. drop_request: the connection is cut before any work.
    server_error: 500. too_many_requests: 429. conflict: 409 with Retry-After. slow: the work is done after `seconds`.
    down: 503 until `until`, however many calls.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: Kind
    path: str = Field(default="", description="only calls whose path contains this")
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=1.0, ge=0, le=300)
    until: str = Field(default="", description="down: an instant with its zone")


class Faults:
    """Those armed, the first armed first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Raises ValueError when a `down` fault has no readable end."""
        if fault.fault == "down":
            instant(fault.until)
        self._armed.append(fault)

    def armed(self) -> list[Fault]:
        return list(self._armed)

    def disarm(self) -> None:
        self._armed.clear()

    def take(self, path: str, now: datetime) -> Fault | None:
        """The fault that this call meets; it has one time less to go."""
        self._armed = [f for f in self._armed if f.fault != "down" or now < instant(f.until)]
        for index, fault in enumerate(self._armed):
            if fault.path not in path:
                continue
            if fault.fault != "down":
                rest = fault.model_copy(update={"times": fault.times - 1})
                self._armed[index : index + 1] = [rest] if rest.times else []
            return fault
        return None


def answer(fault: Fault) -> Answer | None:
    """The answer that a fault gives instead of any work."""
    if fault.fault == "server_error":
        return refusal(500, "INTERNAL_ERROR", "Internal server error")
    if fault.fault == "too_many_requests":
        return refusal(429, "TOO_MANY_REQUESTS", "Request throttled: CUSTOMER_LIMIT")
    if fault.fault == "conflict":
        return refusal(409, "CONFLICT", "A request with this idempotency key is in progress.")
    if fault.fault == "down":
        return refusal(503, "SERVICE_UNAVAILABLE", "Service unavailable")
    return None
