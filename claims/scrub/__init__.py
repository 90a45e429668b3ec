"""The scrubber: a table of named edits over a claim, each with its source, and `scrub`, which runs them.

It decides nothing: what a finding means for the life of the claim is for the lifecycle to say.
"""

from __future__ import annotations

from claims.scrub.edit import Edit, Fault, Icd, IcdAnswer, Scene
from claims.scrub.filing import last_day_to_file
from claims.scrub.table import EDITS, scrub

__all__ = ["EDITS", "Edit", "Fault", "Icd", "IcdAnswer", "Scene", "last_day_to_file", "scrub"]
