"""How protected data at rest is sealed: by the key ring, with the key's id beside what it sealed.

Sealed are raw documents, submitted claims, archived states, the look of every claim and what the journal says in words;
numbers that are looked up and mean a person are blinded. What was written before there were keys is read as it stands.
"""

from __future__ import annotations

import base64
import binascii
import os
import zlib
from typing import Protocol

from cryptography.exceptions import InvalidTag

from adapters.keys import Keys, UnknownKey
from adapters.packing import packed, unpacked
from claims.ports import RecordsError

MARK = b"\xc1sealed\x01"
"""Begins what is sealed. No X12, JSON, PDF or UTF-8 text begins like this."""
TEXT_MARK = "sealed:"
_NONCE = 12


class Cipher(Protocol):
    """Authenticated encryption with a key ring; `about` binds a sealed value to its place."""

    def seal(self, plain: bytes, *, about: str) -> bytes: ...
    def unseal(self, sealed: bytes, *, about: str) -> bytes: ...
    def blind(self, value: str) -> str:
        """A keyed digest: equal values are equal, and nothing else can be learned."""
        ...

    def blinds(self, value: str) -> tuple[str, ...]:
        """Everything that `value` may stand under, newest first: under each key, and in clear from before the first."""
        ...


class NoCipher:
    """The absence of a key: for tests, and disks that are encrypted by other means."""

    def seal(self, plain: bytes, *, about: str) -> bytes:
        return plain

    def unseal(self, sealed: bytes, *, about: str) -> bytes:
        if sealed.startswith(MARK):
            raise RecordsError("records: they are sealed, and no key ring is set; set CLAIMLINE_KEYS_FILE")
        return sealed

    def blind(self, value: str) -> str:
        return value

    def blinds(self, value: str) -> tuple[str, ...]:
        return (value,)


class RingCipher:
    """Mark, length of the key's id, the id, nonce, and AES-256-GCM of what was packed, bound to key and place."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def seal(self, plain: bytes, *, about: str) -> bytes:
        key_id, cipher = self.keys.sealing("records")
        nonce = os.urandom(_NONCE)
        return header(key_id) + nonce + cipher.encrypt(nonce, packed(plain), _bound(key_id, about))

    def unseal(self, sealed: bytes, *, about: str) -> bytes:
        """Raises RecordsError where the key is missing, or something was changed or moved."""
        if not sealed.startswith(MARK):
            return sealed
        key_id, body = _cut(sealed)
        try:
            cipher = self.keys.opening(key_id, "records")
            return unpacked(cipher.decrypt(body[:_NONCE], body[_NONCE:], _bound(key_id, about)))
        except UnknownKey as missing:
            raise RecordsError(f"records: {missing}") from None
        except (InvalidTag, ValueError, zlib.error):
            raise RecordsError(f"records: {about} is damaged, or was put where it doesn't belong") from None

    def blind(self, value: str) -> str:
        return self.keys.blinds(value)[0]

    def blinds(self, value: str) -> tuple[str, ...]:
        return (*self.keys.blinds(value), value)

    @property
    def active(self) -> str:
        """The id of the key that seals now."""
        return self.keys.ring.active


def header(key_id: str) -> bytes:
    """What everything begins with that this key sealed."""
    return MARK + bytes([len(key_id)]) + key_id.encode()


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed it; empty where it is in clear."""
    return _cut(sealed)[0] if sealed.startswith(MARK) else ""


def as_text(sealed: bytes) -> str:
    """For columns of text. What is in clear stays as it is."""
    if not sealed.startswith(MARK):
        return sealed.decode()
    return f"{TEXT_MARK}{key_of(sealed)}:{base64.b64encode(_cut(sealed)[1]).decode()}"


def from_text(text: str) -> bytes:
    """The other way round. A text of somebody who writes `sealed:` himself is sealed, too, so this is never misled."""
    mark, key_id, body = (*text.split(":", 2), "", "")[:3]
    if f"{mark}:" != TEXT_MARK or not key_id:
        return text.encode()
    try:
        return header(key_id) + base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def _cut(sealed: bytes) -> tuple[str, bytes]:
    start = len(MARK) + 1
    end = start + sealed[len(MARK)] if len(sealed) > len(MARK) else start
    return sealed[start:end].decode("ascii", "replace"), sealed[end:]


def _bound(key_id: str, about: str) -> bytes:
    return f"claimline/1\0{key_id}\0{about}".encode()
