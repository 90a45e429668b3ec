"""Audits the lock: a bill of materials (CycloneDX), every licence against a list, and what is known to be vulnerable.

A database of vulnerabilities that can't be reached is said to be so and fails nothing: no answer is not a clean one.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
OSV = "https://api.osv.dev/v1/querybatch"
"""Takes names and versions (the lock, and nothing else of ours) and answers with advisories."""

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "ISC", "MIT", "MIT-0", "MIT-CMU"),
        *("MPL-2.0", "PSF-2.0", "Zlib"),
        # used as they are, as libraries of their own files: nothing of ours has to be given out under it
        "LGPL-3.0-only",
    }
)
_WORDS = {
    "mit": "MIT",
    "mit license": "MIT",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What older packages say in words -> SPDX."""
_SAID_ELSEWHERE = {"asyncssh": "EPL-2.0 OR GPL-2.0-or-later"}
"""Packages whose metadata names no licence, and what the licence file in them says."""


@dataclass(frozen=True, slots=True)
class Component:
    """One package of the lock. `licence` is an SPDX expression, empty where nothing says it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def allowed(self) -> bool:
        """Of alternatives one is enough; of licences that hold together all have to be allowed."""
        choices = [re.split(r"\s+AND\s+", choice.strip("() ")) for choice in re.split(r"\s+OR\s+", self.licence)]
        return any(all(part in ALLOWED for part in choice) for choice in choices)


def components(lock: str) -> tuple[Component, ...]:
    """Every line of a lock. Raises PackageNotFoundError where one is not installed."""
    found = []
    for line in lock.replace("\\\n", " ").splitlines():
        if pinned := re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;]+)", line):
            hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
            found.append(Component(pinned[1].lower(), pinned[2], hashes, licence_of(pinned[1])))
    return tuple(found)


def licence_of(name: str) -> str:
    """The SPDX expression of an installed package, out of its metadata."""
    told = importlib.metadata.metadata(name)
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    classified = [one.split(" :: ")[-1] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    said = [word for word in classified if word != "OSI Approved"] or "".join(
        told.get_all("License") or ()
    ).splitlines()[:1]
    spdx = [_WORDS.get(word.strip().casefold(), word.strip()) for word in said]
    return " OR ".join(spdx) or _SAID_ELSEWHERE.get(name, "") or ""


def bill(found: Sequence[Component], version: str) -> dict[str, Any]:
    """CycloneDX 1.6. The same lock makes the same bill."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "claimline", "version": version}},
        "components": [
            {
                "type": "library",
                "bom-ref": one.purl,
                "name": one.name,
                "version": one.version,
                "purl": one.purl,
                "licenses": [{"expression": one.licence}],
                # one for each file that the lock admits: wheels of several machines, and the source
                "properties": [{"name": "claimline:lock:sha256", "value": value} for value in one.hashes],
            }
            for one in sorted(found, key=lambda one: one.name)
        ],
    }


def advisories(found: Sequence[Component], at: str) -> dict[str, list[str]]:
    """Package -> ids of what is known against its version. Raises httpx.HTTPError where nobody answers."""
    queries = [{"package": {"ecosystem": "PyPI", "name": one.name}, "version": one.version} for one in found]
    answer = httpx.post(at, json={"queries": queries}, timeout=20)
    answer.raise_for_status()
    results = answer.json()["results"]
    return {
        f"{one.name} {one.version}": [str(known["id"]) for known in result["vulns"]]
        for one, result in zip(found, results, strict=True)
        if result.get("vulns")
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path, help="write the bill of materials here")
    parser.add_argument("--offline", action="store_true", help="ask no database of vulnerabilities")
    parser.add_argument("--osv", default=OSV, help="where to ask for vulnerabilities")
    options = parser.parse_args(arguments)
    found = components(LOCK.read_text(encoding="utf-8"))
    if options.bill:
        version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
        options.bill.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(bill(found, version[1] if version else ""), indent=1)
        options.bill.write_text(text + "\n", encoding="utf-8")
        print(f"{options.bill}: {len(found)} components")
    wrong = [f"{one.name}: {one.licence or 'no licence said'}" for one in found if not one.allowed]
    print("licences: " + ("all on the list" if not wrong else "NOT ON THE LIST\n  " + "\n  ".join(wrong)))
    if options.offline:
        print("vulnerabilities: not asked (--offline)")
        return int(bool(wrong))
    try:
        known = advisories(found, options.osv)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        print(f"vulnerabilities: NOT CHECKED, nobody answers at {options.osv} ({type(error).__name__})")
        return int(bool(wrong))
    told = "\n  ".join(f"{name}: {', '.join(ids)}" for name, ids in known.items())
    print("vulnerabilities: " + (f"KNOWN\n  {told}" if known else f"none known of {len(found)} packages"))
    return int(bool(wrong or known))


if __name__ == "__main__":
    sys.exit(main())
