from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Via
from games.services.roster.signup import join_game
from guilds.models import Guild
from guilds.services.member import MemberFacts, UserFacts, see_member
from sandbox.client import Sandbox
from tests.discordbot.conftest import Tavern, button, buttons, make_tavern

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def titles(message: dict[str, object]) -> str:
    return str(message["embeds"])


def test_list_games_turns_pages_soonest_first(tavern: Tavern) -> None:
    for day in range(12, 0, -1):
        starts_at = timezone.now() + timedelta(days=day)
        tavern.make_game(title=f"Day-{day:02}", starts_at=starts_at)
    user = tavern.join("ada")

    first = tavern.command("list-games", user).message
    second = tavern.sandbox.click(user, first, button(first, "1")).source
    assert second is not None
    back = tavern.sandbox.click(user, second, button(second, "0")).source

    assert first["embeds"][0]["footer"]["text"] == "1–10 of 12"
    assert first["embeds"][0]["description"].index("Day-01") < (
        first["embeds"][0]["description"].index("Day-10")
    )
    assert second["embeds"][0]["footer"]["text"] == "11–12 of 12"
    assert "Day-12" in titles(second)
    assert back is not None
    assert "Day-01" in titles(back)


def test_list_games_of_a_channel_or_the_whole_server(tavern: Tavern, sandbox: Sandbox) -> None:
    other = int(sandbox.make_channel(tavern.id, "boards")["id"])
    sandbox.wait_until(lambda: Guild.objects.filter(channels__id=other).exists())
    tavern.make_game(title="Here")
    tavern.make_game(title="There", channel_id=other)

    here = tavern.command("list-games").message
    there = tavern.command("list-games", channel=other).message
    everywhere = tavern.command("list-games", show_all=True).message

    assert "Here" in titles(here)
    assert "There" not in titles(here)
    assert "There" in titles(there)
    assert "Here" in titles(everywhere)
    assert "There" in titles(everywhere)


def test_list_games_hides_channels_the_member_does_not_see(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    hidden = int(
        sandbox.make_channel(
            tavern.id,
            "staff",
            overwrites=[{"id": str(tavern.id), "type": 0, "deny": ["VIEW_CHANNEL"]}],
        )["id"]
    )
    sandbox.wait_until(lambda: Guild.objects.filter(channels__id=hidden).exists())
    tavern.make_game(title="Secret", channel_id=hidden)

    assert "Secret" not in titles(
        tavern.command("list-games", tavern.join("ada"), show_all=True).message
    )
    assert "Secret" in titles(tavern.command("list-games", show_all=True).message)


def test_list_games_shows_what_is_not_announced_yet_to_managers_alone(tavern: Tavern) -> None:
    tavern.make_game(title="Later", post_at=timezone.now() + timedelta(hours=1))

    assert "Later" in titles(tavern.command("list-games").message)
    assert "Later" not in titles(tavern.command("list-games", tavern.join("ada")).message)


def test_list_games_of_another_guilds_channel_is_refused(tavern: Tavern, sandbox: Sandbox) -> None:
    elsewhere = make_tavern(sandbox, "Elsewhere")
    elsewhere.make_game(title="Theirs")
    payload = tavern.command_payload("list-games")
    payload["data"]["options"] = [{"name": "channel", "type": 7, "value": str(elsewhere.channel)}]

    outcome = sandbox.raw_interaction(payload)

    assert "not one of this server's" in outcome.content


def test_forged_list_buttons_tell_nothing_of_channels_one_does_not_see(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    deny = [{"id": str(tavern.id), "type": 0, "deny": ["VIEW_CHANNEL"]}]
    hidden = int(sandbox.make_channel(tavern.id, "staff-only", overwrites=deny)["id"])
    sandbox.wait_until(lambda: Guild.objects.filter(channels__id=hidden).exists())
    elsewhere = make_tavern(sandbox, "Elsewhere")
    tavern.make_game(title="Secret", channel_id=hidden)
    elsewhere.make_game(title="Theirs")
    ids = [f"list:{channel}:0" for channel in (hidden, elsewhere.channel, 2**62)]
    forged = tavern.post({"content": "x", "components": buttons(*ids)})
    ada = tavern.join("ada")

    told = [sandbox.click(ada, forged, custom_id) for custom_id in ids]
    for outcome in told:
        assert outcome.content == "**Channel**: That channel is not one of this server's."
        assert outcome.source is not None
        assert outcome.source["content"] == "x", "the message stays as it was"
    seen = sandbox.click(tavern.host, forged, ids[0]).source
    assert seen is not None
    assert "Secret" in titles(seen), "who manages games sees all"


def test_my_games_works_in_direct_messages_and_names_own_guilds_only(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    ada = tavern.join("ada")
    game = tavern.make_game(title="Joined one")
    member = see_member(
        guild=Guild.objects.get(id=tavern.id),
        facts=MemberFacts(user=UserFacts(discord_id=ada, username="ada")),
    )
    join_game(game_id=game.id, member=member, via=Via.WEB)
    dm = int(sandbox.open_dm(ada)["id"])

    mine = sandbox.command(ada, dm, "my-games").message
    hosts = tavern.command("my-games").message
    sandbox.open_dm(tavern.host)
    stranger = int(sandbox.make_user("stranger")["id"])
    nothing = sandbox.command(stranger, int(sandbox.open_dm(stranger)["id"]), "my-games").message

    assert "Joined one" in str(mine["embeds"][1])
    assert "you play" in str(mine["embeds"][1])
    assert f"/g/{tavern.id}/games/{game.id}/" in str(mine["embeds"][1])
    assert "Joined one" in str(hosts["embeds"][0])
    assert "Joined one" not in str(nothing)


def test_help_names_the_commands(tavern: Tavern) -> None:
    assert "/create-game" in titles(tavern.command("help").message)
