"""Bytes made smaller before they are sealed: what is sealed can't be made smaller afterwards."""

from __future__ import annotations

import zlib

WORTH_IT = 256
"""Bytes; below, zlib gains next to nothing."""
_PLAIN, _PACKED = b"\0", b"\1"


def packed(plain: bytes) -> bytes:
    """With one byte before it that says how."""
    if len(plain) >= WORTH_IT:
        smaller = zlib.compress(plain, 6)
        if len(smaller) < len(plain):
            return _PACKED + smaller
    return _PLAIN + plain


def unpacked(data: bytes) -> bytes:
    """Raises zlib.error where it was not packed here."""
    return zlib.decompress(data[1:]) if data[:1] == _PACKED else data[1:]
