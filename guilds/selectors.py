"""Reads of guilds, channels and members, each through its guild."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guilds.enums import NEEDED_TO_ANNOUNCE, NO_PERMISSIONS, ChannelKind, Permission
from guilds.errors import NotFound, Refused
from guilds.models import POSTABLE, Channel, Guild, Member, Role, Session, User
from guilds.permissions import is_silenced
from guilds.rules import (
    DEFAULT_DURATION_MINUTES,
    DEFAULT_MAX_PLAYERS,
    DEFAULT_REMINDER_MINUTES,
    Setting,
    channel_permissions,
    inherit,
    unless_silenced,
)


class GuildUnknown(NotFound):
    """The gateway has not described the server yet, which takes seconds after a start."""

    def __init__(self) -> None:
        super().__init__(_("This server is not known to me yet. Try again in a minute."))


def get_guild(guild_id: int) -> Guild:
    guild = Guild.objects.filter(id=guild_id).first()
    if guild is None:
        raise GuildUnknown
    return guild


def channel_not_found() -> NotFound:
    return NotFound(_("That channel is not one of this server's."), field="channel")


def channel_gone() -> NotFound:
    return NotFound(_("That channel was deleted on Discord. Choose another one."), field="channel")


def get_channel(guild: Guild, channel_id: int, *, is_locked: bool = False) -> Channel:
    """Return the guild's channel. Raises `NotFound` for another guild's as for an unknown one,
    and with a sentence of its own for a deleted one, which names nothing hidden.

    `is_locked` locks its row until the transaction ends.
    """
    channels = Channel.objects.select_for_update(no_key=True) if is_locked else Channel.objects
    channel = channels.filter(id=channel_id, guild=guild).first()
    if channel is None:
        raise channel_not_found()
    if channel.deleted_at is not None:
        raise channel_gone()
    return channel


def get_postable_channel(guild: Guild, channel_id: int, *, is_locked: bool = False) -> Channel:
    """Return the guild's channel, in which a game can be announced.

    Raises as `get_channel` and `check_postable` do.
    """
    channel = get_channel(guild, channel_id, is_locked=is_locked)
    check_postable(channel)
    return channel


def check_postable(channel: Channel) -> None:
    """Raise `Refused` for a channel of a kind that takes no announcement, as `POSTABLE` has them.

    Discord takes a message for a forum only as a post with a title of its own.
    """
    if channel.kind not in POSTABLE:
        raise Refused(
            _(
                "#%(channel)s is no text channel. I announce games in text and announcement "
                "channels; choose one with the option “channel”."
            )
            % {"channel": channel.name},
            field="channel",
        )


def find_member(guild: Guild, user: User) -> Member | None:
    return (
        Member.objects.select_related("user", "guild")
        .filter(guild=guild, user=user, left_at__isnull=True)
        .first()
    )


def list_guilds_of(user: User) -> QuerySet[Guild]:
    """Return the guilds that both the user and the bot are on."""
    return Guild.objects.filter(
        left_at__isnull=True, members__user=user, members__left_at__isnull=True
    ).order_by("name", "id")


def list_sessions(user: User) -> list[Session]:
    """Return where the user is logged in, the last used first."""
    return list(user.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at"))


def list_postable_channels(guild: Guild) -> QuerySet[Channel]:
    return guild.channels.filter(kind__in=POSTABLE, is_active=True, deleted_at__isnull=True)


def gone_roles(role_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those roles that Discord has deleted, by id."""
    if not role_ids:
        return {}
    gone = Role.everything.filter(id__in=role_ids, deleted_at__isnull=False)
    return dict(gone.order_by("name", "id").values_list("id", "name"))


