"""A clearinghouse's SFTP server on this machine: real files, real SSH, and a way to die at any request."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from adapters.carriers.sftp import Folders, Sftp
from adapters.carriers.sftp_session import Account

USER, PASSWORD = "practice-7", "correct-horse"


class Marks:
    """What the records keep of uploads, in memory: it survives the carrier object, as the records survive a worker."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    async def fetched(self, carrier: str, item_id: str) -> str | None:
        return self.kept.get((carrier, item_id))

    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
        self.kept.setdefault((carrier, item_id), sha256)


@dataclass
class Gateway:
    """The server's side. `dies` names the requests (`rename`, `open`, ...) at which the line is cut, and when."""

    root: Path
    keys: Path
    dies: dict[str, str] = field(default_factory=dict)
    took: list[str] = field(default_factory=list)
    after: Callable[[str], None] | None = None
    """Called when a request was carried out: what the carrier's own programs do meanwhile."""

    def __post_init__(self) -> None:
        for folder in ("inbound", "outbound", "archive", "sent"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.keys.mkdir(exist_ok=True)
        self.user_key.write_private_key(self.keys / "id")
        self.port = 0
        self._server: asyncssh.SSHAcceptor | None = None

    async def start(self) -> None:
        gateway = self

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == (USER, PASSWORD)

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                return username == USER and key.public_data == gateway.user_key.public_data

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
                super().__init__(chan, chroot=os.fsencode(gateway.root))
                self._chan = chan

            def _request(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
                if gateway.dies.get(name) == "before":
                    return self._cut(name)
                answer = call(*arguments)
                if gateway.after is not None:
                    gateway.after(name)
                return self._cut(name) if gateway.dies.get(name) == "after" else answer

            def _cut(self, name: str) -> None:
                del gateway.dies[name]
                self._chan.get_connection().abort()
                raise asyncssh.SFTPConnectionLost("cut")

            def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
                return self._request("open", super().open, path, pflags, attrs)

            def read(self, file_obj: Any, offset: int, size: int) -> bytes:
                answer: bytes = self._request("read", super().read, file_obj, offset, size)
                return answer

            def write(self, file_obj: Any, offset: int, data: bytes) -> int:
                answer: int = self._request("write", super().write, file_obj, offset, data)
                return answer

            def rename(self, oldpath: bytes, newpath: bytes) -> None:
                self._request("rename", super().rename, oldpath, newpath)

            def remove(self, path: bytes) -> None:
                self._request("remove", super().remove, path)

            def stat(self, path: bytes) -> Any:
                return self._request("stat", super().stat, path)

            def scandir(self, path: bytes) -> Any:
                return self._request("scandir", super().scandir, path)

        self._server = await asyncssh.create_server(
            Server, "127.0.0.1", self.port, server_host_keys=[self.host_key], sftp_factory=Files
        )
        self.port = self._server.get_port()
        self.trust(self.host_key)

    def trust(self, key: asyncssh.SSHKey) -> None:
        public = key.export_public_key().decode().strip()
        (self.keys / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}\n")

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def carrier(self, marks: Any, *, folders: Folders | None = None, **changes: Any) -> Sftp:
        account: dict[str, Any] = {"key_file": self.keys / "id", "known_hosts": self.keys / "known_hosts"}
        account |= {"host": "127.0.0.1", "port": self.port, "user": USER} | changes.pop("account", {})
        given: dict[str, Any] = {"pause": _no_pause} | changes
        return Sftp(Account(**account), folders or Folders("inbound", "outbound"), marks, **given)

    def pick_up(self) -> list[str]:
        """The clearinghouse takes every finished file away -> their contents."""
        found = [path for path in sorted((self.root / "inbound").iterdir()) if not path.name.endswith(".tmp")]
        texts = [path.read_text() for path in found]
        for path in found:
            path.unlink()
        return texts

    def files(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())

    def leave(self, name: str, text: str, *, changed: int = 1_790_000_000) -> Path:
        """A document for us, last changed at that second."""
        path = self.root / "outbound" / name
        path.write_text(text)
        os.utime(path, (changed, changed))
        return path


async def _no_pause(seconds: float) -> None:
    return None
