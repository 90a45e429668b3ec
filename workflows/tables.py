"""The tables that workflow code steps with. The worker installs them before it polls; they are immutable and versioned.

This room is passed through the workflow sandbox, so that every workflow of a worker shares one copy.
"""

from __future__ import annotations

from claims.tables import Tables

_installed: dict[str, Tables] = {}
_newest: list[str] = []


def install(*versions: Tables) -> None:
    """Makes tables known, oldest first. Installing a version again replaces it."""
    for tables in versions:
        _installed[tables.version] = tables
        if tables.version in _newest:
            _newest.remove(tables.version)
        _newest.append(tables.version)


def tables_for(version: str) -> Tables:
    """The tables of a version; where they are gone, the newest: a claim is never stuck for want of a table.

    Raises LookupError when none were installed, which only a worker that was put together wrongly does.
    """
    if version in _installed:
        return _installed[version]
    if not _newest:
        raise LookupError("no tables are installed: call workflows.tables.install before the worker polls")
    return _installed[_newest[-1]]
