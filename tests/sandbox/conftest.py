"""One sandbox a test, its clock standing still."""

from __future__ import annotations

import pytest

from tests.sandbox.kit import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()
