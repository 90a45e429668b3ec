"""One SSH connection to a carrier, opened when it is needed and again after it broke; its errors in the port's words.

A host whose key isn't in the known-hosts file is never spoken to. Messages name the call, never a file that the carrier
named: its names may carry a patient's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from claims.ports import AuthenticationFailed, CarrierError, Unavailable

CONNECTING = 20.0
"""Seconds until a connection stands, login included."""
CALLING = 60.0
"""Seconds for one block of calls over it, a transfer included."""


@dataclass(frozen=True)
class Account:
    """Where the carrier's SFTP server is and how we are known there. A key or a password, or both."""

    host: str
    user: str
    known_hosts: Path
    port: int = 22
    key_file: Path | None = None
    key_passphrase: str = ""
    password: str = ""


class Session:
    """Shared by everything that one worker does at this carrier; safe to use from several tasks at once."""

    def __init__(self, account: Account, *, name: str, patience: float = CALLING) -> None:
        self._account = account
        self._name = name
        self._patience = patience
        self._opening = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    @asynccontextmanager
    async def use(self, call: str) -> AsyncIterator[asyncssh.SFTPClient]:
        """The client for one block of calls. What the block raises leaves as an error of the port.

        Files that are missing are the block's own business: `SFTPNoSuchFile` passes through.
        """
        where = f"{self._name} {call}"
        client = await self._open(where)
        try:
            async with asyncio.timeout(self._patience):
                yield client
        except asyncssh.SFTPNoSuchFile:
            raise
        except (asyncssh.Error, OSError, TimeoutError) as error:
            trouble = error_of(where, error)
            if not isinstance(error, asyncssh.SFTPError) or isinstance(error, _BROKEN):
                await self.close()
            raise trouble from None

    async def close(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()

    async def _open(self, call: str) -> asyncssh.SFTPClient:
        async with self._opening:
            if self._client is not None and self._connection is not None and not self._connection.is_closed():
                return self._client
            account = self._account
            if not account.known_hosts.is_file():
                raise AuthenticationFailed(f"{call}: the known-hosts file can't be read; without it no host is trusted")
            try:
                self._connection = await asyncssh.connect(
                    account.host,
                    account.port,
                    username=account.user,
                    known_hosts=str(account.known_hosts),
                    # None, not (): neither this machine's own keys nor its agent or configuration play a part
                    client_keys=[str(account.key_file)] if account.key_file else None,
                    passphrase=account.key_passphrase or None,
                    password=account.password or None,
                    agent_path=None,
                    config=None,
                    connect_timeout=CONNECTING,
                    login_timeout=CONNECTING,
                    keepalive_interval=15,
                )
                self._client = await self._connection.start_sftp_client()
            except (asyncssh.Error, asyncssh.KeyImportError, OSError, TimeoutError, ValueError) as error:
                await self.close()
                raise error_of(call, error, sent=False) from None
            return self._client


_BROKEN = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)


def error_of(call: str, error: Exception, *, sent: bool = True) -> CarrierError:
    """What went wrong on the way, in the port's words. `sent` is false while nothing can have been carried out."""
    kind = type(error).__name__
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return AuthenticationFailed(f"{call}: the host's key isn't the one in the known-hosts file; nothing was sent")
    if isinstance(error, asyncssh.PermissionDenied):
        return AuthenticationFailed(f"{call}: the carrier refuses this user, key or password")
    if isinstance(error, asyncssh.SFTPPermissionDenied | asyncssh.SFTPWriteProtect):
        return AuthenticationFailed(f"{call}: not allowed in this folder; check it in the settings")
    if isinstance(error, asyncssh.KeyImportError | asyncssh.KeyEncryptionError):
        return AuthenticationFailed(f"{call}: the key file can't be read ({kind})")
    if isinstance(error, FileNotFoundError) or (isinstance(error, ValueError) and not sent):
        return AuthenticationFailed(f"{call}: a key or known-hosts file can't be read ({kind})")
    if not sent:
        return Unavailable(f"{call}: no connection ({kind}); nothing was sent")
    return Unavailable(f"{call}: no answer ({kind}); it may have been carried out")
