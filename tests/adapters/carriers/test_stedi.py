"""The Stedi carrier against the answers that Stedi documents, played by a small server."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.carriers.answers import retry_after
from adapters.carriers.stedi import Stedi
from claims.ports import (
    AuthenticationFailed,
    CarrierError,
    InboundItem,
    RateLimited,
    RequestRefused,
    Unavailable,
)

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOST = "https://carrier.test"
PROFESSIONAL = "/2024-04-01/change/medicalnetwork/professionalclaims/v3/raw-x12-submission"
INSTITUTIONAL = "/2024-04-01/change/medicalnetwork/institutionalclaims/v1/raw-x12-submission"
ELIGIBILITY = "/2024-04-01/change/medicalnetwork/eligibility/v3/raw-x12"
STATUS = "/2024-04-01/change/medicalnetwork/claimstatus/v2/raw-x12"
POLLING = "/2023-08-01/polling/transactions"


@dataclass
class Counter:
    """A server that gives the next answer for a path and keeps what it was asked."""

    answers: dict[str, list[Response | Exception]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str], Any]] = field(default_factory=list)

    def will(self, path: str, *answers: Response | Exception) -> None:
        self.answers.setdefault(path, []).extend(answers)

    async def answer(self, request: Request) -> Response:
        raw = await request.body()
        self.asked.append(
            (request.url.path, dict(request.headers), dict(request.query_params), json.loads(raw) if raw else None)
        )
        answer = self.answers[request.url.path].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
async def make(counter: Counter) -> AsyncIterator[Callable[..., Stedi]]:
    app = Starlette(routes=[Route("/{path:path}", counter.answer, methods=["GET", "POST"])])
    made: list[Stedi] = []

    def stedi(**settings: Any) -> Stedi:
        hosts = {"healthcare": f"{HOST}/2024-04-01", "core": f"{HOST}/2023-08-01"}
        transport = httpx.ASGITransport(app=app)
        made.append(Stedi("key-1", transport=transport, clock=lambda: NOW, **(hosts | settings)))
        return made[-1]

    yield stedi
    for one in made:
        await one.close()


def accepted(reference: str = "01J9COR") -> JSONResponse:
    return JSONResponse(
        {
            "status": "SUCCESS",
            "controlNumber": "000000041",
            "claimReference": {"correlationId": reference, "patientControlNumber": "PCN1"},
            "x12": "ISA*277CA~",
        }
    )


async def test_a_claim_goes_as_raw_x12_under_its_key(make: Callable[..., Stedi], counter: Counter) -> None:
    counter.will(PROFESSIONAL, accepted())
    counter.will(INSTITUTIONAL, accepted("02"))
    stedi = make()
    answer = await stedi.submit("ISA*837P~", claim_type="professional", idempotency_key="p1/c1/1")
    other = await stedi.submit("ISA*837I~", claim_type="institutional", idempotency_key="p1/c2/1")
    assert (answer.accepted, answer.reference, answer.x12) == (True, "01J9COR", "ISA*277CA~")
    assert other.reference == "02"
    _, headers, _, body = counter.asked[0]
    assert headers["authorization"] == "key-1"
    assert headers["idempotency-key"] == "p1/c1/1"
    assert body == {"x12": "ISA*837P~"}


async def test_edits_are_an_answer_and_never_repeat_the_patients_value(
    make: Callable[..., Stedi], counter: Counter
) -> None:
    counter.will(
        PROFESSIONAL,
        JSONResponse(
            {
                "status": "ERROR",
                "errors": [
                    {
                        "code": "33",
                        "description": "Subscriber id W123-SECRET is not in the payer's form",
                        "followupAction": "Please Correct and Resubmit",
                        "location": "Loop 2010BA NM109",
                        "value": "W123-SECRET",
                    },
                    {"code": "33", "description": "Diagnosis pointer", "location": "SV107"},
                ],
                "x12": "ISA*277CA-REJECT~",
            },
            status_code=400,
        ),
    )
    answer = await make().submit("ISA~", claim_type="professional", idempotency_key="k")
    assert not answer.accepted
    assert answer.errors == (
        "33 Loop 2010BA NM109 Subscriber id … is not in the payer's form",
        "33 SV107 Diagnosis pointer",
    )
    assert answer.x12 == "ISA*277CA-REJECT~"


BODY = {"code": "ANY", "message": "member W123-SECRET of Jane Doe"}


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, RequestRefused),
        (401, {}, AuthenticationFailed),
        (403, {}, AuthenticationFailed),
        (404, {}, RequestRefused),
        (409, {"Retry-After": "7"}, RateLimited),
        (413, {}, RequestRefused),
        (422, {}, RequestRefused),
        (429, {}, RateLimited),
        (500, {}, Unavailable),
        (503, {}, Unavailable),
        (504, {}, Unavailable),
        (302, {"Location": "https://elsewhere.test/"}, RequestRefused),
    ],
)
async def test_each_status_is_its_error_and_no_message_repeats_a_body(
    make: Callable[..., Stedi], counter: Counter, status: int, headers: dict[str, str], error: type[CarrierError]
) -> None:
    counter.will(PROFESSIONAL, JSONResponse(BODY, status_code=status, headers=headers))
    with pytest.raises(error) as raised:
        await make().submit("NM1*IL*1*DOE~", claim_type="professional", idempotency_key="k")
    shown = "".join(traceback.format_exception(raised.value))
    assert "SECRET" not in shown
    assert "Jane" not in shown
    assert "DOE" not in str(raised.value)
    assert str(status) in str(raised.value) or status == 400
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after == (timedelta(seconds=7) if headers else None)


@pytest.mark.parametrize(
    "problem",
    [
        httpx.ReadTimeout("NM1*DOE"),
        httpx.ConnectTimeout("NM1*DOE"),
        httpx.ConnectError("NM1*DOE"),
        httpx.ReadError("NM1*DOE"),
        httpx.RemoteProtocolError("NM1*DOE"),
    ],
)
async def test_an_answer_that_never_comes_may_be_asked_for_again_under_the_same_key(
    make: Callable[..., Stedi], counter: Counter, problem: Exception
) -> None:
    counter.will(PROFESSIONAL, problem, accepted())
    stedi = make()
    with pytest.raises(Unavailable) as raised:
        await stedi.submit("ISA~", claim_type="professional", idempotency_key="k")
    assert "DOE" not in "".join(traceback.format_exception(raised.value))
    assert (await stedi.submit("ISA~", claim_type="professional", idempotency_key="k")).accepted
    assert [headers["idempotency-key"] for _, headers, _, _ in counter.asked] == ["k", "k"]


@pytest.mark.parametrize("answer", [PlainTextResponse("<html>"), JSONResponse(["a list"])])
async def test_an_unreadable_success_may_have_been_carried_out(
    make: Callable[..., Stedi], counter: Counter, answer: Response
) -> None:
    counter.will(PROFESSIONAL, answer)
    with pytest.raises(Unavailable, match="may have been carried out"):
        await make().submit("ISA~", claim_type="professional", idempotency_key="k")


@pytest.mark.parametrize(("claim_type", "key"), [("dental", "k"), ("professional", ""), ("professional", "k" * 256)])
async def test_what_the_carrier_can_not_take_is_refused_before_it_leaves(
    make: Callable[..., Stedi], counter: Counter, claim_type: str, key: str
) -> None:
    with pytest.raises(RequestRefused):
        await make().submit("ISA~", claim_type=claim_type, idempotency_key=key)
    assert counter.asked == []


async def test_questions_go_out_and_come_back_as_x12(make: Callable[..., Stedi], counter: Counter) -> None:
    counter.will(ELIGIBILITY, JSONResponse({"planStatus": [], "x12": "ISA*271~"}))
    counter.will(STATUS, JSONResponse({"claims": [], "x12": "ISA*277~"}))
    stedi = make()
    assert await stedi.ask_eligibility("ISA*270~") == "ISA*271~"
    assert await stedi.ask_status("ISA*276~") == "ISA*277~"
    assert [body for _, _, _, body in counter.asked] == [{"x12": "ISA*270~"}, {"x12": "ISA*276~"}]
    assert "idempotency-key" not in counter.asked[0][1]


async def test_a_payers_rejection_of_an_eligibility_question_is_its_answer(
    make: Callable[..., Stedi], counter: Counter
) -> None:
    counter.will(ELIGIBILITY, JSONResponse({"errors": [{"code": "75"}], "x12": "ISA*271-AAA~"}, status_code=400))
    counter.will(ELIGIBILITY, JSONResponse({"errors": [{"code": "75"}]}, status_code=400))
    stedi = make()
    assert await stedi.ask_eligibility("ISA*270~") == "ISA*271-AAA~"
    with pytest.raises(RequestRefused, match="without X12"):
        await stedi.ask_eligibility("ISA*270~")


def item(id: str, set: str = "835", direction: str = "INBOUND", **more: object) -> dict[str, object]:
    return {
        "direction": direction,
        "mode": "production",
        "transactionId": id,
        "processedAt": "2026-03-02T14:00:28.354Z",
        "artifacts": [],
        "businessIdentifiers": [],
        "x12": {"metadata": {"transaction": {"controlNumber": "1", "transactionSetIdentifier": set}}},
        **more,
    }


async def test_pages_are_read_until_an_empty_one_though_stedi_always_names_a_next(
    make: Callable[..., Stedi], counter: Counter
) -> None:
    counter.will(
        POLLING,
        JSONResponse({"items": [item("a"), item("b", "837", "OUTBOUND")], "nextPageToken": "t1"}),
        JSONResponse({"items": [item("c", "277")], "nextPageToken": "t2"}),
        JSONResponse({"items": [], "nextPageToken": "t3"}),
    )
    stedi = make(page_size=2)
    since = NOW - timedelta(minutes=30)
    first = await stedi.poll(since=since)
    second = await stedi.poll(since=since, page=first.next_page)
    third = await stedi.poll(since=since, page=second.next_page)
    moment = datetime(2026, 3, 2, 14, 0, 28, 354000, tzinfo=UTC)
    assert first.items == (InboundItem(id="a", set="835", processed_at=moment),)
    assert [found.set for found in second.items] == ["277"]
    assert (third.items, third.next_page) == ((), None)
    assert [query for _, _, query, _ in counter.asked] == [
        {"startDateTime": "2026-03-02T14:30:00.000000Z", "pageSize": "2"},
        {"pageToken": "t1", "pageSize": "2"},
        {"pageToken": "t2", "pageSize": "2"},
    ]


async def test_the_last_minute_is_asked_for_from_before_it(make: Callable[..., Stedi], counter: Counter) -> None:
    counter.will(POLLING, JSONResponse({"items": [], "nextPageToken": "t"}))
    await make().poll(since=NOW - timedelta(seconds=1))
    assert counter.asked[0][2]["startDateTime"] == "2026-03-02T14:58:30.000000Z"


async def test_a_list_that_can_not_be_read_loses_nothing(make: Callable[..., Stedi], counter: Counter) -> None:
    counter.will(POLLING, JSONResponse({"items": [item("a", processedAt="yesterday")]}), JSONResponse({"items": "x"}))
    stedi = make()
    for _ in range(2):
        with pytest.raises(Unavailable, match="can't be read"):
            await stedi.poll(since=NOW)


async def test_a_document_is_fetched_through_the_redirect_without_handing_on_the_key(
    make: Callable[..., Stedi], counter: Counter
) -> None:
    counter.will(
        "/2023-08-01/transactions/tx 1/input",
        RedirectResponse("https://files.test/download?signature=abc", status_code=302),
    )
    counter.will("/download", PlainTextResponse("ISA*835~\r\n"))
    assert await make().fetch("tx 1") == b"ISA*835~\r\n"
    assert "authorization" in counter.asked[0][1]
    assert "authorization" not in counter.asked[1][1]


async def test_stedis_list_can_confirm_a_submission_but_never_deny_it(
    make: Callable[..., Stedi], counter: Counter
) -> None:
    named = [{"element": "CLM-01", "name": "Patient Control Number", "value": "PCN1"}]
    page = {
        "items": [
            item("a", "277", businessIdentifiers=[{"value": "PCN2"}]),
            item("b", "837", "OUTBOUND", businessIdentifiers=named),
        ],
        "nextPageToken": "t",
    }
    empty = {"items": [], "nextPageToken": "t"}
    counter.will(POLLING, *(JSONResponse(body) for body in (page, page, empty, page, empty)))
    assert await make().find_submission("PCN1") is True
    # PCN2 stands only in a 277CA, which may have refused it
    assert await make().find_submission("PCN2") is None
    assert await make(lists_submissions=True).find_submission("PCN2") is False


async def test_letters_are_mailed_unless_the_carrier_takes_them(make: Callable[..., Stedi], counter: Counter) -> None:
    fields = {"patientControlNumber": "PCN1", "level": "1"}
    assert await make().send_correspondence(kind="appeal", fields=fields, idempotency_key="k") is None
    assert counter.asked == []
    counter.will("/sandbox/correspondence", JSONResponse({"receiptId": "RCP1"}))
    stedi = make(correspondence_path="/sandbox/correspondence")
    assert await stedi.send_correspondence(kind="appeal", fields=fields, idempotency_key="k") == "RCP1"
    path, headers, _, body = counter.asked[0]
    assert (path, headers["idempotency-key"]) == ("/sandbox/correspondence", "k")
    assert body == {"patientControlNumber": "PCN1", "level": "1", "kind": "appeal"}


async def test_an_address_that_is_none_is_a_matter_of_settings() -> None:
    stedi = Stedi("key", healthcare="carrier", core="carrier")
    with pytest.raises(RequestRefused, match="settings"):
        await stedi.fetch("tx")
    await stedi.close()


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Mon, 02 Mar 2026 15:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 02 Mar 2026 14:00:00 GMT", timedelta(0)),
        ("", None),
        ("soon", None),
        ("99999999999999", timedelta(days=1)),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait
