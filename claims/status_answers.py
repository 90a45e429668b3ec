"""What a claim status category says, in one word. Where it moves a claim is decided in claims/phases."""

from __future__ import annotations

from typing import Literal

from claims.documents import StatusCode, StatusLine

StatusOutcome = Literal[
    "received",
    "accepted",
    "rejected",
    "split",
    "pending",
    "info_requested",
    "finalized_paid",
    "finalized_denied",
    "not_found",
    "request_error",
    "ignored",
]

_BY_CATEGORY: dict[str, StatusOutcome] = {
    "A0": "received",
    "A1": "received",
    "A2": "accepted",
    "A3": "rejected",
    "A4": "not_found",
    "A5": "split",
    "A6": "rejected",
    "A7": "rejected",
    "A8": "rejected",
    "P0": "pending",
    "P1": "pending",
    "P2": "pending",
    "P3": "info_requested",
    "P4": "info_requested",
    "P5": "pending",
    "F1": "finalized_paid",
    "F2": "finalized_denied",
    "F4": "finalized_denied",
    "D0": "not_found",
    "RQ": "info_requested",
}
"""X12 code list 507. F0 and F3 say only that it is finished; R0 to R17 ask for something, E0 to E4 refuse to answer."""

_MOST_TELLING: tuple[StatusOutcome, ...] = (
    "rejected",
    "info_requested",
    "not_found",
    "finalized_denied",
    "finalized_paid",
    "request_error",
    "split",
    "accepted",
    "pending",
    "received",
    "ignored",
)


def status_outcome(set_: Literal["277CA", "277"], status: StatusLine) -> StatusOutcome:
    """What one STC says: the most telling of its composites. The action (STC03) never outweighs the category.

    A decision (P, F, R, D) inside a 277CA is malformed (X12 RFI 1942) and ignored, as is a category nobody knows.
    """
    found = {_of(set_, code, status) for code in status.codes}
    return next((outcome for outcome in _MOST_TELLING if outcome in found), "ignored")


def _of(set_: Literal["277CA", "277"], code: StatusCode, status: StatusLine) -> StatusOutcome:
    category = code.category
    if set_ == "277CA" and category[:1] not in ("A", "E"):
        return "ignored"
    if category in ("F0", "F3", "F3F", "F3N"):
        return "finalized_denied" if status.paid_cents == 0 else "finalized_paid"
    if category[:1] == "R" and category[1:].isdecimal():
        return "info_requested"
    if category in ("E0", "E1", "E2", "E3", "E4"):
        return "request_error"
    return _BY_CATEGORY.get(category, "ignored")
