"""With fewer players than the minimum the host is asked, and everyone learns the decision."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from games.enums import Action, Decision, Status, Via
from games.models import Game
from games.services.decision import confirm_game
from games.services.game_edit import edit_game
from games.services.roster.signup import decline_game, join_game
from guilds.enums import BelowMinimum
from guilds.errors import NotAllowed, NotFound, Refused
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace
from notifications.outbox.sender import send_due
from notifications.timers import claims as timer_claims
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_guild, make_member
from tests.notifications.place import Place


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


def fire(game: Game, kind: str) -> Game:
    game.timers.filter(kind=kind, state="pending").update(due_at=timezone.now())
    dispatch_due()
    game.refresh_from_db()
    return game


def fields(message: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message["embeds"][0]["fields"]}


def ripe_render() -> None:
    past = timezone.now() - timedelta(seconds=1)
    ChannelPace.objects.all().delete()
    Announcement.objects.filter(render_at__isnull=False).update(render_at=past)
    render_due()


def test_the_time_to_decide_follows_the_server_and_the_start(place: Place) -> None:
    game = place.game(min_players=3, starts_at=timezone.now() + timedelta(hours=5))
    assert game.timers.get(kind="decide").due_at == game.starts_at - timedelta(minutes=60)
    assert not place.game().timers.filter(kind="decide").exists()
    soon = place.game(min_players=3, starts_at=timezone.now() + timedelta(minutes=40))
    half = soon.timers.get(kind="decide").due_at - timezone.now()
    assert timedelta(minutes=19) < half < timedelta(minutes=21)


def test_host_is_asked_once_and_the_announcement_says_so(place: Place) -> None:
    game = place.game(min_players=3)
    join_game(game_id=game.id, member=place.member("ada"), via=Via.WEB)
    render_due()
    assert fields(place.messages()[0])["Minimum players"] == "3, 2 more needed"
    fire(game, "decide")
    send_due()
    (message,) = place.dms(place.host)
    assert "1 of at least 3" in message["content"]
    ids = [b.get("custom_id") for b in message["components"][0]["components"]]
    assert ids[:3] == [f"g:{game.id}:run", f"g:{game.id}:move", f"g:{game.id}:cancel"]
    ripe_render()
    assert "Too few players" in fields(place.messages()[0])
    assert game.decision == Decision.ASKED


def test_enough_players_ask_nothing_until_one_leaves(place: Place) -> None:
    game = place.game(min_players=2)
    ada, ben = place.member("ada"), place.member("ben")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.WEB)
    fire(game, "decide")
    assert game.decision == Decision.NONE
    decline_game(game_id=game.id, member=ada, via=Via.WEB)
    dispatch_due()
    game.refresh_from_db()
    assert game.decision == Decision.ASKED


def test_question_is_not_sent_when_it_has_answered_itself(place: Place) -> None:
    game = place.game(min_players=1)
    fire(game, "decide")
    join_game(game_id=game.id, member=place.member("ada"), via=Via.WEB)
    send_due()
    assert not place.dms(place.host)
    ripe_render()
    assert "Too few players" not in fields(place.messages()[0])


def test_running_anyway_tells_everyone_but_the_one_who_said_so(place: Place) -> None:
    game = place.game(min_players=3)
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    fire(game, "decide")
    with pytest.raises(NotAllowed):
        confirm_game(game_id=game.id, member=ada, via=Via.BOT)
    stranger = make_guild()
    with pytest.raises(NotFound):
        confirm_game(game_id=game.id, member=make_member(stranger), via=Via.BOT)
    for key in ("i:1", "i:1", "i:2"):
        confirm_game(game_id=game.id, member=place.host, via=Via.BOT, request_key=key)
    assert game.changes.filter(action=Action.CONFIRMED).count() == 1
    send_due()
    (message,) = place.dms(ada)
    assert "takes place" in message["content"]
    assert not place.dms(place.host), "the question is no longer true either"
    assert fire(game, "start").status == Status.IN_PROGRESS


@pytest.mark.parametrize("is_asked", [True, False])
def test_without_an_answer_the_server_s_word_cancels(place: Place, is_asked: bool) -> None:
    place.guild.below_minimum = BelowMinimum.CANCEL
    place.guild.save()
    game = place.game(min_players=3)
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    if is_asked:
        fire(game, "decide")
    assert fire(game, "start").status == Status.CANCELLED
    send_due()
    assert "Too few players" in place.dms(ada)[-1]["content"]
    assert "Too few players" in place.dms(place.host)[-1]["content"]


def test_without_an_answer_the_server_s_word_runs(place: Place) -> None:
    game = place.game(min_players=3)
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    fire(game, "decide")
    assert fire(game, "start").status == Status.IN_PROGRESS
    send_due()
    assert "takes place" in place.dms(ada)[-1]["content"]
    assert "takes place" in place.dms(place.host)[-1]["content"]


def test_new_time_asks_anew(place: Place) -> None:
    game = place.game(min_players=3)
    fire(game, "decide")
    later = game.starts_at + timedelta(days=1)
    edit_game(game_id=game.id, member=place.host, values={"starts_at": later}, via=Via.WEB)
    assert fire(game, "decide").decision == Decision.ASKED
    assert game.changes.filter(action=Action.HOST_ASKED).count() == 2


def test_confirming_what_needs_none_is_refused(place: Place) -> None:
    game = place.game()
    with pytest.raises(Refused):
        confirm_game(game_id=game.id, member=place.host, via=Via.BOT)
