"""The composition root of a worker: settings, adapters, activities and workflows, put together and run.

`python worker.py` serves until SIGTERM or Ctrl-C, finishing what is under way for up to ten seconds. Commands use
`prepare` and `build_worker` to run the same worker inside another process.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gc
import hashlib
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.service import RPCError
from temporalio.worker import (
    PollerBehaviorAutoscaling,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.correspondence import CorrespondenceActivities
from activities.delivery import DeliveryActivities
from activities.eligibility import EligibilityActivities
from activities.errors import SealedTypesAlone, TypesAlone
from activities.follow_up import FollowUpActivities
from activities.inbox import InboxActivities
from activities.names import TASK_QUEUE, carrier_queue
from activities.patient_billing import PatientBillingActivities
from activities.post import BLINK, PER_SECOND, Post
from activities.reading import Reader
from activities.records import RecordsActivities
from activities.submission import Scrubber, SubmissionActivities
from adapters.codec import WORDS, SealingCodec
from adapters.keys import Keys, KeysError, keys_of
from adapters.logging import configure_logging, withhold_last_words
from adapters.opening import carrier_of, documents_of, letters_of, records_of
from adapters.records import SqlRecords
from adapters.records.audit_log import Act
from adapters.settings import Settings, SettingsError, load_settings
from adapters.tables.icd10 import load_icd10
from adapters.tables.loader import load_tables
from adapters.tables.toml import TableError
from adapters.x12.parse import parse
from claims.claim import Claim
from claims.findings import Finding
from claims.payer_rules import PayerRules
from claims.ports import Carrier, Documents, Letters, Records, RecordsError
from claims.scrub import scrub
from claims.tables import Tables
from commands.connecting import CannotServe, Exit, connect_to
from commands.gauges import counting
from commands.workers import Workers
from workflows.claim import ClaimWorkflow
from workflows.inbound_document import InboundDocumentWorkflow
from workflows.inbox import InboxWorkflow
from workflows.namespace import prepare, wake_inbox
from workflows.patient_account import PatientAccountWorkflow
from workflows.remittance import RemittanceWorkflow
from workflows.runner import Runner
from workflows.tables import install

CONVERTER = dataclasses.replace(pydantic_data_converter, failure_converter_class=TypesAlone)
DEPLOYMENT = "claimline"
WORKFLOWS: Sequence[type] = (
    ClaimWorkflow,
    InboxWorkflow,
    InboundDocumentWorkflow,
    RemittanceWorkflow,
    PatientAccountWorkflow,
)
SHARED = (
    "claims",
    "activities",
    "workflows.account_books",
    "workflows.account_reading",
    "workflows.attributes",
    "workflows.books",
    "workflows.handing_over",
    "workflows.perform",
    "workflows.reading",
    "workflows.tables",
    "workflows.words",
)
"""Modules that the workflow sandbox takes as they are: pure values and functions, or rules about Temporal calls.

