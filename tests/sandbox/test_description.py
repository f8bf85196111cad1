"""The sandbox's answers match Discord's description; `Rest` checks each successful one."""

from __future__ import annotations

from typing import Any
from urllib.request import urlopen

import pytest

from sandbox.client import Sandbox
from tests.openapi.description import find_operation, get_operation
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import bot
from tests.sandbox.rest import APP, Rest

ROW = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Join", "custom_id": "join"},
        {"type": 2, "style": 5, "label": "Details", "url": "https://games.example/1"},
    ],
}
SELECT = {
    "type": 3,
    "custom_id": "slot",
    "options": [{"label": "Tank", "value": "1", "emoji": {"name": "🛡"}}],
}
EMBED = {
    "title": "Chess",
    "url": "https://games.example/1",
    "color": 5,
    "timestamp": "2026-12-01T18:00:00+00:00",
    "author": {"name": "Mira", "icon_url": "https://cdn.example/embed/avatars/1.png"},
    "fields": [{"name": "When", "value": "<t:1900000000:F>"}],
    "footer": {"text": "Scheduled"},
}
COMMAND = {
    "name": "plan",
    "description": "Plan a game",
    "description_localizations": {"de": "Plane ein Spiel"},
    "default_member_permissions": 32,
    "contexts": [0, 1],
    "integration_types": [0],
    "options": [
        {"type": 3, "name": "title", "description": "t", "required": True, "max_length": 5},
        {"type": 4, "name": "seats", "description": "s", "min_value": 1, "max_value": 9},
        {"type": 5, "name": "all", "description": "a"},
        {"type": 6, "name": "whom", "description": "w"},
        {"type": 7, "name": "channel", "description": "c", "channel_types": [0]},
        {"type": 8, "name": "role", "description": "r"},
        {"type": 3, "name": "game", "description": "g", "autocomplete": True},
        {"type": 3, "name": "kind", "description": "k", "choices": [{"name": "B", "value": "b"}]},
    ],
}
GROUP = {
    "name": "set",
    "description": "d",
    "options": [{"type": 1, "name": "zone", "description": "z", "options": []}],
}


def test_places_and_people(rest: Rest, box: Sandbox, place: Place) -> None:
    role = box.make_role(place.guild, "players", permissions=["VIEW_CHANNEL"])["id"]
    box.patch_member(place.guild, place.ada, roles=[role], nick="Ada")
    hidden = {"id": place.guild, "type": 0, "allow": [], "deny": ["VIEW_CHANNEL"]}
    for kind in (0, 2, 4, 5, 13, 15):
        box.make_channel(place.guild, f"kind-{kind}", kind=kind, overwrites=[hidden])
    dm = rest("POST", "/users/@me/channels", {"recipient_id": place.ada}).body["id"]
    for path in (
        "/gateway",
        "/gateway/bot",
        "/users/@me",
        "/applications/@me",
        "/users/@me/guilds",
        f"/users/{place.ada}",
        f"/guilds/{place.guild}",
        f"/guilds/{place.guild}?with_counts=true",
        f"/guilds/{place.guild}/channels",
        f"/guilds/{place.guild}/roles",
        f"/guilds/{place.guild}/members?limit=5",
        f"/guilds/{place.guild}/members/search?query=ad",
        f"/guilds/{place.guild}/members/{place.ada}",
        f"/channels/{place.channel}",
        f"/channels/{dm}",
    ):
        assert rest("GET", path).status == 200, path


def test_what_a_person_lets_us_see(box: Sandbox, place: Place) -> None:
    token = box.authorize(place.ada)["access_token"]
    rest = Rest(box.url, f"Bearer {token}")
    for path in (
        "/users/@me",
        "/users/@me/guilds",
        f"/users/@me/guilds/{place.guild}/member",
        "/oauth2/@me",
    ):
        assert rest("GET", path).status == 200, path


def test_messages_and_threads(rest: Rest, place: Place) -> None:
    messages = f"/channels/{place.channel}/messages"
    body = {
        "content": f"Hi <@{place.ada}>",
        "embeds": [EMBED],
        "components": [ROW, {"type": 1, "components": [SELECT]}],
        "nonce": "abc",
    }
    message = rest("POST", messages, body).body["id"]
    rest("PATCH", f"{messages}/{message}", {"content": "edited"})
    thread = rest("POST", f"{messages}/{message}/threads", {"name": "Chess"})
    assert thread.status == 201
    reference = {"message_id": message}
    rest("POST", messages, {"content": "a reply", "message_reference": reference})
    for path in (messages, f"{messages}/{message}", f"/guilds/{place.guild}/threads/active"):
        assert rest("GET", path).status == 200, path
    assert rest("DELETE", f"{messages}/{message}").status == 204


