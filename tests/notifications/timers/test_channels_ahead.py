"""Channels of direct messages are open before the first reminder is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.enums import DirectMessages
from guilds.models import Guild, Member, User
from guilds.services.member import lose_member
from guilds.services.person import data_of, delete_person
from notifications.kinds.reminder import DueReminder
from notifications.models import Timer
from notifications.outbox.sender import send_due
from notifications.timers import channels_ahead
from notifications.timers.channels_ahead import MARGIN, MOST, open_channels_ahead, share
from notifications.timers.reminders import remind_all
from tests.notifications.place import Place

OPEN = "POST /users/@me/channels"
ALWAYS = DirectMessages.ALWAYS


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(channels_ahead, "PAUSE_SECONDS", 0)


def near_game(place: Place, *members: Member, minutes: float = 2, **fields: Any) -> Game:
    """A game whose reminder is due in so many minutes."""
    starts_at = timezone.now() + timedelta(minutes=60 + minutes)
    game = place.game(starts_at=starts_at, reminder_minutes=(60,), **fields)
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    return game


def open_all() -> int:
    """Open all that are near: they are opened no faster than they are needed."""
    opened = 0
    while found := open_channels_ahead():
        opened += found
    return opened


def asked(place: Place) -> list[tuple[int, int]]:
    """Return the status of each opening, and for whom it was. The log has earlier tests' too."""
    people = set(User.objects.values_list("discord_id", flat=True))
    log = [
        (entry["status"], int(entry["body"]["recipient_id"]))
        for entry in place.discord.requests(route=OPEN)
    ]
    return [one for one in log if one[1] in people]


def opened_for(place: Place) -> list[int]:
    return [person for _status, person in asked(place)]


def ids(*members: Member) -> list[int]:
    return [member.user.discord_id or 0 for member in members]


def remind_now(game: Game) -> None:
    now = timezone.now()
    remind_all([DueReminder(game, 60, now + timedelta(minutes=10))], now)
    send_due()


def test_a_first_reminder_finds_its_channel_open_and_the_opening_says_nothing(
    place: Place,
) -> None:
    ada = place.member("ada", direct_messages=ALWAYS)
    game = near_game(place, ada)

    assert open_channels_ahead() == 1

    ada.user.refresh_from_db()
    assert ada.user.dm_channel_id
    assert place.discord.messages(ada.user.dm_channel_id) == []
    remind_now(game)
    (message,) = place.dms(ada)
    assert int(message["channel_id"]) == ada.user.dm_channel_id
    assert opened_for(place) == ids(ada), "once"


def test_those_who_will_be_reminded_directly_have_theirs_opened_and_nobody_else(
    place: Place,
) -> None:
    ada, ben = place.member("ada", direct_messages=ALWAYS), place.member("ben")
    cleo = place.member("cleo", reminder_minutes=[90])
    fay = place.member("fay", reminder_minutes=[90], direct_messages=DirectMessages.NEVER)
    dan = place.member("dan", direct_messages=ALWAYS, dm_channel_id=4711)
    eve = place.member("eve", direct_messages=ALWAYS)
    far = place.member("far", direct_messages=ALWAYS)
    near_game(place, ada, ben, dan, eve, max_players=3)
    near_game(place, cleo, fay, minutes=40)
    near_game(place, far, minutes=70)

    assert open_all() == 2

    assert sorted(opened_for(place)) == sorted(ids(ada, cleo)), "eve waits for a seat"


def test_a_server_that_reminds_directly_has_them_opened_for_all(place: Place) -> None:
    Guild.objects.filter(id=place.guild.id).update(remind_by_dm=True)
    ada, ben = place.member("ada"), place.member("ben", direct_messages=DirectMessages.NEVER)
    near_game(place, ada, ben)
    open_all()
    assert sorted(opened_for(place)) == sorted(ids(place.host, ada))


def test_nothing_is_opened_for_the_cancelled_the_closed_and_those_who_left(place: Place) -> None:
    ada, ben, cleo, dan = (
        place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben", "cleo", "dan")
    )
    game = near_game(place, ada)
    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    near_game(place, ben, cleo)
    User.objects.filter(id=ben.user_id).update(dm_blocked_until=timezone.now() + timedelta(days=1))
    lose_member(guild_id=place.guild.id, discord_id=cleo.user.discord_id or 0)
    assert open_all() == 0

    near_game(place, dan)
    Guild.objects.filter(id=place.guild.id).update(left_at=timezone.now())
    assert open_all() == 0
    assert opened_for(place) == []


