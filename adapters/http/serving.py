"""An HTTP application served beside a worker, in its event loop, until the block ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

START_SECONDS = 10.0


class CannotListen(Exception):
    """The address can't be listened on."""


class _Guest(uvicorn.Server):
    """Leaves signals to its host, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Starlette, address: str) -> AsyncIterator[int]:
    """Listens at HOST:PORT (port 0: any) while the block runs -> the port. Raises CannotListen."""
    host, _, port = address.rpartition(":")
    # Without a configuration of its own uvicorn writes by our filters: its own shows errors whole, and addresses with queries.
    config = uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
    )
    server = _Guest(config)
    task = asyncio.create_task(_serve(server))
    listening = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait([task, listening], timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not server.started:
            raise CannotListen(f"{address} can't be listened on: is the port taken?")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        listening.cancel()
        server.should_exit = True
        await asyncio.wait([task])


async def _serve(server: uvicorn.Server) -> None:
    try:
        await server.serve()
    except SystemExit:
        # uvicorn's way to say that it could not bind; the caller sees that it never started
        return
