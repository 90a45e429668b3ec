"""What `doctor` looks at, one question each: what was found, and how it is mended. Everything asked is harmless."""

from __future__ import annotations

import asyncio
import email.utils
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import httpx
from sqlalchemy import text
from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.names import carrier_queue
from adapters.certificates import expiry
from adapters.keys import KeysError, keys_of
from adapters.opening import carrier_of
from adapters.records import upkeep
from adapters.records.database import Database, address_of
from adapters.settings import Settings, SettingsError
from adapters.tables.icd10 import load_icd10
from adapters.tables.loader import load_tables
from adapters.tables.toml import TableError
from claims.ports import AuthenticationFailed, CarrierError, RecordsError
from commands.connecting import CannotServe, Exit, connect_to, identity_of, uses_tls
from workflows import attributes

Verdict = Literal["ok", "warning", "failed", "skipped"]

SKEW_WARNING, SKEW_FAILED = timedelta(seconds=5), timedelta(seconds=60)
"""Deadlines are met to the second; signatures of webhooks and TLS end at minutes."""
DISK_WARNING, DISK_FAILED = 2_000_000_000, 200_000_000
"""Bytes that are free."""
RENEWAL = timedelta(days=30)
SHORTEST_RETENTION = timedelta(days=7)
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. `mend` is empty where nothing has to be done."""

    check: str
    verdict: Verdict
    said: str
    mend: str = ""


@dataclass(slots=True)
class Patient:
    """What is examined, and what earlier questions found out."""

    settings: Settings
    client: Client | None = None
    """Once the server has answered."""


Check = Callable[[Patient], AsyncIterator[Finding]]


async def server(patient: Patient) -> AsyncIterator[Finding]:
    """Reachable, TLS, and the namespace."""
    import worker  # here: it loads every workflow, which the help of the command doesn't need

    settings = patient.settings
    where = f"{settings.temporal_address}, namespace {settings.temporal_namespace}"
    try:
        patient.client = await connect_to(settings, worker.converter_of(None))
    except CannotServe as error:
        mends = {
            Exit.NO_SERVER: "Start it (`make up`, `docker compose up -d`), or set CLAIMLINE_TEMPORAL_ADDRESS.",
            Exit.NO_NAMESPACE: (
                f"temporal operator namespace create -n {settings.temporal_namespace} --retention 30d; "
                "or set CLAIMLINE_TEMPORAL_NAMESPACE or CLAIMLINE_TEMPORAL_API_KEY."
            ),
        }
        yield Finding("server", "failed", str(error), mends.get(error.code, "Correct the certificate that is named."))
        return
    yield Finding("server", "ok", where + (", TLS" if uses_tls(settings) else ", in clear"))
    if not uses_tls(settings) and settings.mode == "production" and not _on_this_machine(settings.temporal_address):
        yield Finding(
            "tls", "warning", "the way to the server is in clear", "Set CLAIMLINE_TEMPORAL_TLS (docs/deploy.md)."
        )


def _on_this_machine(address: str) -> bool:
    return address.rpartition(":")[0] in ("127.0.0.1", "localhost", "[::1]")


async def certificates(patient: Patient) -> AsyncIterator[Finding]:
    """How long our own certificate lasts; `server` says what is wrong with it."""
    try:
        pem = identity_of(patient.settings).cert
    except CannotServe:
        return
    if pem is not None:
        until = expiry(pem)
        late = until - datetime.now(UTC) < RENEWAL
        mend = "Renew it, then restart the workers." if late else ""
        yield Finding("certificate", "warning" if late else "ok", f"ours expires on {until:%Y-%m-%d}", mend)


async def namespace(patient: Patient) -> AsyncIterator[Finding]:
    """Retention, and every search attribute with its type."""
    if patient.client is None:
        yield Finding("search attributes", "skipped", "no server")
        return
    service, name = patient.client.workflow_service, patient.client.namespace
    described = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    retention = described.config.workflow_execution_retention_ttl.ToTimedelta()
    if retention < SHORTEST_RETENTION:
        mend = f"temporal operator namespace update -n {name} --retention 30d"
        yield Finding("retention", "warning", f"closed claims are kept {retention.days} days", mend)
    try:
        listed = await patient.client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=name)
        )
    except RPCError as error:
        yield Finding(
            "search attributes", "warning", f"can't be listed here ({error.status.name})", "Look in the console."
        )
        return
    there = {key: IndexedValueType.Name(kind) for key, kind in listed.custom_attributes.items()}
    for key in attributes.ALL:
        wanted = key.indexed_value_type.name
        found = there.get(key.name, "").removeprefix("INDEXED_VALUE_TYPE_")
        if found != wanted:
            said = f"{key.name} is missing" if not found else f"{key.name} is {found.title()}, not {wanted.title()}"
            mend = f"temporal operator search-attribute create --name {key.name} --type {wanted.title()}"
            remove = f"temporal operator search-attribute remove --name {key.name}, then "
            yield Finding("search attributes", "failed", said, mend if not found else remove + mend)
    missing = [key for key in attributes.ALL if not there.get(key.name, "").endswith(f"_{key.indexed_value_type.name}")]
    if not missing:
        yield Finding("search attributes", "ok", f"all {len(attributes.ALL)}, each of its type")


async def workers(patient: Patient) -> AsyncIterator[Finding]:
    """Whether somebody takes work from both queues."""
    if patient.client is None:
        yield Finding("workers", "skipped", "no server")
        return
    ours = patient.settings.temporal_task_queue
    kinds = {ours: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, carrier_queue(ours): TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY}
    idle = []
    for queue, kind in kinds.items():
        request = DescribeTaskQueueRequest(
            namespace=patient.client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
        if not (await patient.client.workflow_service.describe_task_queue(request)).pollers:
            idle.append(queue)
    if idle:
        said = f"nobody takes work from {' and '.join(idle)}"
        yield Finding("workers", "warning", said, "Start one: python worker.py (its exit code says why it can't).")
    else:
        yield Finding("workers", "ok", f"queues {' and '.join(kinds)} are served")


async def records(patient: Patient) -> AsyncIterator[Finding]:
    """Reachable, and of this release's schema."""
    try:
        found = await asyncio.to_thread(upkeep.standing, patient.settings.records_url)
    except RecordsError as error:
        yield Finding("records", "failed", str(error), "Correct CLAIMLINE_RECORDS_URL, or mend what it says.")
        return
    if found.current:
        yield Finding("records", "ok", f"{found.where}: schema {found.found}")
    elif found.newer:
        said = f"{found.where}: schema {found.found}, newer than this release's {found.needed}"
        yield Finding("records", "failed", said, "Use the release that made it.")
    elif found.found is None:
        yield Finding("records", "warning", f"{found.where}: no tables yet", "python starter.py records upgrade")
    else:
        said = f"{found.where}: schema {found.found}, this release needs {found.needed}"
        mend = "Stop the workers, python starter.py records backup FILE, then python starter.py records upgrade."
        yield Finding("records", "failed", said, mend)


