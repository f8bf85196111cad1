"""Series as time passes: timers make the next session, ask its host and announce it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game, Series
from games.services.roster.signup import join_game
from games.services.series.edits import confirm_session, next_session, skip_session
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, Delivery
from notifications.outbox.sender import send_due
from notifications.timers import claims as timer_claims
from notifications.timers.dispatcher import dispatch_due
from tests.discordbot.conftest import button
from tests.notifications.place import Place

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


def make_series(place: Place, **fields: object) -> Game:
    start = timezone.now() + timedelta(days=1)
    rule = f"FREQ=WEEKLY;BYDAY={WEEKDAYS[start.weekday()]}"
    fields = {"starts_at": start, "timezone": "UTC", "reminder_minutes": (), **fields}
    return place.game(repeat=rule, **fields)


def fire(game: Game, kind: str) -> None:
    game.timers.filter(kind=kind).update(due_at=timezone.now() - timedelta(seconds=1))
    dispatch_due()


def following(game: Game) -> Game:
    fire(game, "start")
    found = next_session(game)
    assert found is not None
    return found


def test_start_makes_the_next_session_posts_it_and_asks_the_host_once(place: Place) -> None:
    game = make_series(place)
    render_due()
    session = following(game)
    fire(game, "finish")
    render_due()
    send_due()
    assert session.timers.filter(kind="start").exists()
    assert Announcement.objects.get(game=session).message_id is not None
    assert len(place.messages()) == 2
    (asked,) = place.dms(place.host)
    assert "The next game of **Dungeon night**" in asked["content"]
    assert button(asked, "skip") == f"s:{session.id}:skip"
    with pytest.raises(StopIteration):
        button(asked, "confirm")
    assert Game.objects.count() == 2


def test_a_session_that_waits_is_posted_when_confirmed(place: Place) -> None:
    game = make_series(place, ask_host=True)
    session = following(game)
    render_due()
    send_due()
    assert not Announcement.objects.filter(game=session).exists()
    (asked,) = place.dms(place.host)
    assert "Without an answer by" in asked["content"]
    assert button(asked, "confirm") == f"s:{session.id}:confirm"

    confirm_session(game_id=session.id, member=place.host, via=Via.BOT)
    render_due()
    assert Announcement.objects.get(game=session).message_id is not None
    fire(session, "post")
    session.refresh_from_db()
    assert session.status == Status.SCHEDULED


def test_a_session_nobody_confirms_is_skipped_at_its_time_and_never_posted(place: Place) -> None:
    game = make_series(place, ask_host=True, carry_over=True)
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    session = following(game)
    Game.objects.filter(id=session.id).update(post_at=timezone.now() - timedelta(seconds=1))
    fire(session, "post")
    session.refresh_from_db()
    assert session.status == Status.CANCELLED
    assert not Announcement.objects.filter(game=session).exists()
    after = next_session(session)
    assert after is not None
    assert after.awaits_host
    send_due()
    assert any("was cancelled" in one["content"] for one in place.dms(ada))


def test_a_skipped_session_no_longer_asks_its_host(place: Place) -> None:
    session = following(make_series(place))
    skip_session(game_id=session.id, member=place.host, via=Via.WEB)
    send_due()
    texts = [one["content"] for one in place.dms(place.host)]
    assert len(texts) == 1, "about the one after it"
    state = Delivery.objects.get(game=session, notice="series_next").state
    assert state == "cancelled"


def test_host_is_told_once_why_there_is_no_next_session(place: Place) -> None:
    game = make_series(place)
    place.channel.is_active = False
    place.channel.save()
    fire(game, "start")
    fire(game, "finish")
    send_due()
    (told,) = place.dms(place.host)
    assert "could not create the next game" in told["content"]
    assert "switched off" in told["content"]
    assert Series.objects.get().trouble


def test_people_carried_over_get_their_own_reminders(place: Place) -> None:
    game = make_series(place, carry_over=True)
    ada = place.member("ada", reminder_minutes=[45])
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    session = following(game)
    assert session.timers.filter(kind="remind_own", minutes_before=45).exists()
