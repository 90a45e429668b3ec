"""How protected data at rest is sealed: a Protocol, so that keys and their rotation stay outside the records.

Sealed are raw documents, archived states, submitted claims and what the matching index knows; numbers that are
looked up and name a person (member ids) are blinded. Without a cipher everything stands as it is.
"""

from __future__ import annotations

from typing import Protocol


class Cipher(Protocol):
    """Authenticated encryption with a key ring; `about` binds a sealed value to its place."""

    def seal(self, plain: bytes, *, about: str) -> bytes: ...
    def unseal(self, sealed: bytes, *, about: str) -> bytes: ...
    def blind(self, value: str) -> str:
        """A keyed digest: equal values are equal, and nothing else can be learned."""
        ...


class NoCipher:
    """The absence of a key: for the demo, tests, and disks that are encrypted by other means."""

    def seal(self, plain: bytes, *, about: str) -> bytes:
        return plain

    def unseal(self, sealed: bytes, *, about: str) -> bytes:
        return sealed

    def blind(self, value: str) -> str:
        return value
