"""Interactions: people's permissions, the bot's acknowledgement, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.client import ControlError, Sandbox
from tests.duration import within
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import bot
from tests.sandbox.rest import APP, Rest

pytestmark = pytest.mark.asyncio

COMMANDS: list[dict[str, Any]] = [
    {
        "name": "plan",
        "description": "Plan a game",
        "options": [
            {"type": 3, "name": "title", "description": "t", "required": True, "max_length": 5},
            {"type": 4, "name": "seats", "description": "s", "min_value": 1, "max_value": 9},
            {"type": 7, "name": "channel", "description": "c", "channel_types": [0]},
            {"type": 6, "name": "whom", "description": "w"},
            {"type": 3, "name": "game", "description": "g", "autocomplete": True},
            {
                "type": 3,
                "name": "kind",
                "description": "k",
                "choices": [{"name": "Board", "value": "board"}],
            },
        ],
    },
    {"name": "admin", "description": "d", "default_member_permissions": "32", "contexts": [0]},
    {
        "name": "set",
        "description": "d",
        "options": [{"type": 1, "name": "zone", "description": "z"}],
    },
]


@pytest.fixture
def registered(rest: Rest) -> Iterator[None]:
    path = f"/applications/{APP}/commands"
    assert rest("PUT", path, COMMANDS).status == 200
    yield
    rest("PUT", path, [])


def refused(box: Sandbox, user: str, channel: str, name: str, /, **options: Any) -> str:
    with pytest.raises(ControlError) as error:
        box.command(user, channel, name, **options)
    assert error.value.refused
    return str(error.value)


async def test_command_carries_its_resolved_options(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        box.command(
            place.ada, place.channel, "plan", wait=False,
            title="Chess", seats=4, channel=place.channel, whom=place.ben,
        )  # fmt: skip
        sent = await app.interaction()
        options = {option["name"]: option["value"] for option in sent["data"]["options"]}
        assert options == {
            "title": "Chess", "seats": 4, "channel": place.channel, "whom": place.ben,
        }  # fmt: skip
        assert set(sent["data"]["resolved"]) == {"channels", "users", "members"}
        assert sent["member"]["user"]["id"] == place.ada
        assert int(sent["member"]["permissions"]) & 1 << 11
        assert (sent["context"], sent["locale"], sent["guild_locale"]) == (0, "en-US", "en-US")
        box.command(place.ada, place.channel, "set zone", wait=False)
        sent = await app.interaction()
        assert sent["data"]["options"] == [{"name": "zone", "type": 1, "options": []}]


async def test_client_refuses_what_discord_would(
    box: Sandbox, place: Place, registered: None
) -> None:
    assert "required" in refused(box, place.ada, place.channel, "plan")
    assert "characters" in refused(box, place.ada, place.channel, "plan", title="Tarock")
    assert "between" in refused(box, place.ada, place.channel, "plan", title="x", seats=10)
    assert "number" in refused(box, place.ada, place.channel, "plan", title="x", seats="4")
    assert "choices" in refused(box, place.ada, place.channel, "plan", title="x", kind="card")
    assert "no option" in refused(box, place.ada, place.channel, "plan", title="x", more=1)
    assert "no command" in refused(box, place.ada, place.channel, "other")
    assert "lacks" in refused(box, place.ada, place.channel, "admin")
    assert "subcommand" in refused(box, place.ada, place.channel, "set")
    elsewhere = box.make_guild("elsewhere", place.owner)["id"]
    foreign = box.make_channel(elsewhere, "c")["id"]
    assert "nothing" in refused(box, place.ada, place.channel, "plan", title="x", channel=foreign)
    assert "see" in refused(box, place.ada, foreign, "plan", title="x")
    dm = box.open_dm(place.owner)["id"]
    assert "direct" in refused(box, place.owner, dm, "admin")


async def test_exactly_one_acknowledgement_in_time(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        started = box.command(place.ada, place.channel, "plan", wait=False, title="x")
        sent = await app.interaction()
        assert app.webhook("POST", sent, body={"content": "early"}).code == 10015
        assert app.reply(sent, 7, content="x").code == 50035
        assert app.reply(sent, 4, content="").code == 50006
        assert app.reply(sent, 4, content="hi", flags=64).status == 204
        assert app.reply(sent, 4, content="hi").code == 40060
        outcome = box.outcome(started)
        assert (outcome.type, outcome.content, outcome.ephemeral) == (4, "hi", True)
        assert outcome.raw["double_callbacks"] == 1
        assert box.messages(place.channel) == []
        assert [m["content"] for m in box.messages(place.channel, user=place.ada)] == ["hi"]
        assert box.messages(place.channel, user=place.ben) == []
        forged = {**sent, "token": "other"}
        assert app.reply(forged, 4, content="x").code == 10062


async def test_late_acknowledgement_is_an_unknown_interaction(
    box: Sandbox, place: Place, registered: None
) -> None:
    box.knobs(ack_deadline=0.1)
    try:
        async with bot(box) as app:
            outcome = box.command(place.ada, place.channel, "plan", title="x")
            assert outcome.error == "The application did not respond"
            assert app.reply(await app.interaction(), 4, content="x").code == 10062
    finally:
        box.knobs(ack_deadline=3)


async def test_deferred_reply_is_filled_by_the_first_followup(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        started = box.command(place.ada, place.channel, "plan", wait=False, title="x")
        sent = await app.interaction()
        answer = app.reply(sent, 5, "?with_response=true", flags=64)
        assert answer.body["interaction"]["response_message_loading"]
        assert box.outcome(started).raw["thinking"]
        filled = app.webhook("POST", sent, body={"content": "done"})
        assert filled.body["id"] == answer.body["resource"]["message"]["id"]
        assert box.outcome(started).ephemeral
        second = app.webhook("POST", sent, body={"content": "more"}).body
        assert second["flags"] == 0
        assert (
            app.webhook("PATCH", sent, "/messages/@original", {"content": "x" * 2001}).code == 50035
        )
        assert (
            app.webhook("PATCH", sent, f"/messages/{second['id']}", {"content": "m"}).status == 200
        )
        assert app.webhook("GET", sent, "/messages/@original").body["content"] == "done"
        assert app.webhook("DELETE", sent, f"/messages/{second['id']}").status == 204
        assert box.outcome(started).content == "done"


async def test_token_dies_after_its_lifetime(box: Sandbox, place: Place, registered: None) -> None:
    async with bot(box) as app:
        box.command(place.ada, place.channel, "plan", wait=False, title="x")
        sent = await app.interaction()
        app.reply(sent, 4, content="x")
        box.knobs(token_lifetime=0)
        try:
            assert app.webhook("POST", sent, body={"content": "x"}).code == 50027
        finally:
            box.knobs(token_lifetime=900)


async def test_click_updates_its_message_or_opens_a_modal(
    box: Sandbox, rest: Rest, place: Place, registered: None
) -> None:
    buttons = [
        {"type": 2, "style": 1, "label": "Join", "custom_id": "join"},
        {"type": 2, "style": 2, "label": "Off", "custom_id": "off", "disabled": True},
        {"type": 2, "style": 5, "label": "Web", "url": "https://example.test"},
    ]
    body = {"content": "game", "components": [{"type": 1, "components": buttons}]}
    message = rest("POST", f"/channels/{place.channel}/messages", body).body
    for custom_id in ("off", "unknown"):
        with pytest.raises(ControlError):
            box.click(place.ada, message, custom_id)
    async with bot(box) as app:
        started = box.click(place.ada, message, "join", wait=False)
        sent = await app.interaction()
        assert sent["message"]["id"] == message["id"]
        assert app.reply(sent, 7, content="joined").status == 204
        assert app.webhook("POST", sent, body={"content": "in", "flags": 64}).status == 200
        outcome = box.outcome(started)
        assert outcome.source is not None
        assert (outcome.source["content"], outcome.content) == ("joined", "in")
        opened = box.click(place.ada, message, "join", wait=False)
        sent = await app.interaction()
        part: dict[str, Any] = {
            "type": 4,
            "custom_id": "title",
            "label": "Title",
            "style": 1,
            "max_length": 5,
        }
        modal: dict[str, Any] = {
            "title": "Edit",
            "custom_id": "edit",
            "components": [{"type": 1, "components": [part]}],
        }
        assert app.reply(sent, 9, **modal | {"title": "x" * 46}).code == 50035
        assert app.reply(sent, 9, **modal | {"components": modal["components"] * 6}).code == 50035
        assert app.reply(sent, 9, **modal).status == 204
        with pytest.raises(ControlError, match="characters"):
            box.submit_modal(place.ada, opened, title="too long")
        with pytest.raises(ControlError, match="No modal"):
            box.submit_modal(place.ben, opened, title="x")
        act = {"user_id": place.ada, "interaction_id": opened.interaction_id, "wait": False}
        box.call("POST", "/act/modal", act | {"values": {"title": "Go"}})
        sent = await app.interaction()
        assert sent["data"]["components"][0]["components"][0]["value"] == "Go"
        assert sent["message"]["id"] == message["id"]
        assert app.reply(sent, 9, **modal).code == 50035
        assert app.reply(sent, 6).status == 204


async def test_select_sends_the_values_chosen(box: Sandbox, rest: Rest, place: Place) -> None:
    options = [{"label": name, "value": name} for name in ("tank", "bard")]
    parts: list[dict[str, Any]] = [
        {"type": 3, "custom_id": "slot", "options": options},
        {"type": 5, "custom_id": "who"},
    ]
    rows = [{"type": 1, "components": [part]} for part in parts]
    path = f"/channels/{place.channel}/messages"
    message = rest("POST", path, {"components": rows}).body
    for values in ((), ("tank", "bard"), ("thief",)):
        with pytest.raises(ControlError):
            box.choose(place.ada, message, "slot", *values)
    async with bot(box) as app:
        box.click(place.ada, message, "slot", values=["bard"], wait=False)
        assert (await app.interaction())["data"]["values"] == ["bard"]
        box.click(place.ada, message, "who", values=[place.ben], wait=False)
        data = (await app.interaction())["data"]
        assert place.ben in data["resolved"]["members"]


async def test_autocomplete_returns_at_most_25_choices(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        body = {
            "user_id": place.ada, "channel_id": place.channel, "name": "plan",
            "focused": "game", "options": {"game": "ch"}, "wait": False,
        }  # fmt: skip
        started = box.call("POST", "/act/autocomplete", body)
        sent = await app.interaction()
        assert sent["type"] == 4
        assert (
            sent["data"]["options"][0] | {"value": "ch", "focused": True}
            == sent["data"]["options"][0]
        )
        choice = {"name": "Chess", "value": "1"}
        assert app.reply(sent, 8, choices=[choice] * 26).code == 50035
        assert app.reply(sent, 4, content="x").code == 50035
        assert app.reply(sent, 8, choices=[choice]).status == 204
        assert box.outcome(started["interaction_id"]).choices == [choice]


async def test_replayed_and_forged_interactions_reach_the_bot(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        started = box.command(place.ada, place.channel, "plan", wait=False, title="x")
        sent = await app.interaction()
        app.reply(sent, 4, content="x")
        box.replay(started)
        again = await app.interaction()
        assert again["id"] == sent["id"]
        assert app.reply(again, 4, content="x").code == 40060
        payload = {
            "type": 3, "guild_id": place.guild, "channel_id": place.channel,
            "member": sent["member"], "data": {"custom_id": "game:1:join", "component_type": 2},
        }  # fmt: skip
        box.raw_interaction(payload, wait=False)
        forged = await app.interaction()
        assert forged["data"]["custom_id"] == "game:1:join"
        assert app.reply(forged, 4, content="no").status == 204


async def test_many_acts_wait_for_their_own_answers(
    box: Sandbox, place: Place, registered: None
) -> None:
    async with bot(box) as app:
        started = [
            box.command(place.ada, place.channel, "plan", wait=False, title=str(n))
            for n in range(20)
        ]
        with within(2):
            for _ in started:
                sent = await app.interaction()
                app.reply(sent, 4, content=sent["data"]["options"][0]["value"])
        assert [box.outcome(one).content for one in started] == [str(n) for n in range(20)]
