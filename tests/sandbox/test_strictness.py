"""What Discord refuses, drops or leaves out, and what it takes, of a bot's requests."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import bot
from tests.sandbox.rest import APP, Answer, Rest

EMBED = {"title": "on", "description": "as planned"}
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}


def deny(box: Sandbox, place: Place, *permissions: str) -> None:
    box.patch_channel(place.channel, overwrites=[{"id": place.guild, "deny": list(permissions)}])


def post(rest: Rest, place: Place, **body: Any) -> Answer:
    return rest("POST", f"/channels/{place.channel}/messages", body)


def test_embeds_are_dropped_where_the_bot_may_not_embed(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    deny(box, place, "EMBED_LINKS")
    sent = post(rest, place, content="hello", embeds=[EMBED])
    assert (sent.status, sent.body["embeds"]) == (200, [])
    assert post(rest, place, embeds=[EMBED]).code == 50006
    assert post(rest, place, components=[BUTTON], embeds=[EMBED]).body["embeds"] == []


@pytest.mark.parametrize("permission", ["EMBED_LINKS", "SEND_MESSAGES"])
def test_edit_without_the_right_leaves_the_old_embed_and_answers_200(
    box: Sandbox, rest: Rest, place: Place, permission: str
) -> None:
    sent = post(rest, place, content="hello", embeds=[EMBED]).body
    deny(box, place, permission)
    path = f"/channels/{place.channel}/messages/{sent['id']}"
    edited = rest("PATCH", path, {"content": "new", "embeds": [{"title": "off"}]})
    assert (edited.status, edited.body["content"]) == (200, "new")
    assert edited.body["embeds"][0]["title"] == "on"
    assert rest("PATCH", path, {"embeds": []}).body["embeds"] == []


@pytest.mark.parametrize(
    "agent",
    ["", "Python/3.13 aiohttp/3.12", "DiscordBot", "DiscordBot (https://x.example 1.0)",
     "discordbot (https://x.example, 1)", "DiscordBot (x.example, 1.0)"],
)  # fmt: skip
def test_user_agent_of_another_form_is_blocked_on_every_route(box: Sandbox, agent: str) -> None:
    rest = Rest(box.url)
    for path in ("/users/@me", "/interactions/1/x/callback", f"/webhooks/{APP}/x"):
        answer = rest("GET" if path == "/users/@me" else "POST", path, **{"User-Agent": agent})
        assert (answer.status, answer.code) == (403, 40333), path
    token = rest.form("/api/oauth2/token", {}, **{"User-Agent": agent})
    assert (token.status, token.code) == (403, 40333)


def test_user_agent_may_say_more(box: Sandbox) -> None:
    agent = "DiscordBot (https://x.example/a, 1.0.2-rc1) Python/3.13"
    assert Rest(box.url)("GET", "/users/@me", **{"User-Agent": agent}).status == 200


@pytest.mark.parametrize(
    ("allowed", "where"),
    [
        ({"parse": ["users", "users"]}, ("parse", "1")),
        ({"users": ["1", "2", "1"]}, ("users", "2")),
        ({"roles": ["5", 5]}, ("roles", "1")),
        ({"users": ["ada"]}, ("users", "0")),
        ({"users": [str(n) for n in range(101)]}, ("users",)),
    ],
)
def test_nothing_stands_twice_in_allowed_mentions(
    rest: Rest, place: Place, allowed: dict[str, Any], where: tuple[str, ...]
) -> None:
    answer = post(rest, place, content="x", allowed_mentions=allowed)
    assert answer.code == 50035
    found = answer.body["errors"]["allowed_mentions"]
    for step in where:
        found = found[step]
    assert found["_errors"]


def test_lengths_are_counted_in_code_points(rest: Rest, place: Place) -> None:
    assert post(rest, place, content="🎲" * 2000).status == 200
    assert post(rest, place, embeds=[{"title": "🎲" * 256}]).status == 200
    assert post(rest, place, embeds=[{"title": "🎲" * 257}]).code == 50035


def test_reply_needs_the_right_to_read_history(box: Sandbox, rest: Rest, place: Place) -> None:
    first = post(rest, place, content="first").body["id"]
    reference = {"message_id": first}
    assert post(rest, place, content="x", message_reference=reference).body["type"] == 19
    deny(box, place, "READ_MESSAGE_HISTORY")
    refused = post(rest, place, content="x", message_reference=reference)
    assert (refused.status, refused.code) == (403, 160002)


def test_recipients_forums_and_foreign_tokens_have_their_codes(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    for recipient in ("1", APP):
        assert rest("POST", "/users/@me/channels", {"recipient_id": recipient}).code == 50033
    assert rest("POST", "/users/@me/channels", {"recipient_id": "ada"}).code == 50035
    forum = box.make_channel(place.guild, "forum", kind=15)["id"]
    refused = rest("POST", f"/channels/{forum}/messages", {"content": "x"})
    assert (refused.status, refused.code) == (400, 40058)
    unknown = rest("POST", f"/webhooks/{APP}/no-such-token", {"content": "x"})
    assert (unknown.status, unknown.code) == (401, 50027)
    assert rest("POST", "/webhooks/5/no-such-token", {"content": "x"}).code == 10015


def test_guilds_without_the_bot_are_unknown_and_their_commands_out_of_reach(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    box.remove_bot(place.guild)
    for guild in (place.guild, "1"):
        assert rest("GET", f"/guilds/{guild}").code == 10004
        assert rest("DELETE", f"/users/@me/guilds/{guild}").code == 10004
        assert rest("PUT", f"/applications/{APP}/guilds/{guild}/commands", []).code == 50001


def test_counts_of_guilds_come_when_asked_for(box: Sandbox, place: Place) -> None:
    rest = Rest(box.url, f"Bearer {box.authorize(place.ada)['access_token']}")
    assert "approximate_member_count" not in rest("GET", "/users/@me/guilds").body[0]
    assert rest("GET", "/users/@me/guilds?with_counts=true").body[0]["approximate_member_count"]


@pytest.mark.asyncio
async def test_follow_ups_are_limited_to_five_in_two_seconds(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    message = post(rest, place, content="x", components=[BUTTON]).body
    async with bot(box) as app:
        box.click(place.ada, message, "go", wait=False)
        sent = await app.interaction()
        app.reply(sent, 6)
        answers = [app.webhook("POST", sent, body={"content": str(n)}) for n in range(6)]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        assert 0 < answers[-1].body["retry_after"] <= 2
        box.click(place.ben, message, "go", wait=False)
        other = await app.interaction()
        app.reply(other, 6)
        assert app.webhook("POST", other, body={"content": "x"}).status == 200


@pytest.mark.asyncio
async def test_errors_of_a_callback_stand_below_data(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    message = post(rest, place, content="x", components=[BUTTON]).body
    async with bot(box) as app:
        for kind, data, field in (
            (4, {"content": "x" * 2001}, "content"),
            (7, {"content": "x" * 2001}, "content"),
            (9, {"title": "x" * 46, "custom_id": "m", "components": []}, "title"),
        ):
            box.click(place.ada, message, "go", wait=False)
            sent = await app.interaction()
            answer = app.reply(sent, kind, **data)
            assert answer.code == 50035
            assert answer.body["errors"]["data"][field]["_errors"]
            assert app.reply(sent, 6).status == 204


@pytest.mark.asyncio
async def test_deferred_reply_is_loading_from_the_start_until_it_is_filled(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    message = post(rest, place, content="x", components=[BUTTON]).body
    async with bot(box, 1 | 1 << 9) as app:
        box.click(place.ada, message, "go", wait=False)
        sent = await app.interaction()
        app.reply(sent, 5)
        assert (await app.gateway.event("MESSAGE_CREATE"))["flags"] == 128
        filled = app.webhook("PATCH", sent, "/messages/@original", {"content": "done"})
        assert filled.body["flags"] == 0


@pytest.mark.asyncio
async def test_follow_up_mentions_people_alone_unless_told_otherwise(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    role = box.make_role(place.guild, "players", mentionable=True)["id"]
    message = post(rest, place, content="x", components=[BUTTON]).body
    async with bot(box) as app:
        box.click(place.ada, message, "go", wait=False)
        sent = await app.interaction()
        app.reply(sent, 6)
        text = {"content": f"@everyone <@&{role}> <@{place.ben}>"}
        said = app.webhook("POST", sent, body=text).body
        assert (said["mention_roles"], said["mention_everyone"]) == ([], False)
        assert [user["id"] for user in said["mentions"]] == [place.ben]


def test_the_bots_own_role_says_whose_it_is(box: Sandbox, rest: Rest, place: Place) -> None:
    box.make_role(place.guild, "Player")
    roles = {role["name"]: role for role in rest("GET", f"/guilds/{place.guild}/roles").body}
    own = next(role for role in roles.values() if role["managed"])
    assert own["tags"] == {"bot_id": str(APP)}
    assert "tags" not in roles["Player"]
