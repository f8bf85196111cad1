"""Players who left without a word are found out before they are reminded."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from discord_api.client import Client
from games.enums import Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.models import Guild, Member
from notifications.enums import State
from notifications.models import Delivery
from notifications.outbox.sender import send_due
from notifications.timers.roll_call import MOST_OF_A_GUILD, call_roll, players_to_ask
from tests.factories import make_channel, make_guild, make_member
from tests.notifications.place import Place

LOOK = "GET /guilds/{guild_id}/members/{user_id}"


@pytest.fixture(autouse=True)
def nobody_asked_about() -> None:
    cache.clear()


def near_game(place: Place, *members: Member, **fields: object) -> Game:
    """A game with a reminder in ten minutes, of whose players nothing was heard for long."""
    starts_at = timezone.now() + timedelta(minutes=70)
    game = place.game(starts_at=starts_at, reminder_minutes=(60,), **fields)
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    long_ago = timezone.now() - timedelta(days=1)
    Member.objects.filter(id__in=[m.id for m in members]).update(refreshed_at=long_ago)
    return game


def leave(place: Place, member: Member) -> None:
    place.discord.remove_member(place.guild.id, member.user.discord_id or 0)


def tell_host() -> None:
    Delivery.objects.filter(notice="departed").update(due_at=timezone.now())
    send_due()


def playing(game: Game) -> list[str]:
    return [person.name for person in get_snapshot(game.id).playing]


def test_who_left_loses_the_seat_before_the_reminder_and_the_host_is_told(place: Place) -> None:
    ada, ben, cleo = (place.member(name) for name in ("ada", "ben", "cleo"))
    game = near_game(place, ada, ben, cleo, max_players=2)
    leave(place, ada)

    assert call_roll() == 1

    assert playing(game) == ["ben", "cleo"]
    tell_host()
    (message,) = place.dms(place.host)
    assert "No longer on the server" in message["content"]
    assert "\nada\n" in message["content"]
    assert "Moved up from the waitlist: cleo" in message["content"]
    assert len(place.dms(cleo)) == 1


def test_several_who_left_together_are_named_in_one_message(place: Place) -> None:
    members = [place.member(f"p{n}") for n in range(3)]
    near_game(place, *members)
    for member in members:
        leave(place, member)
    assert call_roll() == 3
    changes = Delivery.objects.filter(notice="departed")
    if changes.count() == 1:  # and not over the turn of a minute
        tell_host()
        (message,) = place.dms(place.host)
        assert "p0, p1, p2" in message["content"]


def test_only_players_of_near_games_not_heard_of_lately_are_asked_about(place: Place) -> None:
    ada, ben, cleo, dan = (place.member(name) for name in ("ada", "ben", "cleo", "dan"))
    near_game(place, ada)
    far = place.game(starts_at=timezone.now() + timedelta(days=2), reminder_minutes=(60,))
    over = near_game(place, cleo)
    cancel_game(game_id=over.id, member=place.host, via=Via.BOT)
    join_game(game_id=far.id, member=ben, via=Via.BOT)
    Member.objects.filter(id=ben.id).update(refreshed_at=timezone.now() - timedelta(days=1))
    near_game(place, dan)
    Member.objects.filter(id=dan.id).update(refreshed_at=timezone.now() - timedelta(minutes=20))

    assert [m.id for m in players_to_ask(timezone.now(), limit=20)] == [ada.id]
    assert call_roll() == 0
    assert players_to_ask(timezone.now(), limit=20) == [], "now they were heard of"


def test_a_server_of_many_players_leaves_room_for_others_and_for_clicks(place: Place) -> None:
    members = [place.member(f"p{n}") for n in range(6)]
    near_game(place, *members)
    assert len(players_to_ask(timezone.now(), limit=20)) == MOST_OF_A_GUILD

    seen = len(place.discord.requests(route=LOOK))
    place.discord.limits(**{"member.get": {"limit": 3, "per": 60}})
    for _ in range(3):
        cache.clear()
        call_roll()
    asked = place.discord.requests(route=LOOK)[seen:]
    assert [entry["status"] for entry in asked] == [200, 200], "one is left for a click"


def test_servers_of_which_discord_tells_no_more_for_now_hold_no_other_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [make_guild() for _ in range(6)]
    for guild in full:
        other = Place(place.discord, guild, make_channel(guild), make_member(guild))
        near_game(other, *[make_member(guild) for _ in range(MOST_OF_A_GUILD)])
    Member.objects.update(refreshed_at=timezone.now() - timedelta(days=2))
    ada = place.member("ada")
    game = near_game(place, ada)
    leave(place, ada)
    majors = {str(guild.id) for guild in full}
    monkeypatch.setattr(Client, "has_room_to_spare", lambda _self, route: route.major not in majors)

    assert call_roll() == 1

    assert playing(game) == []


def test_nobody_is_thought_to_have_left_while_discord_does_not_say_so(place: Place) -> None:
    ada = place.member("ada")
    game = near_game(place, ada)
    place.discord.fault(LOOK, status=503)
    assert call_roll() == 0
    assert playing(game) == ["ada"]


def test_a_message_that_finds_no_common_server_frees_the_seat(place: Place) -> None:
    Guild.objects.update(mention_unreachable=True)
    ada = place.member("ada")
    game = place.game()
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    leave(place, ada)
    other = place.game(title="Other")
    join_game(game_id=other.id, member=ada, via=Via.BOT)

    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    send_due()

    row = game.deliveries.get(target_id=ada.user.discord_id or 0)
    assert (row.state, row.error_code) == (State.DEAD, 50278)
    assert playing(other) == []
    tell_host()
    told = [message["content"] for message in place.dms(place.host)]
    assert len(told) == 1
    assert "No longer on the server" in told[0]
    assert not [m for m in place.messages() if m["mentions"]]
