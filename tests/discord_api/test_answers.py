"""Odd answers of Discord: cut off, dripping, too large, nested, or of another shape."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from discord_api import routes
from discord_api.answers import (
    Unreadable,
    as_bits,
    as_code,
    as_id,
    as_text,
    read_json,
    read_json_or_nothing,
)
from discord_api.client import Client
from discord_api.echo import is_shown
from discord_api.errors import DiscordError, Uncertain

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def ask(handler: Handler, use: Callable[[str], Awaitable[Any]]) -> Any:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        return await use(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


def answering(body: bytes, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status)

    return handler


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"id": "5"')
    assert request.transport
    request.transport.abort()
    return response


async def read(url: str, **more: Any) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await read_json(response, **more)


@pytest.mark.parametrize(
    "body",
    [b"<html>busy</html>", b'{"id": "5"', b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"NaN,"],
)
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        asyncio.run(ask(answering(body), read))


def test_more_than_is_allowed_is_not_kept() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65536)

    async def limited(url: str) -> Any:
        return await read(url, most=200_000)

    for handler in (answering(b" " * 200_001), endless):
        with pytest.raises(Unreadable, match="more than"):
            asyncio.run(ask(handler, limited))


def test_refusal_that_is_a_page_counts_as_empty() -> None:
    async def refused(url: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await read_json_or_nothing(response)

    for body in (b"<html>", b"", b"[" * 100_000):
        assert asyncio.run(ask(answering(body, 502), refused)) == {}


@pytest.mark.parametrize(
    "handler", [cut_off, answering(b"["), answering(b"[" * 100_000), answering(b"x" * 9_000_000)]
)
def test_bot_s_request_with_an_unreadable_answer_is_uncertain(handler: Handler) -> None:
    async def use(url: str) -> Any:
        client = Client(base_url=url, token="t", user_agent="DiscordBot (http://x, 1)")
        try:
            return await client.request(routes.get_me())
        finally:
            await client.close()

    with pytest.raises(Uncertain):
        asyncio.run(ask(handler, use))


@pytest.mark.parametrize("code", [b'"x"', b"-1", b"1e99", b"{}", b"99999999999999999999", b"true"])
def test_odd_code_of_a_refusal_counts_as_none(code: bytes) -> None:
    async def use(url: str) -> Any:
        client = Client(base_url=url, token="t", user_agent="DiscordBot (http://x, 1)")
        try:
            return await client.request(routes.get_me())
        finally:
            await client.close()

    with pytest.raises(DiscordError) as refused:
        asyncio.run(ask(answering(b'{"message": 5, "code": ' + code + b"}", 403), use))
    assert (refused.value.status, refused.value.code) == (403, 0)


@pytest.mark.parametrize(
    "value", [None, "", "x", "٣", "-5", "1.5", 2**63, str(2**63), "9" * 5000, True, 1.0, []]
)
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"number|range"):
        as_id(value)


def test_values_are_read_as_they_can_be_stored() -> None:
    assert as_id(str(2**63 - 1)) == as_id(2**63 - 1) == 2**63 - 1
    assert as_bits("8") == as_bits(8) == 8
    assert as_bits(None) == 0
    assert as_bits(str(2**63 + 5)) == 5
    assert as_text("a\x00b\ud800c", 2) == "ab"
    assert as_text(None) == ""
    assert as_code({"code": 50013}) == 50013
    wrong: object
    for wrong in ({}, 5, ["x"]):
        with pytest.raises(ValueError, match="not a text"):
            as_text(wrong)


def test_message_is_shown_if_its_embeds_came_back() -> None:
    embed = {"title": "Chess ", "color": 5, "fields": [{"name": "When", "value": "now\n\nor so"}]}
    body = {"content": "x", "embeds": [embed]}
    tidied = embed | {"title": "Chess", "type": "rich", "fields": [
        {"name": "When", "value": "now\nor so", "inline": False}]}  # fmt: skip

    assert is_shown(body, {"embeds": [tidied]})
    assert is_shown({"content": "x"}, {"embeds": []})
    assert not is_shown(body, {"embeds": []})
    assert not is_shown(body, {"embeds": [tidied | {"title": "Cancelled: Chess"}]})
    assert not is_shown(body, {"embeds": [tidied | {"color": 6}]})
    assert not is_shown(body, {})