async def keys(patient: Patient) -> AsyncIterator[Finding]:
    """The key ring: there, private, and it opens what it seals."""
    settings = patient.settings
    try:
        ring = keys_of(settings.keys_file, settings.keys.get_secret_value())
        if ring is not None:
            name, cipher = ring.sealing("payload")
            nonce = secrets.token_bytes(12)
            opened = ring.opening(name, "payload").decrypt(nonce, cipher.encrypt(nonce, b"", None), None)
            assert opened == b""
    except KeysError as error:
        yield Finding("keys", "failed", str(error), "Put the right key file back; never make a new one over it.")
        return
    if ring is not None:
        yield Finding("keys", "ok", f"active key {name}")
    elif settings.mode == "production":
        yield Finding(
            "keys", "failed", "no key ring, and production needs one", "Set CLAIMLINE_KEYS_FILE (docs/deploy.md)."
        )
    else:
        yield Finding("keys", "warning", "no key ring: payloads and records are in clear", "Set CLAIMLINE_KEYS_FILE.")


class _Unmarked:
    """Where a carrier would note what it sends; a question sends nothing."""

    async def fetched(self, carrier: str, item_id: str) -> str | None:
        return None

    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
        return None


async def carrier(patient: Patient) -> AsyncIterator[Finding]:
    """The clearinghouse lets us in: asked for its list of what is new since this moment."""
    name = patient.settings.carrier
    try:
        opened = carrier_of(patient.settings, _Unmarked())
    except SettingsError as error:
        yield Finding("carrier", "failed", str(error), "Correct the setting.")
        return
    try:
        page = await asyncio.wait_for(opened.poll(since=datetime.now(UTC)), 2 * _SECONDS)
    except AuthenticationFailed as error:
        yield Finding("carrier", "failed", f"{name}: {error}", "Correct its key or password, or ask the carrier.")
    except (CarrierError, TimeoutError) as error:
        said = f"{name}: {str(error) or 'no answer'}"
        yield Finding("carrier", "failed", said, "Look at its status page, and at the address in the settings.")
    else:
        yield Finding("carrier", "ok", f"{name} lets us in ({len(page.items)} documents since this moment)")
    finally:
        await opened.close()


