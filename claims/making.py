"""Values made by the thousand out of fields that are proved already, without proving them a second time.

Validation costs five times what making the value costs. It is left out only where a reader has just made every field
itself, of the very type that the model names; a test holds each of them against the validated value.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from claims.base import Value

V = TypeVar("V", bound=Value)
_MANY = 20_000
"""Of objects: fewer are looked through in a millisecond."""


def maker(model: type[V]) -> Callable[[dict[str, Any]], V]:
    """A function that turns a dict of the fields of `model`, in the model's order, into a value. It keeps the dict.

    Where one is left out it takes the model's default, and costs a little more.
    """
    new, put = object.__new__, object.__setattr__
    named = set(model.model_fields)
    count = len(named)

    def make(fields: dict[str, Any]) -> V:
        made = new(model)
        if len(fields) != count:
            fields = {
                name: fields[name]
                if name in fields or field.is_required()
                else field.get_default(call_default_factory=True)
                for name, field in model.model_fields.items()
            }
        put(made, "__dict__", fields)
        put(made, "__pydantic_fields_set__", named)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made

    return make


@contextmanager
def collection_paused() -> Iterator[None]:
    """While thousands of frozen values are made no cycle is, and looking for one again and again takes half the time.

    What was made goes straight to the oldest generation, where a full collection finds it, unless somebody froze
    objects of their own, which must stay frozen.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        gc.enable()
