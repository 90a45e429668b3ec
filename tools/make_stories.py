"""Writes tests/stories out of tools/storybook: each story, its documents and its expected end.

    python tools/make_stories.py            write
    python tools/make_stories.py --check    exit 1 where a file differs from the book

The expected ends are written by hand in the book, with the arithmetic that they come from; nothing here runs the product.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storybook import corrections, denials, front_desk, paying, people_at_work, rejections, turns, waiting
from storybook.book import Story

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "stories"
STORIES: tuple[Story, ...] = (
    *paying.STORIES,
    *rejections.STORIES,
    *denials.STORIES,
    *corrections.STORIES,
    *waiting.STORIES,
    *front_desk.STORIES,
    *people_at_work.STORIES,
    *turns.STORIES,
)


def main() -> int:
    names = [story.name for story in STORIES]
    doubled = {name for name in names if names.count(name) > 1}
    assert not doubled, f"two stories have one name: {doubled}"
    wanted = {FOLDER / story.name / file: text for story in STORIES for file, text in story.files().items()}
    if "--check" in sys.argv[1:]:
        there = {path for name in names for path in (FOLDER / name).glob("*") if path.is_file()}
        wrong = [p for p, text in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
        wrong += sorted(there - set(wanted))
        for path in wrong:
            print(f"{path.relative_to(FOLDER)} differs from tools/storybook: run python tools/make_stories.py")
        return 1 if wrong else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(STORIES)} stories, {len(wanted)} files under {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