async def clock(patient: Patient) -> AsyncIterator[Finding]:
    """This machine's clock beside the carrier's and the database's."""
    others = {
        "the carrier's": await _web_clock(patient.settings),
        "the database's": await _database_clock(patient.settings),
    }
    known = {name: skew for name, skew in others.items() if skew is not None}
    for name, skew in known.items():
        seconds = skew.total_seconds()
        verdict: Verdict = "failed" if abs(skew) > SKEW_FAILED else "warning" if abs(skew) > SKEW_WARNING else "ok"
        mend = "" if verdict == "ok" else "Let the clock follow a time server: timedatectl set-ntp true."
        said = f"within {SKEW_WARNING.seconds} s of {name}" if not mend else f"{seconds:+.0f} s from {name}"
        yield Finding("clock", verdict, said, mend)
    if not known:
        yield Finding("clock", "skipped", "nobody to compare with")


async def _web_clock(settings: Settings) -> timedelta | None:
    """Ours less the one in the Date of an HTTP answer, whatever its status; half a round trip is forgiven."""
    address = (
        settings.carrier_url
        or settings.carrier_core_url
        or ("https://core.us.stedi.com" if settings.carrier == "stedi" else "")
    )
    if not address:
        return None
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as web:
            told = (await web.head(address)).headers.get("date", "")
    except httpx.HTTPError:
        return None
    try:
        return datetime.now(UTC) - email.utils.parsedate_to_datetime(told)
    except ValueError:
        return None


async def _database_clock(settings: Settings) -> timedelta | None:
    """PostgreSQL's; SQLite has none of its own."""

    def ask() -> timedelta | None:
        try:
            if address_of(settings.records_url).get_backend_name() == "sqlite":
                return None
            with closing(Database(settings.records_url, look=True)) as database:
                told = database.ask(lambda c: c.scalar(text("SELECT clock_timestamp()")))
        except RecordsError:
            return None
        return datetime.now(UTC) - told if isinstance(told, datetime) else None

    return await asyncio.to_thread(ask)


async def disk(patient: Patient) -> AsyncIterator[Finding]:
    """Room where the records are (SQLite), else where this process may write."""
    path, free = await asyncio.to_thread(_free, patient.settings.records_url)
    verdict: Verdict = "failed" if free < DISK_FAILED else "warning" if free < DISK_WARNING else "ok"
    mend = "" if verdict == "ok" else "Make room; a full disk stops every write, and nothing is lost by waiting."
    yield Finding("disk", verdict, f"{free / 1e9:.1f} GB free at {path}", mend)


def _free(records_url: str) -> tuple[Path, int]:
    """The folder and its free bytes."""
    path = Path(records_url.removeprefix("sqlite:///") if records_url.startswith("sqlite:///") else ".").absolute()
    while not path.exists():
        path = path.parent
    return path, shutil.disk_usage(path).free


async def rules(patient: Patient) -> AsyncIterator[Finding]:
    """Payer rules and code tables can be read."""
    try:
        tables = await asyncio.to_thread(load_tables, sandbox=patient.settings.sandbox)
        await asyncio.to_thread(load_icd10)
    except TableError as error:
        yield Finding("payer rules", "failed", str(error), "Correct the file; git diff payer_rules shows what changed.")
        return
    yield Finding("payer rules", "ok", f"{len(tables.payer_rules)} payers, table version {tables.version}")


CHECKS: tuple[Check, ...] = (server, certificates, namespace, workers, records, keys, carrier, clock, disk, rules)


async def examine(
    settings: Settings, note: Callable[[Finding], Awaitable[None] | None] = lambda _: None
) -> list[Finding]:
    """Asks everything, in order; `note` hears of each answer as it comes."""
    patient, findings = Patient(settings), []
    for check in CHECKS:
        async for finding in check(patient):
            findings.append(finding)
            note(finding)
    return findings
