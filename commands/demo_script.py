"""The demo's script (examples/script.toml): who does what to which claim when, and where each claim must end."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from claims.base import Value
from claims.money import cents, dollars
from claims.views import ClaimView
from commands.trouble import Unreadable

AMOUNTS = ("paid", "contractual", "written_off", "patient", "next_payer", "open")


class Act(Value):
    """One thing a person does, once, when the claim stands in `when`. `with` is the message's body."""

    when: str
    who: str
    do: str
    fields: dict[str, Any] = Field(default_factory=dict, alias="with")


class End(Value):
    """Where a claim must end: its status, and its money in dollars where it is not zero."""

    status: str
    paid: str = "0"
    contractual: str = "0"
    written_off: str = "0"
    patient: str = "0"
    next_payer: str = "0"
    open: str = "0"

    def differs(self, view: ClaimView) -> list[str]:
        """What is not as it must be, in words."""
        wrong = [] if view.status == self.status else [f"status {view.status}, not {self.status}"]
        for name in AMOUNTS:
            found, wanted = getattr(view, f"{name}_cents"), cents(getattr(self, name))
            if found != wanted:
                wrong.append(f"{name.replace('_', ' ')} {dollars(found)}, not {dollars(wanted)}")
        return wrong


class ScriptedClaim(Value):
    """One claim's part, by its CLM01."""

    number: str
    story: str
    end: End
    acts: tuple[Act, ...] = ()


class Script(Value):
    """Everybody's part. `people` maps a role to the name that stands in the claim's journal."""

    people: dict[str, str]
    claims: tuple[ScriptedClaim, ...]

    @property
    def by_number(self) -> Mapping[str, ScriptedClaim]:
        return {claim.number: claim for claim in self.claims}


def read_script(path: Path) -> Script:
    """Raises Unreadable with the place of the first fault."""
    try:
        return Script.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Unreadable(f"the demo's script {path} can't be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"the demo's script {path}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"the demo's script {path}: {place}: {first['msg']}") from error
