"""What went wrong with the database, said without a single value that is stored in it."""

from __future__ import annotations

from sqlalchemy import exc

from claims.ports import RecordsError

_SQLITE = (
    ("locked", "another program holds it; close that program, or move many workers to PostgreSQL"),
    ("busy", "another program holds it; close that program, or move many workers to PostgreSQL"),
    ("not a database", "the file is no database; check the address, or restore a backup"),
    ("malformed", "the file is damaged; stop the workers and restore a backup"),
    ("unable to open", "the file can't be opened; check that the folder exists and may be written"),
    ("readonly", "the file may not be written; check its owner and permissions"),
    ("full", "the disk is full; make room"),
    ("disk i/o", "the disk fails; check it, then restore a backup"),
    ("no such table", "tables are missing; check the address, or restore a backup"),
)
_TRANSIENT = ("locked", "busy", "full")


def explain(problem: Exception, where: str) -> RecordsError:
    """The RecordsError for an error of the database; its text repeats nothing but the kind of error."""
    if isinstance(problem, exc.DBAPIError):
        driver = problem.orig
        text = str(driver).casefold()
        for word, advice in _SQLITE:
            if type(driver).__module__ == "sqlite3" and word in text:
                return RecordsError(f"records {where}: {advice}", transient=word in _TRANSIENT)
        if isinstance(problem, exc.OperationalError | exc.InterfaceError) or problem.connection_invalidated:
            return RecordsError(
                f"records {where}: the database doesn't answer ({_state(driver)}); check that it runs, and the address",
                transient=True,
            )
        return RecordsError(f"records {where}: the database refused the request ({_state(driver)})")
    if isinstance(problem, exc.TimeoutError):
        return RecordsError(f"records {where}: no connection became free in time; ask again", transient=True)
    return RecordsError(f"records {where}: {type(problem).__name__}")


def _state(driver: BaseException | None) -> str:
    """The SQLSTATE where the driver tells it, else the error's type: never its message, which may repeat values."""
    return str(getattr(driver, "sqlstate", None) or type(driver).__name__)
