"""Refusals that name no usable wait: at least a second, longer each time, for everybody."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import redis

from discord_api.budget import Budget, Priority
from discord_api.client import Client
from discord_api.errors import RateLimited
from discord_api.routes import create_message
from discord_api.shared_bucket import SharedBucket
from telemetry import store
from telemetry.waits import read_waits

NAME = "test-refusals"
PAGE = b"<html>You are being rate limited.</html>"


class Refusing(BaseHTTPRequestHandler):
    """Answers everything with the class's `answer`: status, headers, body."""

    answer: tuple[int, dict[str, str], bytes] = (429, {}, b"")
    asked: list[float] = []

    def do_POST(self) -> None:
        self.asked.append(time.monotonic())
        status, headers, body = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[Callable[..., tuple[str, list[float]]]]:
    servers = []

    def start(status: int, headers: dict[str, str], body: Any) -> tuple[str, list[float]]:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind: Any = type("One", (Refusing,), {"answer": (status, headers, text), "asked": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", kind.asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def no_pause() -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{{discord:{NAME}}}*"):
            client.delete(key)


async def knock(url: str, seconds: float, budget: Budget | None = None) -> Client:
    """Post to five channels again and again, as callers do that come back after the wait."""
    client = Client(
        base_url=url, token="t", user_agent="DiscordBot (https://example.org, 1.0)", budget=budget
    )
    end = time.monotonic() + seconds

    async def one(channel_id: int) -> None:
        while time.monotonic() < end:
            try:
                await client.request(
                    create_message(channel_id), body={}, priority=Priority.NEWS, patience=0.2
                )
            except RateLimited as limited:
                await asyncio.sleep(min(limited.retry_after, max(end - time.monotonic(), 0)))

    try:
        await asyncio.gather(*(one(n) for n in range(5)))
    finally:
        await client.close()
    return client


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"retry_after": -5}),
        ({}, {"retry_after": 0}),
        ({}, {"retry_after": 1e12}),
        ({}, {"retry_after": "2026-12-01T00:00:00Z"}),
        ({}, {}),
        ({}, b""),
        ({"Content-Type": "text/html"}, PAGE),
        ({"Retry-After": "soon"}, PAGE),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, PAGE),
        ({"Retry-After": "-1"}, PAGE),
    ],
)
def test_a_refusal_without_a_usable_wait_stops_everything_for_a_second_and_longer(
    refusing: Callable[..., tuple[str, list[float]]], headers: dict[str, str], body: Any
) -> None:
    url, asked = refusing(429, headers, body)
    asyncio.run(knock(url, 3.5))
    # Five at once or fewer, one after a second, one after two more.
    assert 4 <= len(asked) <= 8
    first, *_rest = asked
    later = [at - first for at in asked if at - first > 0.5]
    assert later[0] >= 0.95
    assert later[1] - later[0] >= 1.9


def test_a_proxy_s_page_of_any_refusal_is_no_word_of_discord(
    refusing: Callable[..., tuple[str, list[float]]],
) -> None:
    url, asked = refusing(403, {"Content-Type": "text/html"}, PAGE)
    asyncio.run(knock(url, 1.5))
    assert len(asked) <= 6


def test_the_same_short_wait_again_and_again_grows(
    refusing: Callable[..., tuple[str, list[float]]],
) -> None:
    url, asked = refusing(429, {}, {"retry_after": 0.001})
    asyncio.run(knock(url, 2))
    assert len(asked) <= 5 * 5


def test_all_processes_wait_and_the_wait_grows_with_each_ones_refusals() -> None:
    async def test() -> None:
        first, second = [Budget(SharedBucket(os.environ["REDIS_URL"], NAME)) for _ in range(2)]
        try:
            assert await first.back_off() == pytest.approx(1)
            with pytest.raises(RateLimited) as limited:
                await second.take(Priority.PERSON, 0.5)
            assert limited.value.is_global
            await asyncio.sleep(1.05)
            assert await second.back_off() == pytest.approx(2)
            await asyncio.sleep(2.05)
            assert await first.back_off() == pytest.approx(4)
        finally:
            await first.close()
            await second.close()

    asyncio.run(test())


def test_a_day_long_wait_is_kept_and_noted_for_operators(
    refusing: Callable[..., tuple[str, list[float]]],
) -> None:
    store.connection().flushdb()
    url, asked = refusing(429, {"Retry-After": "86400"}, PAGE)

    async def test() -> None:
        client = Client(base_url=url, token="t", user_agent="DiscordBot (https://example.org, 1.0)")
        for _ in range(3):
            with pytest.raises(RateLimited) as limited:
                await client.request(create_message(1), body={})
            assert limited.value.retry_after > 86_000
        await client.close()

    asyncio.run(test())
    assert len(asked) == 1
    assert read_waits()["everything"] == pytest.approx(86_400, abs=10)
