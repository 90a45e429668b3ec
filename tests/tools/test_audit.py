"""The lock's bill of materials, its licences, and what is said where nobody knows of vulnerabilities."""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from commands.processes import free_port
from tools import audit

LOCKED = audit.components(audit.LOCK.read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", LOCKED, ids=lambda one: one.name)
def test_every_licence_of_the_lock_is_on_the_list(one: audit.Component) -> None:
    assert one.allowed, one.licence


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("EPL-2.0 OR GPL-2.0-or-later", True),
        ("BSD-3-Clause AND Zlib", True),
        ("MIT AND AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_of_alternatives_one_is_enough_and_of_companions_all_are_needed(licence: str, allowed: bool) -> None:
    assert audit.Component("x", "1", (), licence).allowed is allowed


def test_the_licence_that_metadata_leaves_out_is_the_one_that_the_package_brings() -> None:
    for name, licence in audit._SAID_ELSEWHERE.items():
        files = importlib.metadata.files(name) or []
        texts = " ".join(file.read_text() for file in files if re.search(r"(LICENSE|COPYRIGHT)$", file.name))
        assert licence.startswith("EPL-2.0")
        assert re.search(r"Eclipse Public License -? ?v ?2\.0", texts)


def test_the_bill_has_every_package_with_version_licence_and_hashes(tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    assert audit.main(["--offline", "--bill", str(file)]) == 0
    told = json.loads(file.read_text())
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    (temporal,) = [one for one in told["components"] if one["name"] == "temporalio"]
    assert temporal["purl"] == "pkg:pypi/temporalio@1.35.0"
    assert temporal["licenses"] == [{"expression": "MIT"}]
    assert len(told["components"]) == len(LOCKED) > 70
    assert all(one["properties"] for one in told["components"])


def test_what_is_installed_is_what_the_lock_says() -> None:
    differ = {one.name: importlib.metadata.version(one.name) for one in LOCKED}
    assert {one.name: one.version for one in LOCKED} == differ


@contextmanager
def osv(results: list[dict[str, object]]) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            body = json.dumps({"results": [results[0] if q["package"]["name"] == "six" else {} for q in asked]})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_known_vulnerability_is_named_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with osv([{"vulns": [{"id": "GHSA-made-up"}]}]) as address:
        assert audit.main(["--osv", address]) == 1
    assert re.search(r"six [\d.]+: GHSA-made-up", capsys.readouterr().out)
    with osv([{}]) as address:
        assert audit.main(["--osv", address]) == 0
    assert "none known of" in capsys.readouterr().out


def test_nobody_who_answers_is_said_and_is_no_clean_bill(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = f"http://127.0.0.1:{free_port(18999, set())}/"
    assert audit.main(["--osv", nobody]) == 0
    assert "NOT CHECKED, nobody answers" in capsys.readouterr().out
