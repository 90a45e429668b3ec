"""A carrier's webhook: it only wakes the inbox. What the message says is never believed; the carrier is asked as always.

Signatures follow Standard Webhooks, with the variants that Stedi's texts leave open. Polling goes on beside it, so a
webhook that is lost, late or repeated changes nothing but the minutes until a document is fetched.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import itertools
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATH = "/webhooks/carrier"
WINDOW = timedelta(hours=72)
"""Stedi's timestamp is that of the event, and it tries again for 48 hours: a window of minutes would drop every retry."""
LARGEST = 256 * 1024
"""Bytes; events are thin."""
REMEMBERED = 10_000
"""Message ids kept to tell repeats. A forgotten one wakes the inbox once more, which harms nothing."""

Wake = Callable[[], Awaitable[None]]


class CannotWake(Exception):
    """The inbox can't be woken now; the carrier should try again."""


def create_app(
    wake: Wake, secrets: Sequence[str], *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Starlette:
    """Answers 204 for what was taken (or taken before), 401 for a wrong signature, 503 where the inbox can't be woken.

    `secrets` are all valid ones, several while they are being changed; none = nothing is verified.
    """
    receiver = _Receiver(wake, secrets, clock)
    return Starlette(routes=[Route(PATH, receiver.receive, methods=["POST"]), Route("/healthz", _well)])


async def _well(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class _Receiver:
    def __init__(self, wake: Wake, secrets: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._wake = wake
        self._secrets = secrets
        self._clock = clock
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._log = structlog.get_logger("webhook")

    async def receive(self, request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return _refused(400, "the sender hung up")
        if body is None:
            return _refused(413, f"a message has at most {LARGEST} bytes")
        identity = request.headers.get("webhook-id", "")
        if self._secrets and (wrong := self._wrong(request, identity, body)):
            self._log.warning(f"webhook refused: {wrong}")  # our own words: only listed keys would pass
            return _refused(401, wrong)
        if identity and identity in self._seen:
            return Response(status_code=204)
        try:
            await self._wake()
        except CannotWake:
            return _refused(503, "try again later")
        self._remember(identity)
        return Response(status_code=204)

    def _wrong(self, request: Request, identity: str, body: bytes) -> str:
        """Why it is not believed to be the carrier's; empty where it is."""
        stamp = request.headers.get("webhook-timestamp", "")
        signatures = request.headers.get("webhook-signature", "")
        if not (identity and stamp and signatures):
            return "webhook-id, webhook-timestamp and webhook-signature are needed"
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            return "webhook-timestamp is no Unix time"
        if abs(self._clock().timestamp() - int(stamp)) > WINDOW.total_seconds():
            return "webhook-timestamp is more than 72 hours off"
        if not verified(self._secrets, signatures, identity, stamp, body):
            return "the signature is not ours"
        return ""

    def _remember(self, identity: str) -> None:
        if identity:
            self._seen[identity] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


async def _read(request: Request) -> bytes | None:
    """The body; None where it is larger than any event."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


def _refused(code: int, reason: str) -> Response:
    return JSONResponse({"title": reason, "status": code}, code, media_type="application/problem+json")


def verified(secrets: Sequence[str], signatures: str, identity: str, stamp: str, body: bytes) -> bool:
    """Whether one of the signatures (`v1,...`, separated by blanks) is made with one of the secrets."""
    given = [word.removeprefix("v1,") for word in signatures.split() if word.startswith("v1,")]
    contents = (f"{identity}.{stamp}.".encode() + body, f"{stamp}.".encode() + body)
    keys = [key for secret in secrets for key in _keys(secret)]
    expected = [text for key, content in itertools.product(keys, contents) for text in _digests(key, content)]
    pairs = itertools.product(given, expected)
    return any(hmac.compare_digest(one.encode(), other.encode()) for one, other in pairs)


def _keys(secret: str) -> Iterator[bytes]:
    """`whsec_` and base64 by the standard; the text itself where a carrier takes it as it stands."""
    text = secret.removeprefix("whsec_")
    yield text.encode()
    yield secret.encode()
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return
    if decoded:
        yield decoded


def _digests(key: bytes, content: bytes) -> tuple[str, str]:
    digest = hmac.new(key, content, hashlib.sha256)
    return base64.b64encode(digest.digest()).decode(), digest.hexdigest()
