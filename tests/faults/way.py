"""A local proxy to Discord that can be closed, so that connections are refused as in an outage."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

type Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Way:
    """A TCP proxy in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._connect: Connect
        self._port = 0

    @contextlib.contextmanager
    def to(self, url: str) -> Iterator[str]:
        """Forward to `url` within the block; yields the address to use instead."""
        parts = urlsplit(url)
        target = (parts.hostname or "", parts.port or 80)
        with self._leading(lambda: asyncio.open_connection(*target)):
            yield f"http://127.0.0.1:{self._port}"

    @contextlib.contextmanager
    def to_socket(self, path: Path) -> Iterator[str]:
        """Forward to the Unix socket within the block; yields host and port to use instead."""
        with self._leading(lambda: asyncio.open_unix_connection(path)):
            yield f"127.0.0.1:{self._port}"

    @contextlib.contextmanager
    def _leading(self, connect: Connect) -> Iterator[None]:
        self._connect = connect
        thread = threading.Thread(target=self._loop.run_forever, name="way")
        thread.start()
        self.open()
        try:
            yield
        finally:
            self.close()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def open(self) -> None:
        """Accept connections, on the same port as before."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def close(self) -> None:
        """Cut all connections and refuse new ones."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        self.close()
        try:
            yield
        finally:
            self.open()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await self._connect()
            self._writers |= {writer, far_writer}
            there = asyncio.create_task(_pump(reader, far_writer))
            await asyncio.gather(there, _pump(far_reader, writer))
            self._writers -= {writer, far_writer}
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
