"""An HTTP answer as a value, and the shapes of Stedi's that more than one room gives."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body. With `lost`, what it answers for has happened and the caller never hears of it."""

    status: int
    body: dict[str, Any]
    lost: bool = False


def meta() -> dict[str, str]:
    """`meta` of an answer: the trace id that support asks for."""
    return {"traceId": str(uuid.uuid4())}


def refusal(status: int, code: str, message: str, **more: Any) -> Answer:
    """An error body `{code, message, ...}`."""
    return Answer(status, {"code": code, "message": message, **more})
