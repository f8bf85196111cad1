"""Commands other than creating and joining games, used through the real gateway."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game
from games.services.roster.signup import join_game
from guilds.models import Guild, Member
from guilds.services.member import MemberFacts, UserFacts, see_member
from sandbox.client import ControlError, Sandbox
from tests.discordbot.conftest import RunningBot, Tavern, button, restarted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def member(tavern: Tavern, discord_id: int) -> Member:
    facts = MemberFacts(user=UserFacts(discord_id=discord_id, username="ada"))
    return see_member(guild=Guild.objects.get(id=tavern.id), facts=facts)


def test_edit_game_from_completion_to_what_changed(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game()

    (choice,) = sandbox.autocomplete(tavern.host, tavern.channel, "edit-game", "game", "dung")
    opened = tavern.command("edit-game", game=choice["value"])
    refused = sandbox.submit_modal(tavern.host, opened, when="some day", title="Renamed")
    again = sandbox.click(tavern.host, refused.message, button(refused.message, "again"))
    done = sandbox.submit_modal(tavern.host, again, when="in 5 hours")

    assert choice["name"].startswith("Dungeon night · ")
    assert refused.ephemeral
    assert "Dungeon night → Renamed" in done.raw["source"]["content"]
    assert done.raw["source"]["components"][0]["components"][0]["style"] == 5
    saved = Game.objects.get(id=game.id)
    assert saved.title == "Renamed"
    assert saved.starts_at < timezone.now() + timedelta(hours=6)


def test_refused_edit_is_put_right_after_a_restart(
    bot: RunningBot, tavern: Tavern, sandbox: Sandbox
) -> None:
    tavern.make_game()
    opened = tavern.command("edit-game", game="dungeon night")
    refused = sandbox.submit_modal(tavern.host, opened, when="some day", title="Kept")

    with restarted(bot, sandbox):
        again = sandbox.click(tavern.host, refused.message, button(refused.message, "again"))
        sandbox.submit_modal(tavern.host, again, when="in 5 hours")

    assert Game.objects.get().title == "Kept"


def test_cancel_game_asks_and_cancels(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game()

    asked = tavern.command("cancel-game", game=str(game.id), reason="Ill").message
    done = sandbox.click(tavern.host, asked, button(asked, "confirm"))
    sandbox.wait_until(lambda: Game.objects.get().status == Status.CANCELLED)

    sandbox.wait_until(lambda: "is cancelled" in sandbox.outcome(done).raw["source"]["content"])
    assert sandbox.outcome(done).raw["source"]["components"] == []


def test_clone_game_is_posted_like_a_new_one(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game(location="Voice 1")

    preview = tavern.command("clone-game", game=str(game.id), when="in 2 days").message
    sandbox.click(tavern.host, preview, button(preview, "post"))
    sandbox.wait_until(lambda: Game.objects.count() == 2)

    assert Game.objects.order_by("id")[1].location == "Voice 1"


def test_roster_panel_adds_and_removes(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game()
    join_game(game_id=game.id, member=member(tavern, tavern.join("ada")), via=Via.WEB)
    bob = tavern.join("bob", global_name="Bob")

    panel = tavern.command("roster", game=str(game.id)).message
    added = sandbox.choose(tavern.host, panel, button(panel, "add"), bob).raw["source"]
    form = sandbox.click(tavern.host, added, button(added, "placeholder"))
    named = sandbox.submit_modal(tavern.host, form, name="Carl").raw["source"]
    first = named["components"][0]["components"][0]["options"][0]["value"]
    chosen = sandbox.choose(tavern.host, named, button(named, "person"), first).raw["source"]
    removed = sandbox.click(tavern.host, chosen, button(chosen, "remove")).raw["source"]

    assert "**Bob** is on the roster." in added["content"]
    assert "(3/5)" in named["embeds"][0]["fields"][0]["name"]
    assert "off the roster" in removed["content"]
    assert game.participants.count() == 2


def test_settings_of_the_server_by_roles_and_options(tavern: Tavern, sandbox: Sandbox) -> None:
    role = int(sandbox.make_role(tavern.id, "Keepers")["id"])
    sandbox.wait_until(lambda: Guild.objects.filter(roles__id=role).exists())

    shown = tavern.command("config-guild", max_players=9).message
    managers = shown["components"][0]["components"][0]["custom_id"]
    chosen = sandbox.choose(tavern.host, shown, managers, role).raw["source"]
    channel = tavern.command("config-channel", game_category="Chess").message

    guild = Guild.objects.get(id=tavern.id)
    assert (guild.max_players, guild.manager_role_ids) == (9, [role])
    assert "Saved" in chosen["content"]
    assert "from the server" in channel["embeds"][0]["description"]
    with pytest.raises(ControlError):
        tavern.command("config-guild", tavern.join("ada"))
    with pytest.raises(ControlError):
        tavern.command("config-channel", tavern.join("eve"))


def test_settings_in_a_direct_message(tavern: Tavern, sandbox: Sandbox) -> None:
    ada = tavern.join("ada")
    dm = int(sandbox.open_dm(ada)["id"])

    zones = sandbox.autocomplete(ada, dm, "settings", "timezone", "berlin")
    saved = sandbox.command(ada, dm, "settings", timezone=zones[0]["value"]).message

    assert "Europe/Berlin" in saved["embeds"][0]["description"]


def test_readings_are_buttons_and_every_answer_came_once_and_in_time(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    Guild.objects.update(timezone="UTC")
    first = tavern.command("create-game", title="x", when="tomorrow at 7")
    asked = first.message

    chosen = sandbox.click(tavern.host, asked, asked["components"][0]["components"][0]["custom_id"])

    assert "07:00" in chosen.raw["source"]["content"]
    for outcome in (sandbox.outcome(first), sandbox.outcome(chosen)):
        assert outcome.acked
        assert outcome.raw["late_callbacks"] == outcome.raw["double_callbacks"] == 0
