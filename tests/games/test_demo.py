"""The demo's games, on a server as `sandbox.world.demo` makes it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from games.enums import Status
from games.management.commands._demo_games import GAMES
from games.management.commands.demo import make_demo
from games.models import Change, Game, Template
from games.selectors import get_snapshot
from games.services.demo import play_game
from guilds.models import Guild
from notifications.models import Announcement, Delivery, Timer
from sandbox.world.demo import CHANNELS, PEOPLE, ROLES
from tests.factories import SPEAKS, make_channel, make_game, make_guild, make_user, snowflake

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[dict[str, Any]]:
    return [
        {
            "user": {"id": str(snowflake()), "username": username, "global_name": name},
            "roles": list(roles),
        }
        for username, name, _locale, roles in PEOPLE
    ]


@pytest.fixture
def tavern(people: list[dict[str, Any]]) -> Guild:
    owner = make_user("Mira", discord_id=int(people[0]["user"]["id"]))
    guild = make_guild(owner, name="Demo tavern")
    for _category, name, _topic in CHANNELS:
        make_channel(guild, name)
    guild.roles.create(id=guild.id, name="@everyone", permissions=SPEAKS)
    roles = {name: guild.roles.create(id=snowflake(), name=name).id for name in ROLES}
    for person in people:
        person["roles"] = [str(roles[name]) for name in person["roles"]]
    return guild


def test_there_is_a_game_in_every_state(tavern: Guild, people: list[dict[str, Any]]) -> None:
    made = make_demo(tavern, people)

    games = list(Game.objects.filter(guild=tavern))
    now = timezone.now()
    assert len(games) == made
    assert {game.status for game in games} == set(Status)
    assert any(game.is_draft(now) for game in games)
    assert any(game.series_id for game in games)
    assert any(game.slots.exists() for game in games)
    assert len({game.host_id for game in games}) >= 6
    assert len({game.timezone for game in games}) >= 4
    snapshots = [get_snapshot(game.id) for game in games if game.status == Status.SCHEDULED]
    assert any(len(one.playing) == one.max_players and one.waiting for one in snapshots)
    assert any(len(one.playing) == one.max_players - 1 for one in snapshots)
    assert any(one.missing_players for one in snapshots)
    assert Template.objects.filter(guild=tavern).count() == 2


@pytest.mark.parametrize(
    "moment", ["2026-03-28 22:50Z", "2026-10-24 23:10Z", "2026-12-31 15:05Z", "2028-02-28 12:59Z"]
)
def test_it_is_made_at_any_hour_and_across_clock_changes(
    tavern: Guild, people: list[dict[str, Any]], moment: str
) -> None:
    with time_machine.travel(moment, tick=True):
        assert make_demo(tavern, people) == len(GAMES)
        now = timezone.now()
    for game in Game.objects.filter(guild=tavern, status=Status.COMPLETED):
        assert game.ends_at < now


def test_again_makes_nothing_and_what_is_missing(
    tavern: Guild, people: list[dict[str, Any]]
) -> None:
    made = make_demo(tavern, people)
    before = Change.objects.count()
    assert make_demo(tavern, people) == 0
    assert Change.objects.count() == before

    Game.objects.get(guild=tavern, title="Catan: Seafarers").delete()
    assert make_demo(tavern, people) == 1
    assert Game.objects.filter(guild=tavern).count() == made


def test_what_happened_lies_in_the_past_and_in_order(
    tavern: Guild, people: list[dict[str, Any]]
) -> None:
    make_demo(tavern, people)

    now = timezone.now()
    for game in Game.objects.filter(guild=tavern):
        changes = list(game.changes.order_by("revision"))
        assert [c.at for c in changes] == sorted(c.at for c in changes), game.title
        assert changes[-1].at <= now
        if game.status in {Status.COMPLETED, Status.ARCHIVED}:
            assert game.ends_at < now
            assert changes[0].at < game.starts_at
        if game.status == Status.SCHEDULED:
            assert game.starts_at > now
        if game.status == Status.IN_PROGRESS:
            assert game.starts_at < now < game.ends_at
    full = Game.objects.get(title="The Sunless Citadel, part two")
    assert full.created_at < now - timedelta(hours=20)


def test_all_but_the_draft_is_announced_and_nothing_old_is_told(
    tavern: Guild, people: list[dict[str, Any]]
) -> None:
    made = make_demo(tavern, people)

    assert Announcement.objects.filter(game__guild=tavern).count() == made - 1
    ended = Game.objects.filter(status__in=[Status.COMPLETED, Status.ARCHIVED])
    assert not Delivery.objects.filter(game__in=ended).exists()
    assert set(Delivery.objects.values_list("notice", flat=True)) >= {"cancelled", "rescheduled"}


def test_somebody_is_reminded_and_a_host_is_asked_within_minutes(
    tavern: Guild, people: list[dict[str, Any]]
) -> None:
    make_demo(tavern, people)

    soon = Timer.objects.filter(due_at__lt=timezone.now() + timedelta(minutes=6))
    current = {t.kind for t in soon if t.schedule_version == t.game.schedule_version}
    assert {"remind", "decide"} <= current


def test_a_server_of_another_version_is_refused(
    tavern: Guild, people: list[dict[str, Any]]
) -> None:
    tavern.channels.filter(name="campaigns").delete()
    with pytest.raises(CommandError, match="make reset"):
        make_demo(tavern, people)
    assert not Game.objects.exists()


def test_a_real_discord_is_never_touched(settings: Any) -> None:
    settings.DISCORD_BASE_URL = "https://discord.com"
    with pytest.raises(CommandError, match="another Discord"):
        call_command("demo")


def test_a_local_address_that_is_no_sandbox_is_not_either(settings: Any) -> None:
    settings.DISCORD_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="make run"):
        call_command("demo", "--wait", "0.1")
    assert not Guild.objects.exists()


def test_a_played_game_keeps_its_distances(tavern: Guild) -> None:
    game = make_game(channel=tavern.channels.first())
    start, closes = game.starts_at, game.starts_at - timedelta(hours=1)
    Game.objects.filter(id=game.id).update(signup_closes_at=closes)
    [created] = game.changes.values_list("at", flat=True)

    played = play_game(guild_id=tavern.id, game_id=game.id, starts_at=start - timedelta(days=9))

    assert played.status == Status.COMPLETED
    assert played.signup_closes_at == closes - timedelta(days=9)
    moments = list(played.changes.order_by("revision").values_list("at", flat=True))
    assert moments == [created - timedelta(days=9), played.starts_at, played.ends_at]
