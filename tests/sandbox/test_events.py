"""Scheduled events of a guild."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.rest import Rest

BODY: dict[str, Any] = {
    "name": "Session",
    "entity_type": 3,
    "privacy_level": 2,
    "scheduled_start_time": "2099-01-01T19:00:00Z",
    "scheduled_end_time": "2099-01-01T22:00:00Z",
    "entity_metadata": {"location": "The tavern"},
}


def test_event_is_made_changed_started_and_deleted(rest: Rest, place: Place) -> None:
    path = f"/guilds/{place.guild}/scheduled-events"
    event = rest("POST", path, BODY).body
    one = f"{path}/{event['id']}"
    assert rest("PATCH", one, {"name": "Later"}).body["name"] == "Later"
    assert rest("PATCH", one, {"status": 3}).code == 50035
    assert rest("PATCH", one, {"status": 2}).body["status"] == 2
    assert [row["id"] for row in rest("GET", path).body] == [event["id"]]
    assert rest("DELETE", one).status == 204
    assert rest("GET", one).code == 10070


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scheduled_end_time": None}, "scheduled_end_time"),
        ({"scheduled_end_time": "2098-01-01T19:00:00Z"}, "scheduled_end_time"),
        ({"scheduled_start_time": "2000-01-01T19:00:00Z"}, "scheduled_start_time"),
        ({"entity_metadata": None}, "entity_metadata"),
        ({"entity_metadata": {"location": "x" * 101}}, "entity_metadata"),
        ({"description": "x" * 1001}, "description"),
        ({"entity_type": 2}, "channel_id"),
        ({"privacy_level": 1}, "privacy_level"),
    ],
)
def test_wrong_events_are_refused(
    rest: Rest, place: Place, change: dict[str, Any], field: str
) -> None:
    answer = rest("POST", f"/guilds/{place.guild}/scheduled-events", BODY | change)
    assert answer.code == 50035
    assert field in answer.body["errors"]


def test_events_need_permission_and_are_bounded(box: Sandbox, rest: Rest, place: Place) -> None:
    path = f"/guilds/{place.guild}/scheduled-events"
    box.knobs(max_scheduled_events=1)
    try:
        assert rest("POST", path, BODY).status == 200
        assert rest("POST", path, BODY).code == 30038
    finally:
        box.knobs(max_scheduled_events=100)
    box.bot_permissions(place.guild, ["VIEW_CHANNEL"])
    assert rest("POST", path, BODY).code == 50013
