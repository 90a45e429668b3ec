"""Who may ask the codec server: named people with tokens that were made for them; only hashes are kept.

A token is 256 random bits, so one round of SHA-256 hides it for good; no slow hash is needed as for words people choose.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from claims.base import Value


class UsersError(Exception):
    """What is wrong with the file of users, and what to do."""


class User(Value):
    """`name` is an opaque one: it stands in the audit log."""

    name: str = Field(pattern=r"^[A-Za-z0-9._@-]{1,60}$")
    token_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


_USERS: TypeAdapter[tuple[User, ...]] = TypeAdapter(tuple[User, ...])


class Users:
    """Those of a file, read at the start."""

    def __init__(self, users: tuple[User, ...]) -> None:
        self._users = users

    def who(self, authorization: str) -> str:
        """The name behind an Authorization header (Bearer TOKEN, or Basic NAME:TOKEN); empty for nobody we know."""
        scheme, _, given = authorization.partition(" ")
        name = ""
        if scheme.lower() == "basic":
            name, given = _basic(given)
        elif scheme.lower() != "bearer":
            return ""
        digest = hashlib.sha256(given.strip().encode()).hexdigest()
        for user in self._users:
            if hmac.compare_digest(user.token_sha256, digest) and name in ("", user.name):
                return user.name
        return ""


def _basic(given: str) -> tuple[str, str]:
    try:
        name, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "?", ""
    return name or "?", token


def read_users(path: Path) -> Users:
    """Raises UsersError."""
    return Users(_read(path))


def _read(path: Path) -> tuple[User, ...]:
    try:
        return _USERS.validate_json(path.read_bytes())
    except OSError as error:
        raise UsersError(
            f"codec users {path}: {error.strerror}; add one with `python starter.py codec add-user`"
        ) from None
    except ValidationError:
        raise UsersError(f"codec users {path}: not a list of users as `codec add-user` writes it") from None


def add_user(path: Path, name: str) -> str:
    """A new token for `name`, whose old one counts no more; it is shown this once. Raises UsersError."""
    token = secrets.token_urlsafe(32)
    known = [user for user in (_read(path) if path.exists() else ()) if user.name != name]
    try:
        user = User(name=name, token_sha256=hashlib.sha256(token.encode()).hexdigest())
    except ValidationError:
        raise UsersError("a name has letters, digits, . _ @ and - only: it stands in the audit log") from None
    body = json.dumps([one.model_dump() for one in (*known, user)], indent=2) + "\n"
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(body)
        os.replace(part, path)
    except OSError as error:
        raise UsersError(f"codec users {path} can't be written: {error.strerror}") from None
    return token
