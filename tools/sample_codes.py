"""Counts the adjustment codes of the sample remittances: `python tools/sample_codes.py ../shared/samples` prints JSON.

The counts are kept in tools/sample_codes.json, so that docs/denials.md can be made where the samples are not.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_suffix(".json")


def count(samples: Path) -> dict[str, Any]:
    """How often each CARC and RARC occurs in the remittances of EXPECTED_835.jsonl, service lines and claims together."""
    carcs: Counter[str] = Counter()
    rarcs: Counter[str] = Counter()
    claims = 0
    for text in (samples / "EXPECTED_835.jsonl").read_text(encoding="utf-8").splitlines():
        for claim in json.loads(text)["claims"]:
            claims += 1
            rarcs.update(code for code in claim["moa_mia_rarc"] if code)
            for part in (claim["claim_cas"], *(line["cas"] for line in claim["lines"])):
                carcs.update(reason for _, reason, _ in part)
            for line in claim["lines"]:
                rarcs.update(line["rarc"])
    return {"claims": claims, "carcs": dict(sorted(carcs.items())), "rarcs": dict(sorted(rarcs.items()))}


def kept() -> dict[str, Any]:
    """The counts as they are kept."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
