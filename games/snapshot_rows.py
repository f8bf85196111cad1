"""Snapshots of games, read by hand: every click that carries an announcement reads one.

One round trip for any number of games (`bench/README.md`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from games.models import Game
from games.rules import Entry, seat_game
from games.snapshots import GameSnapshot, PersonSnapshot, SlotSnapshot
from guilds.models import Member, User, name_of_user
from postgres.rows import Rows, rows_of

# A game is read before its people. So a snapshot may know of a sign-up that its revision does not
# count yet, but never lacks one that it counts: announcements are marked by the revision.
_GAMES = """
select {columns}, game.image_id, host.discord_id, host.username, host.display_name, host.avatar,
    member.nick, member.avatar
from games_game game
join guilds_guild guild on guild.id = game.guild_id
join guilds_channel channel on channel.id = game.channel_id
join guilds_user host on host.id = game.host_id
left join guilds_member member
    on member.guild_id = game.guild_id and member.user_id = game.host_id
where game.id = any(%(games)s::bigint[])"""
_PEOPLE = """
select participant.game_id, participant.user_id, participant.name, {columns},
    person.discord_id, person.username, person.display_name, person.avatar,
    member.nick, member.avatar
from games_participant participant
join games_game game on game.id = participant.game_id
left join guilds_user person on person.id = participant.user_id
left join guilds_member member
    on member.guild_id = game.guild_id and member.user_id = participant.user_id
where participant.game_id = any(%(games)s::bigint[])"""
_SLOTS = """
select game_id, id, name, emoji, capacity from games_slot
where game_id = any(%(games)s::bigint[]) order by position, id"""
_ENTRY_ENDS = 3 + len(Entry._fields)


class Face(NamedTuple):
    """What a user is called and looks like; `nick` and `guild_avatar` on the server, if any."""

    discord_id: int | None
    username: str
    display_name: str
    avatar: str
    nick: str | None = None
    guild_avatar: str | None = None

    @classmethod
    def of(cls, user: User, member: Member | None) -> "Face":
        face = cls(user.discord_id, user.username, user.display_name, user.avatar)
        return face._replace(nick=member.nick, guild_avatar=member.avatar) if member else face

    @property
    def name(self) -> str:
        return self.nick or name_of_user(self.username, self.display_name)

    def avatar_url(self, guild_id: int) -> str:
        """Return the avatar on the server, else the user's, else Discord's default one.

        https://discord.com/developers/docs/reference#image-formatting
        """
        cdn, id_ = settings.DISCORD_CDN_URL, self.discord_id or 0
        if self.guild_avatar:
            return f"{cdn}/guilds/{guild_id}/users/{id_}/avatars/{self.guild_avatar}.png?size=64"
        if self.avatar:
            return f"{cdn}/avatars/{id_}/{self.avatar}.png?size=64"
        return f"{cdn}/embed/avatars/{(id_ >> 22) % 6}.png"


# Fields of a snapshot that are no columns of the game, and where they are.
_AROUND = {
    "host_user_id": "game.host_id",
    "guild_name": "guild.name",
    "guild_locale": "guild.locale",
    "guild_timezone": "guild.timezone",
    "channel_name": "channel.name",
}


@cache
def _columns() -> tuple[str, ...]:
    """The columns of a game that its snapshot has under the same name."""
    columns = {field.attname for field in Game._meta.concrete_fields}
    return tuple(field.name for field in fields(GameSnapshot) if field.name in columns)


@cache
def _statements() -> tuple[str, ...]:
    of_game = ", ".join((*(f"game.{name}" for name in _columns()), *_AROUND.values()))
    of_entry = ", ".join(f"participant.{name}" for name in Entry._fields)
    return _GAMES.format(columns=of_game), _PEOPLE.format(columns=of_entry), _SLOTS


def read_snapshots(game_ids: Collection[int]) -> dict[int, GameSnapshot]:
    """Return the snapshots of those of the games that exist, by their ids."""
    parameters = {"games": list(game_ids)}
    games, people, slots = rows_of(*((sql, parameters) for sql in _statements()))
    people_of, slots_of = _by_game(people), _by_game(slots)
    return {
        game.id: _with_roster(game, people_of[game.id], slots_of[game.id])
        for game in map(_game, games)
    }


def snapshot_unsaved(game: Game, host: Member) -> GameSnapshot:
    """Return the snapshot of an unsaved game, for previews. Sets the game's id to 0."""
    game.id = 0
    around = {
        "host_user_id": host.user_id,
        "guild_name": game.guild.name,
        "guild_locale": game.guild.locale,
        "guild_timezone": game.guild.timezone,
        "channel_name": game.channel.name,
    }
    own = {name: getattr(game, name) for name in _columns()}
    snapshot = _without_roster(own | around, game.image_id, Face.of(host.user, host))
    slots = game.template.slots if game.template else ()
    return replace(snapshot, slots=tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in slots))


def _by_game(rows: Rows) -> defaultdict[int, Rows]:
    """Group rows by the game's id, with which each begins."""
    found: defaultdict[int, Rows] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _game(row: Sequence[Any]) -> GameSnapshot:
    names = (*_columns(), *_AROUND)
    image_id, *host = row[len(names) :]
    return _without_roster(dict(zip(names, row, strict=False)), image_id, Face._make(host))


def _without_roster(values: dict[str, Any], image_id: UUID | None, host: Face) -> GameSnapshot:
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return GameSnapshot(
        **values,
        host_discord_id=host.discord_id or 0,
        host_name=host.name,
        host_avatar_url=host.avatar_url(values["guild_id"]),
        image_url=f"{settings.SITE_URL}/images/{image_id}/" if image_id else "",
        playing=(),
        waiting=(),
        maybe=(),
        declined=(),
        slots=(),
    )


def _with_roster(game: GameSnapshot, people: Rows, slots: Rows) -> GameSnapshot:
    entries = [Entry._make(row[3:_ENTRY_ENDS]) for row in people]
    seating = seat_game(game, entries, {row[1]: row[4] for row in slots})
    persons = {row[3]: _person(row, game.guild_id) for row in people}
    playing = tuple(persons[id_] for id_ in seating.playing)
    taken = Counter(person.slot_id for person in playing)
    return replace(
        game,
        playing=playing,
        waiting=tuple(persons[id_] for id_ in seating.waiting),
        maybe=tuple(persons[id_] for id_ in seating.maybe),
        declined=tuple(persons[id_] for id_ in seating.declined),
        slots=tuple(
            SlotSnapshot(id_, name, emoji, capacity, taken[id_])
            for _game_id, id_, name, emoji, capacity in slots
        ),
    )


def _person(row: Sequence[Any], guild_id: int) -> PersonSnapshot:
    _game_id, user_id, placeholder, *entry = row[:_ENTRY_ENDS]
    participant_id, slot_id = entry[0], entry[-1]
    if user_id is None:
        return PersonSnapshot(participant_id, placeholder, None, None, slot_id)
    face = Face._make(row[_ENTRY_ENDS:])
    return PersonSnapshot(
        participant_id, face.name, user_id, face.discord_id, slot_id, face.avatar_url(guild_id)
    )
