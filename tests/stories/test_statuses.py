"""Every status of the table is reached by a story: a word that nothing leads to would promise what isn't there."""

from __future__ import annotations

from pathlib import Path

from claims.status import Status
from commands.tell import read_story, tell_story

STORIES = sorted(Path(__file__).parent.glob("*/story.jsonl"))


def test_every_status_is_reached_by_some_story() -> None:
    reached: set[str] = set()
    for story in STORIES:
        for step in tell_story(read_story(story)).steps:
            reached |= {step["from"], step["to"], *step["path"]}
    assert {str(status) for status in Status} - reached == set()
