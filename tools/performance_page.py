"""Writes docs/performance.md: what was measured (bench/results/*.json), what it means, and where the time goes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "bench" / "results"
MILLION = 1_000_000
Result = Mapping[str, Any]

HEAD = """# Performance

*Written by `make docs` out of `bench/results/*.json`; `make bench` measures anew (some twenty minutes on two quiet
cores), `make bench QUICK=1` in a few minutes without keeping anything. Each program can be run alone, e.g. `python -m
bench.engine`.*

Every figure is a **ratio of two candidates measured in one run, in turn**, the order reversed every second round, with the median
of at least five rounds and the lowest and highest of any. Machines are noisy: the ratio is what carries over, a number of claims a
second is not. Nothing here is a timed test.
"""

LIMITS = """## What these figures are not

- **A quiet machine.** Two cores of a virtual machine held the client, the worker, Temporal's server and its database, and
  other programs ran beside them (the table below has the load average). Absolute rates suffer most, ratios less, and the spreads
  say how much.
- **A production server.** The server is Temporal's development server on SQLite, one process. A claim uses nothing that a cluster
  on PostgreSQL lacks, but its rates and sizes are that cluster's own, and have to be measured there.
- **A carrier.** Clearinghouse and payers answer at once. In life a claim waits days for them, so no practice will see these rates.
- **A million claims.** That table is arithmetic from the growth that was measured; nobody opened a million.
"""


def page() -> str:
    """The whole page, in Markdown."""
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    parts = [HEAD, _overview(results)]
    parts += [_section(question, results[question]) for question in SECTIONS if question in results]
    parts += [MENDED, LIMITS, _machine(results)]
    return "\n".join(parts)


def _overview(results: Mapping[str, Result]) -> str:
    rows = [
        (
            f"[{question}](#{SECTIONS[question][0].lower().replace(' ', '-').replace(',', '')})",
            result["title"],
            _ratio(result),
            _goal(result),
        )
        for question, result in ((q, results[q]) for q in SECTIONS if q in results)
    ]
    return _table(("program", "question", "ratio (lowest to highest)", "goal"), rows)


def _section(question: str, result: Result) -> str:
    title, told = SECTIONS[question]
    image = (
        f"![{title}](images/bench-{question}.svg)\n\n" if (ROOT / f"docs/images/bench-{question}.svg").exists() else ""
    )
    head = f"**{_ratio(result)}**, goal {_goal(result)}: {result['title'][0].lower()}{result['title'][1:]}."
    return f"## {title}\n\n{image}{head}\n\n{told(result['figures'])}"


def _documents(found: Result) -> str:
    def row(what: str, key: str) -> tuple[str, ...]:
        medians = ", ".join(f"{name} {_n(one['median'])} s" for name, one in found[key].items())
        return what, medians

    rows = [row(key, key) for key in found if key.startswith(("835", "277CA", "837P"))]
    faster = found["times faster than x12sdk"]["median"]
    pyx12 = found["times faster than pyx12"]
    peaks = found["peak memory in MB"]
    return (
        _table(("document", "processor seconds, median"), rows)
        + f"""
Reading is oxedi's; proving that every claim, set and check balances, finding the CARCs and splitting by claim is ours, and costs
less than twice oxedi again. Claimline is {_n(faster)} times as fast as x12sdk, {_n(pyx12["835"]["median"])} times as fast as
pyx12 on an 835 and {_n(pyx12["277CA"]["median"])} times on a 277CA (the times of a claim don't grow: at 100,000 claims one costs
{_n(found["time per claim at 100000 beside 5000"])} of what it costs at 5,000). Where every amount of the file differs, which
no real
file does, our share rises to {_n(found["beside oxedi where all amounts differ"])} times oxedi.

Peak memory: {_n(peaks["5000"]["Claimline"])} MB at 5,000 claims, {_n(peaks["100000"]["Claimline"])} MB at 100,000
(x12sdk {_n(peaks["5000"]["x12sdk"])} MB at 5,000).

