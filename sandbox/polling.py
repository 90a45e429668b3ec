"""The polling list and single transactions, in the shapes of Stedi's core API."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from sandbox.answers import Answer, refusal
from sandbox.clock import instant, stamp
from sandbox.store import Document, Store

EXTENSION = "claimline-sandbox"
"""Marks what Stedi's API does not carry: TA1, 999 and letters."""

_PAGE_SIZE = 100
_LARGEST_PAGE = 500


def poll(store: Store, query: dict[str, str], base: str, now: datetime) -> Answer:
    """One page of transactions processed since `startDateTime`, or after `pageToken`.

    There is always a next page: asked for later, it begins with what came in the meantime. An empty one is the end.
    """
    start, token = query.get("startDateTime", ""), query.get("pageToken", "")
    if bool(start) == bool(token):
        return _bad("Give startDateTime or pageToken, and not both.")
    size = query.get("pageSize", str(_PAGE_SIZE))
    if not size.isdigit() or not 1 <= int(size) <= _LARGEST_PAGE:
        return _bad(f"pageSize must be a number from 1 to {_LARGEST_PAGE}.")
    try:
        after = _place(token) if token else (stamp(instant(start)), -1)
    except ValueError:
        return _bad("pageToken is not one of ours." if token else "startDateTime must be ISO 8601 with its zone.")
    if start and instant(start) > now - timedelta(minutes=1):
        return _bad("startDateTime must be at least one minute in the past.")
    page = store.documents(after, now, int(size))
    end = (stamp(page[-1].at), page[-1].seq) if page else after
    items = [item(document, base) for document in page]
    return Answer(200, {"items": items, "nextPageToken": _token(end)})


def item(document: Document, base: str) -> dict[str, Any]:
    """A transaction as the list and the single look-up show it. Its input artifact is the X12."""
    url = f"{base}/2023-08-01/transactions/{document.id}/input"
    shown: dict[str, Any] = {
        "transactionId": document.id,
        "fileExecutionId": document.file,
        "direction": document.direction,
        "mode": "test" if document.test else "production",
        "status": "succeeded",
        "processedAt": stamp(document.at),
        "artifacts": [{"artifactType": "application/edi-x12", "usage": "input", "model": "transaction", "url": url}],
        "businessIdentifiers": [
            {"element": name, "name": name, "value": value} for name, value in document.identifiers
        ],
        "x12": {
            "metadata": {"transaction": {"transactionSetIdentifier": document.set_id}},
            "transactionSetIdentifier": document.set_id,
        },
    }
    if document.set_id == "letter":
        shown["artifacts"][0]["artifactType"] = "application/json"
    if document.extension:
        shown["extension"] = EXTENSION
    return shown


def _token(place: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(f"{place[0]} {place[1]}".encode()).decode()


def _place(token: str) -> tuple[str, int]:
    at, _, seq = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
    return stamp(instant(at)), int(seq)


def _bad(message: str) -> Answer:
    return refusal(400, "BAD_REQUEST", message)
