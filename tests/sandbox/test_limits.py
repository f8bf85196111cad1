"""Rate limits and faults."""

from __future__ import annotations

import http.client

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.rest import Rest


def test_message_bucket_is_counted_by_channel_and_named_by_route(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    other = box.make_channel(place.guild, "other")["id"]
    answers = [
        rest("POST", f"/channels/{place.channel}/messages", {"content": "x"}) for _ in range(6)
    ]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:5]] == list("43210")
    refused = answers[5]
    assert refused.body["global"] is False
    assert 4 < refused.body["retry_after"] <= 5
    assert refused.headers["retry-after"] == "5"
    elsewhere = rest("POST", f"/channels/{other}/messages", {"content": "x"})
    assert elsewhere.status == 200
    assert elsewhere.headers["x-ratelimit-bucket"] == answers[0].headers["x-ratelimit-bucket"]


def test_global_limit_counts_everything_but_callbacks(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    box.limits(**{"global": {"limit": 3, "per": 10}})
    answers = [rest("GET", f"/guilds/{place.guild}") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3].body["global"] is True
    assert answers[3].headers["x-ratelimit-global"] == "true"
    callback = rest("POST", "/interactions/1/x/callback", {"type": 4}, Authorization="")
    assert callback.code == 10062


def test_fault_before_leaves_the_world_alone_and_after_does_not(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    path = f"/channels/{place.channel}/messages"
    route = "POST /channels/*/messages"
    box.fault(route, status=502)
    assert rest("POST", path, {"content": "1"}).status == 502
    assert box.messages(place.channel) == []
    box.fault(route, status=502, when="after")
    assert rest("POST", path, {"content": "2"}).status == 502
    box.fault(route, "reset", when="after")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        rest("POST", path, {"content": "3"})
    assert [message["content"] for message in box.messages(place.channel)] == ["2", "3"]
    assert rest("POST", path, {"content": "4"}).status == 200
    log = box.requests(route="/messages", channel=place.channel)
    assert [entry["fault"] for entry in log] == [
        "status before",
        "status after",
        "reset after",
        None,
    ]
    assert log[-1]["body"] == {"content": "4"}


def test_injected_429_and_permission_errors_look_real(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    path = f"/channels/{place.channel}/messages"
    box.fault("POST *", status=429, retry_after=2.5, channel_id=int(place.channel))
    assert rest("POST", path, {"content": "x"}).body["retry_after"] == 2.5
    box.fault("POST *", status=403, code=50013)
    assert rest("POST", path, {"content": "x"}).code == 50013


def test_request_log_pages_by_number(box: Sandbox, rest: Rest, place: Place) -> None:
    rest("GET", f"/guilds/{place.guild}")
    last = box.requests()[-1]["number"]
    rest("GET", f"/channels/{place.channel}")
    assert [entry["route"] for entry in box.requests(since=last)] == ["GET /channels/{channel_id}"]