Building an 837P costs little; **the gate does**: it is pyx12 on the finished text, by choice, because another author's reading of
the guide catches what ours would repeat. Its maps are loaded once a process (0.2 s); then one claim's gate takes 3 ms
and its writing 0.2 ms. It runs in a thread and not in a process pool: that is little
of a claim's whole life, and a pool would send each claim's text to other processes.
"""
    )


def _engine(found: Result) -> str:
    rates, life, real = found["workflows_a_second"], found["life"], found["with_x12"]
    told = f"""Both live from start to close on one server, {found["at_once"]} at a time: {_n(rates["claims"]["median"])} claims and
{_n(rates["bare workflows"]["median"])} bare workflows a second, of which the close waits one second in both. The bare peer has
as many local and normal activities, signals, timers and upserts in the same order, and its activities do **nothing**; a claim's
write every step into the records, flushed to disk. With the real X12 writer and gate the share is {_n(real["share"])}.
"""
    if "processor_ms" in life:
        ours, bare = life["processor_ms"]["claims"], life["processor_ms"]["bare workflows"]
        told += f"""
**By processor time the share is {_n(_used(bare) / _used(ours))}** ({_n(_used(bare))} ms of a bare life, {_n(_used(ours))} ms
of a claim's, server
and worker together). That is what a machine with nothing else to do comes down to, and noise hardly moves it: where it is below
the goal of 0.8, the goal is missed on a full machine whatever the clock said.
"""
    if "processor_ms" in real:
        ours, bare = real["processor_ms"]["claims"], real["processor_ms"]["bare workflows"]
        told += f"With the real writer and gate it is {_n(_used(bare) / _used(ours))}.\n"
    told += f"""
One clean life is **{life["events"]} events, {life["bytes"]:,} bytes, {life["billable_actions"]} billable actions** (start,
signals, updates, timers, activities, upserts; local activities of one workflow task are one). Goals: 45 events, 20 actions.
"""
    if "sealed" in life:
        told += f"""With encryption on it is {life["sealed"]["events"]} events and **{life["sealed"]["bytes"]:,} bytes**
(goal: at most 48 KB):
payloads are compressed before they are sealed.
"""
    return told + (_where(life["processor_ms"]) if "processor_ms" in life else "")


def _used(spent: Mapping[str, float]) -> float:
    return spent["server"] + spent["worker"]


def _where(spent: Mapping[str, Mapping[str, float]]) -> str:
    ours, bare = spent["claims"], spent["bare workflows"]
    names = [n for n in ("server", "event loop", "SDK core", "workflow code", "records", "other threads") if n in ours]
    rows = [(name, _n(ours[name]), _n(bare.get(name, 0))) for name in names]
    rows.append(("in all", _n(_used(ours)), _n(_used(bare))))
    head = "\nWhere the processor time of one life goes, in milliseconds:\n\n"
    return (
        head
        + _table(("", "claim", "bare"), rows)
        + """
- *event loop*: the SDK's Python side, activities, and the bench's own client. Of it about a fifth builds the workflow sandbox for
  each claim (cProfile by processor time). Sharing `workflows/claim.py` itself with the sandbox would save that; it stays inside,
  because the sandbox is the guard.
- *workflow code*: reading messages, `step`, views, search attributes. The ten steps themselves take about 1 ms.
- *records*: fourteen writes into SQLite, those that wait together sharing one flush.
- *server*: a claim's payloads and search attributes are larger than the bare peer's.
"""
    )


def _people(found: Result) -> str:
    quiet, loaded = found["quiet_ms"], found["loaded_ms"]
    rows = [
        (name, _n(quiet[name]["median"]), _n(quiet["p99"][name]), _n(loaded[name]["median"]), _n(loaded["p99"][name]))
        for name in quiet
        if name != "p99"
    ]
    return (
        _table(("", "quiet: median ms", "p99", f"beside {found['claims_beside']} claims: median ms", "p99"), rows)
        + f"""
