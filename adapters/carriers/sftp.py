"""A clearinghouse that is two folders: 837s are uploaded into one, what it has for us is taken out of the other.

Availity, Waystar, Office Ally and most payers' own gateways work so. Such a carrier has no idempotency: it takes a file
away once it is there, and the same claim under another name is a second claim. So a file goes up under a temporary name,
that name is noted in the records, and only then the file is renamed, which is the one moment it comes into being for the
carrier. Whoever tries again looks first, and never renames anything but the noted file (docs/decisions/0010).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Literal, Protocol, cast

import asyncssh

from adapters.carriers.sftp_session import Account, Session
from claims.ports import (
    AuthenticationFailed,
    Carrier,
    InboundItem,
    InboundPage,
    NotOffered,
    OutcomeUnknown,
    RequestRefused,
    SubmissionAnswer,
    Unavailable,
)

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".writing", "~")
"""How uploaders name what they are still writing (WinSCP, browsers, MOVEit, ourselves)."""


class Marks(Protocol):
    """What the carrier keeps of its uploads; the records implement it."""

    async def fetched(self, carrier: str, item_id: str) -> str | None: ...
    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
        """The first one under an id stays."""
        ...


@dataclass(frozen=True)
class Folders:
    """Where things are at the carrier. `archive` empty: what was taken is deleted; `sent` empty: it shows no sent files."""

    upload: str
    download: str
    archive: str = ""
    sent: str = ""
    pattern: str = "*"


@dataclass(frozen=True)
class _Seen:
    """A file as it was listed: seconds since the epoch, bytes."""

    name: str
    size: int
    changed: int

    @property
    def id(self) -> str:
        return f"{self.size}/{self.changed}/{self.name}"

    @classmethod
    def of(cls, item_id: str) -> _Seen:
        size, changed, name = item_id.split("/", 2)
        return cls(name, int(size), int(changed))


class Sftp(Carrier):
    """One account. `quiet_seconds` is how long a file must have stood still before it is taken."""

    def __init__(
        self,
        account: Account,
        folders: Folders,
        marks: Marks,
        *,
        acknowledgements: frozenset[str] = frozenset({"999", "277CA"}),
        quiet_seconds: float = 5.0,
        name: str = "sftp",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self.acknowledgements = acknowledgements
        self._session = Session(account, name=name)
        self._folders = folders
        self._marks = marks
        self._uploads = f"{name}/uploads"
        self._quiet_seconds = quiet_seconds
        self._pause = pause

    async def close(self) -> None:
        await self._session.close()

    async def submit(self, x12: str, *, claim_type: str, idempotency_key: str) -> SubmissionAnswer:
        """Accepted once the file stands under its name; what the carrier makes of it comes as a 999 and 277CA."""
        name = upload_name(idempotency_key)
        try:
            async with self._session.use("upload") as sftp:
                if not await self._is_up(sftp, name):
                    await self._put(sftp, name, x12.encode(), idempotency_key)
        except asyncssh.SFTPNoSuchFile:
            raise self._no_folder("upload") from None
        return SubmissionAnswer(accepted=True, reference=name)

    async def _put(self, sftp: asyncssh.SFTPClient, name: str, raw: bytes, key: str) -> None:
        noted = await self._marks.fetched(self._uploads, key)
        if noted is None:
            temporary = f"{name}.{secrets.token_hex(4)}.tmp"
            await _write(sftp, _path(self._folders.upload, temporary), raw)
            await self._marks.remember_item(self._uploads, key, temporary)
            noted = await self._marks.fetched(self._uploads, key)
            if noted != temporary:
                # another try was faster: its file is the one that counts
                await _remove(sftp, _path(self._folders.upload, temporary))
        waiting = _path(self._folders.upload, noted or "")
        if await _size(sftp, waiting) is None:
            # an earlier try, or another at the same time, renamed it
            if await self._is_up(sftp, name):
                return
            raise OutcomeUnknown(f"{self.name} upload: an earlier try may have arrived, and its file is gone")
        try:
            await sftp.rename(waiting, _path(self._folders.upload, name))
        except asyncssh.SFTPNoSuchFile:
            if not await self._is_up(sftp, name):
                raise OutcomeUnknown(f"{self.name} upload: another try renamed the file, and it is gone") from None

    async def _is_up(self, sftp: asyncssh.SFTPClient, name: str) -> bool:
        """Whether the carrier has the file under its final name, taken or not."""
        for folder in filter(None, (self._folders.upload, self._folders.sent)):
            if await _size(sftp, _path(folder, name)) is not None:
                return True
        return False

    def _no_folder(self, call: str) -> AuthenticationFailed:
        return AuthenticationFailed(f"{self.name} {call}: this user has no such folder; check it in the settings")

    async def ask_eligibility(self, x12: str) -> str:
        raise NotOffered(f"{self.name}: eligibility questions (270) are not offered by this carrier")

    async def ask_status(self, x12: str) -> str:
        raise NotOffered(f"{self.name}: status questions (276) are not offered by this carrier")

    async def poll(self, *, since: datetime, page: str | None = None) -> InboundPage:
        """Everything that stands finished in the folder. `since` plays no part: what was taken is gone from there.

        Looked at twice: a file that changed meanwhile is still being written and waits for the next round.
        """
        before = await self._listed()
        if not before:
            return InboundPage(items=())
        await self._pause(self._quiet_seconds)
        still = before & await self._listed()
        items = [
            InboundItem(id=seen.id, set="", processed_at=datetime.fromtimestamp(seen.changed, UTC))
            for seen in sorted(still, key=lambda seen: (seen.changed, seen.name))
        ]
        return InboundPage(items=tuple(items))

    async def _listed(self) -> set[_Seen]:
        try:
            async with self._session.use("list") as sftp:
                return {
                    _Seen(name, entry.attrs.size or 0, int(entry.attrs.mtime or 0))
                    async for entry in sftp.scandir(self._folders.download)
                    if _is_document(name := str(entry.filename), entry.attrs) and fnmatch(name, self._folders.pattern)
                }
        except asyncssh.SFTPNoSuchFile:
            raise self._no_folder("list") from None

    async def fetch(self, item_id: str) -> bytes:
        """The bytes as listed. Raises RequestRefused where the file is gone or is being written again."""
        seen = _Seen.of(item_id)
        path = _path(self._folders.download, seen.name)
        try:
            async with self._session.use("download") as sftp:
                async with sftp.open(path, "rb") as file:
                    raw = cast(bytes, await file.read())
                if len(raw) != seen.size or await _seen(sftp, path, seen.name) != seen:
                    raise RequestRefused(f"{self.name} download: the file changed since it was listed")
        except asyncssh.SFTPNoSuchFile:
            raise RequestRefused(f"{self.name} download: the file is gone since it was listed") from None
        return raw

    async def let_go(self, item_id: str) -> None:
        """Deletes or archives what was stored. A file that changed since it was listed is another one, and stays."""
        seen = _Seen.of(item_id)
        path = _path(self._folders.download, seen.name)
        async with self._session.use("let go") as sftp:
            if await _size(sftp, path) is None or await _seen(sftp, path, seen.name) != seen:
                return
            if not self._folders.archive:
                await _remove(sftp, path)
                return
            try:
                await self._archive(sftp, path, seen)
            except asyncssh.SFTPNoSuchFile:
                raise self._no_folder("archive") from None

    async def _archive(self, sftp: asyncssh.SFTPClient, path: str, seen: _Seen) -> None:
        """Under its own name, or with its date where that name is taken already."""
        target = _path(self._folders.archive, seen.name)
        if await _size(sftp, target) is not None:
            target = f"{target}.{seen.changed}.{secrets.token_hex(2)}"
        await sftp.rename(path, target)

    async def find_submission(self, patient_control_number: str, *, idempotency_key: str = "") -> bool | None:
        """True where its file is there. False where it surely never came into being: it then never will.

        None where it was renamed and is gone: taken by the carrier most likely, but nobody can say.
        """
        name = upload_name(idempotency_key)
        try:
            async with self._session.use("look") as sftp:
                if await self._is_up(sftp, name):
                    return True
                noted = await self._marks.fetched(self._uploads, idempotency_key)
                if noted is None:
                    return False
                waiting = _path(self._folders.upload, noted)
                if await _size(sftp, waiting) is None:
                    return None
                await sftp.remove(waiting)
                return False
        except asyncssh.SFTPNoSuchFile:
            return None

    async def send_correspondence(
        self, *, kind: Literal["appeal", "documents"], fields: dict[str, str], idempotency_key: str
    ) -> str | None:
        return None


def upload_name(idempotency_key: str) -> str:
    """`PRACTICE_CLAIM_transmit-2_HASH.837`: opaque ids and the submission's number; the hash keeps it unique."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "_", idempotency_key)[:80]
    return f"{readable}_{hashlib.sha256(idempotency_key.encode()).hexdigest()[:12]}.837"


