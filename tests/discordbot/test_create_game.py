from typing import Any

import pytest

from games.models import Draft, Game
from sandbox.client import ControlError, Sandbox
from tests.discordbot.conftest import (
    RunningBot,
    Tavern,
    button,
    buttons,
    click,
    make_tavern,
    restarted,
    source,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def test_create_game_shows_a_preview_to_the_host_alone(tavern: Tavern) -> None:
    outcome = tavern.command(
        "create-game",
        title="Curse of *Strahd* @everyone",
        when="in 3 hours",
        duration="2h 30m",
        max_players=4,
        remind="1d, 1h",
    )

    message = outcome.message
    assert outcome.ephemeral
    assert message["pings"] == []
    assert "<t:" in message["content"]
    assert "(UTC)" in message["content"]
    assert "Skipped" in message["content"]
    assert message["embeds"][0]["title"].startswith("Curse of \\*Strahd\\*")
    assert "2 h 30 min" in str(message["embeds"][0]["fields"])
    assert Game.objects.count() == 0


def test_post_makes_one_game_however_often_it_is_pressed(tavern: Tavern) -> None:
    preview = tavern.preview()
    post = button(preview, "post")

    first = tavern.sandbox.click(tavern.host, preview, post)
    tavern.sandbox.wait_until(Game.objects.count)
    tavern.sandbox.replay(first)

    game = Game.objects.get()
    assert game.channel_id == tavern.channel
    tavern.sandbox.wait_until(
        lambda: f"<#{tavern.channel}>" in tavern.sandbox.outcome(first).raw["source"]["content"]
    )
    assert Game.objects.count() == 1


def test_edit_keeps_what_was_typed_and_shows_the_new_preview(tavern: Tavern) -> None:
    preview = tavern.preview(description="Bring dice")
    form = tavern.sandbox.click(tavern.host, preview, button(preview, "edit"))

    refused = tavern.sandbox.submit_modal(tavern.host, form, when="some day", title="Renamed")
    again = tavern.sandbox.click(tavern.host, source(refused), button(source(refused), "edit"))
    fixed = tavern.sandbox.submit_modal(tavern.host, again, when="in 5 hours")

    assert again.modal is not None
    values = {
        part["custom_id"]: part.get("value")
        for row in again.modal["components"]
        for part in row["components"]
    }
    assert "Try “friday 8pm”" in source(refused)["content"]
    assert values["when"] == "some day"
    assert values["title"] == "Renamed"
    assert values["description"] == "Bring dice"
    assert source(fixed)["embeds"][0]["title"] == "Renamed"


def test_discard_forgets_the_draft(tavern: Tavern) -> None:
    preview = tavern.preview()

    outcome = tavern.sandbox.click(tavern.host, preview, button(preview, "discard"))

    assert source(outcome)["content"] == "Discarded."
    assert source(outcome)["components"] == []
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "field", "sentence"),
    [
        ({"when": "yesterday"}, "When", "Try “friday 8pm”"),
        ({"when": "32:61"}, "When", "Try “friday 8pm”"),
        ({"duration": "very long"}, "Duration", "1h 30m"),
        ({"remind": "soonish"}, "Reminders", "1d, 2h, 15m"),
        ({"min_players": 6, "max_players": 5}, "Fewest players", "more than the most"),
        ({"title": "\u202e\u200b x \u0000"}, "", ""),
    ],
)
def test_create_game_refuses_with_field_and_example(
    tavern: Tavern, options: dict[str, Any], field: str, sentence: str
) -> None:
    message = tavern.preview(**options)

    assert field in message["content"]
    assert sentence in message["content"]


def test_create_game_asks_which_reading_is_meant(tavern: Tavern) -> None:
    message = tavern.preview(when="tomorrow at 7")

    assert "Did you mean" in message["content"]
    assert "07:00" in message["content"]
    assert "19:00" in message["content"]


def test_discord_itself_refuses_what_is_over_the_limits(tavern: Tavern) -> None:
    for options in ({"title": "x" * 101}, {"max_players": 101}, {"max_players": 0}):
        with pytest.raises(ControlError):
            tavern.preview(**options)


def test_create_game_names_the_permissions_the_bot_lacks(tavern: Tavern, sandbox: Sandbox) -> None:
    sandbox.patch_channel(
        tavern.channel, overwrites=[{"id": str(tavern.id), "type": 0, "deny": ["EMBED_LINKS"]}]
    )

    outcome = tavern.command("create-game", title="x", when="in 3 hours")

    assert "Embed Links" in outcome.content
    assert button(outcome.message, "channel")
    assert Draft.objects.get().values["game"] is None


def test_preview_made_before_a_restart_can_be_posted_after_it(
    bot: RunningBot, tavern: Tavern, sandbox: Sandbox
) -> None:
    preview = tavern.preview()

    with restarted(bot, sandbox):
        sandbox.click(tavern.host, preview, button(preview, "post"))

    sandbox.wait_until(Game.objects.count)
    assert Game.objects.get().title == "Dungeon night"


def test_somebody_elses_draft_is_outdated_for_others(tavern: Tavern, sandbox: Sandbox) -> None:
    tavern.preview()
    draft = Draft.objects.get()
    forged = tavern.post({"content": "x", "components": buttons(f"draft:{draft.id}:post")})

    outcome = click(sandbox, tavern.join(), forged, f"draft:{draft.id}:post")

    assert "outdated" in outcome.content
    assert Game.objects.count() == 0


def test_channel_of_another_guild_is_refused(tavern: Tavern, sandbox: Sandbox) -> None:
    other = make_tavern(sandbox, "Elsewhere")
    payload = tavern.command_payload("create-game", title="x", when="in 3 hours")
    payload["data"]["options"].append({"name": "channel", "type": 7, "value": str(other.channel)})

    outcome = sandbox.raw_interaction(payload)

    assert "not one of this server's" in outcome.content
    assert Draft.objects.get().values["game"] is None


@pytest.mark.parametrize(
    "options",
    [
        [{"name": "title", "type": 3, "value": 7}, {"name": "when", "type": 3, "value": "8pm"}],
        [{"name": "when", "type": 3, "value": "in 2 hours"}],
        [{"name": "channel", "type": 7, "value": "../1"}],
        [],
    ],
)
def test_malformed_options_are_refused(
    tavern: Tavern, sandbox: Sandbox, options: list[dict[str, object]]
) -> None:
    payload = tavern.command_payload("create-game")
    payload["data"]["options"] = options

    outcome = sandbox.raw_interaction(payload)

    assert outcome.ephemeral
    assert "went wrong" not in outcome.content
    assert Game.objects.count() == 0
