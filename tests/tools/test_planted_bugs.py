"""A bug can be planted only where its words stand: a change that moves them moves the bug, too."""

from __future__ import annotations

import pytest

from tools.planted_bugs import BUGS, ROOT, Bug


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_words_that_a_bug_replaces_stand_once(bug: Bug) -> None:
    assert (ROOT / bug.room).read_text(encoding="utf-8").count(bug.words) == 1
