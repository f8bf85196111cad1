"""Changes of guilds, roles, channels and members, announced to the bot and the page."""

from __future__ import annotations

from sandbox.gateway.sessions import Intent
from sandbox.world.core import Sandbox
from sandbox.world.permissions import BOT_DEFAULT, EVERYONE_DEFAULT
from sandbox.world.present import (
    channel_json,
    guild_create_json,
    guild_json,
    member_json,
    role_json,
    user_json,
)
from sandbox.world.state import Channel, Guild, Json, Member, Role


def create_guild(
    box: Sandbox, guild: Guild, *, with_bot: bool = True, bot_bits: int = BOT_DEFAULT
) -> None:
    """Add a guild with its @everyone role, its owner, and the bot with its managed role."""
    box.world.guilds[guild.id] = guild
    box.world.roles[guild.id] = Role(
        id=guild.id, guild_id=guild.id, name="@everyone", permissions=EVERYONE_DEFAULT, position=0
    )
    rows = box.world.members.setdefault(guild.id, {})
    rows[guild.owner_id] = Member(guild_id=guild.id, user_id=guild.owner_id)
    if with_bot:
        add_bot(box, guild, bot_bits)
    box.hub.tell_page("guild.create", guild_id=str(guild.id))


def add_bot(box: Sandbox, guild: Guild, bits: int = BOT_DEFAULT) -> None:
    """Let the bot join, as after the consent page: a managed role, then GUILD_CREATE."""
    if box.world.member(guild.id, box.app_id):
        return
    role = Role(
        id=box.next_id(),
        guild_id=guild.id,
        name=box.bot.username,
        permissions=bits,
        position=1,
        managed=True,
        bot_id=box.app_id,
    )
    box.world.roles[role.id] = role
    box.world.members[guild.id][box.app_id] = Member(
        guild_id=guild.id, user_id=box.app_id, roles=[role.id]
    )
    announce_guild(box, guild, joined=True)
    box.hub.tell_page("guild.update", guild_id=str(guild.id))


def announce_guild(box: Sandbox, guild: Guild, *, joined: bool = False) -> None:
    """Send GUILD_CREATE to the sessions of its shard, with what their intents let them see.

    A guild just joined comes without `unavailable`, by which libraries tell a join from the end
    of an outage.
    """
    plain = guild_create_json(box.world, guild, box.app_id, presences=False)
    full = guild_create_json(box.world, guild, box.app_id, presences=True)
    for session in box.hub.sessions.values():
        if session.owns(guild.id) and session.intents & Intent.GUILDS:
            body = full if session.intents & Intent.PRESENCES else plain
            if joined:
                body = {key: value for key, value in body.items() if key != "unavailable"}
            session.dispatch("GUILD_CREATE", body, box.knobs.replay_buffer)


def tell_guild(
    box: Sandbox, name: str, guild_id: int, body: Json, intent: int = Intent.GUILDS
) -> None:
    """Send an event of a guild, if the bot is in it and the guild is available."""
    guild = box.world.guilds.get(guild_id)
    if guild and not guild.unavailable and box.world.member(guild_id, box.app_id):
        box.hub.dispatch(name, body, guild_id, intent=intent)


def update_guild(box: Sandbox, guild: Guild) -> None:
    tell_guild(box, "GUILD_UPDATE", guild.id, guild_json(box.world, guild))
    box.hub.tell_page("guild.update", guild_id=str(guild.id))


def set_unavailable(box: Sandbox, guild: Guild, *, unavailable: bool) -> None:
    """Begin an outage (GUILD_DELETE with unavailable) or end it (GUILD_CREATE)."""
    guild.unavailable = unavailable
    if unavailable:
        body: Json = {"id": str(guild.id), "unavailable": True}
        box.hub.dispatch("GUILD_DELETE", body, guild.id, intent=Intent.GUILDS)
    else:
        announce_guild(box, guild)
    box.hub.tell_page("guild.update", guild_id=str(guild.id))


