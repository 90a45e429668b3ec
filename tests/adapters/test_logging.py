"""Logs: only listed keys pass, whoever writes them."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.http.serving import serving
from adapters.logging import configure_logging


@pytest.fixture(params=["json", "console"])
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    servers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.access", "uvicorn.error")]
    theirs = [(one, one.handlers[:], one.propagate) for one in servers]
    for one in servers:  # as in a worker: a server that a test ran in this process configured them for itself
        one.handlers[:], one.propagate = [], True
    out = io.StringIO()
    configure_logging(request.param, "info", out)
    yield out
    for one, handlers, propagate in theirs:
        one.handlers[:], one.propagate = handlers, propagate
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def log() -> Any:
    return structlog.stdlib.get_logger("claimline.test")


def test_a_key_that_is_not_listed_is_dropped_and_counted(stream: io.StringIO) -> None:
    log().info("claim transmitted", claim_id="c1", patient="Jane Doe", body="NM1*IL*1*DOE", submission=1)
    said = stream.getvalue()
    assert "claim transmitted" in said
    assert "c1" in said
    assert "dropped" in said
    assert "Doe" not in said
    assert "DOE" not in said


def test_an_error_is_its_type_and_place_and_never_its_text(stream: io.StringIO) -> None:
    try:
        raise ValueError("member W123 of Jane Doe")
    except ValueError:
        log().exception("claim not transmitted", claim_id="c1")
        logging.getLogger("some.library").exception("failed")
        logging.getLogger("some.library").error("failed", exc_info=True, stack_info=True)
    said = stream.getvalue()
    assert said.count("ValueError") == 3
    assert "tests/adapters/test_logging.py:" in said
    assert "Jane" not in said
    assert "W123" not in said


def test_a_librarys_line_is_its_template_without_its_arguments(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("parsing %s of %s", "NM1*DOE", "Jane Doe")
    logging.getLogger("some.library").warning({"name": "Jane Doe"})
    said = stream.getvalue()
    assert "parsing %s of %s" in said
    assert "DOE" not in said
    assert "Jane" not in said


MEMBER = "W123456789"


def test_an_error_that_is_given_as_a_value_is_its_type(stream: io.StringIO) -> None:
    log().warning("not sent", error=ValueError(f"member {MEMBER}"), claim_id=KeyError(MEMBER))
    log().warning("not sent", error=f"member {MEMBER} is unknown")
    log().warning("member %s is unknown", MEMBER)
    said = stream.getvalue()
    assert MEMBER not in said
    assert "ValueError" in said
    assert "withheld" in said


async def test_an_error_of_a_task_that_nobody_awaited_is_not_quoted(stream: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError(f"member {MEMBER}")

    task = asyncio.ensure_future(fails())
    await asyncio.wait([task])
    del task
    gc.collect()
    said = stream.getvalue()
    assert "Task exception was never retrieved" in said
    assert "ValueError" in said
    assert MEMBER not in said


def test_libraries_at_debug_say_nothing_of_what_they_carry(stream: io.StringIO) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    for name in ("httpx", "httpcore.http11", "asyncssh", "sqlalchemy.engine", "uvicorn.access", "temporalio.activity"):
        library = logging.getLogger(name)
        library.info("HTTP Request: %s %s", "GET", f"https://carrier.test/member/{MEMBER}?name=DOE")
        library.debug("row %r", (MEMBER,), extra={"member": MEMBER})
        library.error("failed", exc_info=ValueError(MEMBER), extra={"temporal_activity": {"header": MEMBER}})
    said = stream.getvalue()
    assert said.count("ValueError") == 6
    assert MEMBER not in said
    assert "DOE" not in said


async def test_what_a_page_of_ours_raises_is_not_quoted(stream: io.StringIO) -> None:
    async def page(request: Request) -> Response:
        raise ValueError(f"member {MEMBER}")

    app = Starlette(routes=[Route("/claims", page)])
    async with serving(app, "127.0.0.1:0") as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/claims", params={"member": MEMBER})
    assert (answer.status_code, MEMBER in answer.text) == (500, False)
    said = stream.getvalue()
    assert "Exception in ASGI application" in said
    assert "ValueError" in said
    assert MEMBER not in said


def test_what_ends_a_process_and_what_libraries_warn_of_is_not_quoted() -> None:
    program = f"""
import sys, threading, warnings
from adapters.logging import configure_logging, withhold_last_words
configure_logging("json")
withhold_last_words()
warnings.warn("Expected `int` but got `str` with value {MEMBER}")
thread = threading.Thread(target=lambda: int("{MEMBER}"))
thread.start(); thread.join()
raise RuntimeError("member {MEMBER}")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    said = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert [one["logger"] for one in said] == ["py.warnings", "claimline", "claimline"]
    assert [one.get("error") for one in said] == [None, "ValueError", "RuntimeError"]
    assert [one["event"] for one in said] == ["UserWarning", "ended by an error", "ended by an error"]
    assert MEMBER not in ended.stderr + ended.stdout


def test_levels_and_talkative_libraries_are_kept_down(stream: io.StringIO) -> None:
    log().debug("never seen")
    logging.getLogger("httpx").info("HTTP Request: GET https://carrier.test/?token=abc")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("stream", ["json"], indirect=True)
def test_json_lines_have_level_logger_and_time(stream: io.StringIO) -> None:
    log().warning("rate limited", carrier="stedi", attempt=2)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "rate limited",
        "level": "warning",
        "logger": "claimline.test",
        "carrier": "stedi",
        "attempt": 2,
    }
