"""B01 to B24: options of slash commands."""

import json
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Via
from games.models import Draft, Game
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from notifications.messages import limits
from notifications.messages.announcement import render
from tests.discordbot.stage import Actor, Heard, Stage, deliver
from tests.factories import make_member, make_user
from tests.games.forms.form_data import new_game_data

METACHARACTERS = ["'; drop table games_game; --", "{0.__class__}", "%s %(x)s", "${7*7}", "{{7*7}}"]


def preview(actor: Actor, **options: Any) -> Heard:
    return actor.command("create-game", **{"title": "Chess", "when": "in 3 hours", **options})


def posted(actor: Actor, **options: Any) -> Game:
    heard = preview(actor, **options)
    actor.press(heard.button("post"))
    return Game.objects.get()


def announcement(game: Game) -> dict[str, Any]:
    return render(get_snapshot(game.id), now=timezone.now(), ping=True)


def refuses(heard: Heard, *words: str) -> None:
    """Check that the command answers with a sentence and offers nothing to post."""
    assert heard.acknowledgements == [4]
    for word in words:
        assert word in heard.text
    assert not re.search(r"draft:\d+:post", heard.text)
    assert not Game.objects.exists()


def test_b01_title_mentions_everyone(host: Actor) -> None:
    game = posted(host, title="@everyone free nitro @here")
    message = announcement(game)
    assert message["allowed_mentions"]["parse"] == []
    assert "@everyone" not in json.dumps(message, ensure_ascii=False)
    assert "everyone free nitro" in message["embeds"][0]["title"]


def test_b02_title_mentions_role_user_channel(host: Actor, stage: Stage) -> None:
    role = stage.roles["player"].id
    game = posted(host, title=f"<@&{role}> <@{role}> <#{role}> <t:1:R> </x:1> <a:b:1>")
    message = announcement(game)
    assert message["allowed_mentions"] == {"parse": []}
    title = message["embeds"][0]["title"]
    assert not re.search(r"(?<!\\)<", title), title


@pytest.mark.parametrize("title", ["x" * 101, "x" * 256, "x" * 6000])
def test_b03_title_too_long(host: Actor, title: str) -> None:
    refuses(preview(host, title=title), "100")


def test_b03_title_of_emoji_keeps_discords_limits(host: Actor) -> None:
    message = announcement(posted(host, title="🧙‍♂️" * 25, description="🐉" * 900))
    embed = message["embeds"][0]
    assert limits.length(embed["title"]) <= limits.EMBED_TITLE
    assert limits.length(embed["description"]) <= limits.EMBED_DESCRIPTION


def test_b05_title_with_overrides_newlines_and_piled_marks(host: Actor) -> None:
    game = posted(host, title="ev\u202eil\u200b\nsecond" + "z" + "\u0300" * 30)
    assert game.title == "evil secondz\u0300\u0300"


def test_b07_description_too_long(host: Actor) -> None:
    refuses(preview(host, description="d" * 4097), "2000")


def test_b07_long_description_and_long_roster_together(host: Actor, stage: Stage) -> None:
    game = posted(host, description="*" * 2000, max_players=100)
    for number in range(60):
        member = make_member(stage.guild, make_user(f"{number:02}" + "|" * 30))
        join_game(game_id=game.id, member=member, via=Via.WEB)
    embed = announcement(game)["embeds"][0]
    parts = [embed["title"], embed["description"], embed["author"]["name"], embed["footer"]["text"]]
    parts += [text for field in embed["fields"] for text in (field["name"], field["value"])]
    assert sum(map(limits.length, parts)) <= limits.EMBED_TOTAL
    assert all(limits.length(field["value"]) <= limits.FIELD_VALUE for field in embed["fields"])


@pytest.mark.parametrize(
    "when", ["32:61", "yesterday", "1.1.9999 20:00", "1.1.1969 20:00", "NaN", " ", "∞", "0x20"]
)
def test_b08_time_that_is_none(host: Actor, when: str) -> None:
    heard = preview(host, when=when)
    refuses(heard)
    assert "When" in heard.text


