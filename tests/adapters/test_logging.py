"""Logs: only listed keys pass, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from adapters.logging import configure_logging


@pytest.fixture(params=["json", "console"])
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    configure_logging(request.param, "info", out)
    yield out
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
