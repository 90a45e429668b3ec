"""What a message is: a name that people know, what it does, an example to copy, and when it makes sense."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from claims.message_bodies import Build
from claims.status import Status


class Message(BaseModel):
    """One message: its name and other names, what it does, an example body, and when it makes sense (empty = always)."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    help: str
    example: str
    build: Build
    aliases: tuple[str, ...] = ()
    statuses: frozenset[Status] = frozenset()
    for_people: bool = True
