"""The Demo tavern: a guild to play with when there is none yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sandbox.world.core import Sandbox
from sandbox.world.guilds import create_guild
from sandbox.world.permissions import EVERYONE_DEFAULT, Permission
from sandbox.world.state import CATEGORY, TEXT, Channel, Guild, Member, Role, User

GUILD = "Demo tavern"
# Username, name, language, roles; the first person owns the guild.
PEOPLE = (
    ("mira", "Mira", "en-US", ()),
    ("jonas", "Jonas", "de", ("Game Master", "Regular")),
    ("aiko", "Aiko", "ja", ("Game Master",)),
    ("lucas", "Lucas", "pt-BR", ("Game Master", "Regular")),
    ("zoe", "Zoé", "fr", ("Moderator", "Regular")),
    ("tomasz", "Tomasz", "pl", ("Regular",)),
    ("priya", "Priya", "en-GB", ("Regular",)),
    ("mateo", "Mateo", "es-ES", ("Regular",)),
    ("elif", "Elif", "tr", ()),
    ("noor", "Noor", "en-GB", ()),
    ("freya", "Freya", "sv-SE", ()),
    ("sam", "Sam", "en-US", ()),
)
CLOSED_DMS = "sam"


@dataclass(frozen=True)
class _Kind:
    """A role of the guild: its looks, and its permissions beyond everybody's."""

    color: int
    position: int
    more: Permission | int = 0


ROLES = {
    "Moderator": _Kind(0x9B59B6, 4, Permission.MANAGE_GUILD | Permission.MANAGE_CHANNELS),
    "Game Master": _Kind(0xE67E22, 3, Permission.MANAGE_EVENTS | Permission.MANAGE_MESSAGES),
    "Regular": _Kind(0x2ECC71, 2),
}
# Category, name, topic.
CHANNELS = (
    ("Tables", "games", "Sessions to join"),
    ("Tables", "board-games", "Dice, cards and meeples"),
    ("Tables", "campaigns", "The same faces every week"),
    ("Tables", "past-games", "What we have played"),
    ("", "general", "Everything else"),
)


def create_demo(box: Sandbox) -> None:
    """Make the Demo tavern. The first person owns it; one has closed direct messages."""
    people = {name: _person(box, name, shown, locale) for name, shown, locale, _ in PEOPLE}
    owner = people[PEOPLE[0][0]]
    guild = Guild(id=box.next_id(), name=GUILD, owner_id=owner.id, icon=_picture("tavern"))
    create_guild(box, guild)
    roles = {name: _role(box, guild, name, kind) for name, kind in ROLES.items()}
    for username, _, _, names in PEOPLE[1:]:
        person = people[username]
        box.world.members[guild.id][person.id] = Member(
            guild_id=guild.id, user_id=person.id, roles=[roles[name].id for name in names]
        )
    _channels(box, guild)
    box.changed()


def _person(box: Sandbox, username: str, name: str, locale: str) -> User:
    person = User(
        id=box.next_id(),
        username=username,
        global_name=name,
        avatar=_picture(username),
        locale=locale,
        dms_open=username != CLOSED_DMS,
    )
    box.world.users[person.id] = person
    return person


def _picture(name: str) -> str:
    """Make up an image hash; the sandbox draws initials for any."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _role(box: Sandbox, guild: Guild, name: str, kind: _Kind) -> Role:
    role = Role(
        id=box.next_id(),
        guild_id=guild.id,
        name=name,
        permissions=int(EVERYONE_DEFAULT | kind.more),
        color=kind.color,
        position=kind.position,
        hoist=True,
        mentionable=True,
    )
    box.world.roles[role.id] = role
    return role


def _channels(box: Sandbox, guild: Guild) -> None:
    categories: dict[str, int] = {}
    for position, (category, name, topic) in enumerate(CHANNELS):
        if category and category not in categories:
            parent = _channel(box, guild, CATEGORY, category, position)
            categories[category] = parent.id
        channel = _channel(box, guild, TEXT, name, position)
        channel.topic, channel.parent_id = topic, categories.get(category)


def _channel(box: Sandbox, guild: Guild, kind: int, name: str, position: int) -> Channel:
    channel = Channel(id=box.next_id(), type=kind, guild_id=guild.id, name=name, position=position)
    box.world.channels[channel.id] = channel
    return channel