Imported anew for every workflow they cost 33 ms and 1.5 MB each; shared 1.4 ms and 97 kB.
"""
STICKY_SECONDS = 60.0
TASKS_AT_ONCE = 30
"""Workflow tasks under way. More of them wait inside the worker, in order of arrival, where the server can no longer hand
them out practice by practice; questions to payers take up to 20 of them (activities/eligibility.py)."""
GRACE = timedelta(seconds=10)
CARRIER_AT_ONCE = 50


@dataclass(frozen=True)
class Parts:
    """Everything of the outside that activities need."""

    carrier: Carrier
    records: Records
    documents: Documents
    letters: Letters
    read: Reader
    scrubber: Scrubber
    tables: Tables


def runner() -> Runner:
    """The sandbox stays on; what is shared with it is listed above. Replay tests use the same."""
    return Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*SHARED))


def activities_of(parts: Parts, post: Post) -> list[Any]:
    """Every activity method, with its dependencies in its object."""
    eligibility = EligibilityActivities(parts.carrier, parts.records, parts.documents, parts.read)
    submission = SubmissionActivities(parts.carrier, parts.records, parts.documents, parts.scrubber)
    delivery = DeliveryActivities(parts.records, parts.read, post)
    records = RecordsActivities(parts.records)
    billing = PatientBillingActivities(parts.records, parts.letters, post)
    correspondence = CorrespondenceActivities(parts.carrier, parts.records, parts.letters)
    return [
        eligibility.check_eligibility,
        submission.scrub_claim,
        submission.transmit_claim,
        submission.find_submission,
        FollowUpActivities(parts.carrier, parts.records, parts.documents, parts.read).inquire_status,
        billing.report_patient_balance,
        billing.lay_out_statement,
        billing.tell_claim,
        billing.write_account,
        billing.archive_account,
        correspondence.send_appeal,
        correspondence.send_documents,
        InboxActivities(parts.carrier, parts.records, post).fetch_documents,
        delivery.prove_document,
        delivery.deliver_document,
        delivery.set_document_aside,
        records.write_steps,
        records.archive_claim,
    ]


def build_worker(
    client: Client,
    parts: Parts,
    *,
    task_queue: str = TASK_QUEUE,
    build: str = "",
    cached: int = 2000,
    sticky_seconds: float = STICKY_SECONDS,
    blink: float = BLINK,
    carrier_per_second: float = 0,
    carrier_at_once: int = CARRIER_AT_ONCE,
    deliveries_per_second: float = PER_SECOND,
) -> Workers:
    """A worker that is not started yet: `async with build_worker(...)` serves while the block runs.

    `build` names this version of the program; where it differs from the one that a claim's run began with, the claim
    continues as new under the new one. What waits on the carrier has a queue of its own, of which `carrier_at_once` calls
    are under way at a time, and `carrier_per_second` begin (0: no limit); the server holds all workers to the latter.
    """
    install(parts.tables)
    post = Post(client, parts.records, task_queue=task_queue, blink=blink, per_second=deliveries_per_second)
    version = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build or build_id())
    # Both know every activity: one that was asked for before a release moved it is done where it was asked for.
    activities = activities_of(parts, post)
    carrier = Worker(
        client,
        task_queue=carrier_queue(task_queue),
        activities=activities,
        max_concurrent_activities=carrier_at_once,
        max_task_queue_activities_per_second=carrier_per_second or None,
        graceful_shutdown_timeout=GRACE,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    claims = Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=runner(),
        max_cached_workflows=cached,
        max_concurrent_workflow_tasks=TASKS_AT_ONCE,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=sticky_seconds),
        graceful_shutdown_timeout=GRACE,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=False),
    )
    return Workers(claims, carrier)


def build_id() -> str:
    """A hash of the code that decides how claims go on: two workers with the same code are the same version."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*root.glob("claims/**/*.py"), *root.glob("workflows/*.py")]):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def converter_of(keys: Keys | None, *, words_sealed: bool = False) -> DataConverter:
    """How values become payloads: sealed where there are keys, in clear where there are none.

    `words_sealed`: claims started with it refuse free text in clear.
    """
    if keys is None:
        return CONVERTER
    codec = SealingCodec(keys, *([WORDS] if words_sealed else []))
    return dataclasses.replace(CONVERTER, payload_codec=codec, failure_converter_class=SealedTypesAlone)


def converter_for(settings: Settings) -> DataConverter:
    """Raises CannotServe where the key ring can't be read, or production has none."""
    return converter_of(keys_for(settings), words_sealed=settings.words_in_clear == "refuse")


def keys_for(settings: Settings) -> Keys | None:
    """The key ring of the settings. Raises CannotServe: a ring that can't be read, or none in production."""
    try:
        keys = keys_of(settings.keys_file, settings.keys.get_secret_value())
    except KeysError as error:
        raise CannotServe(Exit.KEYS, str(error)) from error
    if keys is None and settings.mode == "production":
        message = "production needs a key ring: `python starter.py keys new --file PATH`, then set CLAIMLINE_KEYS_FILE"
        raise CannotServe(Exit.KEYS, message)
    return keys


def compose(settings: Settings) -> Parts:
    """Opens every adapter that the settings name. Raises CannotServe."""
    try:
        tables, icd = load_tables(sandbox=settings.sandbox), load_icd10()
    except TableError as error:
        raise CannotServe(Exit.TABLES, str(error)) from error
    try:
        records = records_of(settings)
    except RecordsError as error:
        raise CannotServe(Exit.RECORDS, str(error)) from error
    try:
        carrier = carrier_of(settings, records)
    except SettingsError as error:
        raise CannotServe(Exit.SETTINGS, str(error)) from error

    def scrubber(claim: Claim, rules: PayerRules, today: date) -> Sequence[Finding]:
        return scrub(claim, rules=rules, tables=tables, icd=icd, today=today)

    return Parts(
        carrier=carrier,
        records=records,
        documents=documents_of(settings),
        letters=letters_of(settings),
        read=parse,
        scrubber=scrubber,
        tables=tables,
    )


@asynccontextmanager
async def webhook_of(settings: Settings, client: Client) -> AsyncIterator[None]:
    """Takes the carrier's webhook while the block runs, where the settings name an address. Raises CannotServe."""
    if not settings.webhook_address:
        yield
        return
    # Loaded here: most workers take no webhook, and every command that asks a server loads this module.
    from adapters.http.serving import CannotListen, serving
    from adapters.http.webhook import CannotWake, create_app

    async def wake() -> None:
        try:
            await wake_inbox(client)
        except RPCError as error:
            raise CannotWake from error

    try:
        async with serving(create_app(wake, settings.signing_secrets), settings.webhook_address):
            yield
    except CannotListen as error:
        raise CannotServe(Exit.SETTINGS, f"webhook: {error} set CLAIMLINE_WEBHOOK_ADDRESS") from error


@asynccontextmanager
async def codec_of(settings: Settings, records: Records) -> AsyncIterator[None]:
    """Opens payloads for Temporal's UI and CLI while the block runs, where the settings name an address and a key ring.

    Raises CannotServe.
    """
    keys = keys_for(settings)
    if not settings.codec_address or keys is None or not isinstance(records, SqlRecords):
        yield
        return
    # Loaded here, as above.
    from adapters.codec import PERSON
    from adapters.http.codec_server import create_app
    from adapters.http.codec_users import UsersError, read_users
    from adapters.http.serving import CannotListen, serving

    try:
        users = read_users(settings.codec_users_file) if settings.codec_users_file else None
    except UsersError as error:
        raise CannotServe(Exit.SETTINGS, str(error)) from error
    custody = records.custody

    async def note(acts: Sequence[Act]) -> None:
        await custody.note(*acts)

    origins = [origin.strip() for origin in settings.codec_origins.split(",") if origin.strip()]
    app = create_app(SealingCodec(keys, PERSON), note, users=users, origins=origins)
    try:
        async with serving(app, settings.codec_address):
            yield
    except CannotListen as error:
        raise CannotServe(Exit.SETTINGS, f"codec: {error} set CLAIMLINE_CODEC_ADDRESS") from error


@asynccontextmanager
async def gauges_of(settings: Settings, client: Client, records: Records) -> AsyncIterator[None]:
    """Counts for the metrics page while the block runs, where there is one."""
    if not settings.metrics_address or not isinstance(records, SqlRecords):
        yield
        return
    async with counting(client, records, seconds=settings.metrics_seconds):
        yield


async def run(settings: Settings, *, check: bool = False) -> None:
    """Until SIGTERM or Ctrl-C; what is under way gets its grace. With `check` nothing is served."""
    client = await connect_to(settings, converter_for(settings), metrics="" if check else settings.metrics_address)
    parts = compose(settings)
    if check:
        return
    queue = settings.temporal_task_queue
    await prepare(client, poll_seconds=settings.poll_seconds, task_queue=queue)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    log = structlog.get_logger("worker")
    async with (
        build_worker(
            client,
            parts,
            task_queue=queue,
            sticky_seconds=settings.sticky_seconds,
            carrier_per_second=settings.carrier_per_second,
            carrier_at_once=settings.carrier_at_once,
            deliveries_per_second=settings.deliveries_per_second,
        ),
        webhook_of(settings, client),
        codec_of(settings, parts.records),
        gauges_of(settings, client, parts.records),
    ):
        log.info("serving", address=settings.temporal_address, task_queue=queue, version=build_id())
        await stop.wait()
        log.info("stopping: what is under way gets ten seconds")


HELP = """\
Runs Claimline's workflows and activities until SIGTERM or Ctrl-C.

Settings come from the environment (CLAIMLINE_...) or a .env file; adapters/settings.py lists them all. The defaults
are those of the embedded demo: Temporal at 127.0.0.1:7233, the sandbox clearinghouse at 127.0.0.1:8765, records in
.claimline/records.db. The worker registers the search attributes and the inbox's schedule where they are missing.
"""
CODES = """\
exit codes: 0 stopped as asked; 2 a setting is wrong; 3 no Temporal server answers; 4 its namespace is missing or the
key is refused; 5 the records can't be opened; 6 payer rules or code tables can't be read; 7 the key ring is missing in
production, or can't be read; 8 a certificate is missing, expired or refused
"""


def collect_seldom() -> None:
    """A worker keeps thousands of claims in memory that the collector would walk through again and again for nothing.

    What was imported is left out of it for good; the young generation is looked at every 20,000 objects instead of 700.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="worker.py", description=HELP, epilog=CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="check settings, server, records and tables, then stop")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"worker: {error}", file=sys.stderr)
        return Exit.SETTINGS
    configure_logging(settings.log_format, settings.log_level)
    withhold_last_words()
    collect_seldom()
    try:
        asyncio.run(run(settings, check=options.check))
    except CannotServe as error:
        print(f"worker: {error}", file=sys.stderr)
        return error.code
    return Exit.OK


if __name__ == "__main__":
    raise SystemExit(main())
