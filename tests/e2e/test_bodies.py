"""Whatever a stranger sends takes little memory of the web process, and little of its time."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.duration import stretched
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

MB = 1024 * 1024
PATHS = (
    "/",
    "/healthz",
    "/readyz",
    "/games/",
    "/g/1/games/new/",
    "/g/1/games/import/",
    "/accounts/discord/login/callback/",
    "/admin/login/",
    "/static/css/gamesched.css",
    "/there/is/nothing/",
)
REFUSED = {b"403", b"404", b"405", b"413", b"503"}


def peak(stack: Stack) -> int:
    """Return the most memory in MB that the web process held since `forget_peak`."""
    status = Path(f"/proc/{stack.pid('web')}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


def forget_peak(stack: Stack) -> int:
    Path(f"/proc/{stack.pid('web')}/clear_refs").write_text("5")
    return peak(stack)


def connect(stack: Stack, path: str, *headers: str) -> socket.socket:
    address = urlsplit(stack.url)
    connection = socket.create_connection((address.hostname, address.port or 80), timeout=20)
    lines = [f"POST {path} HTTP/1.1", f"Host: {address.netloc}", *headers]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def status_of(connection: socket.socket) -> bytes:
    return connection.recv(4096).split(b" ")[1]


@pytest.mark.parametrize("path", PATHS)
def test_600_mb_are_refused_by_their_length_before_any_is_sent(stack: Stack, path: str) -> None:
    before = forget_peak(stack)
    began = time.monotonic()
    with connect(stack, path, f"Content-Length: {600 * MB}") as connection:
        status = status_of(connection)
    assert status in REFUSED or (path == "/healthz" and status == b"405")
    assert time.monotonic() - began < stretched(5)
    assert peak(stack) - before < 20


@pytest.mark.parametrize("path", ["/games/", "/g/1/games/new/", "/there/is/nothing/"])
def test_chunks_are_refused_as_soon_as_they_are_too_many(stack: Stack, path: str) -> None:
    before = forget_peak(stack)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0
    with connect(stack, path, "Transfer-Encoding: chunked") as connection:
        try:
            for _ in range(1600):  # 100 MB
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass  # it hung up
        else:
            pytest.fail("all of it was taken")
    assert sent < 60 * MB
    assert peak(stack) - before < 40


def test_many_large_bodies_at_once_take_no_more_than_their_part(stack: Stack) -> None:
    before = forget_peak(stack)
    body = b"x" * (5 * MB)

    def upload(_number: int) -> bytes:
        headers = ("Content-Type: application/octet-stream", f"Content-Length: {len(body)}")
        with connect(stack, "/g/1/games/new/", *headers) as connection:
            try:
                connection.sendall(body)
                return status_of(connection)
            except OSError:
                return b"hung up"

    with ThreadPoolExecutor(40) as threads:
        answers = set(threads.map(upload, range(80)))
    assert answers <= {*REFUSED, b"302", b"hung up"}
    assert peak(stack) - before < 220


def test_forms_are_not_parsed_before_they_are_counted(stack: Stack) -> None:
    """A form of half a million fields would take some hundred MB."""
    before = forget_peak(stack)
    body = b"&".join(b"%x=" % number for number in range(140_000))
    headers = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    with connect(stack, "/accounts/logout/", *headers) as connection:
        connection.sendall(body)
        assert status_of(connection) in {b"400", b"403"}
    assert peak(stack) - before < 25
