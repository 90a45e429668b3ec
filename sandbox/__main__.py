"""`python -m sandbox`: serve the sandbox clearinghouse."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Sequence

import uvicorn
from pydantic import ValidationError

from sandbox.clearinghouse import Clearinghouse
from sandbox.script import scripts
from sandbox.settings import Delays, Timing
from sandbox.store import Store
from sandbox.web import create_app

PORT_TAKEN = 3
BAD_ARGUMENT = 2


def _parser() -> argparse.ArgumentParser:
    names = "\n".join(f"  {n:14} {f.default:>4} s  {f.description}" for n, f in Delays.model_fields.items())
    payers = "\n".join(f"  {s.payer:13} {s.story}" for s in scripts().values())
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A clearinghouse with scripted payers: takes 837, 270 and 276 over HTTP as Stedi does, and gives\n"
        "TA1, 999, 277CA, 271, 277 and 835 back. No real payer hears of anything sent here.",
        epilog=f"delays (seconds, divided by --speed):\n{names}\n\npayers, by NM109 of loop 2010BB:\n{payers}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    env = os.environ
    parser.add_argument(
        "--host", default=env.get("SANDBOX_HOST", "127.0.0.1"), help="address to listen on (%(default)s; SANDBOX_HOST)"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=int(env.get("SANDBOX_PORT", "8765")),
        help="port to listen on (%(default)s; SANDBOX_PORT)",
    )
    parser.add_argument(
        "--db",
        default=env.get("SANDBOX_DB", ":memory:"),
        metavar="PATH",
        help="SQLite file that keeps everything (in memory without it; SANDBOX_DB)",
    )
    parser.add_argument(
        "--api-key",
        default=env.get("SANDBOX_API_KEY", "sandbox-key"),
        metavar="KEY",
        help="what Authorization must carry (sandbox-key; SANDBOX_API_KEY)",
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=float(env.get("SANDBOX_SPEED", "1")),
        metavar="N",
        help="payers work N times as fast (%(default)s; SANDBOX_SPEED)",
    )
    parser.add_argument(
        "--delay", action="append", default=[], metavar="NAME=SECONDS", help="change one delay; may be repeated"
    )
    parser.add_argument("--quiet", action="store_true", help="no access log")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2 for a bad argument or database, 3 when the port is taken."""
    given = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING if given.quiet else logging.INFO, format="%(asctime)s %(message)s")
    try:
        delays = Delays.model_validate(dict(entry.partition("=")[::2] for entry in given.delay))
        timing = Timing(delays=delays, speed=given.speed)
    except ValidationError as error:
        first = error.errors()[0]
        return _fail(f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}", BAD_ARGUMENT)
    try:
        listener = _listen(given.host, given.port)
    except OSError as error:
        return _fail(f"cannot listen on {given.host}:{given.port}: {error.strerror or error}", PORT_TAKEN)
    try:
        store = Store(given.db)
    except sqlite3.Error as error:
        return _fail(f"cannot use the database {given.db}: {error}", BAD_ARGUMENT)
    app = create_app(Clearinghouse(store, timing=timing), given.api_key)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5, timeout_keep_alive=75
    )
    host, port = listener.getsockname()[:2]
    print(f"sandbox clearinghouse on http://{host}:{port} (database {given.db}, speed {given.speed:g})", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops, then raises the signal again: once is enough
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    store.close()
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY on such alone
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _fail(message: str, code: int) -> int:
    print(f"sandbox: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
