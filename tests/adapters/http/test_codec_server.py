"""The codec server: whom it answers, what it notes before it opens anything, and when it stays shut."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.converter import WorkflowSerializationContext

from adapters.codec import PERSON, Payload, SealingCodec, as_json, read_payloads
from adapters.http.codec_server import create_app
from adapters.http.codec_users import Users, UsersError, add_user, read_users
from adapters.keys import KeyRing, Keys
from adapters.records import open_records
from adapters.records.audit_log import Act
from claims.ports import RecordsError

KEYS = Keys(KeyRing.new(datetime(2026, 3, 2, tzinfo=UTC)))
UI = "http://127.0.0.1:8233"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"MARKERSON"')
CLAIM = WorkflowSerializationContext("default", "claim/p1/c1")
SEALED = SealingCodec(KEYS).with_context(CLAIM).seal(PLAIN)


class Desk:
    """The server as its callers see it, and what it noted."""

    def __init__(self, users: Users | None = None, *, closed: bool = False, host: str = "127.0.0.1") -> None:
        self.noted: list[Act] = []
        self._closed = closed
        app = create_app(SealingCodec(KEYS, PERSON), self._note, users=users, origins=[UI])
        transport = httpx.ASGITransport(app=app, client=(host, 40_000))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8234")

    async def _note(self, acts: Sequence[Act]) -> None:
        if self._closed:
            raise RecordsError("records: the disk is full")
        self.noted += acts

    async def decode(self, *payloads: Payload, **headers: str) -> httpx.Response:
        return await self.http.post("/decode", json=as_json(payloads or [SEALED]), headers=headers)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    await made.http.aclose()


def opened(answer: httpx.Response) -> list[bytes]:
    return [payload.data for payload in read_payloads(answer.content)]


async def test_a_claims_payload_is_opened_and_noted_with_its_workflow(desk: Desk) -> None:
    answer = await desk.decode(SEALED, SEALED, PLAIN, origin=UI)
    assert answer.status_code == 200
    assert opened(answer) == [b'"MARKERSON"'] * 3
    assert list(read_payloads(answer.content)) == [PLAIN] * 3, "our own marks are for workflows, not for people"
    (act,) = desk.noted
    assert (act.actor, act.action, act.subject, act.detail) == ("this-machine", "decode", "claim/p1/c1", "default 2")


async def test_a_payload_of_no_known_workflow_is_noted_by_its_hash(desk: Desk) -> None:
    answer = await desk.decode(SealingCodec(KEYS).seal(PLAIN), **{"x-namespace": "prod"})
    assert opened(answer) == [b'"MARKERSON"']
    (act,) = desk.noted
    assert act.subject.startswith("payload/")
    assert act.detail == "prod 1"


async def test_what_cant_be_noted_is_not_opened() -> None:
    answer = await Desk(closed=True).decode()
    assert answer.status_code == 503
    assert b"MARKERSON" not in answer.content


async def test_other_pages_are_refused_and_the_uis_may_ask_with_the_headers_it_sends(desk: Desk) -> None:
    assert (await desk.decode(origin="https://evil.example")).status_code == 403
    asked = {"origin": UI, "access-control-request-method": "POST"}
    asked["access-control-request-headers"] = "authorization,content-type,x-namespace"
    allowed = await desk.http.options("/decode", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == UI
    assert allowed.headers["access-control-allow-credentials"] == "true"
    refused = await desk.http.options("/decode", headers={**asked, "origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers
    assert desk.noted == []


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"host": "codec.example"}),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}),
    ],
    ids=["another machine", "a name that leads here", "through a proxy"],
)
async def test_without_users_only_this_machine_is_answered(host: str, headers: dict[str, str]) -> None:
    desk = Desk(host=host)
    assert (await desk.decode(**headers)).status_code == 403
    assert desk.noted == []


async def test_users_are_known_by_their_tokens_alone(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    token, other = add_user(path, "officer-1"), add_user(path, "officer-2")
    assert path.stat().st_mode & 0o777 == 0o600
    assert token not in path.read_text()
    desk = Desk(read_users(path), host="192.0.2.7")
    basic = base64.b64encode(f"officer-1:{token}".encode()).decode()
    swapped = base64.b64encode(f"officer-1:{other}".encode()).decode()
    for header, status in (
        (f"Bearer {token}", 200),
        (f"Basic {basic}", 200),
        (f"Basic {swapped}", 401),
        ("Bearer guess", 401),
        ("Basic ???", 401),
        ("", 401),
    ):
        assert (await desk.decode(authorization=header)).status_code == status, header
    assert [act.actor for act in desk.noted] == ["officer-1", "officer-1"]
    anew = add_user(path, "officer-1")
    assert read_users(path).who(f"Bearer {token}") == ""
    assert read_users(path).who(f"Bearer {anew}") == "officer-1"


async def test_a_browser_signs_in_at_the_servers_own_page(tmp_path: Path) -> None:
    token = add_user(tmp_path / "users.json", "officer-1")
    desk = Desk(read_users(tmp_path / "users.json"))
    asked = await desk.http.get("/")
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic ")
    basic = base64.b64encode(f"officer-1:{token}".encode()).decode()
    assert "officer-1" in (await desk.http.get("/", headers={"authorization": f"Basic {basic}"})).text


async def test_what_it_seals_is_marked_as_a_persons(desk: Desk) -> None:
    answer = await desk.http.post("/encode", json=as_json([PLAIN]))
    (sealed,) = read_payloads(answer.content)
    assert sealed.metadata["encoding"] == b"binary/encrypted"
    assert b"MARKERSON" not in sealed.data
    assert SealingCodec(KEYS).open(sealed).metadata[PERSON] == b"1"
    assert [act.action for act in desk.noted] == ["encode"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{nope", b'{"payloads": 7}'])
async def test_what_is_no_payload_is_refused(desk: Desk, body: bytes) -> None:
    assert (await desk.http.post("/decode", content=body)).status_code == 400


async def test_a_payload_whose_key_is_missing_comes_back_as_it_went(desk: Desk) -> None:
    foreign = SealingCodec(Keys(KeyRing.new(datetime(2026, 3, 2, tzinfo=UTC)))).seal(PLAIN)
    assert opened(await desk.decode(foreign)) == [foreign.data]


async def test_decodes_stand_in_the_chain_of_the_records(tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path}/records.db")

    async def note(acts: Sequence[Act]) -> None:
        await records.custody.note(*acts)

    app = create_app(SealingCodec(KEYS), note, users=None, origins=[UI])
    transport: Any = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        await http.post("/decode", json=as_json([SEALED]))
    assert [one.subject for one in await records.custody.entries(action="decode")] == ["claim/p1/c1"]
    assert (await records.custody.verify())[2] == ()
    records.close()


def test_a_name_that_could_say_something_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="it stands in the audit log"):
        add_user(tmp_path / "users.json", "Jane Doe")
