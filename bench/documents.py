"""Documents: an 835 and a 277CA read, proved and split, beside oxedi, x12sdk and pyx12; an 837P written and gated.

Read, prove and split means: bytes to values with every problem at its place; the balance of line, claim and set; and an
addressed event for each claim, out of what the records know of the claims. The others do less: oxedi cuts, makes its
tables and balances; x12sdk makes models; pyx12 validates against its maps. Only the first two are timed on all claims.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import Any

import oxedi
import pyx12.params
import pyx12.x12n_document
from x12sdk.generate import generate_837p
from x12sdk.io import X12ModelReader

from adapters.x12.claims_out import write_claims
from adapters.x12.gate import gate
from adapters.x12.parse import parse
from adapters.x12.writer import Envelope
from bench.drawing import bars
from bench.harness import Answer, Rounds, Work, figures, options, out, publish, ratio, rounded, rounds, show
from bench.machine import alone
from bench.made_documents import acknowledgement, index, remittance
from claims.claim import Claim
from claims.documents import ClaimSubmissionSet
from claims.matching import Routing, route

OURS, WORST = "Claimline", "Claimline, all amounts differ"
AT = datetime(2026, 9, 2, tzinfo=UTC)
_MEMORY_GOAL_MB = 300
_ENVELOPE = Envelope(
    sender_id="CLAIMLINE",
    receiver_id="CLEARING",
    interchange_control_number=1,
    group_control_number=1,
    set_control_number="0001",
    at=datetime(2026, 9, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5))),
    usage="T",
    submitter_name="EXAMPLE BILLING",
    submitter_contact="OFFICE",
    submitter_phone="5555550100",
    receiver_name="CLEARINGHOUSE",
)


def timed(work: Callable[[], object]) -> Work:
    """The processor seconds of `work`, which waits for nothing: others on the machine then count for less.

    What it made is let go of after the clock has stopped.
    """

    def run() -> float:
        start = time.process_time()
        made = work()
        seconds = time.process_time() - start
        del made
        return seconds

    return run


def ours(raw: bytes, claims: int) -> Work:
    """Bytes to routed events. What the records know is given: asking them is no part of reading."""
    known = index(claims)
    routing = route(parse(raw), known, at=AT)
    if (len(routing.deliveries), len(routing.unmatched), len(routing.held)) != (claims, 0, 0):
        raise AssertionError("the made document does not reach every claim")

    def read() -> Routing:
        return route(parse(raw), known, at=AT)

    return timed(read)


def x12sdk_parse(raw: bytes) -> Work:
    text = raw.decode()

    def read() -> list[Any]:
        with X12ModelReader(text) as reader:
            models = list(reader.models())
        if not models:
            raise AssertionError("x12sdk made no model")
        return models

    return timed(read)


def pyx12_validate(text: str) -> Work:
    return timed(lambda: pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), StringIO(text), None, None))


# one table each


def remittances(claims: int, count: int) -> Rounds:
    raw = remittance(claims)
    candidates = {
        OURS: ours(raw, claims),
        WORST: ours(remittance(claims, all_differ=True), claims),
        "oxedi": timed(lambda: oxedi.parse(raw)),
        "x12sdk": x12sdk_parse(raw),
    }
    found = rounds(candidates, count)
    show(f"An 835 of {claims:,} claims", found, "CPU s", "oxedi")
    return found


def big(claims: int, count: int) -> dict[str, Rounds]:
    """Twenty times as many: Claimline and oxedi, the others would take minutes."""
    era, ack = remittance(claims), acknowledgement(claims)
    found = {
        "835": rounds({OURS: ours(era, claims), "oxedi": timed(lambda: oxedi.parse(era))}, count),
        "277CA": rounds({OURS: ours(ack, claims)}, count),
    }
    show(f"An 835 of {claims:,} claims", found["835"], "CPU s", "oxedi")
    show(f"A 277CA of {claims:,} claims", found["277CA"], "CPU s", OURS)
    return found


def acknowledgements(claims: int, few: int, count: int) -> dict[str, Rounds]:
    """oxedi has no specification of a 277CA and x12sdk none at all; pyx12 reads few, because it is slow."""
    many, some = acknowledgement(claims), acknowledgement(few)
    found = {
        "all": rounds({OURS: ours(many, claims), "oxedi, cut only": timed(lambda: oxedi.parse(many))}, count),
        "few": rounds({OURS: ours(some, few), "pyx12": pyx12_validate(some.decode())}, count),
    }
    show(f"A 277CA of {claims:,} claims", found["all"], "CPU s", "oxedi, cut only")
    show(f"A 277CA of {few:,} claims", found["few"], "CPU s", "pyx12")
    return found


def validated(claims: int, count: int) -> Rounds:
    """pyx12 on an 835: few claims, because it takes more than a millisecond each."""
    raw = remittance(claims)
    found = rounds({OURS: ours(raw, claims), "pyx12": pyx12_validate(raw.decode())}, count)
    show(f"An 835 of {claims:,} claims", found, "CPU s", "pyx12")
    return found


def outgoing(claims: int, count: int) -> Rounds:
    """The same claims built: ours writes them and lets its gate (pyx12's maps, kept in memory) prove them."""
    made = claims_of(generate_837p(seed=1, claims=claims))
    text = write_claims(made, envelope=_ENVELOPE)
    if gate(text):
        raise AssertionError("the gate refuses the made claims")
    candidates = {
        f"{OURS}, build": timed(lambda: write_claims(made, envelope=_ENVELOPE)),
        f"{OURS}, build and gate": timed(lambda: gate(write_claims(made, envelope=_ENVELOPE))),
        "x12sdk, build": timed(lambda: generate_837p(seed=1, claims=claims)),
        "pyx12, validate": pyx12_validate(text),
    }
    found = rounds(candidates, count)
    show(f"An 837P of {claims:,} claims", found, "CPU s", "x12sdk, build")
    return found


def claims_of(text: str) -> list[Claim]:
    sets = [one.parsed for one in parse(text.encode()).sets]
    return [claim for one in sets if isinstance(one, ClaimSubmissionSet) for _, claim in one.claims]


# memory, each in a process of its own


def memory(sizes: tuple[int, ...], x12sdk_up_to: int) -> dict[str, dict[str, float]]:
    """Peak resident size in MB, by size and candidate. Ours holds the document, the index of its claims and the events."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for claims in sizes:
            path = Path(folder) / "remittance.835"
            path.write_bytes(remittance(claims))
            names = {OURS: "claimline", f"{OURS}, read and prove": "claimline_read", "oxedi": "oxedi"}
            names |= {"x12sdk": "x12sdk"} if claims <= x12sdk_up_to else {}
            names["Python with the file"] = "nothing"
            told = {
                name: alone(f"bench.reading_memory:{function}", str(path), str(claims))
                for name, function in names.items()
            }
            found[f"{claims}"] = {name: rounded(one["peak_mb"]) for name, one in told.items()}
            out.print(f"peak memory, {claims:,} claims: {found[str(claims)]}")
    return found


def main() -> None:
    asked = options("Documents read, proved and split, and claims written and gated, beside other libraries.")
    small = asked.quick
    usual, many, few, out_claims = (500, 5_000, 50, 10) if small else (5_000, 100_000, 500, 50)
    count = asked.rounds if not small else min(asked.rounds, 3)
    era = remittances(usual, count)
    acks = acknowledgements(usual, few, count)
    valid = validated(few, count)
    claims = outgoing(out_claims, count)
    large = big(many, count)
    peaks = memory((usual, many), x12sdk_up_to=usual)
    growth = statistics.median(large["835"][OURS]) / statistics.median(era[OURS]) / (many / usual)
    found = {
        "what": "processor seconds to read, prove and split; the ratio is Claimline beside oxedi alone, on the 835",
        f"835 of {usual} claims": figures(era),
        f"835 of {few} claims": figures(valid),
        f"835 of {many} claims": figures(large["835"]),
        f"277CA of {usual} claims": figures(acks["all"]),
        f"277CA of {few} claims": figures(acks["few"]),
        f"277CA of {many} claims": figures(large["277CA"]),
        f"837P of {out_claims} claims": figures(claims),
        "times faster than x12sdk": {"goal": 5, **_faster(era, "x12sdk")},
        "times faster than pyx12": {"835": _faster(valid, "pyx12"), "277CA": _faster(acks["few"], "pyx12")},
        "beside oxedi where all amounts differ": rounded(ratio(era, WORST, "oxedi").median),
        f"time per claim at {many} beside {usual}": rounded(growth),
        "peak memory in MB": {"goal": {str(usual): _MEMORY_GOAL_MB}, **peaks},
    }
    out.print(
        f"x12sdk's time beside ours: {_faster(era, 'x12sdk')}; a claim of {many:,} costs {growth:.2f} of one of {usual:,}"
    )
    if not small:
        bars(
            "documents",
            f"An 835 of {usual:,} claims: seconds (log scale)",
            era,
            "seconds",
            ours=(OURS, WORST),
            log=True,
        )
    answer = Answer(
        question="documents",
        title=f"Read, prove and split an 835 of {usual:,} claims, beside oxedi alone",
        ratio=ratio(era, OURS, "oxedi"),
        goal=3,
        better="lower",
        rounds=count,
        figures=found,
        packages=("oxedi", "x12sdk", "pyx12", "pydantic"),
    )
    publish(answer, keep=not small)


def _faster(found: Rounds, other: str) -> dict[str, Any]:
    times = ratio(found, other, OURS)
    return {"median": rounded(times.median), "spread": times.spread}


if __name__ == "__main__":
    main()
