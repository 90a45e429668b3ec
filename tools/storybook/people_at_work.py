from __future__ import annotations

from storybook.book import Story

STORIES: tuple[Story, ...] = ()
