"""`manage.py demo`: games for the sandbox's Demo tavern, made by its people through the services.

Running it again makes what is missing and leaves everything else alone.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from games.enums import Status
from games.management.commands._demo_games import ENDS, GAMES, SLOTS
from games.management.commands._demo_world import World
from games.models import Change
from games.services.template import save_template
from guilds.enums import Archive
from guilds.models import Guild, Member
from guilds.services.login import user_facts
from guilds.services.member import MemberFacts, see_member
from guilds.services.person import configure_person
from guilds.services.settings import configure_channel, configure_guild

SERVER = "Demo tavern"
CHANNELS = {"board-games", "campaigns", "games", "general", "past-games"}
ROLES = {"Moderator", "Regular"}
ZONE = "Europe/Berlin"
ZONES = {
    "aiko": "Asia/Tokyo",
    "elif": "Europe/Istanbul",
    "lucas": "America/Sao_Paulo",
    "noor": "Asia/Dubai",
    "priya": "Europe/London",
    "sam": "America/New_York",
    "tomasz": "Europe/Warsaw",
}
ANSWER_SECONDS = 5
PAUSE_SECONDS = 0.3
ANNOUNCED_SECONDS = 30


class Command(BaseCommand):
    help = "Fill the sandbox's Demo tavern with games. Never touches a real Discord."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="how long to wait for the sandbox and for the bot to have seen its server",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        deadline = time.monotonic() + options["wait"]
        while (found := _find_server()) is None:
            if time.monotonic() > deadline:
                raise CommandError(f"The bot has not seen the {SERVER} yet. Is `make run` running?")
            time.sleep(PAUSE_SECONDS)
        guild, people = found
        made = make_demo(guild, people, _wait_for_announcements)
        self.stdout.write(f"{SERVER}: {made} of {len(GAMES)} games made, the others were there.")


def make_demo(
    guild: Guild, people: list[dict[str, Any]], wait: Callable[[World], None] = lambda world: None
) -> int:
    """Make the games that are missing, and return how many those were.

    `wait` waits for the announcements before some games end, since ended games get none.
    """
    world = _world(guild, people)
    if not Change.objects.filter(request_key__startswith=world.key("")).exists():
        _furnish(world)
        world = _world(guild, people)
    made = sum(_make(world, game) for game in GAMES)
    tables = {name: table for name in ENDS if (table := world.find(name))}
    waiting = [name for name, table in tables.items() if table.status == Status.SCHEDULED]
    if waiting:
        wait(world)
    for name in waiting:
        with transaction.atomic():
            ENDS[name](tables[name])
    return made


@transaction.atomic
def _make(world: World, game: Callable[[World], None]) -> bool:
    """Make the game with its story in one transaction: it is there in full or not at all."""
    Guild.objects.select_for_update(no_key=True).get(id=world.guild.id)  # one demo at a time
    if world.find(game.__name__.replace("_", "-")):
        return False
    game(world)
    return True


def _wait_for_announcements(world: World) -> None:
    """Wait until each game that is to end has its post, `ANNOUNCED_SECONDS` at most."""
    deadline = time.monotonic() + ANNOUNCED_SECONDS
    ids = {f'"g:{table.id}:join"' for name in ENDS if (table := world.find(name))}
    while time.monotonic() < deadline:
        posts = json.dumps(_ask("messages"))
        if all(each in posts for each in ids):
            return
        time.sleep(PAUSE_SECONDS)


def _find_server() -> tuple[Guild, list[dict[str, Any]]] | None:
    """Return the tavern, and its members as the sandbox has them; None until the bot has seen it.

    Raises `CommandError` if Discord is not the sandbox.
    """
    if urlsplit(settings.DISCORD_BASE_URL).hostname not in {"127.0.0.1", "localhost"}:
        raise CommandError("The demo is for the sandbox; this is connected to another Discord.")
    servers = _ask("guilds")
    ids = [int(one["id"]) for one in servers or () if one["name"] == SERVER and one["has_bot"]]
    guild = Guild.objects.filter(id__in=ids, left_at__isnull=True).first()
    if guild is None:
        return None
    return guild, [one for one in _ask(f"guilds/{guild.id}/members") if not one["user"].get("bot")]


def _ask(path: str) -> Any:
    """Ask the sandbox's control interface, which real Discord lacks; None while it is away."""
    url = f"{settings.DISCORD_BASE_URL}/control/{path}"
    try:
        with urlopen(url, timeout=ANSWER_SECONDS) as response:  # noqa: S310 - on this machine
            return json.load(response)
    except (OSError, ValueError):
        return None


def _world(guild: Guild, people: list[dict[str, Any]]) -> World:
    guild.refresh_from_db()
    channels = {channel.name: channel for channel in guild.channels.filter(deleted_at=None)}
    roles = {role.name: role for role in guild.roles.all()}
    if not (channels.keys() >= CHANNELS and roles.keys() >= ROLES):
        raise CommandError(f"This {SERVER} is of another version. `make reset` makes it anew.")
    return World(
        guild=guild,
        members={one["user"]["username"]: _member(guild, one) for one in people},
        channels=channels,
        roles=roles,
        now=timezone.now(),
    )


def _member(guild: Guild, one: dict[str, Any]) -> Member:
    roles = tuple(int(role_id) for role_id in one["roles"])
    return see_member(guild=guild, facts=MemberFacts(user=user_facts(one["user"]), role_ids=roles))


@transaction.atomic
def _furnish(world: World) -> None:
    """Set settings, time zones and templates as the server's owner would."""
    owner = next(m for m in world.members.values() if m.user.discord_id == world.guild.owner_id)
    configure_guild(
        member=owner,
        values={
            "timezone": ZONE,
            "archive": Archive.MOVE,
            "archive_channel_id": world.channels["past-games"].id,
            "archive_after_minutes": 2 * 24 * 60,
            "manager_role_ids": [world.roles["Moderator"].id],
            "default_rules": "Be kind. Tell us early when you cannot come.",
        },
    )
    board = {"game_category": "Board games", "max_players": 4, "reminder_minutes": [24 * 60, 60]}
    channel_id = world.channels["board-games"].id
    configure_channel(member=owner, channel_id=channel_id, values=board)
    configure_channel(
        member=owner, channel_id=world.channels["past-games"].id, values={"is_active": False}
    )
    for name, zone in ZONES.items():
        configure_person(user=world.members[name].user, values={"timezone": zone})
    for values in _templates(world):
        save_template(member=owner, values=values)


def _templates(world: World) -> list[dict[str, Any]]:
    return [
        {
            "name": "Board game night",
            "channel_id": world.channels["board-games"].id,
            "description": "Snacks welcome. We start when everybody has found a chair.",
            "duration_minutes": 180,
            "max_players": 4,
        },
        {
            "name": "Raid",
            "channel_id": world.channels["games"].id,
            "duration_minutes": 150,
            "max_players": 8,
            "category": "Raid",
            "color": 0xE67E22,
            "slots": list(SLOTS),
            "locked_fields": ["slots", "max_players"],
            "notify_role_ids": [world.roles["Regular"].id],
        },
    ]