def _path(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _is_document(name: str, attributes: asyncssh.SFTPAttrs) -> bool:
    """A finished file with something in it; a name is never a way into another folder."""
    mode = attributes.permissions
    regular = mode is None or stat.S_ISREG(mode) or not stat.S_IFMT(mode)
    plain = not name.startswith(".") and "/" not in name and not name.lower().endswith(UNFINISHED)
    return bool(plain and regular and attributes.size)


async def _write(sftp: asyncssh.SFTPClient, path: str, raw: bytes) -> None:
    async with sftp.open(path, "wb") as file:
        await file.write(raw)
    if await _size(sftp, path) != len(raw):
        raise Unavailable("sftp upload: the carrier has another number of bytes than were sent")


async def _size(sftp: asyncssh.SFTPClient, path: str) -> int | None:
    """None where there is no such file."""
    try:
        return (await sftp.stat(path)).size or 0
    except asyncssh.SFTPNoSuchFile:
        return None


async def _seen(sftp: asyncssh.SFTPClient, path: str, name: str) -> _Seen:
    attributes = await sftp.stat(path)
    return _Seen(name, attributes.size or 0, int(attributes.mtime or 0))


async def _remove(sftp: asyncssh.SFTPClient, path: str) -> None:
    try:
        await sftp.remove(path)
    except asyncssh.SFTPNoSuchFile:
        return
