"""The key ring: one active key that seals, and older ones that only read. Each purpose gets a key of its own from it.

A key file is JSON, readable by its owner alone. Processes that hold a ring notice a changed file by themselves, so keys
are rotated while everything runs: add a key everywhere (`keys new`), then make it the active one (`keys rotate`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, ValidationError, field_validator, model_validator

from claims.base import Instant, Value

Purpose = Literal["payload", "records", "blind", "audit"]
SECRET_BYTES = 32
"""AES-256."""
LOOK_AGAIN_SECONDS = 1.0
_MOUNTED_SECRETS = Path("/run/secrets")
"""Where containers are given secrets; their mode is not ours to choose there."""


class KeysError(Exception):
    """What is wrong with a key file, and what to do. Never a key."""


class UnknownKey(KeysError):
    """Something was sealed with a key that is not in the ring."""


class Key(Value):
    """One key. `secret` is base64 of 32 bytes; `id` is public and stands beside everything it sealed."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")
    secret: str = Field(repr=False)
    made_at: Instant

    @field_validator("secret")
    @classmethod
    def _right_size(cls, value: str) -> str:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("not base64") from None
        if len(raw) != SECRET_BYTES:
            raise ValueError(f"{SECRET_BYTES} bytes are needed")
        return value

    def derived(self, purpose: Purpose) -> bytes:
        """A key for one purpose (HKDF, RFC 5869): what seals payloads opens no records."""
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=f"claimline/{purpose}/1".encode()).derive(
            base64.b64decode(self.secret)
        )

    @classmethod
    def new(cls, at: datetime) -> Self:
        secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        return cls(id=secrets.token_hex(4), secret=secret, made_at=at)


class KeyRing(Value):
    """Keys, oldest first, and which of them seals."""

    active: str
    keys: tuple[Key, ...]

    @model_validator(mode="after")
    def _active_is_there(self) -> Self:
        ids = [key.id for key in self.keys]
        if self.active not in ids:
            raise ValueError("the active key is not among the keys")
        if len(set(ids)) != len(ids):
            raise ValueError("two keys have the same id")
        return self

    @classmethod
    def new(cls, at: datetime) -> Self:
        key = Key.new(at)
        return cls(active=key.id, keys=(key,))

    def key(self, key_id: str) -> Key:
        """Raises UnknownKey."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise UnknownKey(f"key {key_id[:32]} is not in the ring; add it to the key file (read only is enough)")

    def with_new(self, at: datetime) -> Self:
        """One key more, which reads only until it is made the active one."""
        return self.model_copy(update={"keys": (*self.keys, Key.new(at))})

    def rotated(self, key_id: str = "") -> Self:
        """`key_id`, or the newest key, seals from now on. Raises UnknownKey; KeysError where that changes nothing."""
        chosen = self.key(key_id).id if key_id else max(self.keys, key=lambda key: key.made_at).id
        if chosen == self.active:
            raise KeysError(f"key {chosen} is the active one already; add another first (`keys new`)")
        return self.model_copy(update={"active": chosen})

    def without(self, key_id: str) -> Self:
        """Raises KeysError for the active key, UnknownKey for none of ours."""
        if self.key(key_id).id == self.active:
            raise KeysError(f"key {key_id} is the active one; make another the active one first (`keys rotate`)")
        return self.model_copy(update={"keys": tuple(key for key in self.keys if key.id != key_id)})


class Keys:
    """A ring that may change under way, and its ciphers. `reload` gives the newest ring, or None where nothing changed."""

    def __init__(self, ring: KeyRing, reload: Callable[[], KeyRing | None] = lambda: None) -> None:
        self._ring = ring
        self._reload = reload
        self._looked = time.monotonic()
        self._ciphers: dict[tuple[str, Purpose], AESGCM] = {}
        self._derived: dict[tuple[str, Purpose], bytes] = {}

    @property
    def ring(self) -> KeyRing:
        """The newest, looked for at most once a second."""
        if time.monotonic() - self._looked > LOOK_AGAIN_SECONDS:
            self._look()
        return self._ring

    def sealing(self, purpose: Purpose) -> tuple[str, AESGCM]:
        """The active key's id and its cipher."""
        active = self.ring.active
        return active, self.opening(active, purpose)

    def opening(self, key_id: str, purpose: Purpose) -> AESGCM:
        """Raises UnknownKey, after a second look at the file."""
        cipher = self._ciphers.get((key_id, purpose))
        if cipher is None or all(key.id != key_id for key in self.ring.keys):
            cipher = AESGCM(self._find(key_id).derived(purpose))
            self._ciphers[key_id, purpose] = cipher
        return cipher

    def blinds(self, value: str) -> tuple[str, ...]:
        """HMACs of `value` under every key, the active one's first: `KEYID.` and 32 hex digits."""
        ring = self.ring
        ids = [ring.active, *(key.id for key in ring.keys if key.id != ring.active)]
        return tuple(f"{one}.{self._blind(one, value)}" for one in ids)

    def _blind(self, key_id: str, value: str) -> str:
        return hmac.new(self.derived(key_id, "blind"), value.encode(), hashlib.sha256).hexdigest()[:32]

    def derived(self, key_id: str, purpose: Purpose) -> bytes:
        """Raises UnknownKey."""
        if (key_id, purpose) not in self._derived:
            self._derived[key_id, purpose] = self._find(key_id).derived(purpose)
        return self._derived[key_id, purpose]

    def _find(self, key_id: str) -> Key:
        try:
            return self._ring.key(key_id)
        except UnknownKey:
            self._look()
            return self._ring.key(key_id)

    def _look(self) -> None:
        self._looked = time.monotonic()
        self._ring = self._reload() or self._ring