def test_commands(rest: Rest) -> None:
    commands = f"/applications/{APP}/commands"
    registered = rest("PUT", commands, [COMMAND, GROUP])
    assert registered.status == 200
    assert rest("GET", f"{commands}?with_localizations=true").status == 200
    assert rest("GET", f"{commands}/{registered.body[0]['id']}").status == 200
    assert rest("PUT", commands, []).status == 200


def test_scheduled_events(rest: Rest, place: Place) -> None:
    body = {
        "name": "Chess",
        "privacy_level": 2,
        "entity_type": 3,
        "scheduled_start_time": "2050-01-01T18:00:00+00:00",
        "scheduled_end_time": "2050-01-01T20:00:00+00:00",
        "entity_metadata": {"location": "Tavern"},
    }
    events = f"/guilds/{place.guild}/scheduled-events"
    event = rest("POST", events, body).body["id"]
    assert rest("PATCH", f"{events}/{event}", {"status": 2}).status == 200
    assert rest("GET", events).status == 200


@pytest.mark.asyncio
async def test_interactions(box: Sandbox, rest: Rest, place: Place) -> None:
    messages = f"/channels/{place.channel}/messages"
    message = rest("POST", messages, {"content": "game", "components": [ROW]}).body
    async with bot(box) as answering:
        for kind, data in ((4, {"content": "hello", "flags": 64}), (7, {"content": "edited"})):
            box.click(place.ada, message, "join", wait=False)
            interaction = await answering.interaction()
            described = answering.reply(interaction, kind, "?with_response=true", **data)
            assert described.status == 200
            assert described.body["resource"]["type"] == kind
            for method, path, body in (
                ("GET", "/messages/@original", None),
                ("PATCH", "/messages/@original", {"content": "again"}),
                ("POST", "", {"content": "more", "flags": 64}),
            ):
                answer = answering.webhook(method, interaction, path, body)
                assert answer.status == 200, (method, path)


def test_errors_have_a_message_and_a_code(rest: Rest, place: Place) -> None:
    """Details are not compared: the description has numbers where Discord sends words."""
    messages = f"/channels/{place.channel}/messages"
    wrong: list[tuple[str, str, Any]] = [
        ("GET", "/channels/1", None),
        ("POST", messages, {}),
        ("POST", messages, {"content": "x" * 2001}),
        ("PATCH", f"{messages}/1", {"content": "x"}),
    ]
    for method, path, body in wrong:
        answer = rest(method, path, body)
        assert 400 <= answer.status < 500
        shown = {key: answer.body[key] for key in ("message", "code")}
        operation = find_operation(method, path)
        assert operation
        assert operation.response_problems(answer.status, shown) == []


def test_answer_that_is_not_described_is_found(rest: Rest) -> None:
    answer = rest("GET", "/users/@me").body
    operation = get_operation("GET /users/@me")

    assert operation.response_problems(200, answer) == []
    assert operation.response_problems(200, answer | {"id": 5}) == ["id: 5 against type 'string'"]
    del answer["username"]
    (problem,) = operation.response_problems(200, answer)
    assert "username" in problem
    assert operation.response_problems(302, None) == ["no answer with status 302 is described"]


def test_pictures_are_served_for_everyone(box: Sandbox, place: Place) -> None:
    user, guild = place.ada, place.guild
    pictures = []
    for path in (
        f"avatars/{user}/abc.png?size=64",
        f"guilds/{guild}/users/{user}/avatars/abc.png?size=64",
        f"icons/{guild}/abc.png?size=96",
        "embed/avatars/0.png",
        "embed/avatars/1.png",
    ):
        with urlopen(f"{box.url}/cdn/{path}", timeout=5) as response:
            assert response.headers.get_content_type() == "image/svg+xml"
            pictures.append(response.read().decode())
    assert ">A</text>" in pictures[0]
    assert pictures[1] == pictures[0]
    assert ">T</text>" in pictures[2]
    assert pictures[3] != pictures[4]
