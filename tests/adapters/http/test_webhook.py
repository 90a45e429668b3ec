"""A carrier's webhook wakes the inbox, once for each message, and believes nobody without the right signature."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
import structlog

from adapters.http.serving import CannotListen, serving
from adapters.http.webhook import LARGEST, PATH, CannotWake, create_app
from adapters.logging import configure_logging

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
KEY = b"sixteen bytes ok"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = b'{"object":"v1.event","type":"transaction.processed"}'


class Inbox:
    def __init__(self) -> None:
        self.woken = 0
        self.away = False

    async def wake(self) -> None:
        if self.away:
            raise CannotWake
        self.woken += 1


def base(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed(identity: str = "msg_1", stamp: str = STAMP, body: bytes = BODY, key: bytes = KEY) -> dict[str, str]:
    """As Standard Webhooks has it: base64 of HMAC-SHA256 over `id.timestamp.body`, the key out of base64."""
    signature = base(key, f"{identity}.{stamp}.".encode() + body)
    return {"webhook-id": identity, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


async def post(
    inbox: Inbox, *headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)
) -> list[int]:
    app = create_app(inbox.wake, secrets, clock=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hook") as client:
        return [(await client.post(PATH, content=body, headers=one)).status_code for one in headers]


async def test_a_signed_message_wakes_the_inbox_and_its_repeat_does_not() -> None:
    inbox = Inbox()
    assert await post(inbox, signed(), signed(), signed("msg_2")) == [204, 204, 204]
    assert inbox.woken == 2


async def test_the_log_says_why_a_message_was_refused() -> None:
    said = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging("json", "warning", said)
    try:
        assert await post(Inbox(), signed(key=b"another key than ours")) == [401]
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert json.loads(said.getvalue())["event"] == "webhook refused: the signature is not ours"


@pytest.mark.parametrize(
    "digest",
    [
        lambda: base(KEY, f"{STAMP}.".encode() + BODY),
        lambda: hmac.new(KEY, f"{STAMP}.".encode() + BODY, hashlib.sha256).hexdigest(),
        lambda: base(SECRET.encode(), f"{STAMP}.".encode() + BODY),
        lambda: base(SECRET.removeprefix("whsec_").encode(), f"msg_1.{STAMP}.".encode() + BODY),
    ],
)
async def test_what_the_carriers_texts_leave_open_is_taken_either_way(digest: Callable[[], str]) -> None:
    inbox = Inbox()
    assert await post(inbox, {**signed(), "webhook-signature": f"v1,{digest()}"}) == [204]


async def test_while_secrets_are_changed_both_are_valid() -> None:
    inbox = Inbox()
    new = "whsec_" + base64.b64encode(b"another key, new").decode()
    old, other = signed(), signed("msg_2", key=b"another key, new")
    both = {**signed("msg_3"), "webhook-signature": f"v1,x {signed('msg_3')['webhook-signature']}"}
    assert await post(inbox, old, other, both, secrets=(new, SECRET)) == [204, 204, 204]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**signed(), "webhook-id": "msg_9"},
        {**signed(), "webhook-timestamp": str(int(STAMP) + 1)},
        {**signed(), "webhook-timestamp": "today"},
        {**signed(), "webhook-timestamp": "9" * 30},
        signed(key=b"of somebody else"),
        signed(body=b"{}"),
        {**signed(), "webhook-signature": ""},
        {**signed(), "webhook-signature": "v1,"},
        {**signed(), "webhook-signature": signed()["webhook-signature"].replace("v1", "v2")},
    ],
)
async def test_what_is_not_signed_with_our_secret_wakes_nobody(headers: dict[str, str]) -> None:
    inbox = Inbox()
    assert await post(inbox, headers) == [401]
    assert inbox.woken == 0


@pytest.mark.parametrize(("hours", "code"), [(0, 204), (48, 204), (72, 204), (73, 401), (-73, 401)])
async def test_a_retry_after_two_days_is_still_taken(hours: int, code: int) -> None:
    stamp = str(int(STAMP) - hours * 3600)
    assert await post(Inbox(), signed(stamp=stamp)) == [code]


async def test_a_message_that_could_not_wake_the_inbox_may_come_again() -> None:
    inbox = Inbox()
    inbox.away = True
    app = create_app(inbox.wake, (SECRET,), clock=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hook") as client:
        assert (await client.post(PATH, content=BODY, headers=signed())).status_code == 503
        inbox.away = False
        assert (await client.post(PATH, content=BODY, headers=signed())).status_code == 204
    assert inbox.woken == 1


async def test_an_endless_body_is_refused_unread() -> None:
    assert await post(Inbox(), signed(), body=b"x" * (LARGEST + 1)) == [413]


async def test_without_a_secret_anybody_may_wake_the_inbox() -> None:
    inbox = Inbox()
    assert await post(inbox, {}, {}, secrets=()) == [204, 204]
    assert inbox.woken == 2


async def test_it_is_served_beside_a_worker_and_ends_with_it() -> None:
    inbox = Inbox()
    async with (
        serving(create_app(inbox.wake, ()), "127.0.0.1:0") as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.post(PATH, content=BODY)).status_code == 204
        assert (await client.get(PATH)).status_code == 405
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_taken_port_is_one_clear_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(CannotListen, match="is the port taken"):
            async with serving(create_app(Inbox().wake, ()), address):
                pass
