"""The HTTP surface. Paths and shapes are Stedi's, all on one address; what is ours lies under /sandbox."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.answers import Answer, refusal
from sandbox.clearinghouse import Clearinghouse
from sandbox.faults import Fault
from sandbox.faults import answer as fault_answer
from sandbox.polling import item, poll

HEALTHCARE = "/2024-04-01/change/medicalnetwork"
CORE = "/2023-08-01"

log = logging.getLogger("sandbox.access")


class ConnectionCut(Exception):
    """The caller is to get no answer at all."""


def create_app(house: Clearinghouse, api_key: str) -> ASGIApp:
    """The application: key check, access log and cut connections around the routes."""
    routes = _Routes(house)
    claims = f"{HEALTHCARE}/professionalclaims/v3/raw-x12-submission"
    institutional = f"{HEALTHCARE}/institutionalclaims/v1/raw-x12-submission"
    app = Starlette(
        routes=[
            Route("/health", routes.health),
            Route(claims, routes.professional, methods=["POST"]),
            Route(institutional, routes.institutional, methods=["POST"]),
            Route(f"{HEALTHCARE}/eligibility/v3/raw-x12", routes.eligibility, methods=["POST"]),
            Route(f"{HEALTHCARE}/claimstatus/v2/raw-x12", routes.claim_status, methods=["POST"]),
            Route(f"{CORE}/polling/transactions", routes.polling),
            Route(f"{CORE}/transactions/{{id}}", routes.transaction),
            Route(f"{CORE}/transactions/{{id}}/input", routes.artifact),
            Route(f"{CORE}/transactions/{{id}}/output", routes.artifact),
            Route("/files/{id}", routes.file),
            Route("/sandbox/accepted", routes.accepted),
            Route("/sandbox/payers", routes.payers),
            Route("/sandbox/correspondence", routes.correspondence, methods=["POST"]),
            Route("/sandbox/faults", routes.faults, methods=["GET", "POST", "DELETE"]),
        ],
        exception_handlers={404: _not_found, 405: _not_found, ConnectionCut: _cut},
    )
    return _Frontage(app, api_key)


class _Frontage:
    """Outside the routes: the key, the access log (path and status, never a body), and cutting a connection."""

    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app, self._api_key = app, api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def counted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        scope["sandbox.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        try:
            if scope["path"] != "/health" and not self._known(scope):
                await _json(refusal(401, "UNAUTHORIZED", "The API key is missing or wrong."))(scope, receive, counted)
            else:
                await self._app(scope, receive, counted)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            log.info("%s %s %s %.0f ms", scope["method"], scope["path"], status or "cut", milliseconds)

    def _known(self, scope: Scope) -> bool:
        given = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
        return hmac.compare_digest(given.removeprefix(b"Key ").strip(), self._api_key.encode())


class _Cut(Response):
    """No answer: uvicorn's connection is closed under the request, as a broken line would.

    A server without a connection (a test's transport) gets ConnectionCut instead.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope["sandbox.transport"]
        if transport is None:
            raise ConnectionCut
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            continue


async def _cut(request: Request, error: Exception) -> Response:
    return _Cut()


class _Routes:
    def __init__(self, house: Clearinghouse) -> None:
        self._house = house

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    # Work

    async def professional(self, request: Request) -> Response:
        return await self._submit(request, "professional")

    async def institutional(self, request: Request) -> Response:
        return await self._submit(request, "institutional")

    async def _submit(self, request: Request, kind: str) -> Response:
        house, path = self._house, request.url.path
        key = request.headers.get("idempotency-key", "")

        def work(body: Any) -> Answer:
            x12 = _x12(body)
            return x12 if isinstance(x12, Answer) else house.intake.submit(kind, x12, key, path, house.clock.now())

        return await self._accept(request, work)

    async def correspondence(self, request: Request) -> Response:
        house = self._house
        return await self._accept(request, lambda body: house.post_room.receive(body, house.clock.now()))

    async def _accept(self, request: Request, work: Callable[[Any], Answer]) -> Response:
        """A call that accepts something, under an idempotency key if it has one."""
        path, raw = request.url.path, await request.body()
        key = request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= 255:
            return _json(refusal(400, "BAD_REQUEST", "Idempotency-Key must have 1 to 255 characters."))

        async def run() -> Answer:
            body = _parsed(raw)
            if isinstance(body, Answer):
                return body
            self._house.desk.run_due(self._house.clock.now())
            return self._house.do(key or "", path, raw, lambda: work(body))

        async def guarded() -> Answer:
            if key is None:
                return await self._with_fault(request, run)
            settled = self._house.before(key, path, raw)
            if settled is not None:
                return settled
            try:
                return await self._with_fault(request, run)
            finally:
                self._house.after(key)

        answer = await guarded()
        if answer.lost:
            raise ConnectionCut
        return _json(answer)

    async def eligibility(self, request: Request) -> Response:
        return await self._ask(request, self._house.questions.eligibility)

    async def claim_status(self, request: Request) -> Response:
        return await self._ask(request, self._house.questions.status)

    async def _ask(self, request: Request, answer_to: Callable[[str, Any], Answer]) -> Response:
        raw = await request.body()

        async def run() -> Answer:
            body = _parsed(raw)
            x12 = body if isinstance(body, Answer) else _x12(body)
            if isinstance(x12, Answer):
                return x12
            now = self._house.clock.now()
            self._house.desk.run_due(now)
            with self._house.store.work():
                return answer_to(x12, now)

        return _json(await self._with_fault(request, run))

    async def _with_fault(self, request: Request, run: Callable[[], Awaitable[Answer]]) -> Answer:
        """Meet an armed fault, or else work."""
        fault = self._house.faults.take(request.url.path, self._house.clock.now())
        if fault is None:
            return await run()
        if fault.fault == "drop_request":
            raise ConnectionCut
        instead = fault_answer(fault)
        if instead is not None:
            return instead
        if fault.fault == "slow":
            await self._house.pause(fault.seconds)
            return await run()
        await run()
        raise ConnectionCut

    # What came back

    async def polling(self, request: Request) -> Response:
        async def run() -> Answer:
            now = self._house.clock.now()
            self._house.desk.run_due(now)
            return poll(self._house.store, dict(request.query_params), _base(request), now)

        return _json(await self._with_fault(request, run))

    async def transaction(self, request: Request) -> Response:
        async def run() -> Answer:
            document = self._house.store.document(request.path_params["id"])
            if document is None or document.at > self._house.clock.now():
                return refusal(404, "NOT_FOUND", "No such transaction.")
            return Answer(200, item(document, _base(request)))

        return _json(await self._with_fault(request, run))

    async def artifact(self, request: Request) -> Response:
        async def run() -> Answer:
            document = self._house.store.document(request.path_params["id"])
            if document is None or document.at > self._house.clock.now():
                return refusal(404, "NOT_FOUND", "No such transaction.")
            return Answer(302, {"location": f"{_base(request)}/files/{document.file}"})

        answer = await self._with_fault(request, run)
        return RedirectResponse(answer.body["location"], 302) if answer.status == 302 else _json(answer)

    async def file(self, request: Request) -> Response:
        document = self._house.store.document(request.path_params["id"])
        if document is None or document.at > self._house.clock.now():
            return _json(refusal(404, "NOT_FOUND", "No such file."))
        kind = "application/json" if document.set_id == "letter" else "application/edi-x12"
        return PlainTextResponse(document.body, media_type=kind)

    # Ours

    async def accepted(self, request: Request) -> Response:
        pcn = request.query_params.get("patientControlNumber")
        rows = [r for r in self._house.store.accepted() if pcn in (None, r["patientControlNumber"])]
        return JSONResponse({"accepted": rows})

    async def payers(self, request: Request) -> Response:
        rows = [{"payerId": s.payer, "name": s.name, "story": s.story} for s in self._house.scripts.values()]
        return JSONResponse({"payers": rows})

    async def faults(self, request: Request) -> Response:
        faults = self._house.faults
        if request.method == "DELETE":
            faults.disarm()
        elif request.method == "POST":
            try:
                faults.arm(Fault.model_validate_json(await request.body()))
            except (ValidationError, ValueError) as error:
                return _json(refusal(400, "BAD_REQUEST", str(error)))
        return JSONResponse({"armed": [fault.model_dump() for fault in faults.armed()]})


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return refusal(400, "BAD_REQUEST", "The body is not JSON.")


def _x12(body: Any) -> str | Answer:
    x12 = body.get("x12") if isinstance(body, dict) else None
    return x12 if isinstance(x12, str) and x12 else refusal(400, "BAD_REQUEST", 'The body must be {"x12": "ISA..."}.')


def _json(answer: Answer) -> Response:
    headers = {"Retry-After": "1"} if answer.status in (409, 503) else {}
    return JSONResponse(answer.body, answer.status, headers)


async def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    code = "METHOD_NOT_ALLOWED" if status == 405 else "NOT_FOUND"
    return _json(refusal(status, code, "There is nothing at this address and method."))
