"""What the documented surface promises: keys, idempotency, error bodies, polling, faults."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sandbox.web import ConnectionCut
from tests.sandbox.kit import INSTITUTIONAL, POLLING, PROFESSIONAL, Sandbox, kind, professional


async def arm(sandbox: Sandbox, **fault: object) -> httpx.Response:
    return await sandbox.client.post("/sandbox/faults", json=fault)


@pytest.mark.parametrize("header", [{}, {"authorization": "wrong"}, {"authorization": ""}])
async def test_a_missing_or_wrong_key_is_401(sandbox: Sandbox, header: dict[str, str]) -> None:
    sandbox.client.headers.pop("authorization")
    answer = await sandbox.client.get(POLLING, headers=header)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}


async def test_the_older_form_of_the_key_is_taken_too(sandbox: Sandbox) -> None:
    answer = await sandbox.client.get("/sandbox/accepted", headers={"authorization": "Key test-key"})
    assert answer.status_code == 200


async def test_health_needs_no_key(sandbox: Sandbox) -> None:
    sandbox.client.headers.pop("authorization")
    assert (await sandbox.client.get("/health")).json() == {"status": "ok"}


async def test_an_accepted_claim_is_answered_as_documented(sandbox: Sandbox) -> None:
    body = (await sandbox.submit(professional(), "k1")).json()
    assert (body["status"], body["httpStatusCode"], body["controlNumber"]) == ("SUCCESS", "200 OK", "0101")
    reference = body["claimReference"]
    assert reference["patientControlNumber"] == "PCN101"
    assert reference["correlationId"] == reference["rhclaimNumber"]
    assert reference["payerId"] == body["tradingPartnerServiceId"] == body["payer"]["payerId"] == "SBXPAID"
    assert [line["lineItemControlNumber"] for line in reference["serviceLines"]] == ["PCN101-1", "PCN101-2"]
    assert body["meta"]["traceId"]
    assert "*005010X214~" in body["x12"]
    assert "NM1*AY*" in body["x12"]


async def test_the_same_key_and_body_get_the_same_answer_and_one_claim(sandbox: Sandbox) -> None:
    first = await sandbox.submit(professional(), "k1")
    sandbox.later(23 * 3600)
    assert (await sandbox.submit(professional(), "k1")).json() == first.json()
    assert len((await sandbox.client.get("/sandbox/accepted")).json()["accepted"]) == 1


async def test_an_edit_rejection_is_replayed_under_its_key(sandbox: Sandbox) -> None:
    bad = professional("SBXPAID", "PCN101", 101, ("*250***", "*251***"))
    first, again = await sandbox.submit(bad, "k1"), await sandbox.submit(bad, "k1")
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.json() == again.json()


async def test_the_same_key_for_another_body_or_path_is_422(sandbox: Sandbox) -> None:
    await sandbox.submit(professional(), "k1")
    assert (await sandbox.submit(professional("SBXPAID", "PCN102", 102), "k1")).status_code == 422
    assert (await sandbox.submit(professional(), "k1", INSTITUTIONAL)).status_code == 422


async def test_after_24_hours_a_key_runs_again_and_the_payer_sees_a_duplicate(sandbox: Sandbox) -> None:
    first = await sandbox.submit(professional(), "k1")
    sandbox.later(24 * 3600)
    assert (await sandbox.submit(professional(), "k1")).json() != first.json()
    assert len((await sandbox.client.get("/sandbox/accepted")).json()["accepted"]) == 2


async def test_a_key_in_flight_is_409_with_retry_after(sandbox: Sandbox) -> None:
    """The first call waits in the slow fault while the others come."""
    begun, released = asyncio.Event(), asyncio.Event()

    async def pause(seconds: float) -> None:
        begun.set()
        await released.wait()

    sandbox.house.pause = pause
    await arm(sandbox, fault="slow", path="professionalclaims")
    first = asyncio.create_task(sandbox.submit(professional(), "k1"))
    await begun.wait()
    second = await sandbox.submit(professional(), "k1")
    assert second.status_code == 409
    assert int(second.headers["retry-after"]) >= 1
    assert (await sandbox.submit(professional("SBXPAID", "PCN102", 102), "k1")).status_code == 422
    released.set()
    assert (await first).status_code == 200


@pytest.mark.parametrize(("key", "status"), [("", 400), ("k" * 255, 200), ("k" * 256, 400)])
async def test_a_key_has_1_to_255_characters(sandbox: Sandbox, key: str, status: int) -> None:
    assert (await sandbox.submit(professional(), key)).status_code == status


async def test_without_a_key_the_same_post_is_a_second_claim(sandbox: Sandbox) -> None:
    await sandbox.submit(professional())
    await sandbox.submit(professional())
    assert len((await sandbox.client.get("/sandbox/accepted")).json()["accepted"]) == 2


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("server_error", 500, "INTERNAL_ERROR"),
        ("too_many_requests", 429, "TOO_MANY_REQUESTS"),
        ("conflict", 409, "CONFLICT"),
    ],
)
async def test_an_armed_fault_answers_n_times_and_nothing_is_accepted(
    sandbox: Sandbox, fault: str, status: int, code: str
) -> None:
    await arm(sandbox, fault=fault, times=2, path=PROFESSIONAL)
    for _ in range(2):
        answer = await sandbox.submit(professional(), "k1")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await sandbox.client.get("/sandbox/accepted")).json()["accepted"] == []
    assert (await sandbox.submit(professional(), "k1")).status_code == 200


async def test_a_429_says_whose_limit_it_is(sandbox: Sandbox) -> None:
    await arm(sandbox, fault="too_many_requests")
    assert "CUSTOMER_LIMIT" in (await sandbox.submit(professional(), "k1")).json()["message"]


async def test_a_reply_dropped_after_acceptance_is_there_for_the_same_key(sandbox: Sandbox) -> None:
    await arm(sandbox, fault="drop_reply", path=PROFESSIONAL)
    with pytest.raises(ConnectionCut):
        await sandbox.submit(professional(), "k1")
    assert (await sandbox.submit(professional(), "k1")).status_code == 200
    assert len((await sandbox.client.get("/sandbox/accepted")).json()["accepted"]) == 1


async def test_a_request_dropped_before_any_work_accepts_nothing(sandbox: Sandbox) -> None:
    await arm(sandbox, fault="drop_request", path=PROFESSIONAL)
    with pytest.raises(ConnectionCut):
        await sandbox.submit(professional(), "k1")
    assert (await sandbox.client.get("/sandbox/accepted")).json()["accepted"] == []


async def test_down_lasts_until_its_end(sandbox: Sandbox) -> None:
    await arm(sandbox, fault="down", until="2026-12-01T09:10:00Z")
    assert (await sandbox.submit(professional(), "k1")).status_code == 503
    sandbox.later(601)
    assert (await sandbox.submit(professional(), "k1")).status_code == 200


async def test_faults_are_listed_and_disarmed(sandbox: Sandbox) -> None:
    await arm(sandbox, fault="slow", times=3)
    assert [f["fault"] for f in (await sandbox.client.get("/sandbox/faults")).json()["armed"]] == ["slow"]
    assert (await sandbox.client.delete("/sandbox/faults")).json() == {"armed": []}
    assert (await arm(sandbox, fault="explode")).status_code == 400
    assert (await arm(sandbox, fault="down", until="soon")).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b'{"x12": 7}', b'{"x12": ""}', b"{"])
async def test_a_body_without_x12_is_400(sandbox: Sandbox, body: bytes) -> None:
    answer = await sandbox.client.post(PROFESSIONAL, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("path", ["/nowhere", "/2024-04-01/change/medicalnetwork/professionalclaims/v3/submission"])
async def test_an_unknown_address_is_404_in_json(sandbox: Sandbox, path: str) -> None:
    answer = await sandbox.client.post(path, json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_polling_gives_items_as_documented_and_marks_what_is_ours(sandbox: Sandbox) -> None:
    await sandbox.submit(professional(), "k1")
    sandbox.later()
    items = await sandbox.items()
    assert [(kind(i), i["direction"], i.get("extension")) for i in items] == [
        ("277", "INBOUND", None),
        ("837", "OUTBOUND", None),
        ("999", "INBOUND", "claimline-sandbox"),
        ("277", "INBOUND", None),
        ("835", "INBOUND", None),
    ]
    last = items[-1]
    assert (last["mode"], last["status"]) == ("test", "succeeded")
    assert last["processedAt"] == "2026-12-01T09:00:04.000000Z"  # 1 s to the payer's 277CA, 3 s more to the 835
    assert {b["name"]: b["value"] for b in last["businessIdentifiers"]}["patientControlNumber"] == "PCN101"
    one = await sandbox.client.get(f"/2023-08-01/transactions/{last['transactionId']}")
    assert one.json() == last


async def test_nothing_is_seen_before_its_time(sandbox: Sandbox) -> None:
    await sandbox.submit(professional(), "k1")
    sandbox.later(3.9)
    assert [kind(i) for i in await sandbox.items("835")] == []
    sandbox.later(0.1)
    assert [kind(i) for i in await sandbox.items("835")] == ["835"]


async def test_input_and_output_redirect_to_the_file(sandbox: Sandbox) -> None:
    await sandbox.submit(professional(), "k1")
    [item] = await sandbox.items("277")
    for side in ("input", "output"):
        answer = await sandbox.client.get(f"/2023-08-01/transactions/{item['transactionId']}/{side}")
        assert answer.status_code == 302
        text = (await sandbox.client.get(answer.headers["location"])).text
        assert text.startswith("ISA*00*")
    assert (await sandbox.client.get("/2023-08-01/transactions/none/input")).status_code == 404


async def test_the_first_277ca_is_the_same_text_in_the_answer_and_in_the_list(sandbox: Sandbox) -> None:
    answer = await sandbox.submit(professional(), "k1")
    assert await sandbox.texts("277") == [answer.json()["x12"]]


async def test_pages_follow_each_other_and_miss_nothing(sandbox: Sandbox) -> None:
    for number in range(101, 106):
        await sandbox.submit(professional("SBXPAID", f"PCN{number}", number), f"k{number}")
    sandbox.later()
    whole = [i["transactionId"] for i in await sandbox.items()]
    assert len(whole) == 25
    seen: list[str] = []
    query = {"startDateTime": "2026-01-01T00:00:00Z", "pageSize": "4"}
    while True:
        page = (await sandbox.client.get(POLLING, params=query)).json()
        assert len(page["items"]) <= 4
        seen += [i["transactionId"] for i in page["items"]]
        if not page["items"]:
            break
        query = {"pageToken": page["nextPageToken"], "pageSize": "4"}
    assert seen == whole
    await sandbox.submit(professional("SBXPAID", "PCN106", 106), "k106")
    more = (await sandbox.client.get(POLLING, params=query)).json()["items"]
    assert [kind(i) for i in more] == ["277", "837"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"startDateTime": "yesterday"},
        {"startDateTime": "2026-11-30T00:00:00"},
        {"startDateTime": "2026-12-01T08:59:30Z"},
        {"startDateTime": "2026-11-30T00:00:00Z", "pageSize": "501"},
        {"startDateTime": "2026-11-30T00:00:00Z", "pageSize": "0"},
        {"startDateTime": "2026-11-30T00:00:00Z", "pageToken": "x"},
        {"pageToken": "x"},
        {"pageToken": "!!!!"},
    ],
    ids=str,
)
async def test_a_wrong_polling_question_is_400(sandbox: Sandbox, query: dict[str, str]) -> None:
    answer = await sandbox.client.get(POLLING, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


async def test_correspondence_is_idempotent_and_says_what_it_lacks(sandbox: Sandbox) -> None:
    async def post(body: dict[str, object], key: str) -> httpx.Response:
        return await sandbox.client.post("/sandbox/correspondence", json=body, headers={"idempotency-key": key})

    appeal = {"patientControlNumber": "PCN101", "kind": "appeal", "level": 1}
    assert (await post(appeal, "a1")).status_code == 404
    await sandbox.submit(professional("SBXUPHELD"), "k1")
    assert (await post(appeal, "a2")).json()["code"] == "NO_DECISION"
    sandbox.later()
    assert (await post(appeal, "a3")).json() == (await post(appeal, "a3")).json()
    assert (await post(appeal | {"kind": "complaint"}, "a4")).status_code == 400
    sandbox.later()
    assert len(await sandbox.texts("letter")) == 1
