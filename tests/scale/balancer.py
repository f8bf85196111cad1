"""A reverse proxy for several web processes, in turn and skipping closed ports.

If a process ends without answering, a request that only reads goes to the next process, as with
nginx and Caddy. Every connection carries one request.
"""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence


class Balancer:
    """The proxy. `served` counts requests by port; `cut` those whose process did not answer."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self.port = 0
        self.served: Counter[int] = Counter()
        self.cut: Counter[str] = Counter()

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """Serve within the block; yields the port."""
        thread = threading.Thread(target=self._loop.run_forever, name="balancer")
        thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        try:
            yield self.port
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read_request(reader)
            method = request.partition(b" ")[0].decode()
            writer.write(await self._answer(request, method))
            await writer.drain()
        writer.close()

    async def _answer(self, request: bytes, method: str) -> bytes:
        for _try in range(2 * len(self._ports)):
            port = self._ports[self._turn % len(self._ports)]
            self._turn += 1
            try:
                there, back = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            answer = b""
            with contextlib.suppress(OSError):
                back.write(request)
                answer = await there.read(-1)
            back.close()
            if answer:
                self.served[port] += 1
                return answer
            self.cut[method] += 1
            if method != "GET":
                break
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = await reader.readexactly(length) if length else b""
    lines = [
        line for line in head.split(b"\r\n")[:-2] if not line.lower().startswith(b"connection:")
    ]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body
