"""The way to the Temporal server: plain, TLS, mutual TLS or an API key, by settings alone; every refusal one clear line.

What certificates are and why a handshake fails is adapters/certificates.py.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import IntEnum

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from adapters.certificates import CertificateError, Identity, check_handshake, read_identity, speaks_tls
from adapters.settings import Settings

ANSWER_SECONDS = 10.0
_PROBE_SECONDS = 3.0


class Exit(IntEnum):
    """What the shell is told when a worker can't serve."""

    OK = 0
    SETTINGS = 2
    NO_SERVER = 3
    NO_NAMESPACE = 4
    RECORDS = 5
    TABLES = 6
    KEYS = 7
    TLS = 8


class CannotServe(Exception):
    """One line for a person: what is wrong, where, and what to do."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


async def connect_to(settings: Settings, converter: DataConverter, *, metrics: str = "") -> Client:
    """A client as the settings say. Raises CannotServe, with the reason of a refused handshake."""
    identity = identity_of(settings)
    try:
        return await connect(
            settings.temporal_address,
            settings.temporal_namespace,
            metrics=metrics,
            converter=converter,
            api_key=settings.temporal_api_key.get_secret_value(),
            tls=_tls(settings, identity),
        )
    except CannotServe as error:
        if error.code is Exit.NO_SERVER:
            await asyncio.to_thread(_explain_handshake, settings, identity)
        raise


def identity_of(settings: Settings) -> Identity:
    """The certificates that the settings name. Raises CannotServe."""
    try:
        return read_identity(
            ca=settings.temporal_tls_ca,
            cert=settings.temporal_tls_cert,
            key=settings.temporal_tls_key,
            now=datetime.now(UTC),
        )
    except CertificateError as error:
        raise CannotServe(Exit.TLS, str(error)) from error


def uses_tls(settings: Settings) -> bool:
    """An API key turns TLS on by itself: it must not travel in clear."""
    return settings.temporal_tls or bool(settings.temporal_api_key.get_secret_value())


def _tls(settings: Settings, identity: Identity) -> TLSConfig | bool:
    if not uses_tls(settings):
        return False
    return TLSConfig(
        server_root_ca_cert=identity.ca,
        domain=settings.temporal_tls_server_name or None,
        client_cert=identity.cert,
        client_private_key=identity.key,
    )


def _explain_handshake(settings: Settings, identity: Identity) -> None:
    """Raises CannotServe where it is TLS that keeps us out."""
    address = settings.temporal_address
    if not uses_tls(settings):
        if speaks_tls(address, _PROBE_SECONDS):
            raise CannotServe(Exit.TLS, f"{address} speaks TLS; set CLAIMLINE_TEMPORAL_TLS=1")
        return
    try:
        check_handshake(
            address,
            identity,
            files=(settings.temporal_tls_cert, settings.temporal_tls_key),
            server_name=settings.temporal_tls_server_name,
            seconds=_PROBE_SECONDS,
        )
    except CertificateError as error:
        raise CannotServe(Exit.TLS, f"{address}: {error}") from error


async def connect(
    address: str,
    namespace: str = "default",
    *,
    converter: DataConverter = pydantic_data_converter,
    metrics: str = "",
    api_key: str = "",
    tls: TLSConfig | bool = False,
) -> Client:
    """A client whose namespace is known to exist. Raises CannotServe with one line for a person."""
    runtime = _with_metrics(metrics) if metrics else None
    try:
        client = await asyncio.wait_for(
            Client.connect(
                address,
                namespace=namespace,
                data_converter=converter,
                runtime=runtime,
                api_key=api_key or None,
                tls=tls or bool(api_key),
            ),
            ANSWER_SECONDS,
        )
    except (RuntimeError, ValueError, OSError, TimeoutError) as error:
        raise CannotServe(
            Exit.NO_SERVER, f"no Temporal server answers at {address}: start one (`make up`) or correct the address"
        ) from error
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            message = f"the server at {address} has no namespace {namespace}: create it, or correct the name"
            raise CannotServe(Exit.NO_NAMESPACE, message) from error
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
            message = f"the server at {address} refuses this key for namespace {namespace}"
            raise CannotServe(Exit.NO_NAMESPACE, message) from error
        raise CannotServe(Exit.NO_SERVER, f"the server at {address} does not answer: {error.status.name}") from error
    return client


def _with_metrics(address: str) -> Runtime:
    prometheus = PrometheusConfig(
        bind_address=address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=prometheus))
    except (RuntimeError, ValueError) as error:
        message = f"metrics can't be served at {address}: is the port taken? set CLAIMLINE_METRICS_ADDRESS"
        raise CannotServe(Exit.SETTINGS, message) from error
