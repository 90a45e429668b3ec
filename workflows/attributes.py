"""Search attributes of a claim: what operations list and filter by. They are stored in clear: no protected data.

Of one namespace at most 8 keywords and 3 datetimes are ours, because SQL visibility has room for 10 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from claims.accounts.views import AccountView
from claims.views import ClaimView

STAGE = SearchAttributeKey.for_keyword("ClaimlineStage")
STATUS = SearchAttributeKey.for_keyword("ClaimlineStatus")
PRACTICE = SearchAttributeKey.for_keyword("ClaimlinePractice")
PAYER = SearchAttributeKey.for_keyword("ClaimlinePayer")
OWNER = SearchAttributeKey.for_keyword("ClaimlineOwner")
WAITS_FOR = SearchAttributeKey.for_keyword("ClaimlineWaitsFor")
NEXT_DEADLINE = SearchAttributeKey.for_datetime("ClaimlineNextDeadline")
FILING_DEADLINE = SearchAttributeKey.for_datetime("ClaimlineFilingDeadline")
APPEAL_DEADLINE = SearchAttributeKey.for_datetime("ClaimlineAppealDeadline")
NEEDS_ACTION = SearchAttributeKey.for_bool("ClaimlineNeedsAction")
OPEN_CENTS = SearchAttributeKey.for_int("ClaimlineOpenCents")

ALL: tuple[SearchAttributeKey[Any], ...] = (
    STAGE,
    STATUS,
    PRACTICE,
    PAYER,
    OWNER,
    WAITS_FOR,
    NEXT_DEADLINE,
    FILING_DEADLINE,
    APPEAL_DEADLINE,
    NEEDS_ACTION,
    OPEN_CENTS,
)

Attributes = Mapping[SearchAttributeKey[Any], Any]


def of_view(look: ClaimView) -> dict[SearchAttributeKey[Any], Any]:
    """The value of every attribute; None = not set."""
    return {
        STAGE: look.stage,
        STATUS: look.status,
        PRACTICE: look.practice,
        PAYER: look.payer_id or None,
        OWNER: look.owner or None,
        WAITS_FOR: look.waits_for[:60] or None,
        NEXT_DEADLINE: _utc(look.next_deadline),
        FILING_DEADLINE: _utc(look.filing_deadline),
        APPEAL_DEADLINE: _utc(look.appeal_deadline),
        NEEDS_ACTION: look.needs_action,
        OPEN_CENTS: look.open_cents,
    }


def of_account(look: AccountView, published: Attributes) -> dict[SearchAttributeKey[Any], Any]:
    """An account's own values; it has no stage, payer or filing deadline."""
    return {
        **dict.fromkeys(published),
        STATUS: f"account_{look.standing}",
        PRACTICE: look.practice,
        OWNER: "biller" if look.needs_action else None,
        NEXT_DEADLINE: _utc(look.next_at),
        NEEDS_ACTION: look.needs_action,
        OPEN_CENTS: look.balance_cents,
    }


def as_typed(attributes: Attributes) -> TypedSearchAttributes:
    """For a start: attributes that come with it cost no event."""
    return TypedSearchAttributes(
        [SearchAttributePair(key, value) for key, value in attributes.items() if value is not None]
    )


def published(typed: TypedSearchAttributes) -> dict[SearchAttributeKey[Any], Any]:
    """What the server has of a workflow."""
    return {key: typed.get(key) for key in ALL}


def changes(before: Attributes, after: Attributes) -> list[SearchAttributeUpdate[Any]]:
    """Only what differs, so that an upsert is an event only when there is something to tell."""
    return [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in after.items()
        if before.get(key) != value
    ]


def _utc(moment: datetime | None) -> datetime | None:
    """In UTC and whole milliseconds: what the server gives back compares equal to what it was given."""
    if moment is None:
        return None
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
