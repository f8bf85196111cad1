"""Permission bits, computed from owner, administrator, roles and overwrites."""

from __future__ import annotations

from enum import IntEnum

from sandbox.world.state import DM, Channel, Guild, World


class Permission(IntEnum):
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1

EVERYONE_DEFAULT = int(
    Permission.CREATE_INSTANT_INVITE
    | Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

BOT_DEFAULT = EVERYONE_DEFAULT | int(
    Permission.MENTION_EVERYONE
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.MANAGE_EVENTS
    | Permission.CREATE_EVENTS
)

IN_DM = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
)

_NAMES = {permission.name: int(permission) for permission in Permission}


def permission_bits(value: int | str | list[str] | None) -> int:
    """Read bits from a number, a number in a string, or names such as `["VIEW_CHANNEL"]`."""
    if value is None:
        return 0
    if isinstance(value, list):
        bits = 0
        for name in value:
            bits |= ALL if name.upper() == "ALL" else _NAMES[name.upper()]
        return bits
    return int(value)


def guild_permissions(world: World, guild: Guild, user_id: int) -> int:
    """Compute a member's permissions in the guild, without channels; 0 for a stranger."""
    member = world.member(guild.id, user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL
    everyone = world.roles.get(guild.id)
    bits = everyone.permissions if everyone else 0
    for role_id in member.roles:
        role = world.roles.get(role_id)
        bits |= role.permissions if role else 0
    return ALL if bits & Permission.ADMINISTRATOR else bits


def channel_permissions(world: World, channel: Channel, user_id: int) -> int:
    """Compute a person's permissions in a channel, thread or DM; 0 without VIEW_CHANNEL."""
    if channel.type == DM or channel.guild_id is None:
        return IN_DM if user_id in channel.recipients else 0
    guild = world.guilds.get(channel.guild_id)
    if guild is None:
        return 0
    bits = guild_permissions(world, guild, user_id)
    if bits in {ALL, 0}:
        return bits
    if channel.is_thread and channel.parent_id is not None:
        channel = world.channels.get(channel.parent_id, channel)
    bits = _apply_overwrites(world, channel, user_id, bits)
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    if not bits & Permission.SEND_MESSAGES:
        bits &= ~int(Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE)
    return bits


def _apply_overwrites(world: World, channel: Channel, user_id: int, bits: int) -> int:
    assert channel.guild_id is not None
    member = world.member(channel.guild_id, user_id)
    roles = set(member.roles) if member else set()
    allow = deny = 0
    for overwrite in channel.overwrites:
        if overwrite.type == 0 and overwrite.id == channel.guild_id:
            bits = bits & ~overwrite.deny | overwrite.allow
        elif overwrite.type == 0 and overwrite.id in roles:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = bits & ~deny | allow
    for overwrite in channel.overwrites:
        if overwrite.type == 1 and overwrite.id == user_id:
            bits = bits & ~overwrite.deny | overwrite.allow
    return bits


def can(world: World, channel: Channel, user_id: int, *wanted: Permission) -> bool:
    """Tell whether a person has all the wanted permissions in this channel."""
    bits = channel_permissions(world, channel, user_id)
    return all(bits & permission for permission in wanted)
