"""What a command or a test sets for its process ends with the test: the next one would run, and start its workers, with it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _settings_end_with_their_test() -> Iterator[None]:
    before = {name: value for name, value in os.environ.items() if name.startswith("CLAIMLINE_")}
    yield
    for name in [name for name in os.environ if name.startswith("CLAIMLINE_")]:
        del os.environ[name]
    os.environ.update(before)
