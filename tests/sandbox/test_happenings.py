"""Happenings that the page is told of: answers, calls, limits and gateway events."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import bot
from tests.sandbox.rest import Rest

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
ROWS = [{"type": 1, "components": [BUTTON]}]


@pytest.fixture
def since(box: Sandbox) -> int:
    """Return the number of the latest happening before the test."""
    return max((row["number"] for row in happenings(box)), default=0)


def happenings(box: Sandbox, since: int = 0, **wanted: Any) -> list[dict[str, Any]]:
    rows = [row for row in box.call("GET", "/happenings") if row["number"] > since]
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def test_a_call_is_shown_with_its_status_and_body(rest: Rest, place: Place, since: int) -> None:
    box = Sandbox(rest.url)
    rest("POST", f"/channels/{place.channel}/messages", {"content": "hello"})
    rest("GET", "/no/such/thing")
    sent, unknown = happenings(box, since, kind="request")
    assert (sent["method"], sent["status"], sent["limited"]) == ("POST", 200, None)
    assert sent["path"].endswith(f"/channels/{place.channel}/messages")
    assert sent["ms"] > 0
    assert unknown["status"] == 404
    payload = box.call("GET", f"/happenings/{sent['number']}")["payload"]
    assert payload == {"content": "hello"}


def test_a_limit_is_named_with_its_wait(box: Sandbox, rest: Rest, place: Place, since: int) -> None:
    for _ in range(6):
        rest("POST", f"/channels/{place.channel}/messages", {"content": "x"})
    [hit] = happenings(box, since, kind="request", status=429)
    assert hit["limited"]["limit"] == "message.create"
    assert 4 < hit["limited"]["retry_after"] <= 5
    [entry] = [entry for entry in box.requests() if entry["status"] == 429][-1:]
    assert entry["limited"] == hit["limited"]


@pytest.mark.asyncio
async def test_a_click_is_shown_and_then_how_it_was_answered(
    box: Sandbox, rest: Rest, place: Place, since: int
) -> None:
    path = f"/channels/{place.channel}/messages"
    body = {"content": "press", "components": ROWS}
    posted = (await asyncio.to_thread(rest, "POST", path, body)).body
    async with bot(box) as app:
        click = asyncio.create_task(
            asyncio.to_thread(box.click, place.ada, posted, "go", follow=False)
        )
        event = await app.interaction()
        [waiting] = happenings(box, since, kind="interaction")
        assert (waiting["name"], waiting["user_id"]) == ("go", place.ada)
        assert (waiting["message_id"], waiting["acked_ms"]) == (posted["id"], None)
        await asyncio.to_thread(app.reply, event, 5, flags=64)
        original = "/messages/@original"
        await asyncio.to_thread(app.webhook, "PATCH", event, original, {"content": "done"})
        await click
    [answered] = happenings(box, since, kind="interaction")
    assert answered["number"] == waiting["number"]
    assert answered["ack"] == 5
    assert 0 < answered["acked_ms"] < answered["answered_ms"]
    sent = happenings(box, since, kind="gateway", name="INTERACTION_CREATE")
    assert [(row["heard"], row["connected"]) for row in sent] == [(1, 1)]
    assert happenings(box, since, name="IDENTIFY")[0]["shard"] == [0, 1]
    box.wait_until(lambda: happenings(box, since, name="CLOSED"))


def test_silence_is_shown_as_such(box: Sandbox, rest: Rest, place: Place, since: int) -> None:
    body = {"content": "press", "components": ROWS}
    posted = rest("POST", f"/channels/{place.channel}/messages", body).body
    box.knobs(ack_deadline=0.1)
    try:
        box.click(place.ada, posted, "go")
    finally:
        box.knobs(ack_deadline=3)
    [row] = happenings(box, since, kind="interaction")
    assert row["failed"] is True
    [sent] = happenings(box, since, kind="gateway", name="INTERACTION_CREATE")
    assert (sent["heard"], sent["connected"]) == (0, 0)


@pytest.mark.asyncio
async def test_an_open_page_hears_of_it_at_once(box: Sandbox, rest: Rest, place: Place) -> None:
    address = f"{box.url.replace('http', 'ws')}/control/events"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        await asyncio.to_thread(rest, "GET", f"/guilds/{place.guild}")
        note = await socket.receive_json(timeout=3)
    assert note["type"] == "happening"
    assert (note["row"]["method"], note["row"]["status"]) == ("GET", 200)


def test_only_the_newest_are_kept(box: Sandbox, rest: Rest, place: Place) -> None:
    for _ in range(510):
        rest("GET", f"/guilds/{place.guild}")
    assert len(happenings(box)) == 500
