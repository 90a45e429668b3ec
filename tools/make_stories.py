"""Writes tests/stories out of tools/storybook: each story, its documents and its expected end.

    python tools/make_stories.py            write
    python tools/make_stories.py --check    exit 1 where a file differs from the book

The expected ends are written by hand in the book, with the arithmetic that they come from; nothing here runs the product.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storybook import (
    appeals,
    corrections,
    denials,
    front_desk,
    late_numbers,
    letters,
    lost_claims,
    other_payers,
    paying,
    people_at_work,
    refunds,
    rejections,
    seams,
    second_looks,
    statements,
    suspicions,
    troubles,
    turns,
    two_payers,
    waiting,
    write_offs,
)
from storybook.book import Story

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "stories"
CHAPTERS = (
    paying,
    two_payers,
    other_payers,
    rejections,
    denials,
    appeals,
    letters,
    corrections,
    late_numbers,
    waiting,
    lost_claims,
    front_desk,
    people_at_work,
    refunds,
    write_offs,
    seams,
    second_looks,
    statements,
    suspicions,
    troubles,
    turns,
)
STORIES: tuple[Story, ...] = tuple(story for chapter in CHAPTERS for story in chapter.STORIES)


def contents() -> str:
    """The stories by chapter, for people."""
    rows = [
        "# Stories",
        "",
        "What Claimline does, told in stories that are tests: `python starter.py tell tests/stories/NAME/story.jsonl`.",
        "[docs/tell.md](../../docs/tell.md) has the form. This page and the folders are written by",
        "`python tools/make_stories.py`.",
    ]
    for chapter in CHAPTERS:
        title = (chapter.__doc__ or "").strip()
        rows += ["", f"## {title}", "", "| story | what happens |", "|---|---|"]
        rows += [f"| [{story.name}]({story.name}) | {story.about} |" for story in chapter.STORIES]
    return "\n".join(rows) + "\n"


def main() -> int:
    names = [story.name for story in STORIES]
    doubled = {name for name in names if names.count(name) > 1}
    assert not doubled, f"two stories have one name: {doubled}"
    wanted = {FOLDER / story.name / file: text for story in STORIES for file, text in story.files().items()}
    wanted[FOLDER / "README.md"] = contents()
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
