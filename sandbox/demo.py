"""A guild to play with when there is none yet."""

from __future__ import annotations

import hashlib

from sandbox.core import Sandbox
from sandbox.guilds import create_guild
from sandbox.permissions import EVERYONE_DEFAULT, Permission
from sandbox.state import CATEGORY, TEXT, Channel, Guild, Member, Role, User

PEOPLE = (
    ("mira", "Mira", "en-US", ()),
    ("jonas", "Jonas", "de", ("Game Master", "Player")),
    ("aiko", "Aiko", "ja", ("Game Master",)),
    ("lucas", "Lucas", "pt-BR", ("Player",)),
    ("zoe", "Zoé", "fr", ("Player",)),
    ("tomasz", "Tomasz", "pl", ("Player",)),
    ("priya", "Priya", "en-GB", ("Player",)),
    ("sam", "Sam", "en-US", ()),
)


def create_demo(box: Sandbox) -> None:
    """Make the Demo tavern: the first person owns it, one keeps their direct messages closed."""
    people = [
        User(
            id=box.next_id(),
            username=username,
            global_name=name,
            avatar=_picture(username),
            locale=locale,
        )
        for username, name, locale, _ in PEOPLE
    ]
    people[-1].dms_open = False
    for person in people:
        box.world.users[person.id] = person
    guild = Guild(
        id=box.next_id(), name="Demo tavern", owner_id=people[0].id, icon=_picture("tavern")
    )
    create_guild(box, guild)
    roles = {
        "Game Master": _role(box, guild, "Game Master", 0xE67E22, 3),
        "Player": _role(box, guild, "Player", 0x2ECC71, 2),
    }
    for person, (_, _, _, names) in zip(people[1:], PEOPLE[1:], strict=True):
        box.world.members[guild.id][person.id] = Member(
            guild_id=guild.id, user_id=person.id, roles=[roles[name].id for name in names]
        )
    _channels(box, guild)
    box.changed()


def _picture(name: str) -> str:
    """An image hash; the sandbox draws initials for any."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _role(box: Sandbox, guild: Guild, name: str, color: int, position: int) -> Role:
    bits = EVERYONE_DEFAULT
    if name == "Game Master":
        bits |= Permission.MANAGE_EVENTS | Permission.MANAGE_MESSAGES
    role = Role(
        id=box.next_id(),
        guild_id=guild.id,
        name=name,
        permissions=int(bits),
        color=color,
        position=position,
        hoist=True,
        mentionable=True,
    )
    box.world.roles[role.id] = role
    return role


def _channels(box: Sandbox, guild: Guild) -> None:
    category = Channel(id=box.next_id(), type=CATEGORY, guild_id=guild.id, name="Tables")
    box.world.channels[category.id] = category
    names = (
        ("games", "Sessions to join"),
        ("board-games", "Dice, cards and meeples"),
        ("general", "Everything else"),
    )
    for position, (name, topic) in enumerate(names):
        channel = Channel(
            id=box.next_id(),
            type=TEXT,
            guild_id=guild.id,
            name=name,
            topic=topic,
            position=position,
            parent_id=category.id if name != "general" else None,
        )
        box.world.channels[channel.id] = channel
