"""The codec server: opens payloads for Temporal's UI and CLI, for people it knows, and notes every one it opens.

It fails closed: what can't be noted in the audit log is not opened. Without a file of users it serves this machine alone,
as for the demo; the browser is told which pages may ask (CORS), and a request from any other page is refused.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.codec import ENCODING, Payload, SealingCodec, UnknownKey, Unreadable, as_json, place_of, read_payloads
from adapters.http.codec_users import Users
from adapters.records.audit_log import Act
from claims.ports import RecordsError

LARGEST = 16 * 1024 * 1024
"""Bytes of a request; a page of a history has some hundred payloads."""
LOCAL = "this-machine"
"""Who asks where no users are named."""

Note = Callable[[Sequence[Act]], Awaitable[None]]


def create_app(codec: SealingCodec, note: Note, *, users: Users | None, origins: Sequence[str]) -> Starlette:
    """POST /decode and /encode with proto-JSON `Payloads`; GET / lets a browser sign in; GET /healthz.

    `origins` are the addresses of UIs that may ask. `users` None: whoever is on this machine.
    """
    server = _Server(codec, note, users, frozenset(origins))
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", "x-namespace"],
        allow_credentials=True,
        max_age=600,
    )
    routes = [
        Route("/decode", server.decode, methods=["POST"]),
        Route("/encode", server.encode, methods=["POST"]),
        Route("/healthz", _well),
        Route("/", server.sign_in),
    ]
    return Starlette(routes=routes, middleware=[cors])


async def _well(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status

    def answer(self) -> Response:
        headers = {"www-authenticate": 'Basic realm="Claimline codec"'} if self.status == 401 else {}
        return JSONResponse({"title": str(self), "status": self.status}, self.status, headers)


class _Server:
    def __init__(self, codec: SealingCodec, note: Note, users: Users | None, origins: frozenset[str]) -> None:
        self._codec = codec
        self._note = note
        self._users = users
        self._origins = origins
        self._log = structlog.get_logger("codec")

    async def sign_in(self, request: Request) -> Response:
        """A browser asks for name and token here, and sends them along to /decode from then on."""
        try:
            who = self._who(request)
        except _Refused as refused:
            return refused.answer()
        return PlainTextResponse(f"Signed in as {who}. Go back to Temporal's UI and load the page again.\n")

    async def decode(self, request: Request) -> Response:
        try:
            who, payloads = self._who(request), await _payloads(request)
            sealed = [one for one in payloads if one.metadata.get("encoding") == ENCODING]
            await self._noted(_acts(who, "decode", sealed, _namespace(request)))
            return JSONResponse(as_json([self._opened(one) for one in payloads]))
        except _Refused as refused:
            return refused.answer()

    async def encode(self, request: Request) -> Response:
        try:
            who, payloads = self._who(request), await _payloads(request)
            sealed = [self._codec.seal(one) for one in payloads]
            await self._noted(_acts(who, "encode", sealed, _namespace(request)))
            return JSONResponse(as_json(sealed))
        except _Refused as refused:
            return refused.answer()

    def _who(self, request: Request) -> str:
        """Raises _Refused for strangers, and for pages that are not ours."""
        origin = request.headers.get("origin", "")
        if origin and origin not in self._origins:
            raise _Refused(HTTPStatus.FORBIDDEN, "this page may not ask; name its address in CLAIMLINE_CODEC_ORIGINS")
        if self._users is None:
            if not _from_here(request):
                raise _Refused(HTTPStatus.FORBIDDEN, "without users the codec server answers this machine alone")
            return LOCAL
        if who := self._users.who(request.headers.get("authorization", "")):
            return who
        self._log.warning("codec refused: nobody we know")
        raise _Refused(HTTPStatus.UNAUTHORIZED, "name and token are needed")

    async def _noted(self, acts: Sequence[Act]) -> None:
        try:
            await self._note(acts)
        except RecordsError:
            self._log.error("codec closed: the audit log can't be written")
            raise _Refused(
                HTTPStatus.SERVICE_UNAVAILABLE, "the audit log can't be written; nothing is opened"
            ) from None

    def _opened(self, payload: Payload) -> Payload:
        try:
            return self._codec.open_for_reading(payload)
        except UnknownKey:
            return payload


async def _payloads(request: Request) -> Sequence[Payload]:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {LARGEST} bytes")
        return read_payloads(body)
    except ClientDisconnect:
        raise _Refused(HTTPStatus.BAD_REQUEST, "the sender hung up") from None
    except Unreadable as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, str(error)) from None


def _namespace(request: Request) -> str:
    return request.headers.get("x-namespace", "")


def _acts(who: str, action: str, sealed: Sequence[Payload], namespace: str) -> list[Act]:
    """One entry for each workflow of a request; payloads that name none are noted by their hash."""
    counted = Counter(_subject(one, namespace) for one in sealed)
    return [
        Act.model_validate({"actor": who, "action": action, "subject": subject, "detail": f"{where} {count}".strip()})
        for (where, subject), count in counted.items()
    ]


def _subject(payload: Payload, namespace: str) -> tuple[str, str]:
    where, workflow = place_of(payload)
    if workflow:
        return where, workflow
    return namespace, f"payload/{hashlib.sha256(payload.data).hexdigest()[:16]}"


def _from_here(request: Request) -> bool:
    """Straight from this machine: a proxy's requests come from here too, but name another host or whom they are for."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    return _local(request.client.host if request.client else "") and _local(request.url.hostname or "")


def _local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
