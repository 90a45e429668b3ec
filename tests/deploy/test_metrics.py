"""Alert rules and the dashboard: checked by Prometheus's own tool, and made of names that a real worker tells."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML
from temporalio import workflow
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.records.gauges import DESCRIPTIONS
from commands.connecting import connect
from commands.gauges import counting
from commands.processes import free_port
from tests.workflows.conftest import client, queue, world
from tests.workflows.kit import World, claim_of, registered
from worker import CONVERTER

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "claimline.json"
FIXTURES = (client, queue, world)


def promtool(*arguments: str) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    done = subprocess.run([tool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_takes_the_rules_and_the_configuration() -> None:
    promtool("check", "rules", "--lint=all", "--lint-fatal", "rules.yml")
    promtool("check", "config", "--syntax-only", "prometheus.yml")


def test_every_alert_is_silent_on_a_good_day_and_heard_on_its_bad_one() -> None:
    promtool("test", "rules", "rules_test.yml")


def loaded(name: str) -> Any:
    return YAML(typ="safe").load((PROMETHEUS / name).read_text(encoding="utf-8"))


def alerts() -> list[dict[str, Any]]:
    return [rule for group in loaded("rules.yml")["groups"] for rule in group["rules"]]


def test_every_alert_is_tried_both_ways() -> None:
    tried: dict[str, set[bool]] = {}
    for one in loaded("rules_test.yml")["tests"]:
        for case in one["alert_rule_test"]:
            tried.setdefault(case["alertname"], set()).add(bool(case["exp_alerts"]))
    assert tried == {rule["alert"]: {True, False} for rule in alerts()}


def anchors(page: str) -> set[str]:
    """As the forges make them of headings."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alert_leads_to_its_part_of_the_runbook() -> None:
    for rule in alerts():
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert anchor in anchors(page), rule["alert"]


def names_in(text: str) -> set[str]:
    """Metrics that an expression reads; of a histogram, its base name."""
    found = set(re.findall(r"\b(?:temporal|claimline)_[a-z_]+", text))
    return {re.sub(r"_seconds_(bucket|count|sum)$", "_seconds", name) for name in found}


def used() -> set[str]:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert len(expressions) > 20
    return names_in(" ".join([*expressions, *(rule["expr"] for rule in alerts())]))


@workflow.defn(name="Unfit")
class Unfit:
    """Its task fails for ever: what a wrong release does to a claim."""

    @workflow.run
    async def run(self) -> None:
        raise ValueError("unfit")


async def test_dashboard_and_alerts_use_only_names_that_a_worker_tells(
    client: Client, queue: str, world: World
) -> None:
    target = client.service_client.config.target_host
    page = f"127.0.0.1:{free_port(19464, set())}"
    ours = await connect(target, metrics=page, converter=CONVERTER)
    # what only shows once something has gone wrong: a failing task, a refused request, a failing activity
    with pytest.raises(RPCError):
        await ours.get_workflow_handle("nobody").describe()
    unfit = Worker(ours, task_queue=f"{queue}-unfit", workflows=[Unfit], workflow_runner=UnsandboxedWorkflowRunner())
    async with unfit, world.worker(ours, queue), counting(ours, world.records, seconds=0.05):
        await ours.start_workflow("Unfit", id="unfit", task_queue=f"{queue}-unfit")
        await world.carrier.close()  # every call to the clearinghouse fails from here on
        await world.start(ours, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        needed = used()
        async with httpx.AsyncClient() as web:
            for _ in range(400):
                told = (await web.get(f"http://{page}/metrics")).text
                missing = needed - set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
                if not missing and re.search(r'^claimline_claims\{.*stage="coded".*\} [1-9]', told, re.MULTILINE):
                    break
    assert missing == set()
    for secret in ("SAMPLE", "ROBIN", "M1234567", "1980", "SBXPAID", "prac1", "TEST1001"):
        assert secret not in told, secret


async def test_every_gauge_is_told_at_zero_and_described(world: World) -> None:
    told = await world.records.gauges(world.clock.now())
    assert {one.name for one in told} == set(DESCRIPTIONS)
    assert {one.value for one in told} == {0}