An update is timed until its answer, a signal until the journal has it. Beside living claims the update's share is
{_n(found["update_share_loaded"])}; a signal's on a quiet server is {_n(found["signal_share_quiet"])}. What a claim does more
than the bare handler is its step, its view and the journal: an update is answered once it stands in the claim's history, and the
records tell of it a moment later, because a worker that dies in between must not have told of what the server forgets.
The validator's dry step and the second, real one are together under half a millisecond.
"""
    )


def _delivery(found: Result) -> str:
    rates, live = found["per_second"], found["with_the_claims_at_work"]
    return f"""{found["claims"]:,} claims of one 835: {_n(rates["ours"]["median"])} deliveries a second for the whole way of
the document (read, matched,
proved, signalled, its cash booked), {_n(rates["bare"]["median"])} signals a second from a bare client. With the claims at work on
the same two cores, {_n(live["taken_per_second"])} claims a second took their decision. `python -m bench.delivery --full`
delivers 10,000.
"""


def _core(found: Result) -> str:
    speed, cost = found["events_per_second"], found["microseconds_per_step"]
    return f"""{_n(speed["step"]["median"])} events a second go through `step` in one process. A step costs
{_n(cost["first 100"]["median"])} microseconds
among the first hundred events of a claim and {_n(cost["last 100"]["median"])} after a thousand: what a claim remembers (seen ids,
notes, refusals) is bounded, and reversals are paired once for the same payments.
"""


def _growth(found: Result) -> str:
    told = f"""The worker may keep {found["cached"]} claims in memory; after a kill -9 it comes back, hears of a cache's
worth of claims, then of all, and its
memory must not follow the number of claims. All moved again after {", ".join(_n(s) for s in found["all_move_again_s"])} seconds in
the rounds: each claim is read back from its history when its next message comes, none before.

"""
    told += _growth_table(found["open_claims"])
    long = RESULTS / "long" / "growth.json"
    if long.exists():
        other = json.loads(long.read_text(encoding="utf-8"))
        told += f"\nA longer run of its own, {other['cached']} claims cached, {other['load']}:\n\n"
        told += _growth_table(other["open_claims"]) + _a_cached_claim(other)
    return told + _million(found)


def _a_cached_claim(found: Result) -> str:
    """Of the rows in which every claim is in the worker's cache."""
    first, *_, last = [row for row in found["open_claims"] if row["claims"] <= found["cached"]]
    more = int(last["claims"] - first["claims"])
    each = (last["worker_mb"] - first["worker_mb"]) / more
    whole = (first["worker_mb"] + each * (2000 - first["claims"])) / 1000
    return f"""
A claim in the worker's cache costs ({_n(last["worker_mb"])} - {_n(first["worker_mb"])}) MB / {more} = {each * 1000:.0f} kB, so the
default cache of 2,000 takes a worker to {whole:.2g} GB.
"""


def _growth_table(rows: Sequence[Mapping[str, float]]) -> str:
    columns = {
        "claims": "open claims",
        "worker_mb": "worker MB",
        "server_mb": "server MB",
        "server_disk_mb": "server disk MB",
        "records_disk_mb": "records disk MB",
        "list_ms": "list query ms",
        "visibility_count_ms": "count by status ms",
    }
    return _table(tuple(columns.values()), [tuple(_n(row[name]) for name in columns) for row in rows])


def _million(found: Result) -> str:
    first, last, carried = found["open_claims"][0], found["open_claims"][-1], found["one_million"]
    more = int(last["claims"] - first["claims"])
    lines = []
    for name, what in (("server", "server memory"), ("server_disk", "server disk"), ("records_disk", "records disk")):
        low, high = first[f"{name}_mb"], last[f"{name}_mb"]
        each = (high - low) / more
        gigabytes = (low + each * (MILLION - first["claims"])) / 1000
        lines.append(
            f"| {what} | ({_n(high)} - {_n(low)}) MB / {more:,} claims = {each * 1000:.1f} kB a claim"
            f" | {_n(low)} MB + {each * 1000:.1f} kB x {MILLION - int(first['claims']):,} = **{gigabytes:.0f} GB** |"
        )
        assert abs(gigabytes - carried[f"{name}_gb"]) <= 0.02 * gigabytes + 0.1, "growth.json says otherwise"
    return (
        "\n### One million open claims, by arithmetic\n\n| | a claim more | at 1,000,000 |\n|---|---|---|\n"
        + "\n".join(lines)
        + """

The server's memory is the development server's, which keeps claims it has just heard of in a cache; a cluster's is set by its own
cache settings and does not follow the number of open workflows. Disk does. The worker's memory is that of its cache, however many
claims there are. A claim that rests costs no processor time: with thirty messages in a life of sixty days a million open claims
have 1,000,000 x 30 / 60 / 86,400 = 5.8 messages a second, and a month's end that brings a third of the remittances on one day
333,333 / 86,400 = 3.9 a second more.
"""
    )


