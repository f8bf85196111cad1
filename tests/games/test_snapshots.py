"""Snapshots show what the rows say, of many games in one round trip."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.enums import Answer, Origin, Via
from games.models import Game, Image, Participant, Slot
from games.new_game import NewGame, prepare_game
from games.selectors import avatar_url, get_snapshot, snapshots_of
from games.services.roster.signup import join_game
from games.snapshot_rows import snapshot_unsaved
from games.snapshots import GameSnapshot, PersonSnapshot, SlotSnapshot
from guilds.errors import NotFound
from guilds.models import FORMER_MEMBER, Guild, Member, User
from tests.factories import make_channel, make_game, make_guild, make_member, make_user
from tests.racing import racing

pytestmark = pytest.mark.django_db

MOMENT = datetime(2027, 5, 1, 18, 30, tzinfo=UTC)
# A value of each kind of column that no new game has.
COLUMNS: dict[str, Any] = {
    "title": "Dragon's end",
    "description": "Bring *dice*.\nAnd 100 % courage.",
    "location": "Roll20",
    "rules": "No phones",
    "category": "Pen & paper",
    "starts_at": MOMENT,
    "timezone": "America/New_York",
    "duration_minutes": 95,
    "min_players": 2,
    "max_players": 3,
    "reminder_minutes": [120, 15],
    "signup_method": "host_selected_waitlist",
    "signup_closes_at": MOMENT - timedelta(hours=2),
    "notify_role_ids": [2**60, 5],
    "color": 0x3366FF,
    "status": "archived",
    "decision": "asked",
    "archive": "move",
    "archive_channel_id": 2**61,
    "post_at": MOMENT - timedelta(days=9),
    "awaits_host": True,
    "cancel_reason": "Flu; sorry",
    "cancelled_at": MOMENT - timedelta(days=1),
    "revision": 17,
    "schedule_version": 4,
}
LISTS = ("playing", "waiting", "maybe", "declined")


def answer(game: Game, user: User | None, **values: Any) -> Participant:
    """Write the row itself: of these people some could not sign up any more."""
    return Participant.objects.create(
        **{"game": game, "user": user, "joined_at": timezone.now()} | values
    )


def test_every_column_of_a_game_is_shown_as_it_is() -> None:
    guild = make_guild(name="Tavern", locale="fr", timezone="Europe/Paris")
    game = make_game(make_member(guild), make_channel(guild, "the-cellar"))
    image = Image.objects.create(guild=guild, content_type="image/webp", data=b"")
    Game.objects.update(**COLUMNS, image=image)

    shown = vars(get_snapshot(game.id))

    assert {name: shown.pop(name) for name in COLUMNS} == {
        name: tuple(value) if isinstance(value, list) else value for name, value in COLUMNS.items()
    }
    assert shown.pop("image_url").endswith(f"/images/{image.id}/")
    assert [shown.pop(name) for name in (*LISTS, "slots")] == [()] * 5
    assert shown == {
        "id": game.id,
        "guild_id": guild.id,
        "guild_name": "Tavern",
        "guild_locale": "fr",
        "guild_timezone": "Europe/Paris",
        "channel_id": game.channel_id,
        "channel_name": "the-cellar",
        "host_user_id": game.host_id,
        "host_discord_id": game.host.discord_id,
        "host_name": game.host.display_name,
        "host_avatar_url": avatar_url(game.host),
    }


def test_no_value_is_taken_for_another() -> None:
    """The columns above differ, so that none can stand in for another of its kind."""
    values = [repr(value) for value in COLUMNS.values()]
    assert len(set(values)) == len(values)
    assert COLUMNS.keys() < {field.name for field in fields(GameSnapshot)}


def people_of(guild: Guild) -> dict[str, Member]:
    """Members by the name they are to be shown under."""
    plain = make_member(guild, make_user("Plain"))
    nick = make_member(guild, make_user("Not Nick"), nick="Nick", avatar="own")
    pictured = make_member(guild, make_user("Pictured", avatar="a_1"))
    left = make_member(guild, make_user("Left"), nick="Gone", left_at=timezone.now())
    nameless = make_member(guild, make_user())
    User.objects.filter(id=nameless.user_id).update(display_name="")
    nameless.user.refresh_from_db()
    people = {"Plain": plain, "Nick": nick, "Pictured": pictured, "Gone": left}
    return people | {nameless.user.username: nameless}


def test_people_are_shown_as_on_their_server(settings: LazySettings) -> None:
    settings.DISCORD_CDN_URL = "https://cdn.example"
    guild = make_guild()
    game, people = make_game(make_member(guild)), people_of(guild)
    for member in people.values():
        make_member(make_guild(), member.user, nick="Elsewhere", avatar="elsewhere")
        answer(game, member.user)

    playing = get_snapshot(game.id).playing

    ids = {name: member.user.discord_id or 0 for name, member in people.items()}
    default = {
        name: f"https://cdn.example/embed/avatars/{(n >> 22) % 6}.png" for name, n in ids.items()
    }
    pictures = default | {
        "Nick": f"https://cdn.example/guilds/{guild.id}/users/{ids['Nick']}/avatars/own.png?size=64",
        "Pictured": f"https://cdn.example/avatars/{ids['Pictured']}/a_1.png?size=64",
    }
    found = dict(zip([p.user_id for p in playing], playing, strict=True))
    for name, member in people.items():
        row = game.participants.get(user=member.user)
        assert found.pop(member.user_id) == PersonSnapshot(
            participant_id=row.id,
            name=name,
            user_id=member.user_id,
            discord_id=ids[name],
            slot_id=None,
            avatar_url=pictures[name],
        )
    assert not found


def test_who_is_no_member_has_a_name_too() -> None:
    game = make_game()
    stranger = make_user("Stranger")
    make_member(make_guild(), stranger, nick="Elsewhere")
    guest = answer(game, None, name="Mum's friend")
    answer(game, stranger)

    first, second = get_snapshot(game.id).playing

    assert first == PersonSnapshot(guest.id, "Mum's friend", None, None)
    assert (second.name, second.avatar_url) == ("Stranger", avatar_url(stranger))


def test_host_is_shown_as_on_the_server_and_when_deleted() -> None:
    guild = make_guild()
    host = make_member(guild, make_user("Hazel"), nick="The Host", avatar="own")
    make_member(make_guild(), host.user, nick="Elsewhere")
    game = make_game(host)
    shown = get_snapshot(game.id)
    assert (shown.host_name, shown.host_avatar_url) == ("The Host", avatar_url(host.user, host))

    former = User.objects.create(username=FORMER_MEMBER)
    Game.objects.update(host=former)
    shown = get_snapshot(game.id)
    assert (shown.host_name, shown.host_discord_id) == ("Former member", 0)
    assert shown.host_user_id == former.id


def test_slots_count_those_who_play() -> None:
    game = make_game(max_players=3)
    healer = Slot.objects.create(game=game, name="Healer", emoji="💚", capacity=1, position=2)
    tank = Slot.objects.create(game=game, name="Tank", capacity=2, position=1)
    other = Slot.objects.create(game=make_game(), name="Tank", capacity=9)
    rows = [
        answer(game, make_user(), slot=slot) for slot in (healer, healer, tank, None, tank, tank)
    ]

    shown = get_snapshot(game.id)

    assert shown.slots == (
        SlotSnapshot(tank.id, "Tank", "", 2, taken=1),
        SlotSnapshot(healer.id, "Healer", "💚", 1, taken=1),
    )
    seated, waiting = (rows[0], rows[2], rows[3]), (rows[1], rows[4], rows[5])
    assert [p.participant_id for p in shown.playing] == [row.id for row in seated]
    assert [p.participant_id for p in shown.waiting] == [row.id for row in waiting]
    assert [p.slot_id for p in shown.waiting] == [healer.id, tank.id, tank.id]
    assert [slot.taken for slot in get_snapshot(other.game_id).slots] == [0]


def test_lists_hold_each_answer_in_the_order_of_seating() -> None:
    game = make_game(max_players=1)
    now = timezone.now()
    late, early, added, no, maybe = (
        answer(game, make_user(), joined_at=now + timedelta(seconds=seconds), **values)
        for seconds, values in (
            (9, {}),
            (1, {}),
            (20, {"origin": Origin.HOST_ADDED}),
            (2, {"answer": Answer.DECLINED}),
            (3, {"answer": Answer.MAYBE}),
        )
    )
    shown = get_snapshot(game.id)
    ids = {name: [p.participant_id for p in getattr(shown, name)] for name in LISTS}
    assert ids == {
        "playing": [added.id],
        "waiting": [early.id, late.id],
        "maybe": [maybe.id],
        "declined": [no.id],
    }


@pytest.mark.parametrize("count", [1, 30])
def test_any_number_of_games_is_one_round_trip(count: int) -> None:
    host = make_member(make_guild(), nick="Hazel")
    games = [make_game(host if n % 2 else None, title=f"Game {n}") for n in range(count)]
    for n, game in enumerate(games):
        Slot.objects.create(game=game, name=f"Seat {n}", capacity=n + 1)
        answer(game, make_user(f"Person {n}"))
    backwards = [game.id for game in reversed(games)]

    with CaptureQueriesContext(connection) as captured:
        shown = snapshots_of([0, *backwards])

    assert len(captured) == 1
    assert [one.id for one in shown] == backwards
    assert shown == [get_snapshot(game_id) for game_id in backwards]
    assert [(s.title, s.playing[0].name, s.slots[0].name) for s in reversed(shown)] == [
        (f"Game {n}", f"Person {n}", f"Seat {n}") for n in range(count)
    ]


def test_no_games_are_not_asked_for() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert snapshots_of([]) == []
    assert not captured
    with pytest.raises(NotFound):
        get_snapshot(0)


def test_preview_shows_what_the_game_will_show() -> None:
    guild = make_guild(locale="de")
    host = make_member(guild, nick="Hazel", avatar="own")
    channel = make_channel(guild)
    new = NewGame(
        channel_id=channel.id, title="Dungeon", starts_at=MOMENT, timezone="Europe/Berlin",
        notify_role_ids=(5,), reminder_minutes=(60,),
    )  # fmt: skip
    preview = vars(snapshot_unsaved(prepare_game(host=host, new=new), host))
    saved = make_game(
        host, channel, title="Dungeon", starts_at=MOMENT, notify_role_ids=(5,),
        reminder_minutes=(60,),
    )  # fmt: skip
    assert preview | {"id": saved.id, "revision": saved.revision} == vars(get_snapshot(saved.id))


@pytest.mark.django_db(transaction=True)
def test_snapshot_never_lacks_a_sign_up_that_its_revision_counts() -> None:
    """An announcement is marked by the revision, so its game must be read before the people."""
    game = make_game()
    member = make_member(game.guild)
    with racing() as race, connection.cursor() as cursor:
        # Only the game's own row is read with the guild's.
        cursor.execute("lock table guilds_guild in access exclusive mode")
        race.begin(lambda: get_snapshot(game.id))
        join_game(game_id=game.id, member=member, via=Via.BOT)
    (shown,) = race.results()
    assert (shown.revision, len(shown.playing)) == (game.revision + 1, 1)
