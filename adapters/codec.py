"""The payload codec: everything that a workflow is told, does and answers is sealed before it reaches the server.

AES-256-GCM with a fresh nonce; bound (as additional data) to the key's id and, where it is known, to the namespace and
workflow it belongs to, so that a sealed message of one claim can't be sent to another. The one adapter that knows
Temporal. What was not sealed passes as it is, and is marked as such for those who must know.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from adapters.keys import Keys, UnknownKey
from adapters.packing import packed, unpacked

ENCODING = b"binary/encrypted"
KEY_ID = "key-id"
PLACE = "place"
"""`NAMESPACE/WORKFLOW ID`, opaque words both; the codec server learns from it whose payload it decodes."""
SEALED = "sealed"
"""Set on what was opened here, and on nothing else: a sender can't put it there."""
WORDS = "words"
"""Stands inside what is sealed where an installation wants free text sealed, too; a claim's start tells it by that."""
PERSON = "person"
"""Stands inside what the codec server sealed for somebody: it may carry free text, but is no machine's message."""
_NONCE = 12


class SealingCodec(PayloadCodec, WithSerializationContext):
    """One for all of a process; Temporal asks for a copy per workflow (`with_context`).

    `stamps` are put inside everything that it seals: WORDS (claims that it starts refuse free text in clear), PERSON.
    """

    def __init__(self, keys: Keys, *stamps: str, place: str = "") -> None:
        self._keys = keys
        self._stamps = stamps
        self._place = place

    def with_context(self, context: SerializationContext) -> SealingCodec:
        place = ""
        match context:
            case WorkflowSerializationContext() | ActivitySerializationContext() if context.workflow_id:
                place = f"{context.namespace}/{context.workflow_id}"
        return SealingCodec(self._keys, *self._stamps, place=place)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises UnknownKey: a worker that lacks a key waits for it and loses nothing. What is forged, damaged or
        meant for another workflow stays sealed, and nobody can read it."""
        return [self.open(payload) for payload in payloads]

    def seal(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == ENCODING:
            return payload
        if self._stamps:
            payload = Payload.FromString(payload.SerializeToString())
            payload.metadata.update(dict.fromkeys(self._stamps, b"1"))
        key_id, cipher = self._keys.sealing("payload")
        nonce = os.urandom(_NONCE)
        sealed = nonce + cipher.encrypt(nonce, packed(payload.SerializeToString()), _bound(key_id, self._place))
        metadata = {"encoding": ENCODING, KEY_ID: key_id.encode()}
        if self._place:
            metadata[PLACE] = self._place.encode()
        return Payload(metadata=metadata, data=sealed)

    def open_for_reading(self, payload: Payload) -> Payload:
        """Without our marks, as somebody wrote it: the UI and CLI show a payload of JSON alone more plainly."""
        opened = self.open(payload)
        if opened is not payload:
            for mark in (SEALED, WORDS, PERSON):
                opened.metadata.pop(mark, None)
        return opened

    def open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return _unmarked(payload)
        place = payload.metadata.get(PLACE, b"").decode("utf-8", "replace")
        if place and self._place and not _belongs(place, self._place):
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        cipher = self._keys.opening(key_id, "payload")
        try:
            plain = cipher.decrypt(payload.data[:_NONCE], payload.data[_NONCE:], _bound(key_id, place))
            opened = Payload.FromString(unpacked(plain))
        except (InvalidTag, DecodeError, zlib.error, ValueError):
            return payload
        opened.metadata[SEALED] = b"1"
        return opened


def _belongs(place: str, here: str) -> bool:
    """The workflow decides: a history may be replayed, or moved, under another namespace's name.

    A schedule seals for the beginning of the ids that it will give (`inbox` for `inbox-2026-11-24T...`).
    """
    sealed_for, asked_by = place.partition("/")[2], here.partition("/")[2]
    return asked_by == sealed_for or asked_by.startswith(f"{sealed_for}-")


def _bound(key_id: str, place: str) -> bytes:
    return f"claimline/1\0{key_id}\0{place}".encode()


def _unmarked(payload: Payload) -> Payload:
    if SEALED not in payload.metadata:
        return payload
    plain = Payload.FromString(payload.SerializeToString())
    del plain.metadata[SEALED]
    return plain


# The codec server's side: Temporal's UI and CLI send proto-JSON


class Unreadable(Exception):
    """What was sent is no `Payloads` in proto-JSON."""


def place_of(payload: Payload) -> tuple[str, str]:
    """Namespace and workflow id of a sealed payload; empty where it says none."""
    namespace, _, workflow = payload.metadata.get(PLACE, b"").decode("utf-8", "replace").partition("/")
    return namespace, workflow


def read_payloads(body: bytes | str | dict[str, object]) -> Sequence[Payload]:
    """Raises Unreadable."""
    try:
        found = body if isinstance(body, dict) else json.loads(body)
        if not isinstance(found, dict):
            raise TypeError(type(found).__name__)
        return ParseDict(found, Payloads(), ignore_unknown_fields=True).payloads
    except (ValueError, ParseError, TypeError, RecursionError, AttributeError):
        raise Unreadable("expected Payloads as proto-JSON") from None


def as_json(payloads: Sequence[Payload]) -> dict[str, object]:
    return MessageToDict(Payloads(payloads=payloads))


__all__ = [
    "ENCODING",
    "PERSON",
    "SEALED",
    "WORDS",
    "Payload",
    "SealingCodec",
    "UnknownKey",
    "Unreadable",
    "as_json",
    "place_of",
    "read_payloads",
]