def keys_from(path: Path) -> Keys:
    """The keys of a file, looked at again whenever it changes. Raises KeysError."""
    ring, stamp = read_ring(path), _stamp(path)

    def reload() -> KeyRing | None:
        nonlocal stamp
        # A file that is away or damaged for a moment changes nothing: what is known goes on.
        try:
            if (now := _stamp(path)) == stamp:
                return None
            newer = read_ring(path)
        except (OSError, KeysError):
            return None
        stamp = now
        return newer

    return Keys(ring, reload)


def keys_of(path: Path | None, text: str = "") -> Keys | None:
    """The keys that an installation's settings name, the file before the text; None for neither. Raises KeysError."""
    if path is not None:
        return keys_from(path)
    return keys_from_text(text) if text else None


def keys_from_text(text: str) -> Keys:
    """A ring handed over by the environment. Raises KeysError."""
    return Keys(_parsed(text, "the key ring of the environment"))


def read_ring(path: Path) -> KeyRing:
    """Raises KeysError where the file is missing, open to others, or no key ring."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise KeysError(f"key file {path}: {reason}; make one with `python starter.py keys new`") from None
    if stat.S_IMODE(mode) & 0o077 and _MOUNTED_SECRETS not in path.resolve().parents:
        raise KeysError(f"key file {path}: others may read it; run: chmod 600 {path}")
    return _parsed(text, f"key file {path}")


def _parsed(text: str, what: str) -> KeyRing:
    try:
        return KeyRing.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise KeysError(f"{what}: no key ring ({f'{where}: ' if where else ''}{reason})") from None


def write_ring(path: Path, ring: KeyRing) -> None:
    """Replaces the file in one move, for its owner alone. Raises KeysError."""
    body = json.dumps(ring.model_dump(mode="json"), indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        raise KeysError(f"key file {path} can't be written: {error.strerror}") from None


def ensure_ring(path: Path) -> None:
    """Makes a key file where there is none. Raises KeysError."""
    if not path.exists():
        write_ring(path, KeyRing.new(datetime.now(UTC)))


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino
