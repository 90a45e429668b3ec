"""Each practice its share of a worker: what waits of one practice's thousands holds up nobody else's few.

The server hands out waiting tasks practice by practice where SERVER is set; activities inherit it from their workflow. A
server that doesn't know it takes tasks as they came.
"""

from __future__ import annotations

import hashlib

from temporalio.common import Priority

SERVER = {"matching.enableFairness": "true", "matching.numTaskqueueWritePartitions": "1"}
"""Dynamic configuration of the Temporal server.

Turns are taken within each partition of a queue, and tasks fall into partitions by chance: of four, which is a server's
default, one that is asked seldom keeps some of a practice's few claims until last. Only writing is narrowed: what an older
setting left in the others is still read.
"""
_LONGEST = 64


def of_practice(practice: str) -> Priority:
    """A practice's key is its opaque id; one that is longer than the server takes (64 bytes) is hashed."""
    known = practice if len(practice.encode()) <= _LONGEST else hashlib.sha256(practice.encode()).hexdigest()
    return Priority(fairness_key=known)
