"""A person's own rules: reminder times, none at all, quiet hours, closed direct messages."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_archive import archive_game
from games.services.game_edit import edit_game
from games.services.roster.host import add_player
from games.services.roster.signup import decline_game, join_game
from guilds.models import Member
from guilds.services.person import configure_person
from notifications.enums import State
from notifications.models import Delivery
from notifications.outbox.sender import send_due
from notifications.rules import quiet_end
from notifications.timers import claims as timer_claims
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_game, make_member
from tests.notifications.place import Place
from tests.racing import racing


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


def fire(game: Game, *kinds: str) -> None:
    game.timers.filter(kind__in=kinds, state="pending").update(due_at=timezone.now())
    dispatch_due()
    send_due()


def own(game: Game) -> list[int]:
    rows = game.timers.filter(kind="remind_own", schedule_version=game.schedule_version)
    return sorted(rows.values_list("minutes_before", flat=True))


def mentioned(place: Place) -> set[str]:
    return {u["id"] for message in place.messages() for u in message["mentions"]}


def test_own_times_come_by_dm_in_place_of_the_game_s(place: Place) -> None:
    game = place.game(reminder_minutes=(60,))
    ada = place.member("ada", reminder_minutes=[30, 10])
    ben = place.member("ben", reminder_minutes=[])
    cem = place.member("cem")
    for member in (ada, ben, cem):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    assert own(game) == [10, 30]
    fire(game, "remind")
    assert mentioned(place) == {str(cem.user.discord_id), str(place.host.user.discord_id)}
    fire(game, "remind_own")
    fire(game, "remind_own")
    assert [len(place.dms(one)) for one in (ada, ben, cem)] == [2, 0, 0]


def test_own_times_follow_a_new_start_and_only_players_are_reminded(place: Place) -> None:
    game = place.game(max_players=1, reminder_minutes=())
    ada = place.member("ada", reminder_minutes=[20])
    ben = place.member("ben", reminder_minutes=[20])
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    later = game.starts_at + timedelta(hours=1)
    edit_game(game_id=game.id, member=place.host, values={"starts_at": later}, via=Via.WEB)
    game.refresh_from_db()
    assert own(game) == [20]
    Delivery.objects.all().delete()
    fire(game, "remind_own")
    assert len(place.dms(ada)) == 1
    assert not place.dms(ben), "waits, and does not play"


def test_times_chosen_later_hold_for_games_joined_before(place: Place) -> None:
    game = place.game()
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    other = place.game()
    configure_person(user=ada.user, values={"reminder_minutes": [45]})
    assert own(game) == [45]
    assert own(other) == []
    configure_person(user=ada.user, values={"reminder_minutes": []})
    fire(game, "remind_own")
    assert not place.dms(ada)


@pytest.mark.django_db(transaction=True)
def test_times_chosen_while_a_game_is_moved_hold_for_its_new_start() -> None:
    game = make_game(reminder_minutes=())
    host = Member.objects.select_related("guild", "user").get(user=game.host)
    ada = make_member(game.guild)
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    later = game.starts_at + timedelta(hours=1)

    with racing() as race:
        edit_game(game_id=game.id, member=host, values={"starts_at": later}, via=Via.WEB)
        race.begin(lambda: configure_person(user=ada.user, values={"reminder_minutes": [45]}))

    race.results()
    game.refresh_from_db()
    assert own(game) == [45]


def test_those_the_host_adds_keep_their_own_times(place: Place) -> None:
    game = place.game()
    ada = place.member("ada", reminder_minutes=[25])
    add_player(game_id=game.id, member=place.host, person=ada, via=Via.WEB)
    assert own(game) == [25]


def test_own_times_with_dms_unwanted_are_mentions(place: Place) -> None:
    game = place.game(reminder_minutes=())
    ada = place.member("ada", reminder_minutes=[25], direct_messages="never")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    place.guild.mention_unreachable = False
    place.guild.save()
    fire(game, "remind_own")
    send_due()
    assert mentioned(place) == {str(ada.user.discord_id)}


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("moment", "hours", "zone", "end"),
    [
        ("2026-11-20T23:30", (22, 7), "UTC", "2026-11-21T07:00"),
        ("2026-11-20T03:00", (22, 7), "UTC", "2026-11-20T07:00"),
        ("2026-11-20T07:00", (22, 7), "UTC", None),
        ("2026-11-20T21:59", (22, 7), "UTC", None),
        ("2026-11-20T12:30", (12, 14), "UTC", "2026-11-20T14:00"),
        ("2026-11-20T21:30", (22, 7), BERLIN, "2026-11-21T06:00"),
        # Clocks change during the night: to winter time, and to summer time across the end itself.
        ("2026-10-24T22:00", (22, 7), BERLIN, "2026-10-25T06:00"),
        ("2026-03-28T22:00", (22, 7), BERLIN, "2026-03-29T05:00"),
        ("2026-03-29T00:30", (22, 2), BERLIN, "2026-03-29T01:00"),
    ],
)
def test_quiet_hours_end_in_the_person_s_zone(
    moment: str, hours: tuple[int, int], zone: str, end: str | None
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    found = quiet_end(at, zone, time(hours[0]), time(hours[1]))
    assert found == (end and datetime.fromisoformat(end).replace(tzinfo=UTC))
    assert quiet_end(at, zone, None, None) is None


def quiet_now(place: Place, *, until: timedelta, name: str = "ada", **fields: Any) -> Member:
    """Make a person within their quiet hours, which end `until` from now, in UTC."""
    now = datetime.now(UTC)
    return place.member(
        name,
        timezone="UTC",
        quiet_from=(now - timedelta(minutes=30)).time(),
        quiet_until=(now + until).time(),
        **fields,
    )


def test_quiet_hours_move_a_message_to_their_end(place: Place) -> None:
    game = place.game(max_players=1)
    first, ada = place.member("first"), quiet_now(place, until=timedelta(hours=2))
    for member in (first, ada):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    decline_game(game_id=game.id, member=first, via=Via.BOT)
    send_due()
    row = game.deliveries.get()
    assert not place.dms(ada)
    assert (row.state, row.attempts, row.first_attempt_at) == (State.PENDING, 0, None)
    wait = row.due_at - timezone.now()
    assert timedelta(minutes=118) < wait < timedelta(minutes=121)
    assert send_due() == 0
    ada.user.quiet_from = ada.user.quiet_until = None
    ada.user.save()
    Delivery.objects.update(due_at=timezone.now())
    send_due()
    assert len(place.dms(ada)) == 1


def test_what_quiet_hours_make_late_is_dropped_but_a_cancellation_is_not(place: Place) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(hours=1), reminder_minutes=(30,))
    ada = quiet_now(place, until=timedelta(hours=2), reminder_minutes=[30])
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    fire(game, "remind_own")
    reminder = game.deliveries.get()
    assert (reminder.state, bool(reminder.last_error)) == (State.EXPIRED, True)
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB)
    send_due()
    told = game.deliveries.get(notice="cancelled")
    assert told.state == State.PENDING
    assert told.expires_at > told.due_at > timezone.now() + timedelta(hours=1)
    assert not place.dms(ada)
    game.refresh_from_db()
    archive_game(game)
    ada.user.quiet_from = ada.user.quiet_until = None
    ada.user.save()
    Delivery.objects.filter(id=told.id).update(due_at=timezone.now())
    send_due()
    assert len(place.dms(ada)) == 1, "archived meanwhile, it is cancelled all the same"


def test_quiet_reminder_is_moved_when_the_game_starts_later(place: Place) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(hours=5), reminder_minutes=())
    ada = quiet_now(place, until=timedelta(hours=2), reminder_minutes=[240])
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    fire(game, "remind_own")
    row = game.deliveries.get()
    assert row.state == State.PENDING
    assert row.due_at < row.expires_at <= game.starts_at


def test_quiet_hours_touch_no_channel(place: Place) -> None:
    game = place.game(reminder_minutes=(60,))
    ada = quiet_now(place, until=timedelta(hours=2))
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    fire(game, "remind")
    assert str(ada.user.discord_id) in mentioned(place)


def test_closed_dms_are_told_to_the_host_once(place: Place) -> None:
    game = place.game()
    closed = [place.member(name, dms_open=False) for name in ("ben", "cem")]
    for member in closed:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    later = game.starts_at + timedelta(hours=1)
    edit_game(game_id=game.id, member=place.host, values={"starts_at": later}, via=Via.WEB)
    send_due()
    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    send_due()
    (message,) = place.dms(place.host)
    assert "ben" in message["content"]
    assert "cem" in message["content"]
    assert len(place.messages()) == 2, "each is mentioned once instead"


def test_server_may_want_no_mentions_in_place_of_dms(place: Place) -> None:
    place.guild.mention_unreachable = False
    place.guild.save()
    game = place.game()
    join_game(game_id=game.id, member=place.member("ben", dms_open=False), via=Via.BOT)
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB)
    send_due()
    send_due()
    assert not place.messages()


def test_host_with_closed_dms_is_not_told_of_themself(place: Place) -> None:
    game = place.game(min_players=3)
    place.discord.patch_user(place.host.user.discord_id or 0, dms_open=False)
    fire(game, "decide")
    send_due()
    assert not Delivery.objects.filter(notice="unreachable").exists()
    (message,) = place.messages()
    assert f"g:{game.id}:run" in str(message["components"])


def test_messages_older_than_a_day_are_dropped(place: Place) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(days=9))
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB)
    row = game.deliveries.get()
    assert row.expires_at - row.due_at == timedelta(hours=24)
    day = timedelta(hours=25)
    Delivery.objects.update(due_at=row.due_at - day, expires_at=row.expires_at - day)
    send_due()
    row.refresh_from_db()
    assert row.state == State.EXPIRED
    assert not place.dms(ada)