def delete_guild(box: Sandbox, guild: Guild) -> None:
    """Remove a guild with all that is in it."""
    if box.world.member(guild.id, box.app_id):
        box.hub.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild.id, intent=Intent.GUILDS)
    for channel in [c for c in box.world.channels.values() if c.guild_id == guild.id]:
        del box.world.channels[channel.id]
        box.world.messages.pop(channel.id, None)
    for role in box.world.guild_roles(guild.id):
        del box.world.roles[role.id]
    for command in [c for c in box.world.commands.values() if c.guild_id == guild.id]:
        del box.world.commands[command.id]
    box.world.members.pop(guild.id, None)
    del box.world.guilds[guild.id]
    box.hub.tell_page("guild.delete", guild_id=str(guild.id))


def announce_channel(
    box: Sandbox, event: str, channel: Channel, *, newly_created: bool = False
) -> None:
    """Send a CHANNEL_* or THREAD_* event."""
    if channel.guild_id is not None:
        body = channel_json(box.world, channel)
        if newly_created:
            body["newly_created"] = True
        tell_guild(box, event, channel.guild_id, body)
    box.hub.tell_page(event.lower().replace("_", "."), channel_id=str(channel.id))


def remove_channel(box: Sandbox, channel: Channel) -> None:
    """Delete a channel with its messages and threads."""
    for thread in [
        c for c in box.world.channels.values() if c.parent_id == channel.id and c.is_thread
    ]:
        remove_channel(box, thread)
    box.world.channels.pop(channel.id, None)
    box.world.messages.pop(channel.id, None)
    announce_channel(box, "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)


def announce_role(box: Sandbox, event: str, role: Role) -> None:
    """Send GUILD_ROLE_CREATE or GUILD_ROLE_UPDATE."""
    body: Json = {"guild_id": str(role.guild_id), "role": role_json(role)}
    tell_guild(box, event, role.guild_id, body)
    box.hub.tell_page("guild.update", guild_id=str(role.guild_id))


def remove_role(box: Sandbox, role: Role) -> None:
    """Delete a role and take it from everybody."""
    del box.world.roles[role.id]
    for member in box.world.members.get(role.guild_id, {}).values():
        if role.id in member.roles:
            member.roles.remove(role.id)
    for channel in box.world.guild_channels(role.guild_id):
        channel.overwrites = [o for o in channel.overwrites if o.id != role.id]
    body: Json = {"guild_id": str(role.guild_id), "role_id": str(role.id)}
    tell_guild(box, "GUILD_ROLE_DELETE", role.guild_id, body)
    box.hub.tell_page("guild.update", guild_id=str(role.guild_id))


def announce_member(box: Sandbox, event: str, member: Member) -> None:
    """Send GUILD_MEMBER_ADD or _UPDATE: with the members intent only, except about the bot."""
    body = member_json(box.world, member) | {"guild_id": str(member.guild_id)}
    intent = Intent.GUILDS if member.user_id == box.app_id else Intent.MEMBERS
    tell_guild(box, event, member.guild_id, body, intent)
    box.hub.tell_page("member.update", guild_id=str(member.guild_id))


def remove_member(box: Sandbox, guild: Guild, user_id: int) -> None:
    """Remove a member; for the bot itself the guild is gone."""
    if user_id == box.app_id:
        body: Json = {"id": str(guild.id)}
        box.hub.dispatch("GUILD_DELETE", body, guild.id, intent=Intent.GUILDS)
        member = box.world.members[guild.id].pop(user_id)
        for role_id in member.roles:
            if box.world.roles[role_id].managed:
                del box.world.roles[role_id]
        for command in [c for c in box.world.commands.values() if c.guild_id == guild.id]:
            del box.world.commands[command.id]
    else:
        body = {"guild_id": str(guild.id), "user": user_json(box.world.users[user_id])}
        del box.world.members[guild.id][user_id]
        tell_guild(box, "GUILD_MEMBER_REMOVE", guild.id, body, Intent.MEMBERS)
    box.hub.tell_page("member.update", guild_id=str(guild.id))
