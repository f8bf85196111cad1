"""Rows as the JSON objects Discord would send."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.world.permissions import guild_permissions
from sandbox.world.state import (
    DM,
    Channel,
    Command,
    Guild,
    Json,
    Member,
    Message,
    Role,
    ScheduledEvent,
    User,
    World,
)

MANY_MEMBERS = 75_000


def timestamp(seconds: float) -> str:
    """Write ISO 8601 with microseconds and offset, as Discord does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.username,
        "discriminator": "0000" if user.bot else "0",
        "global_name": user.global_name,
        "avatar": user.avatar,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "primary_guild": None,
    }


def own_user_json(user: User, *, email: bool = False) -> Json:
    """An account as it sees itself; `email` only with that OAuth scope."""
    body = {**user_json(user), "mfa_enabled": False, "locale": user.locale, "premium_type": 0}
    if email:
        body |= {"email": f"{user.username}@example.test", "verified": True}
    return body


def member_json(world: World, member: Member, *, with_user: bool = True) -> Json:
    body: Json = {
        "nick": member.nick,
        "avatar": member.avatar,
        "banner": None,
        "roles": [str(role) for role in member.roles],
        "joined_at": timestamp(member.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    if with_user:
        body["user"] = user_json(world.users[member.user_id])
    return body


def role_json(role: Role) -> Json:
    tags = {"tags": {"bot_id": str(role.bot_id)}} if role.bot_id else {}
    return {
        "id": str(role.id),
        "name": role.name,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.managed,
        "mentionable": role.mentionable,
        "flags": 0,
        **tags,
    }


def channel_json(world: World, channel: Channel) -> Json:
    body: Json = {
        "id": str(channel.id),
        "type": channel.type,
        "flags": 0,
        "last_message_id": str(channel.last_message_id) if channel.last_message_id else None,
    }
    if channel.type == DM:
        people = [world.users[user] for user in channel.recipients if user in world.users]
        return {**body, "recipients": [user_json(user) for user in people if not user.bot]}
    body |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": 0,
    }
    if channel.is_thread:
        return {**body, **_thread_fields(world, channel)}
    return body | {
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": channel.nsfw,
        "permission_overwrites": [
            {"id": str(o.id), "type": o.type, "allow": str(o.allow), "deny": str(o.deny)}
            for o in channel.overwrites
        ],
    }


def _thread_fields(world: World, channel: Channel) -> Json:
    return {
        "owner_id": str(channel.owner_id),
        "message_count": len(world.messages.get(channel.id, {})),
        "total_message_sent": len(world.messages.get(channel.id, {})),
        "member_count": 1,
        "thread_metadata": {
            "archived": channel.archived,
            "locked": channel.locked,
            "auto_archive_duration": channel.auto_archive_duration,
            "archive_timestamp": timestamp(channel.created),
            "create_timestamp": timestamp(channel.created),
        },
    }


def guild_json(world: World, guild: Guild, *, counts: bool = False) -> Json:
    """A guild as REST returns it."""
    body: Json = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "home_header": None,
        "description": None,
        "owner_id": str(guild.owner_id),
        "preferred_locale": guild.locale,
        "application_id": None,
        "features": [],
        "incidents_data": None,
        "roles": [role_json(role) for role in world.guild_roles(guild.id)],
        "emojis": [],
        "stickers": [],
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "max_members": 500000,
        "max_presences": None,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "region": "deprecated",
        "widget_enabled": False,
        "widget_channel_id": None,
    }
    return body | (_counts(world, guild) if counts else {})


def guild_create_json(world: World, guild: Guild, bot_id: int, *, presences: bool) -> Json:
    """A guild as GUILD_CREATE carries it.

    Without the presences intent, and in a very large guild, its members are the bot and those in
    voice channels, of which there are none here.
    """
    rows = world.members.get(guild.id, {})
    is_whole = presences and len(rows) <= MANY_MEMBERS
    shown = rows.values() if is_whole else [row for row in rows.values() if row.user_id == bot_id]
    own = rows.get(bot_id)
    return guild_json(world, guild) | {
        "joined_at": timestamp(own.joined) if own else None,
        "large": len(rows) > 250,
        "unavailable": False,
        "member_count": len(rows),
        "members": [member_json(world, row) for row in shown],
        "channels": [channel_json(world, channel) for channel in world.guild_channels(guild.id)],
        "threads": [
            channel_json(world, channel)
            for channel in world.guild_channels(guild.id, threads=True)
            if not channel.archived
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "soundboard_sounds": [],
        "guild_scheduled_events": [event_json(world, e) for e in world.guild_events(guild.id)],
    }


def partial_guild_json(world: World, guild: Guild, user_id: int, *, counts: bool) -> Json:
    """A guild as `/users/@me/guilds` lists it for one person."""
    body: Json = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "banner": None,
        "owner": guild.owner_id == user_id,
        "permissions": str(guild_permissions(world, guild, user_id)),
        "features": [],
    }
    return body | (_counts(world, guild) if counts else {})


def _counts(world: World, guild: Guild) -> Json:
    total = len(world.members.get(guild.id, {}))
    return {"approximate_member_count": total, "approximate_presence_count": total}


def message_json(world: World, message: Message, application_id: int) -> Json:
    body: Json = {
        "id": str(message.id),
        "type": message.type,
        "channel_id": str(message.channel_id),
        "author": user_json(world.users[message.author_id]),
        "content": message.content,
        "timestamp": timestamp(message.created),
        "edited_timestamp": timestamp(message.edited) if message.edited else None,
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(world.users[user]) for user in message.mentions],
        "mention_roles": [str(role) for role in message.mention_roles],
        "attachments": message.attachments,
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned,
        "flags": message.flags,
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.reference:
        body["message_reference"] = message.reference
    if message.webhook:
        body |= {"webhook_id": str(application_id), "application_id": str(application_id)}
    if message.interaction:
        body["interaction_metadata"] = message.interaction
    if message.thread_id and message.thread_id in world.channels:
        body["thread"] = channel_json(world, world.channels[message.thread_id])
    return body


def command_json(command: Command, application_id: int) -> Json:
    body = {
        "id": str(command.id),
        "application_id": str(application_id),
        "version": str(command.version),
        "type": 1,
        "name_localizations": None,
        "description_localizations": None,
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        **command.body,
    }
    if command.guild_id:
        body["guild_id"] = str(command.guild_id)
    return body


def event_json(world: World, event: ScheduledEvent) -> Json:
    return {
        "id": str(event.id),
        "guild_id": str(event.guild_id),
        "channel_id": None,
        "creator_id": str(event.creator_id),
        "creator": user_json(world.users[event.creator_id]),
        "description": None,
        "scheduled_end_time": None,
        "entity_id": None,
        "entity_metadata": None,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
        "user_count": 0,
        "image": None,
        "privacy_level": 2,
        **event.body,
        "status": event.status,
    }
