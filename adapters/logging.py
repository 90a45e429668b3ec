"""Logs that can't hold protected data: only listed keys pass, and an error is its type and place, never its text.

An error that is given as a value is its type, too.

A new key is added to `ALLOWED` by somebody who knows that its values are ids, codes, counts or times.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog

from adapters.keys import KeysError

ALLOWED = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "acknowledgements",
        "activity",
        "address",
        "attempt",
        "carrier",
        "claim_id",
        "claims",
        "count",
        "deadline",
        "delivered",
        "document",
        "due",
        "effect",
        "effect_id",
        "error",
        "event_id",
        "held",
        "interchange",
        "key_ring",
        "kind",
        "milliseconds",
        "namespace",
        "port",
        "practice",
        "problems",
        "refused",
        "run_id",
        "sequence",
        "set",
        "size",
        "stage",
        "status",
        "submission",
        "task",
        "task_queue",
        "unmatched",
        "version",
        "where",
        "workflow_id",
    }
)
_ROOT = Path(__file__).resolve().parents[1]
_TALKATIVE = ("httpx", "httpcore", "asyncio", "sqlalchemy", "asyncssh", "uvicorn.access")
_WARNING = re.compile(r"[^\n]{1,300}?:\d+: (\w+): ")
"""As `warnings` formats them: file, line, category, then words that may quote anything."""
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")

Entry = MutableMapping[str, Any]
Problem = tuple[type[BaseException], BaseException, TracebackType | None]


def allow_listed(_logger: object, _method: str, entry: Entry) -> Entry:
    """Drops every key that is not on the list, and says how many were dropped."""
    kept = {key: value for key, value in entry.items() if key in ALLOWED or key.startswith("_")}
    dropped = len(entry) - len(kept)
    return {**kept, "dropped": dropped} if dropped else kept


def values_as_words(_logger: object, _method: str, entry: Entry) -> Entry:
    """An error that is given as a value is its type; `error` is a type's name and nothing else."""
    for key, value in entry.items():
        if isinstance(value, BaseException):
            entry[key] = type(value).__name__
        elif key == "error" and not (isinstance(value, str) and _WORD.fullmatch(value)):
            entry[key] = "withheld"
    return entry


def errors_as_types(_logger: object, _method: str, entry: Entry) -> Entry:
    """`exc_info` becomes the error's type and the innermost place in our own code."""
    problem = _problem(entry.pop("exc_info", None))
    entry.pop("stack_info", None)
    if problem is not None:
        entry["error"] = problem[0].__name__
        entry["where"] = _place(problem[2])
        if isinstance(problem[1], KeysError):
            # our own words, of ids and files: who operates must learn which key is missing
            entry["key_ring"] = str(problem[1])
    return entry


def _problem(given: object) -> Problem | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if isinstance(given, tuple) and given[0] is not None:
        return given[0], given[1], given[2]
    current = sys.exc_info() if given else (None, None, None)
    return current if current[0] is not None and current[1] is not None else None


def _place(trace: TracebackType | None) -> str:
    place = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
            place = f"{path.relative_to(_ROOT)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def foreign_template(_logger: object, _method: str, entry: Entry) -> Entry:
    """A library's line is its template without what it would fill in: arguments may be anybody's data.

    Of several lines the first: asyncio puts the text of the error that nobody fetched into those after it.
    """
    record = entry.get("_record")
    if isinstance(record, logging.LogRecord) and record.name == "py.warnings":
        kind = _WARNING.match(str(record.msg))
        entry["event"] = kind[1] if kind else "a warning"
    elif isinstance(record, logging.LogRecord):
        entry["event"] = record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__
    return entry


def withhold_last_words() -> None:
    """For a whole process: what ends it, or a thread of it, is logged as any error; warnings, too, which may quote values."""
    logging.captureWarnings(True)
    log = logging.getLogger("claimline")

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("ended by an error", exc_info=(kind, error, trace))

    def thread_ended(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            ended(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook = ended
    threading.excepthook = thread_ended


def configure_logging(
    form: Literal["console", "json"] = "console", level: str = "info", stream: TextIO | None = None
) -> None:
    """Sends our own lines and those of libraries through the same filters to `stream` (standard error)."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        errors_as_types,
        values_as_words,
        allow_listed,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[foreign_template, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
