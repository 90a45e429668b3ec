"""The compose files: the specification, what is open to whom, and the scripts in them run against real servers."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import create_engine, make_url, text
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client

from adapters.records import open_records
from adapters.settings import Settings, load_settings
from tests.postgres import bin_of, server
from tests.workflows.conftest import client
from workflows import attributes

ROOT = Path(__file__).resolve().parents[2]
FILES = ("docker-compose.yml", "deploy/compose.tls.yml")
FIXTURES = (client,)
OURS = ("worker", "codec", "records", "sandbox")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def loaded(name: str = "docker-compose.yml") -> dict[str, Any]:
    return dict(YAML(typ="safe").load(read(name)))


def services() -> dict[str, dict[str, Any]]:
    return dict(loaded()["services"])


@pytest.mark.parametrize("name", FILES)
def test_the_compose_files_follow_the_compose_specification(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", name]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_port_is_open_to_the_network() -> None:
    ports = [str(port) for service in services().values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_data_is_kept_in_named_volumes() -> None:
    named = set(loaded()["volumes"])
    for name, service in services().items():
        for mount in service.get("volumes", []):
            assert str(mount).partition(":")[0] in named, name


def test_every_service_is_hardened() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        # the one that writes its configuration when it starts
        assert service["read_only"] is (name != "temporal-ui"), name
    for name in OURS:
        assert services()[name]["user"] == "10001:10001", name


def test_every_image_is_pinned() -> None:
    for name, service in services().items():
        image = str(service["image"])
        assert re.search(r":(?:v?\d|\$\{\w+:-\d)", image), name
        assert "latest" not in image, name


def test_secrets_are_files_and_stand_in_no_environment() -> None:
    for name in FILES:
        for secret, where in loaded(name)["secrets"].items():
            assert where["file"].startswith("./secrets/"), secret
        for service in loaded(name)["services"].values():
            for variable, value in (service.get("environment") or {}).items():
                secret = re.search(r"PASSWORD|PWD|SECRET|_KEY|RECORDS_URL", variable)
                assert not secret or str(value).startswith("/run/secrets"), variable
    assert {"secrets/", ".env", "claimline.env"} <= set(read(".gitignore").split())
    assert "!secrets" not in read(".dockerignore")


def test_every_secret_of_a_service_is_declared_and_the_overlay_names_only_services_there_are() -> None:
    declared = {name for file in FILES for name in loaded(file)["secrets"]}
    for file in FILES:
        for name, service in loaded(file)["services"].items():
            assert name in services()
            assert set(service.get("secrets", ())) <= declared, name


def test_files_that_the_services_are_given_are_there() -> None:
    for name, config in loaded()["configs"].items():
        if "file" in config:
            assert (ROOT / config["file"]).is_file(), name
    for name in ("records", "worker"):
        command = services()[name]["command"]
        assert (ROOT / command[1]).is_file()


@pytest.mark.parametrize("name", [".env.example", "claimline.env.example"])
def test_examples_set_only_what_is_read(name: str) -> None:
    settings = {f"CLAIMLINE_{field.upper()}" for field in Settings.model_fields}
    asked = set(re.findall(r"\$\{(\w+)", read("docker-compose.yml")))
    for variable in re.findall(r"^#?([A-Z_]+)=", read(name), re.MULTILINE):
        assert variable in (asked if name == ".env.example" else settings), variable


def test_settings_are_read_from_secret_files_and_the_environment_goes_before_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "claimline_carrier_key").write_text("from-a-file\n")
    (tmp_path / "claimline_records_url").write_text("postgresql+psycopg://claimline:word@postgresql/claimline\n")
    (tmp_path / "postgres_password").write_text("not ours")
    monkeypatch.setenv("CLAIMLINE_SECRETS_DIR", str(tmp_path))
    monkeypatch.delenv("CLAIMLINE_RECORDS_URL", raising=False)
    monkeypatch.setenv("CLAIMLINE_CARRIER", "sandbox")
    assert load_settings().carrier_key.get_secret_value() == "from-a-file"
    assert load_settings().records_url.endswith("@postgresql/claimline")
    monkeypatch.setenv("CLAIMLINE_CARRIER_KEY", "from-outside")
    assert load_settings().carrier_key.get_secret_value() == "from-outside"


# ------------------------------------------------------------------------------------------------- scripts


def script(text: str) -> str:
    """As compose hands it to the shell."""
    return text.replace("$$", "$")


def test_the_namespace_job_names_every_search_attribute_with_its_type() -> None:
    (job,) = services()["temporal-namespace"]["command"]
    told = dict(re.findall(r"^(Claimline\w+) (\w+)$", job, re.MULTILINE))
    assert told == {key.name: key.indexed_value_type.name.title() for key in attributes.ALL}


async def test_the_namespace_job_makes_what_is_missing_on_a_real_server(client: Client) -> None:
    await client.operator_service.remove_search_attributes(
        RemoveSearchAttributesRequest(
            namespace="default", search_attributes=[key.name for key in attributes.ALL if key != attributes.STAGE]
        )
    )
    (job,) = services()["temporal-namespace"]["command"]
    tools = sysconfig.get_path("scripts")
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
    }
    for _ in range(2):  # a job may run again
        done = await asyncio.create_subprocess_exec(
            "/bin/sh", "-euc", script(job), env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        assert await asyncio.wait_for(done.wait(), 60) == 0
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert {key.name for key in attributes.ALL} <= set(listed.custom_attributes)


def test_the_database_script_makes_a_role_and_a_database_that_records_can_live_in(tmp_path: Path) -> None:
    at, psql = make_url(server()), bin_of("psql")
    if psql is None:
        pytest.skip("psql is not installed")
    word = "it's 'quoted' $HOME"
    (tmp_path / "password").write_text(word)
    made = script(loaded()["configs"]["claimline-database"]["content"])
    made = made.replace("/run/secrets/claimline_db_password", str(tmp_path / "password"))
    given = {
        "PATH": f"{psql.parent}{os.pathsep}{os.environ['PATH']}",
        "POSTGRES_USER": "claimline",
        "PGDATABASE": "postgres",
    }
    # the private server's own superuser is called claimline already
    made = made.replace("ROLE claimline ", "ROLE claimline_app ").replace("OWNER claimline ", "OWNER claimline_app ")
    host = str(at.query.get("host", at.host))
    subprocess.run(["/bin/sh", "-euc", made], env=given | {"PGHOST": host}, check=True, capture_output=True, timeout=60)
    try:
        ours = at.set(username="claimline_app", password=word, database="claimline").render_as_string(False)
        open_records(ours).close()
        assert open_records(ours, upgrading=False).where
    finally:
        engine = create_engine(server(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE claimline WITH (FORCE)"))
            connection.execute(text("DROP ROLE claimline_app"))
        engine.dispose()


def test_the_shells_of_the_image_take_every_script() -> None:
    shell = shutil.which("dash") or "/bin/sh"
    bodies = [loaded()["configs"]["claimline-database"]["content"]]
    bodies += [service["command"][-1] for service in services().values() if service.get("entrypoint")]
    assert len(bodies) == 4
    for body in bodies:
        subprocess.run([shell, "-n", "-c", script(body)], check=True)
