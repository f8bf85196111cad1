"""Direct reminders of one moment, to people who were never written to: when the last is sent.

Real processes send to the sandbox, whose log says when each request arrived. The reminders are
planned far enough ahead that the channels of direct messages can be opened before.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING

from bench.database import VAR, set_up_django
from bench.measures.reminders import PER_SECOND
from bench.table import Figure
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack

if TYPE_CHECKING:
    from guilds.models import Channel, User

PEOPLE, A_GAME = 200, 5
MINUTES = 60
AHEAD_SECONDS = 62
PATIENCE_SECONDS = 40
LAST_SECONDS = 4.8
OPENING_TOO_FAST = 40003


def measure() -> list[Figure]:
    with running_stack(VAR / "direct") as stack:
        set_up_django(stack.environment)
        channels, people = _make_place(stack)
        due = float(int(time.time()) + AHEAD_SECONDS)
        _make_games(channels, people, datetime.fromtimestamp(due, UTC))
        time.sleep(max(due - time.time() - 1, 0))
        opened = _count_requests(stack, "POST /users/@me/channels")
        wait_until(lambda: _count_requests(stack, "POST /channels") == PEOPLE, PATIENCE_SECONDS)
        return _figures(stack, due, opened)


def _figures(stack: Stack, due: float, opened: int) -> list[Figure]:
    log = stack.sandbox.requests()
    sent = [entry["at"] - due for entry in log if entry["route"].startswith("POST /channels")]
    refused = sum(entry["status"] == 429 or entry["code"] == OPENING_TOO_FAST for entry in log)
    allowed = PEOPLE / PER_SECOND
    return [
        Figure(
            f"{PEOPLE} direct reminders at once, last one after",
            max(sent),
            "s",
            allowed,
            "Discord's 50 a second",
            most=LAST_SECONDS,
        ),
        Figure("  channels opened before", opened, "", PEOPLE, "people", least=PEOPLE),
        Figure("  refused by Discord: 429, 40003", refused, "", most=0),
    ]


def _count_requests(stack: Stack, route: str) -> int:
    return sum(entry["status"] == 200 for entry in stack.sandbox.requests(route=route))


def _make_place(stack: Stack) -> "tuple[list[Channel], list[User]]":
    """Make a server with people who want direct reminders, and a channel for each game."""
    from guilds.models import Channel  # noqa: PLC0415

    sandbox = stack.sandbox
    guild = int(sandbox.make_guild("Tavern", sandbox.make_user("owner")["id"])["id"])
    ids = [int(sandbox.make_user(f"player-{n}")["id"]) for n in range(PEOPLE)]
    for person in ids:
        sandbox.add_member(guild, person)
    made = [int(sandbox.make_channel(guild, f"games-{n}")["id"]) for n in range(PEOPLE // A_GAME)]
    wait_until(lambda: Channel.objects.filter(id__in=made).count() == len(made), 60)
    return list(Channel.objects.filter(id__in=made)), _make_people(guild, ids)


def _make_people(guild_id: int, ids: Sequence[int]) -> "list[User]":
    from guilds.enums import DirectMessages  # noqa: PLC0415
    from guilds.models import Member, User  # noqa: PLC0415

    always = {"direct_messages": DirectMessages.ALWAYS, "password": "!"}
    people = User.objects.bulk_create(
        [User(discord_id=one, username=f"bench-{one}", **always) for one in ids]
    )
    now = datetime.now(UTC)
    Member.objects.bulk_create(
        [Member(guild_id=guild_id, user=user, refreshed_at=now) for user in people]
    )
    return people


def _make_games(
    channels: "Sequence[Channel]", people: "Sequence[User]", reminded_at: datetime
) -> None:
    """Make a game in each channel, without an announcement. Its host is one of its people, and the
    others play."""
    from games.models import Game, Participant  # noqa: PLC0415
    from notifications.timers.plan import plan_timers  # noqa: PLC0415

    now, tables = datetime.now(UTC), list(batched(people, A_GAME))
    games = Game.objects.bulk_create(
        [
            Game(
                guild_id=channel.guild_id,
                channel=channel,
                host=table[0],
                title="Dungeon night",
                starts_at=reminded_at + timedelta(minutes=MINUTES),
                timezone="Europe/Berlin",
                duration_minutes=180,
                max_players=A_GAME,
                reminder_minutes=[MINUTES],
            )
            for channel, table in zip(channels, tables, strict=True)
        ]
    )
    Participant.objects.bulk_create(
        [
            Participant(game=game, user=user, joined_at=now)
            for game, table in zip(games, tables, strict=True)
            for user in table[1:]
        ]
    )
    for game in games:
        plan_timers(game, now=now)
