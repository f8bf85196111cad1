"""Upper limits for the queries of every address and task, whatever the amount of data.

Commands and buttons are in tests/discordbot/test_query_counts.py.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game
from games.services.roster.signup import join_game
from games.services.series.changes import repeat_game
from games.services.template import save_template
from gamesched.celery import app
from guilds.enums import Permission
from guilds.models import Member, Role
from guilds.services.feed import make_feed
from guilds.typed_values import read_repeat
from notifications import nudges
from notifications.beat import SCHEDULE
from notifications.enums import Target
from notifications.models import Announcement, Delivery
from tests.factories import make_channel, make_game, make_guild, make_member, make_user, snowflake
from tests.gamesched.addresses import addresses

FEW, MANY = 2, 20
# Queries of a GET of each address, including two for session and user. Addresses not listed show
# no page and make only these two, so a new page must be listed.
NO_PAGE = 2
PAGES = {
    "help": 3,
    "help-players": 3,
    "help-hosts": 3,
    "help-admins": 3,
    "help-deploying": 3,
    "help-operating": 3,
    "help-scaling": 3,
    "help-contributing": 3,
    "privacy": 3,
    "settings": 5,
    "my-data": 13,
    "delete-me": 3,
    "guild-settings": 7,
    "guild-settings?edit=server": 7,
    "channel-settings": 8,
    "my-games": 5,
    "my-games?show=past": 5,
    "guild": 8,
    "guild?view=month": 7,
    "guild?q=game": 8,
    "game": 8,
    "game-history": 6,
    "game-roster": 6,
    "game-roster-people": 5,
    "game-ics": 6,
    "feed": 8,
    "guild-feed": 8,
    "game-new": 8,
    "when-preview": 3,
    "game-clone": 10,
    "game-edit": 10,
    "game-cancel": 5,
    "repeat-preview": 3,
    "game-repeat": 5,
    "template-list": 5,
    "template-new": 8,
    "template-edit": 9,
    "template-delete": 5,
    "image": 4,
    "landing": 3,
    "security-txt": 3,
    "game-deliveries": 9,
    "games-import": 8,
    "games-csv": 9,
    "rosters-csv": 8,
    "games-ics": 9,
}
# Tested elsewhere, since their queries depend on Discord or on running processes.
ELSEWHERE = {"discord_login", "discord_callback", "readyz", "metrics"}
# Queries of each task when nothing is due, including beginnings and ends of transactions.
TASKS = {
    nudges.LOOKOUT: 1,
    nudges.REMINDERS: 3,
    nudges.TIMERS: 3,
    nudges.DELIVERIES: 5,
    nudges.ANNOUNCEMENTS: 4,
    nudges.ROLL_CALL: 2,
    nudges.CHANNELS: 6,
    nudges.TICK: 0,
    nudges.FORGET: 12,
    nudges.SERIES: 1,
}


def make_owner() -> Member:
    return make_member(make_guild(), permissions=int(Permission.ADMINISTRATOR))


def fill(owner: Member, count: int) -> dict[str, Any]:
    """Make `count` of everything a page may list; returns ids for the addresses' parameters."""
    guild, now = owner.guild, timezone.now()
    host = make_member(guild)
    channels = [make_channel(guild, f"channel-{n}") for n in range(count)]
    Role.objects.bulk_create(
        Role(id=snowflake(), guild=guild, name=f"role {n}", position=n) for n in range(count)
    )
    templates = [save_template(member=owner, values={"name": f"T{n}"}) for n in range(count)]
    games = [
        make_game(
            host if n else owner, channel, title=f"Game {n}", starts_at=now + timedelta(days=n + 1)
        )
        for n, channel in enumerate(channels)
    ]
    game = games[0]
    first = game.starts_at.astimezone(ZoneInfo(game.timezone)).date()
    weekly = str(read_repeat("weekly", first=first))
    repeat_game(game_id=game.id, member=owner, rule=weekly, via=Via.WEB)
    for n in range(count):
        person = make_member(guild, make_user(f"Person {n}"))
        join_game(game_id=game.id, member=person, via=Via.BOT)
        join_game(game_id=games[n].id, member=owner, via=Via.BOT)
        make_member(make_guild(), owner.user)
        delivery = Delivery.objects.create(
            guild_id=guild.id,
            game=game,
            notice="removed",
            target=Target.USER,
            target_id=person.user.discord_id or 0,
            dedupe_key=f"{owner.pk}:{n}",
            due_at=now + timedelta(days=1),
            expires_at=now + timedelta(days=2),
        )
    over = [game.id for game in games[count // 2 :]]
    Game.objects.filter(id__in=over).update(status=Status.COMPLETED)
    tokens = [make_feed(user=owner.user, guild=one) for one in (None, guild)]
    return {
        "guild_id": guild.id,
        "game_id": game.id,
        "channel_id": channels[0].id,
        "template_id": templates[0].id,
        "delivery_id": delivery.id,
        "image_id": "00000000-0000-4000-8000-000000000000",
        "token": "x" * 43,
        "feed": tokens[0],
        "guild-feed": tokens[1],
    }


@pytest.mark.django_db
def test_addresses_ask_what_is_written_here_however_much_there_is(client: Client) -> None:
    counts: dict[int, dict[str, int]] = {}
    for size in (FEW, MANY):
        owner = make_owner()
        ids = fill(owner, size)
        client.force_login(owner.user)
        counts[size] = {
            name: count_queries(partial(get, client, path)) for name, path in asked(ids).items()
        }

    assert counts[FEW] == counts[MANY]
    most = {name: PAGES.get(name, NO_PAGE) for name in counts[MANY]}
    assert {name: n for name, n in counts[MANY].items() if n > most[name]} == {}
    assert set(PAGES) <= set(counts[MANY])
    assert max(number for name, number in PAGES.items() if name != "my-data") <= 10


def asked(ids: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses by name, some of them also with a query string."""
    paths = {name: path for name, path in addresses(ids).items() if name not in ELSEWHERE}
    paths |= {name: reverse(name, args=[ids[name]]) for name in ("feed", "guild-feed")}
    queries = [name.partition("?") for name in PAGES if "?" in name]
    return paths | {f"{name}?{query}": f"{paths[name]}?{query}" for name, _, query in queries}


def get(client: Client, path: str) -> None:
    response: Any = client.get(path)
    assert response.status_code in {200, 302, 404, 405}, path
    assert b"".join(response) is not None


def count_queries(act: Callable[[], Any]) -> int:
    """Count the queries of the second call of `act`; the first may fill caches or note a visit."""
    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_every_task_of_beat_is_written_here() -> None:
    assert set(TASKS) == {task for _name, task, _seconds in SCHEDULE}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [FEW, MANY])
def test_tasks_with_nothing_due_ask_what_is_written_here(size: int) -> None:
    fill(make_owner(), size)
    Announcement.objects.update(render_at=None)
    app.loader.import_default_modules()
    for name, most in TASKS.items():
        assert count_queries(app.tasks[name]) <= most, name
