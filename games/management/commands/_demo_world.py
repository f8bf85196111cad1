"""The demo's server, and one game of it with what people do to that game."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from games.enums import Via
from games.models import Game, Template
from games.new_game import NewGame
from games.services.cancellation import cancel_game
from games.services.change import find_done
from games.services.demo import age_game, play_game
from games.services.game import create_game
from games.services.game_archive import archive_game
from games.services.game_edit import edit_game
from games.services.roster.host import add_placeholder, add_player
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.models import Channel, Guild, Member, Role


@dataclass(frozen=True)
class World:
    """The demo's server: its members by username, its channels and roles by name."""

    guild: Guild
    members: Mapping[str, Member]
    channels: Mapping[str, Channel]
    roles: Mapping[str, Role]
    now: datetime

    def at(self, days: int, clock: str, zone: str = "") -> datetime:
        """Return that time so many days from today, in `zone`, else in the server's zone."""
        there = ZoneInfo(zone or self.guild.timezone)
        day = self.now.astimezone(there).date() + timedelta(days=days)
        return datetime.combine(day, time.fromisoformat(clock), there)

    def after(self, minutes: int) -> datetime:
        """Return the time so many whole minutes from now."""
        return self.now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)

    def key(self, name: str) -> str:
        return f"demo:{self.guild.id}:{name}"

    def find(self, name: str) -> "Table | None":
        """Return the demo's game of that name, if it is made."""
        done = find_done(self.key(name))
        return Table(self, done.game) if done else None


class Table:
    """One game of the demo. Its methods do what people do to it, in the order they are called."""

    def __init__(self, world: World, game: Game) -> None:
        self.world = world
        self.id = game.id
        self.status = game.status
        self._host = next(m for m in world.members.values() if m.user_id == game.host_id)
        self._slots = {slot.name: slot.id for slot in game.slots.all()}

    @property
    def _at_guild(self) -> dict[str, int]:
        return {"guild_id": self.world.guild.id, "game_id": self.id}

    def join(self, *people: str, slot: str = "") -> None:
        for person in people:
            member, slot_id = self.world.members[person], self._slots.get(slot)
            join_game(game_id=self.id, member=member, via=Via.BOT, slot_id=slot_id)

    def maybe(self, person: str) -> None:
        answer_maybe(game_id=self.id, member=self.world.members[person], via=Via.BOT)

    def cannot(self, person: str) -> None:
        decline_game(game_id=self.id, member=self.world.members[person], via=Via.BOT)

    def add(self, person: str) -> None:
        added = self.world.members[person]
        add_player(game_id=self.id, member=self._host, person=added, via=Via.WEB)

    def add_guest(self, name: str) -> None:
        add_placeholder(game_id=self.id, member=self._host, name=name, via=Via.WEB)

    def edit(self, **values: Any) -> None:
        edit_game(game_id=self.id, member=self._host, values=values, via=Via.WEB)

    def cancel(self, reason: str) -> None:
        cancel_game(game_id=self.id, member=self._host, via=Via.BOT, reason=reason)

    def later(self, **span: int) -> None:
        """Let time pass before the next step: date all that has happened back by that span."""
        age_game(**self._at_guild, by=timedelta(**span))

    def play(self, starts_at: datetime) -> None:
        play_game(**self._at_guild, starts_at=starts_at)

    def archive(self) -> None:
        archive_game(Game.objects.select_for_update().get(id=self.id))


def plan(
    world: World, name: str, host: str, channel: str, starts_at: datetime, **fields: Any
) -> Table:
    """Let `host` announce a game, in their own time zone."""
    member = world.members[host]
    new = NewGame(
        channel_id=world.channels[channel].id,
        starts_at=starts_at,
        timezone=member.user.timezone or world.guild.timezone,
        **fields,
    )
    key = world.key(name)
    return Table(world, create_game(host=member, new=new, via=Via.BOT, request_key=key))


def template_of(world: World, name: str) -> int:
    return Template.objects.get(guild=world.guild, name=name).id
