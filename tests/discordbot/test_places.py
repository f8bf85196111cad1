"""Channels that were deleted, or that take no announcement, and the word about a post."""

import pytest

from games.models import Game, Template
from guilds.enums import ChannelKind
from guilds.models import Channel, User
from guilds.services.guild import delete_channel
from notifications.followers.announcement.renderer import render_due
from sandbox.client import Sandbox
from tests.discordbot.conftest import Tavern, button
from tests.discordbot.stage import set_stage
from tests.factories import make_channel, make_game

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


@pytest.mark.parametrize(
    "kind", [ChannelKind.FORUM, ChannelKind.MEDIA, ChannelKind.STAGE, ChannelKind.VOICE]
)
def test_a_channel_that_takes_no_announcement_is_refused_before(kind: int) -> None:
    stage = set_stage()
    Channel.objects.filter(id=stage.channel.id).update(kind=kind)
    heard = stage.actors["owner"].command("create-game", title="Chess", when="in 2 hours")
    assert "is no text channel" in heard.text
    assert not Game.objects.exists()


def test_default_template_of_a_deleted_channel_lets_everybody_announce() -> None:
    stage = set_stage()
    gone = make_channel(stage.guild, "gone")
    Template.objects.create(guild=stage.guild, name="Raid", channel=gone, is_default=True)
    delete_channel(gone.id)
    heard = stage.actors["the_host"].command("create-game", title="Chess", when="in 2 hours")
    assert f"<#{stage.channel.id}>" in heard.text
    assert "“Raid” names the channel \\\\#gone" in heard.text or "#gone" in heard.text
    heard.button("post")


def test_edit_game_takes_another_channel_without_a_form() -> None:
    stage = set_stage()
    owner = stage.actors["owner"]
    game = make_game(stage.member("owner"), stage.channel)
    other = make_channel(stage.guild, "other")
    heard = owner.command("edit-game", game=str(game.id), channel=str(other.id))
    assert f"<#{other.id}>" in heard.text
    game.refresh_from_db()
    assert game.channel_id == other.id
    assert owner.command("edit-game", game=str(game.id)).is_modal


def test_edit_game_moves_the_later_sessions_too_if_wanted() -> None:
    stage = set_stage()
    owner = stage.actors["owner"]
    User.objects.filter(id=owner.user.id).update(timezone="Europe/Berlin")
    preview = owner.command("create-game", title="Chess", when="in 2 hours", repeat="weekly")
    owner.press(preview.button("post"))
    game = Game.objects.get()
    other = make_channel(stage.guild, "other")
    owner.command("edit-game", game=str(game.id), channel=str(other.id), later_too=True)
    game.refresh_from_db()
    assert game.series is not None
    assert game.series.values["channel_id"] == other.id


def test_posted_is_said_once_it_is_true(tavern: Tavern, sandbox: Sandbox) -> None:
    preview = tavern.preview()
    pressed = sandbox.click(tavern.host, preview, button(preview, "post"))
    sandbox.wait_until(Game.objects.exists)

    def text() -> str:
        return str(sandbox.outcome(pressed).raw["source"]["content"])

    sandbox.wait_until(lambda: "It will be posted" in text())
    render_due()
    sandbox.wait_until(lambda: f"Posted in <#{tavern.channel}>" in text(), timeout=10)


def test_failure_of_a_post_is_told_where_it_was_asked_for(tavern: Tavern, sandbox: Sandbox) -> None:
    preview = tavern.preview()
    route = "POST /channels/{channel_id}/messages"
    sandbox.fault(route, status=400, code=200000, channel_id=tavern.channel)
    pressed = sandbox.click(tavern.host, preview, button(preview, "post"))
    sandbox.wait_until(Game.objects.exists)
    render_due()
    sandbox.wait_until(
        lambda: "AutoMod" in sandbox.outcome(pressed).raw["source"]["content"], timeout=10
    )
