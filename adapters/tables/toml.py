"""Reading one TOML table file with errors that say where, what was expected and what to do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

Row = dict[str, Any]


class TableError(ValueError):
    """A data file that can't be used: the file, the key in it, what was expected, and what to do about it."""

    def __init__(self, file: Path, key: str, expected: str, advice: str) -> None:
        self.file = file
        self.key = key
        self.expected = expected
        self.advice = advice
        place = f"{file}: {key}" if key else str(file)
        super().__init__(f"{place}: {expected}. {advice}")


class TomlFile:
    """A parsed file and its `[sources]`; every other accessor refuses with a TableError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data: Row = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise TableError(
                path, "", f"cannot be read ({error.strerror})", "Check the path and its rights."
            ) from error
        except UnicodeDecodeError as error:
            raise TableError(path, "", f"is not UTF-8 at byte {error.start}", "Save the file as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise TableError(path, "", f"is not TOML: {error}", "Correct that line.") from error
        self.sources = self.table("sources")

    def fail(self, key: str, expected: str, advice: str) -> NoReturn:
        raise TableError(self.path, key, expected, advice)

    def table(self, key: str, *, required: bool = True) -> Row:
        found = self.data.get(key)
        if found is None and not required:
            return {}
        if not isinstance(found, dict):
            self.fail(key, "expected a table", f"Add [{key}].")
        return found

    def text(self, key: str) -> str:
        found = self.data.get(key)
        if not isinstance(found, str) or not found:
            self.fail(key, "expected a text", f'Add {key} = "...".')
        return found

    def source(self, key: str, at: str) -> str:
        """The full text of a source named by its key in `[sources]`."""
        found = self.sources.get(key)
        if not isinstance(found, str) or not found:
            known = ", ".join(sorted(self.sources)) or "none"
            self.fail(
                at, f"source {key!r} is not in [sources] (known: {known})", "Add it there, with its date of reading."
            )
        return found

    def with_sources(self, value: Any, at: str) -> Any:
        """The value with every `source = key` in it replaced by the source's text."""
        if isinstance(value, dict):
            return {
                name: self.source(str(part), f"{at}.{name}")
                if name == "source"
                else self.with_sources(part, f"{at}.{name}")
                for name, part in value.items()
            }
        if isinstance(value, list):
            return [self.with_sources(part, f"{at}[{position}]") for position, part in enumerate(value)]
        return value

    def refuse(self, error: ValidationError, at: str) -> NoReturn:
        """Turn the first fault that pydantic found into a located TableError."""
        first = error.errors(include_url=False)[0]
        place = ".".join([at, *(str(step) for step in first["loc"])]).strip(".")
        self.fail(place, first["msg"][0].lower() + first["msg"][1:], "See the field's docstring in claims/.")
