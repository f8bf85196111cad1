"""B26 to B38: buttons, selects and modals."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from games.enums import Answer, Status, Via
from games.models import Game, Participant
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from guilds.services.member import lose_member
from notifications.kinds.reminder import people_to_remind
from tests.discordbot.stage import Actor, Stage, deliver
from tests.factories import make_game, snowflake

GARBAGE = [
    "", "x" * 100, "g:-1:join", "g:0:join", "g:१२:join", "g:1e3:join", "g:1:joinx", "v0:join:1",
    "g:18446744073709551616:join", "g:9223372036854775808:join", "draft:1", "list:../..:1",
    "roster:1:0:0:0:nuke", "g:1:join\n", "{}", "g:1:\u202ejoin", "ask:1:at:99999999999999",
]  # fmt: skip


@pytest.fixture
def game(stage: Stage) -> Game:
    return make_game(stage.member("the_host"), stage.channel)


def click(actor: Actor, game: Game) -> dict[str, Any]:
    """Return Discord's payload for a click on Join."""
    data = {"custom_id": f"g:{game.id}:join", "component_type": 2}
    return actor._payload(3, data) | {"message": {"id": "7"}}


def test_b26_garbage_custom_id(plain: Actor, game: Game) -> None:
    for custom_id in GARBAGE:
        heard = plain.press(custom_id)
        assert "outdated" in heard.text, custom_id
        assert heard.acknowledgements == [4]
    assert Game.objects.get(id=game.id).revision == game.revision


@pytest.mark.parametrize("state", ["cancelled", "past", "deleted", "closed", "running"])
def test_b27_click_on_a_game_that_takes_nobody(
    plain: Actor, game: Game, stage: Stage, state: str
) -> None:
    now = timezone.now()
    if state == "cancelled":
        cancel_game(game_id=game.id, member=stage.member("the_host"), via=Via.WEB)
    elif state == "past":
        Game.objects.update(status=Status.COMPLETED, starts_at=now - timedelta(days=1))
    elif state == "running":
        Game.objects.update(status=Status.IN_PROGRESS)
    elif state == "closed":
        Game.objects.update(signup_closes_at=now - timedelta(minutes=1))
    else:
        Game.objects.all().delete()

    heard = plain.press(f"g:{game.id}:join")

    assert heard.acknowledgements == [4]
    assert heard.message["flags"] == 64
    assert not Participant.objects.exists()


def test_b27_click_on_a_full_game(plain: Actor, game: Game, stage: Stage) -> None:
    Game.objects.update(max_players=1)
    stage.actors["player"].press(f"g:{game.id}:join")
    assert "aitlist" in plain.press(f"g:{game.id}:join").text
    assert len(get_snapshot(game.id).playing) == 1


def test_b29_join_and_leave_at_once_from_two_devices(plain: Actor, game: Game) -> None:
    def press(what: str) -> None:
        plain.press(f"g:{game.id}:{what}")
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(press, ["join", "decline"] * 4))
    last = game.changes.order_by("-revision").first()
    assert last is not None
    assert Participant.objects.get().answer == last.after["answer"]
    assert Game.objects.get().revision == last.revision


def test_b30_join_without_the_role_it_asks_for(plain: Actor, game: Game, stage: Stage) -> None:
    Game.objects.update(player_role_ids=[stage.roles["player"].id])
    assert "certain roles" in plain.press(f"g:{game.id}:join").text
    assert not Participant.objects.exists()


def test_b31_who_leaves_the_server_frees_the_seat(plain: Actor, game: Game, stage: Stage) -> None:
    plain.press(f"g:{game.id}:join")
    lose_member(guild_id=stage.guild.id, discord_id=plain.user.discord_id or 0)
    snapshot = get_snapshot(game.id)
    assert snapshot.playing == ()
    assert plain.user.discord_id not in people_to_remind(snapshot)


@pytest.mark.parametrize("who", ["bot", "stranger"])
def test_b32_host_adds_a_bot_or_somebody_from_elsewhere(
    host: Actor, game: Game, stage: Stage, who: str
) -> None:
    person = str(snowflake())
    user = {"id": person, "username": who, "bot": who == "bot"}
    members: dict[str, Any] = {} if who == "stranger" else {person: {"roles": []}}
    heard = host.press(
        f"roster:{game.id}:0:0:0:add", person, people={"users": {person: user}, "members": members}
    )
    assert len(heard.acknowledgements) == 1
    assert not Participant.objects.exists()


@pytest.mark.parametrize("values", [["999999"], ["x"], ["-1"], ["1"] * 26, ["1", "1"], ["१"], [""]])
def test_b33_select_values_that_were_not_offered(
    plain: Actor, stage: Stage, values: list[str]
) -> None:
    slots = ({"name": "Tank", "emoji": "", "capacity": 1},)
    game = make_game(stage.member("the_host"), stage.channel, slots=slots)
    values = [one.replace("1", str(game.id + 10_000)) if one == "1" else one for one in values]
    heard = plain.press(f"g:{game.id}:slot", *values)
    assert len(heard.acknowledgements) == 1
    assert not Participant.objects.exists()


def test_b34_modal_after_the_game_changed(host: Actor, game: Game) -> None:
    form = host.command("edit-game", game=str(game.id))
    Game.objects.filter(id=game.id).update(title="Meanwhile", revision=game.revision + 1)
    game.changes.create(
        actor=host.user, via=Via.WEB, action="edited", revision=game.revision + 1,
        before={"title": game.title}, after={"title": "Meanwhile"},
    )  # fmt: skip
    heard = host.resubmit(form, title="Mine")
    assert len(heard.acknowledgements) == 1
    assert Game.objects.get(id=game.id).title == "Meanwhile"


@pytest.mark.parametrize("typed", ["x" * 4001, " \u200b ", "\ud800", "\x00", "\u202e"])
def test_b35_modal_fields_that_are_none(host: Actor, game: Game, typed: str) -> None:
    form = host.command("edit-game", game=str(game.id))
    heard = host.resubmit(form, title=typed)
    assert len(heard.acknowledgements) == 1
    assert Game.objects.get(id=game.id).title == game.title


def test_b35_modal_without_its_fields(host: Actor, game: Game) -> None:
    form = host.command("edit-game", game=str(game.id))
    heard = host.submit(form.modal["custom_id"], on_message=True)
    assert len(heard.acknowledgements) == 1
    assert Game.objects.get(id=game.id).title == game.title


def test_b36_same_click_twice(plain: Actor, game: Game) -> None:
    payload = click(plain, game)
    deliver(payload)
    plain.press(f"g:{game.id}:decline")
    deliver(payload)
    assert Participant.objects.get().answer == Answer.DECLINED
    assert game.changes.filter(action="joined").count() == 1


def test_b37_click_replayed_after_a_while_counts_once(plain: Actor, game: Game) -> None:
    """The replay may join late, but its answer is lost and nothing happens twice."""
    payload = click(plain, game) | {"id": str(snowflake() - (10_000 << 22))}
    for _ in range(2):
        deliver(payload)
    assert Participant.objects.count() == 1


def test_b38_token_of_an_interaction_stays_out_of_the_logs(
    plain: Actor, game: Game, caplog: pytest.LogCaptureFixture
) -> None:
    payload = click(plain, game) | {"token": "aW50ZXJhY3Rpb246-secret"}
    deliver(payload)
    del payload["message"]
    deliver(payload | {"data": {}})
    said = "".join(record.getMessage() for record in caplog.records)
    assert said
    assert not re.search("aW50ZXJhY3Rpb246", said)