def test_a_game_is_looked_at_again_only_after_it_has_changed(
    place: Place, django_assert_num_queries: Any
) -> None:
    ada, ben = (place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben"))
    game = near_game(place, ada)
    open_all()
    with django_assert_num_queries(6):
        assert open_channels_ahead() == 0

    join_game(game_id=game.id, member=ben, via=Via.BOT)

    assert open_channels_ahead() == 1
    assert opened_for(place) == ids(ada, ben)


@pytest.mark.parametrize("games", [1, 30])
def test_a_look_at_many_games_costs_no_more_queries(
    place: Place, django_assert_num_queries: Any, games: int
) -> None:
    ada = place.member("ada", direct_messages=ALWAYS, dm_channel_id=4711)
    for _ in range(games):
        near_game(place, ada)
    with django_assert_num_queries(13):
        assert open_channels_ahead() == 0
    assert not Timer.objects.filter(kind="remind", opened_revision=None).exists()


def test_too_fast_stops_all_openings_and_the_reminder_opens_its_own(place: Place) -> None:
    ada, ben = (place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben"))
    game = near_game(place, ada, ben, minutes=1)
    place.discord.fault(OPEN, "status", status=403, code=40003, times=1)

    assert open_channels_ahead() == 0
    assert open_channels_ahead() == 0

    assert len(opened_for(place)) == 1
    remind_now(game)
    assert len(place.dms(ada)) == len(place.dms(ben)) == 1


def test_too_fast_for_a_message_stops_openings_too(place: Place) -> None:
    ada, ben = (place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben"))
    place.discord.fault(OPEN, "status", status=403, code=40003, times=1)
    remind_now(near_game(place, ada))
    near_game(place, ben)
    assert open_channels_ahead() == 0
    assert opened_for(place) == ids(ada)


def test_one_who_is_refused_stops_nobody_and_is_not_asked_again(place: Place) -> None:
    ada, ben = (place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben"))
    near_game(place, ada, ben, minutes=1)
    place.discord.fault(OPEN, "status", status=400, code=50033, times=1)
    assert open_channels_ahead() == 1

    near_game(place, ada, ben, minutes=1)

    assert open_channels_ahead() == 0
    assert opened_for(place) == ids(ada, ben)
    ada.user.refresh_from_db()
    assert ada.user.dm_blocked_until is None, (
        "the message itself finds that out, and its host hears"
    )


def test_an_opening_without_an_answer_holds_nobody_up_and_is_tried_again(place: Place) -> None:
    ada, ben = (place.member(name, direct_messages=ALWAYS) for name in ("ada", "ben"))
    near_game(place, ada, ben, minutes=30)
    place.discord.fault(OPEN, "status", status=502, times=1)
    assert open_channels_ahead() == 1
    assert open_channels_ahead() == 1
    assert opened_for(place) == ids(ada, ben, ada)


def test_while_redis_is_away_nothing_is_opened_ahead(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    near_game(place, place.member("ada", direct_messages=ALWAYS))

    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(cache, "get", away)
        assert open_channels_ahead() == 0
    assert open_channels_ahead() == 1


def test_who_is_deleted_takes_the_channel_along(place: Place) -> None:
    ada = place.member("ada", direct_messages=ALWAYS)
    near_game(place, ada)
    open_all()
    ada.user.refresh_from_db()
    assert data_of(ada.user)["person"]["dm_channel_id"] == ada.user.dm_channel_id
    delete_person(user=ada.user)
    assert not User.objects.filter(dm_channel_id__isnull=False).exists()


def test_discord_s_limit_keeps_a_place_for_a_message(place: Place) -> None:
    members = [place.member(f"p{n}", direct_messages=ALWAYS) for n in range(4)]
    near_game(place, *members, minutes=1)
    place.discord.limits(**{"dm.open": {"limit": 3, "per": 60}})
    assert open_all() == 2
    assert [status for status, _person in asked(place)] == [200, 200]


def test_a_message_that_waits_for_the_morning_finds_its_channel_open(place: Place) -> None:
    ada = place.member("ada", direct_messages=ALWAYS)
    local = datetime.now(ZoneInfo("UTC"))
    quiet = {
        "timezone": "UTC",
        "quiet_from": (local - timedelta(hours=1)).time(),
        "quiet_until": (local + timedelta(minutes=20)).time(),
    }
    User.objects.filter(id=ada.user_id).update(**quiet)
    game = place.game(starts_at=timezone.now() + timedelta(hours=20))
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    remind_now(game)
    assert place.dms(ada) == []

    assert open_channels_ahead() == 1

    assert opened_for(place) == ids(ada)


def at(now: datetime, *seconds: float) -> Sequence[datetime]:
    return [now + MARGIN + timedelta(seconds=one) for one in seconds]


def test_channels_are_opened_no_faster_than_they_are_needed() -> None:
    now = timezone.now()
    assert share([], now) == 0
    assert share(at(now, 3000), now) == 1
    assert share(at(now, *[3000] * 200), now) == 1
    assert share(at(now, *[100] * 200), now) == 10
    assert share(at(now, *[5] * 4, *[3000] * 50), now) == 4
    assert share(at(now, *[-30] * 100), now) == MOST