def _fairness(found: Result) -> str:
    each = found["seconds"]
    medians = "; ".join(f"{name}: {_n(one['median'])} s" for name, one in each.items())
    return f"""{medians}. A practice's {found["few"]} claims, started after another practice's {found["claims_before"]:,}, are
sent before that one's are done, because the queues are served practice by practice ([operations](operations.md)). Served in
order of
arrival they would wait {_n(found["in_order_of_arrival"])} times as long as alone. `--full` has 5,000 before them.
"""


SECTIONS: dict[str, tuple[str, Callable[[Result], str]]] = {
    "engine": ("Engine cost of a claim", _engine),
    "people": ("Answering people", _people),
    "documents": ("Documents", _documents),
    "delivery": ("Delivery", _delivery),
    "core": ("The core", _core),
    "growth": ("Growth", _growth),
    "fairness": ("Fairness", _fairness),
}

MENDED = """## What was mended on the way

- Quick work runs as local activities that carry the journal along, and search attributes are upserted once a workflow task: a life
  has 37 events.
- The workflow sandbox shares what is pure (`worker.SHARED`): 1.4 ms instead of 33 ms to begin a claim.
- The sandbox is not entered for a context that is known outside (`workflows/runner.py`): the SDK asks it for every payload, which
  was a quarter of the event loop's time. The bare peer runs in the SDK's sandbox as it comes.
- The worker's garbage collector looks seldom (`worker.collect_seldom`): the claims in its cache live long.
- Writes that wait together share one flush; statements are made once. A step is journalled with half the statements: numbers, tasks
  and known steps are looked at only where they may differ (records: 15.5 to 12 ms of processor time a life).
- An activity that is quickly done sends no heartbeat: one call to the server less for each transmission.
- A claim's reversals are paired once for the same payments; the memory of what was seen is bounded: the thousandth step costs
  under one and a half of the first.
- A remittance's money is proved in one pass without models for what balances.
"""


def _machine(results: Mapping[str, Result]) -> str:
    rows = []
    for question in SECTIONS:
        if question in results:
            made, with_ = results[question]["machine"], results[question]["versions"]
            versions = ", ".join(f"{name} {number}" for name, number in with_.items())
            load = results[question]["figures"].get("load_average")
            on = f"{made['cpu']}, {made['cores']} cores, {made['memory_gb']} GB"
            rows.append((question, on, "not kept" if load is None else f"{load:g}", versions))
    told = "The load average is that of the run's last five minutes, its own included (about 2 to 3 on two cores).\n\n"
    return "## Measured on\n\n" + told + _table(("program", "machine", "load", "versions"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _ratio(result: Result) -> str:
    low, high = result["spread"]
    return f"{_n(result['ratio'])} ({_n(low)} to {_n(high)})"


def _goal(result: Result) -> str:
    if result["goal"] is None:
        return "none"
    least = result["better"] == "higher"
    met = result["ratio"] >= result["goal"] if least else result["ratio"] <= result["goal"]
    return f"at {'least' if least else 'most'} {result['goal']:g}, {'met' if met else '**missed**'}"


def _n(value: float) -> str:
    """Three significant digits, thousands with a comma."""
    number = float(f"{value:.3g}")
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:g}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the page is current")
    text = page()
    if parser.parse_args().check:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