@time_machine.travel("2027-03-20T12:00:00Z")
def test_b10_wall_time_that_does_not_exist(host: Actor, stage: Stage) -> None:
    stage.guild.timezone = "Europe/Berlin"
    stage.guild.save()
    text = preview(host, when="28.3.2027 02:30").text
    assert "do not exist" in text or "does not exist" in text or "03:30" in text


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "EST5EDT/x", "\x00", "Europe"])
def test_b12_zone_that_is_none(plain: Actor, zone: str) -> None:
    heard = plain.command("settings", timezone=zone)
    plain.user.refresh_from_db()
    assert plain.user.timezone == ""
    assert heard.acknowledgements == [4]


@pytest.mark.parametrize(
    "remind", [", ".join(f"{n}m" for n in range(1, 51)), "-5m", "1h,,,x", "99999999999999d"]
)
def test_b15_reminders_that_make_no_sense(host: Actor, remind: str) -> None:
    refuses(preview(host, remind=remind), "Reminders")


def test_b15_doubled_and_past_reminders(host: Actor) -> None:
    game = posted(host, remind="30m, 30m, 2d")
    assert game.reminder_minutes in ([2880, 30], [30])
    assert not game.timers.filter(kind="remind", minutes_before=2880).exists()


def test_b17_channel_of_another_guild(host: Actor, stage: Stage) -> None:
    foreign = stage.actors["stranger"].channel
    refuses(preview(host, channel=str(foreign.id)), "not one of this server")


def test_b19_everyone_as_the_role_to_mention(client: Client, stage: Stage) -> None:
    """Only the dashboard offers roles, and only to people who may mention them on Discord."""
    client.force_login(stage.actors["the_host"].user)
    data = new_game_data(stage.channel, notify_role_ids=[str(stage.guild.id)])
    response = client.post(reverse("game-new", args=[stage.guild.id]), data)
    assert response.status_code == 422
    assert not Game.objects.exists()


@pytest.mark.parametrize(
    "options",
    [
        [],
        [{"name": "title", "type": 3, "value": 7}, {"name": "when", "type": 3, "value": []}],
        [{"name": "title", "type": 3, "value": {"a": 1}}],
        [{"name": "max_players", "type": 4, "value": "5"}],
        [{"name": "nonsense", "type": 99, "value": None}, {"name": "title", "type": 3}],
        [{"name": "channel", "type": 7, "value": "99999999999999999999999"}],
    ],
)
def test_b20_options_missing_extra_or_of_another_type(host: Actor, options: list[Any]) -> None:
    data = {"id": "1", "name": "create-game", "options": options}
    refuses(deliver(host._payload(2, data)))


@pytest.mark.parametrize("broken", ["data", "channel_id", "id", "token", "member"])
def test_b20_payload_without_what_it_needs(host: Actor, broken: str) -> None:
    payload = host._payload(2, {"id": "1", "name": "create-game", "options": []})
    del payload[broken]
    assert not re.search("draft", deliver(payload).text)
    assert not Draft.objects.exists()


def test_b22_many_commands_of_one_person(host: Actor) -> None:
    heard = [preview(host, title=f"Spam {n}") for n in range(20)]
    assert Draft.objects.count() == 10
    assert "Wait a minute" in heard[-1].text


@pytest.mark.parametrize(
    "name", ["create-game", "edit-game", "cancel-game", "list-games", "roster"]
)
def test_b23_command_outside_of_a_server(stage: Stage, name: str) -> None:
    stage.actors["plain"].guild = None
    heard = stage.actors["plain"].command(name, title="x", when="8pm", game="1")
    assert len(heard.acknowledgements) == 1
    assert "server" in heard.text
    assert not Draft.objects.exists()


@pytest.mark.parametrize("text", METACHARACTERS)
def test_b24_metacharacters_stay_as_they_are(host: Actor, text: str) -> None:
    game = posted(host, title=text, description=text)
    assert (game.title, game.description) == (text, text)
    assert announcement(game)["embeds"][0]["title"].replace("\\", "") == text
