"""Stedi's HTTP surface in raw X12: submission, eligibility, claim status, polling and fetching.

Sources: Stedi's API reference, healthcare 2024-04-01 and core 2023-08-01. The sandbox serves the same surface; its
extensions (TA1 and 999 in the polling list, correspondence) are on only where settings say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urljoin

import httpx

from adapters.carriers.answers import error_of, failure_of
from adapters.x12.reader import read_document
from adapters.x12.status_report import read_status_report
from claims.documents import StatusReport
from claims.ports import (
    Carrier,
    InboundItem,
    InboundPage,
    RequestRefused,
    SubmissionAnswer,
    Unavailable,
)

HEALTHCARE = "https://healthcare.us.stedi.com/2024-04-01"
CORE = "https://core.us.stedi.com/2023-08-01"

_SUBMISSION = {
    "professional": "/change/medicalnetwork/professionalclaims/v3/raw-x12-submission",
    "institutional": "/change/medicalnetwork/institutionalclaims/v1/raw-x12-submission",
}
_ELIGIBILITY = "/change/medicalnetwork/eligibility/v3/raw-x12"
_STATUS = "/change/medicalnetwork/claimstatus/v2/raw-x12"
_POLLING = "/polling/transactions"

_SUBMITTING = httpx.Timeout(90, connect=10)
# payers answer 270 and 276 in up to two minutes
_ASKING = httpx.Timeout(130, connect=10)
_FETCHING = httpx.Timeout(60, connect=10)

_SETTLED = timedelta(seconds=90)
"""`startDateTime` is at least a minute in the past (API reference, Poll transactions); clocks differ a little."""
_LOOKED_BACK = timedelta(hours=48)
"""How far back an unknown submission is looked for: the idempotency window, and a day to come to it."""
_LONGEST_KEY = 255


def _now() -> datetime:
    return datetime.now(UTC)


class Stedi(Carrier):
    """One account at Stedi, or at a sandbox that speaks like it.

    `lists_submissions` says that the polling list shows every accepted 837 with its patient control numbers, so that
    absence proves something; Stedi doesn't promise that, its list can only confirm.
    """

    def __init__(
        self,
        key: str,
        *,
        healthcare: str = HEALTHCARE,
        core: str = CORE,
        acknowledgements: frozenset[str] = frozenset({"277CA"}),
        correspondence_path: str = "",
        lists_submissions: bool = False,
        page_size: int = 100,
        name: str = "stedi",
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.name = name
        self.acknowledgements = acknowledgements
        self._healthcare = healthcare.rstrip("/")
        self._core = core.rstrip("/")
        self._correspondence_path = correspondence_path
        self._lists_submissions = lists_submissions
        self._page_size = page_size
        self._clock = clock
        # only connecting is tried again here: what was sent is repeated by the workflow, under the same key
        self._client = httpx.AsyncClient(
            headers={"Authorization": key}, transport=transport or httpx.AsyncHTTPTransport(retries=1)
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def submit(self, x12: str, *, claim_type: str, idempotency_key: str) -> SubmissionAnswer:
        if not 1 <= len(idempotency_key) <= _LONGEST_KEY:
            raise RequestRefused(f"{self.name}: an idempotency key has 1 to {_LONGEST_KEY} characters")
        path = _SUBMISSION.get(claim_type)
        if path is None:
            raise RequestRefused(f"{self.name}: no way to submit claims of this type")
        headers = {"Idempotency-Key": idempotency_key}
        answer = await self._send("POST", self._healthcare, path, json={"x12": x12}, headers=headers, edits=True)
        body = self._body(path, answer)
        x12_back = str(body.get("x12") or "")
        if answer.status_code == httpx.codes.BAD_REQUEST or body.get("status") == "ERROR":
            errors = _edits(body)
            if not errors:
                raise RequestRefused(f"{self._call('POST', path)}: refused without an edit that says why")
            return SubmissionAnswer(accepted=False, reference=_batch(x12_back), errors=errors, x12=x12_back)
        reference = _object(body.get("claimReference")).get("correlationId")
        return SubmissionAnswer(accepted=True, reference=str(reference or _batch(x12_back)), x12=x12_back)

    async def ask_eligibility(self, x12: str) -> str:
        return await self._ask(_ELIGIBILITY, x12)

    async def ask_status(self, x12: str) -> str:
        return await self._ask(_STATUS, x12)

    async def poll(self, *, since: datetime, page: str | None = None) -> InboundPage:
        """What came in after `since`, oldest first. Stedi always names a next page; the last one is empty."""
        items, following = await self._page(since, page)
        inbound = tuple(_inbound(item) for item in items if item.get("direction", "INBOUND") == "INBOUND")
        return InboundPage(items=inbound, next_page=following if items else None)

    async def fetch(self, item_id: str) -> bytes:
        """The document as it came; Stedi answers with a redirect to a download that needs no key."""
        path = f"/transactions/{quote(item_id, safe='')}/input"
        answer = await self._send("GET", self._core, path, patience=_FETCHING, follow=True)
        return answer.content

    async def let_go(self, item_id: str) -> None:
        """Stedi's list is a log: nothing is ever removed from it."""

    async def find_submission(self, patient_control_number: str, *, idempotency_key: str = "") -> bool | None:
        since, page = self._clock() - _LOOKED_BACK, None
        while True:
            items, page = await self._page(since, page)
            # a refused claim's 277CA names it too; only the 837 that went on proves that it was taken
            if any(_set(item) == "837" and patient_control_number in _identifiers(item) for item in items):
                return True
            if not items or page is None:
                return False if self._lists_submissions else None

    async def send_correspondence(
        self, *, kind: Literal["appeal", "documents"], fields: dict[str, str], idempotency_key: str
    ) -> str | None:
        if not self._correspondence_path:
            return None
        path = self._correspondence_path
        body = {**fields, "kind": kind}
        root = urljoin(self._healthcare, "/").rstrip("/")
        answer = await self._send("POST", root, path, json=body, headers={"Idempotency-Key": idempotency_key})
        receipt = self._body(path, answer).get("receiptId")
        if not receipt:
            raise Unavailable(f"{self._call('POST', path)}: answered without a receipt")
        return str(receipt)

    async def _ask(self, path: str, x12: str) -> str:
        answer = await self._send("POST", self._healthcare, path, json={"x12": x12}, patience=_ASKING, edits=True)
        body = self._body(path, answer)
        # a 400 may carry the payer's own answer too (AAA rejections of a 271)
        reply = body.get("x12")
        if not reply:
            raise RequestRefused(f"{self._call('POST', path)}: answered {answer.status_code} without X12")
        return str(reply)

    async def _page(self, since: datetime, page: str | None) -> tuple[list[dict[str, Any]], str | None]:
        start = min(since, self._clock() - _SETTLED).astimezone(UTC)
        where = {"pageToken": page} if page else {"startDateTime": start.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        query = {**where, "pageSize": str(self._page_size)}
        answer = await self._send("GET", self._core, _POLLING, query=query, patience=_FETCHING)
        body = self._body(_POLLING, answer)
        items = body.get("items") or []
        if not all(isinstance(item, dict) and item.get("transactionId") and _moment(item) for item in items):
            raise Unavailable(f"{self._call('GET', _POLLING)}: a list that can't be read")
        return items, body.get("nextPageToken") or None

    async def _send(
        self,
        method: str,
        base: str,
        path: str,
        *,
        json: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        patience: httpx.Timeout = _SUBMITTING,
        follow: bool = False,
        edits: bool = False,
    ) -> httpx.Response:
        """The answer; `edits` lets a 400 through, whose body is then a business outcome."""
        call = self._call(method, path)
        try:
            answer = await self._client.request(
                method, base + path, json=json, headers=headers, params=query, timeout=patience, follow_redirects=follow
            )
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise failure_of(call, problem) from None
        if edits and answer.status_code == httpx.codes.BAD_REQUEST:
            return answer
        error = error_of(call, answer.status_code, answer.headers, now=self._clock())
        if error is not None:
            raise error
        return answer

    def _body(self, path: str, answer: httpx.Response) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if isinstance(body, dict):
            return body
        call = f"{self.name} {path}"
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise RequestRefused(f"{call}: answered 400 with no readable reason") from None
        raise Unavailable(f"{call}: an answer that can't be read; it may have been carried out") from None

    def _call(self, method: str, path: str) -> str:
        return f"{self.name} {method} {path}"


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _edits(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Code, place and text of each edit that refused a claim. Values are left out: they are the patient's."""
    errors = body.get("errors")
    if not isinstance(errors, list):
        return ()
    return tuple(_edit(_object(error)) for error in errors)


def _edit(error: Mapping[str, Any]) -> str:
    code, location, text = (str(error.get(name) or "").strip() for name in ("code", "location", "description"))
    value = str(error.get("value") or "").strip()
    if value:
        # a description may quote the value that it complains about
        text, location = text.replace(value, "…"), location.replace(value, "…")
    return " ".join(part for part in (code, location, text[:300]) if part) or "an edit without a reason"


def _moment(item: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(item.get("processedAt")))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _inbound(item: Mapping[str, Any]) -> InboundItem:
    moment = _moment(item)
    assert moment is not None  # `_page` let no other item through
    return InboundItem(id=str(item["transactionId"]), set=_set(item), processed_at=moment)


def _set(item: Mapping[str, Any]) -> str:
    transaction = _object(_object(_object(item.get("x12")).get("metadata")).get("transaction"))
    return str(transaction.get("transactionSetIdentifier") or "")


def _identifiers(item: Mapping[str, Any]) -> set[str]:
    listed = item.get("businessIdentifiers")
    values = listed if isinstance(listed, list) else []
    return {str(_object(value).get("value") or "") for value in values}


def _batch(x12: str) -> str:
    """The batch of the 277CA inside an answer: what later acknowledgements of the same submission name it by."""
    for ts in read_document(x12.encode()).sets:
        report, _ = read_status_report(ts) if ts.kind == "277CA" else (None, [])
        if isinstance(report, StatusReport) and report.batch:
            return report.batch
    return ""
