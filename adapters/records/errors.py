"""What went wrong with the database, said without a single value that is stored in it."""

from __future__ import annotations

import re

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

_POSTGRES = {
    "28P01": (False, "the server refuses the password; correct the address"),
    "28000": (False, "the server refuses this user; check the address and the server's pg_hba.conf"),
    "3D000": (False, "the server has no database of this name; create it, or correct the address"),
    "42501": (False, "this user may not do that; grant it, or give the address of the tables' owner"),
    "42P01": (False, "tables are missing; check the address, or restore a backup"),
    "25006": (True, "the server takes no writes (a standby?); point the address at the primary"),
    "40001": (True, "other writers went first, several times; ask again"),
    "40P01": (True, "other writers went first, several times; ask again"),
    "53100": (True, "the server's disk is full; make room"),
    "53300": (True, "the server has no connection left; raise max_connections, or run fewer workers"),
    "55P03": (True, "another transaction holds what is needed; find it in pg_stat_activity"),
}
"""By SQLSTATE: whether trying again may help, and what to do."""


def explain(problem: Exception, where: str) -> RecordsError:
    """The RecordsError for an error of the database; its text repeats nothing but the kind of error."""
    if isinstance(problem, exc.DBAPIError):
        driver = problem.orig
        text = str(driver).casefold()
        for word, advice in _SQLITE:
            if type(driver).__module__ == "sqlite3" and word in text:
                return RecordsError(f"records {where}: {advice}", transient=word in _TRANSIENT)
        if known := _POSTGRES.get(sqlstate(problem)):
            transient, advice = known
            return RecordsError(f"records {where}: {advice}", transient=transient)
        if isinstance(problem, exc.OperationalError | exc.InterfaceError) or problem.connection_invalidated:
            return RecordsError(
                f"records {where}: the database doesn't answer ({_state(driver)}); check that it runs, and the address",
                transient=True,
            )
        return RecordsError(f"records {where}: the database refused the request ({_state(driver)})")
    if isinstance(problem, exc.TimeoutError):
        return RecordsError(f"records {where}: no connection became free in time; ask again", transient=True)
    return RecordsError(f"records {where}: {type(problem).__name__}")


def sqlstate(problem: BaseException) -> str:
    """PostgreSQL's five letters for what went wrong; empty where it said none, or is another database.

    A refused connection has no state but its message, in which the server says it in English.
    """
    driver = problem.orig if isinstance(problem, exc.DBAPIError) else None
    if found := getattr(driver, "sqlstate", None):
        return str(found)
    said = str(driver)
    if type(driver).__module__.partition(".")[0] != "psycopg":
        return ""
    return next((state for pattern, state in _REFUSALS if re.search(pattern, said)), "")


_REFUSALS = (
    (r"password authentication failed|no password supplied", "28P01"),
    (r'no pg_hba.conf entry|role "[^"]*" does not exist', "28000"),
    (r'database "[^"]*" does not exist', "3D000"),
    (r"too many clients|remaining connection slots", "53300"),
)


def _state(driver: BaseException | None) -> str:
    """The SQLSTATE where the driver tells it, else the error's type: never its message, which may repeat values."""
    return str(getattr(driver, "sqlstate", None) or type(driver).__name__)
