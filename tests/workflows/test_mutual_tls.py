"""A cluster behind mutual TLS by settings alone; every certificate that is wrong is told in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from adapters.settings import Settings
from commands.connecting import CannotServe, Exit, connect_to
from tests.workflows.kit import World, claim_of, registered
from tests.workflows.tls import Authority, Issued, front
from worker import CONVERTER

NAME = "temporal.practice.test"


class Pki:
    """Two authorities: the cluster's, which signed the server and us, and one that nobody trusts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = Authority(folder, "cluster")
        self.stranger = Authority(folder, "stranger")
        self.server = self.cluster.issue(NAME, of="server")
        self.ours = self.cluster.issue("claimline", of="ours")

    def settings(self, address: str, **more: Any) -> Settings:
        given: dict[str, Any] = {
            "temporal_address": address,
            "temporal_tls": True,
            "temporal_tls_ca": self.cluster.file,
            "temporal_tls_cert": self.ours.cert,
            "temporal_tls_key": self.ours.key,
            "temporal_tls_server_name": NAME,
        }
        return Settings(_env_file=None, **(given | more))


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path)


def target(client: Client) -> str:
    return client.service_client.config.target_host


async def test_a_claim_lives_its_life_through_mutual_tls(client: Client, queue: str, world: World, pki: Pki) -> None:
    async with front(target(client), pki.server, pki.cluster) as address:
        ours = await connect_to(pki.settings(address), CONVERTER)
        async with world.worker(ours, queue):
            await world.start(ours, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
            await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
            for _ in range(3):
                await world.inbox(ours, queue, later=3600 * 24 * 20)
            assert (await world.until("c1", "closed")).open_cents == 0


def expired_server(pki: Pki) -> Issued:
    return pki.cluster.issue(NAME, days=-1, of="old-server")


REFUSALS: dict[str, tuple[Callable[[Pki], Issued], Callable[[Pki], dict[str, Any]], str]] = {
    "the server's name is another": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_server_name": "elsewhere.test"},
        "asked for as elsewhere.test, is for another name; set CLAIMLINE_TEMPORAL_TLS_SERVER_NAME",
    ),
    "the address is in no certificate": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_server_name": ""},
        "names no such address; set CLAIMLINE_TEMPORAL_TLS_SERVER_NAME",
    ),
    "the server's certificate has expired": (expired_server, lambda pki: {}, "has expired; it has to be renewed there"),
    "nobody here knows the server's authority": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_ca": pki.stranger.file},
        "signed by nobody whom this machine trusts; set CLAIMLINE_TEMPORAL_TLS_CA",
    ),
    "the server does not know our authority": (
        lambda pki: pki.server,
        lambda pki: files(pki.stranger.issue("claimline", of="strange")),
        "does not know the authority of our certificate; CLAIMLINE_TEMPORAL_TLS_CERT",
    ),
    "no certificate of ours": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_cert": None, "temporal_tls_key": None},
        "asks for a certificate of ours; set CLAIMLINE_TEMPORAL_TLS_CERT",
    ),
    "our certificate has expired": (
        lambda pki: pki.server,
        lambda pki: files(pki.cluster.issue("claimline", days=-2, of="old")),
        "CLAIMLINE_TEMPORAL_TLS_CERT: the certificate expired on ",
    ),
    "our certificate is not valid yet": (
        lambda pki: pki.server,
        lambda pki: files(pki.cluster.issue("claimline", days=90, of="early")),
        "is valid from",
    ),
    "the key is of another certificate": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_key": pki.server.key},
        "CLAIMLINE_TEMPORAL_TLS_KEY: is not the key of the certificate",
    ),
    "a file is missing": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_cert": pki.folder / "nowhere.pem"},
        "nowhere.pem can't be read: No such file",
    ),
    "a file is no certificate": (
        lambda pki: pki.server,
        lambda pki: {"temporal_tls_ca": pki.ours.key},
        "CLAIMLINE_TEMPORAL_TLS_CA: is no certificate in PEM form",
    ),
    "TLS is off here": (
        lambda pki: pki.server,
        lambda pki: (
            dict.fromkeys(("temporal_tls_ca", "temporal_tls_cert", "temporal_tls_key")) | {"temporal_tls": False}
        ),
        "speaks TLS; set CLAIMLINE_TEMPORAL_TLS=1",
    ),
}


def files(issued: Issued) -> dict[str, Any]:
    return {"temporal_tls_cert": issued.cert, "temporal_tls_key": issued.key}


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_is_wrong_with_a_certificate_is_said_with_its_setting(pki: Pki, case: str) -> None:
    server, change, says = REFUSALS[case]
    # The handshake fails before anything reaches a Temporal server, so none stands behind it.
    async with front("127.0.0.1:9", server(pki), pki.cluster) as address:
        with pytest.raises(CannotServe) as refusal:
            await connect_to(pki.settings(address, **change(pki)), CONVERTER)
    assert refusal.value.code is Exit.TLS
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


async def test_a_server_without_tls_is_told_apart(client: Client, pki: Pki) -> None:
    with pytest.raises(CannotServe, match="speaks no TLS at this port") as refusal:
        await connect_to(pki.settings(target(client)), CONVERTER)
    assert refusal.value.code is Exit.TLS


async def test_a_server_that_hangs_up_without_a_word_is_asked_why(pki: Pki) -> None:
    nothing = {"temporal_tls_cert": None, "temporal_tls_key": None}
    async with front("127.0.0.1:9", pki.server, pki.cluster, silent=True) as address:
        with pytest.raises(CannotServe, match="hung up at the handshake") as refusal:
            await connect_to(pki.settings(address, **nothing), CONVERTER)
    assert refusal.value.code is Exit.TLS
