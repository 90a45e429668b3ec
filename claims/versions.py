"""Versions of what is stored of a claim or account: an old one is read and goes on, a newer one is refused.

Here are plain JSON objects, before they are values. A version is raised where something stored can't be read any more as it
stands: a kind that is gone, a field that is new and has no default, one that is renamed. A field with a default needs none.
Events carry no version: a kind is never removed and a field never renamed; tests/fixtures/versions holds some of every kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from claims.status import STAGE_OF, Status

STATE_VERSION = 2
ACCOUNT_STATE_VERSION = 1

Stored = dict[str, Any]


class NewerVersion(Exception):
    """What is stored was written by a newer release. No ValueError: it is not the input that is wrong, but the program."""


def claim_state(stored: Any) -> Any:
    """A claim's state as this release writes it. Raises NewerVersion."""
    return _upgraded(stored, STATE_VERSION, CLAIM_UPGRADES, "claim")


def account_state(stored: Any) -> Any:
    """An account's state as this release writes it. Raises NewerVersion."""
    return _upgraded(stored, ACCOUNT_STATE_VERSION, ACCOUNT_UPGRADES, "account")


def _upgraded(stored: Any, newest: int, upgrades: Mapping[int, Callable[[Stored], Stored]], what: str) -> Any:
    version = stored.get("version", newest) if isinstance(stored, dict) else newest
    if not isinstance(version, int) or version == newest:
        return stored
    if version > newest:
        raise NewerVersion(
            f"this {what}'s state is of version {version}, and this release reads up to {newest}: start the newer release's worker"
        )
    for number in range(version, newest):
        if number in upgrades:
            stored = upgrades[number](stored) | {"version": number + 1}
    return stored


def upgrade_1_to_2(stored: Stored) -> Stored:
    """A claim laid out its patient's statements itself; now it reports her balance to her account, which does.

    A statement that was asked for and never answered is forgotten: the first step under this release tells the account.
    A claim that was parked because its statement failed is parked no longer, for the same reason.
    """
    stored = stored | {"upgraded_from": stored["version"], "in_flight": _known(stored.get("in_flight", ()))}
    failure = stored.get("failure")
    if not failure:
        return stored
    left = _known([failure["effect"], *failure.get("also", ())])
    if left:
        return stored | {"failure": failure | {"effect": left[0], "also": left[1:]}}
    stored |= {"failure": None, "tasks": [one for one in stored.get("tasks", ()) if one["type"] != "recover"]}
    if stored.get("status") == Status.BLOCKED_ON_FAILURE:
        was = Status(failure["was"])
        stored |= {"status": was, "stage": STAGE_OF[was] or stored["stage"]}
    return stored


def _known(effects: Any) -> list[Any]:
    return [one for one in effects if not (isinstance(one, dict) and one.get("kind") == "send_statement")]


CLAIM_UPGRADES: Mapping[int, Callable[[Stored], Stored]] = {1: upgrade_1_to_2}
"""The version that is read -> how it becomes the next one. None is ever taken out."""
ACCOUNT_UPGRADES: Mapping[int, Callable[[Stored], Stored]] = {}
