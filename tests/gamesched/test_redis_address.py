"""Redis with a self-signed certificate, as on Heroku: every library can be told to accept it."""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import pytest
import redis
import redis.asyncio
from channels_redis.utils import create_pool, decode_hosts
from django.conf import settings

from gamesched.redis_address import redis_address


def test_other_addresses_stay_as_they_are() -> None:
    for url in ("redis://127.0.0.1:6379/0", "rediss://cache/0?ssl_cert_reqs=required"):
        assert redis_address(url, verify=False) == url
    assert redis_address("rediss://cache/0", verify=True) == "rediss://cache/0"
    assert redis_address("rediss://cache/0?db=1", verify=False).endswith("?db=1&ssl_cert_reqs=none")


async def behind_tls(folder: Path, check: Callable[[str], None]) -> None:
    """Run `check` with the tests' Redis behind a self-signed certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_certificate(folder))
    server = await asyncio.start_server(_pass_on, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        who, at, _ = urlsplit(settings.REDIS_URL).netloc.rpartition("@")
        await asyncio.to_thread(check, f"rediss://{who}{at}127.0.0.1:{port}/0")


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=nobody"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    there = urlsplit(settings.REDIS_URL)
    inner = await asyncio.open_connection(there.hostname, there.port)
    await asyncio.gather(_copy(reader, inner[1]), _copy(inner[0], writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


def test_it_is_refused_unless_told_otherwise(tmp_path: Path) -> None:
    def refused(url: str) -> None:
        with (
            redis.Redis.from_url(redis_address(url, verify=True), retry=None) as client,
            pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            client.ping()

    asyncio.run(behind_tls(tmp_path, refused))


def test_each_library_reaches_it(tmp_path: Path) -> None:
    def reached(url: str) -> None:
        url = redis_address(url, verify=False)
        with redis.Redis.from_url(url) as client:
            assert client.ping()
        with kombu.Connection(url) as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
        asyncio.run(_ping_as_channels(url))

    asyncio.run(behind_tls(tmp_path, reached))


async def _ping_as_channels(url: str) -> None:
    pool = create_pool(decode_hosts([{"address": url}])[0])
    assert await redis.asyncio.Redis(connection_pool=pool).ping()
    await pool.disconnect()