def gone_channels(channel_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of those channels that Discord has deleted, by id, with their #."""
    gone = Channel.objects.filter(
        id__in=[one for one in channel_ids if one], deleted_at__isnull=False
    )
    return {channel.id: str(channel) for channel in gone}


def gone_in_settings(guild: Guild) -> list[str]:
    """Return the names of what the guild's settings name and Discord has deleted."""
    roles, channels = gone_roles(guild.host_role_ids), gone_channels([guild.archive_channel_id])
    return [*channels.values(), *roles.values()]


def list_roles(guild: Guild, *, chosen: Collection[int] = ()) -> QuerySet[Role]:
    """Return the roles to choose from, highest first: not `@everyone`, and no bot's own role.

    Those `chosen` are among them, whatever they are, so that a form can show and keep them.
    """
    is_shown = Q(deleted_at__isnull=True, is_bot=False) | Q(id__in=chosen)
    return Role.everything.filter(is_shown, guild=guild).exclude(id=guild.id)


class Overwritten(Protocol):
    """A channel, as a row or as some of its columns."""

    @property
    def guild_id(self) -> int: ...

    @property
    def overwrites(self) -> Sequence[Mapping[str, Any]]: ...


def permissions_in(channel: Overwritten, member: Member) -> Permission:
    """Return the member's permissions in the channel now, from mirrored roles and overwrites."""
    return unless_silenced(
        channel_permissions(
            Permission(member.permissions),
            guild_id=channel.guild_id,
            user_id=member.user.discord_id or 0,
            role_ids=member.role_ids,
            overwrites=channel.overwrites,
        ),
        is_silenced=is_silenced(member),
    )


def can_see_channel(channel: Overwritten, member: Member) -> bool:
    return bool(permissions_in(channel, member) & Permission.VIEW_CHANNEL)


def can_write_in(channel: Channel, member: Member) -> bool:
    """Whether Discord lets the member write in the channel, or post in the thread, now."""
    is_thread = channel.kind == ChannelKind.PUBLIC_THREAD
    wanted = Permission.SEND_MESSAGES_IN_THREADS if is_thread else Permission.SEND_MESSAGES
    return wanted in permissions_in(channel, member)


def may_announce_in(channel: Channel, member: Member) -> bool:
    """Whether the member may have a game announced there: where they write, or an admin lets them.

    The bot's own permissions are `missing_bot_permissions`.
    """
    if not can_see_channel(channel, member):
        return False
    is_let = member.guild.may_post_read_only and not is_silenced(member)
    return is_let or can_write_in(channel, member)


def pings_every_role(channel: Channel, bot: Member | None) -> bool:
    """Whether the bot may ping any role there. While it is unknown, nobody is warned on a guess."""
    return bot is None or Permission.MENTION_EVERYONE in permissions_in(channel, bot)


def unpinged_roles(channel: Channel, role_ids: Collection[int]) -> list[str]:
    """Return the names of those of the roles whose mention by the bot there reaches nobody."""
    if not role_ids or pings_every_role(channel, find_bot_member(channel.guild)):
        return []
    everyone = Q(id=channel.guild_id)
    roles = channel.guild.roles.filter(everyone | Q(is_mentionable=False), id__in=role_ids)
    return [role.name for role in roles]


def max_players_of(channel: Channel, **inner: int | None) -> Setting[int]:
    """Return the default for new games in the channel; `inner` layers (a template's) win."""
    guild = channel.guild
    return inherit(
        DEFAULT_MAX_PLAYERS, guild=guild.max_players, channel=channel.max_players, **inner
    )


def reminder_minutes_of(channel: Channel, **inner: list[int] | None) -> Setting[list[int]]:
    return inherit(
        list(DEFAULT_REMINDER_MINUTES),
        guild=channel.guild.reminder_minutes,
        channel=channel.reminder_minutes,
        **inner,
    )


def rules_of(channel: Channel, **inner: str | None) -> Setting[str]:
    return inherit("", guild=channel.guild.default_rules, channel=channel.default_rules, **inner)


def duration_minutes_of(channel: Channel, **inner: int | None) -> Setting[int]:
    return inherit(
        DEFAULT_DURATION_MINUTES,
        guild=channel.guild.duration_minutes,
        channel=channel.duration_minutes,
        **inner,
    )


def find_bot_member(guild: Guild) -> Member | None:
    """Return the bot's own member in the guild, if known. The client id is the bot's user id."""
    return (
        Member.objects.select_related("user")
        .filter(guild=guild, user__discord_id=int(settings.DISCORD_CLIENT_ID))
        .first()
    )


def bot_members(guild_ids: Collection[int]) -> dict[int, Member]:
    """Return the bot's own member in each of these guilds, where it is known. One query."""
    if not guild_ids:
        return {}
    members = Member.objects.select_related("user").filter(
        guild_id__in=guild_ids, user__discord_id=int(settings.DISCORD_CLIENT_ID)
    )
    return {member.guild_id: member for member in members}


def missing_bot_permissions(channel: Channel, bot: Member | None) -> Permission:
    """Return the permissions the bot lacks to announce in the channel.

    Returns none while the bot's member is unknown, since nobody should be warned on a guess.
    """
    if bot is None:
        return NO_PERMISSIONS
    return NEEDED_TO_ANNOUNCE & ~permissions_in(channel, bot)
