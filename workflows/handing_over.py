"""A claim or account moves to another worker's queue, with everything that it knows: how a changed program takes over.

The old program decides over the history that it wrote itself, down to the last event; the new one begins with the state. So
a release may change what `step` decides, and no history is ever read by a program that would have decided otherwise.
"""

from __future__ import annotations

import json

from activities.names import HAND_OVER
from activities.orders import Waiting
from workflows.reading import Trust

_LONGEST = 200


def successor(message: Waiting, trust: Trust) -> str:
    """The task queue that a message hands over to; empty where it is no such message, or nobody is believed who sends it.

    `{"queue": "claimline-2"}`. What isn't taken goes the way of any message, and is refused with a reason there.
    """
    if message.name != HAND_OVER or (trust.sealed and message.seal != "opened"):
        return ""
    try:
        body = json.loads(message.text)
    except (ValueError, RecursionError):
        return ""
    queue = body.get("queue") if isinstance(body, dict) else None
    return queue if isinstance(queue, str) and 0 < len(queue) <= _LONGEST else ""
