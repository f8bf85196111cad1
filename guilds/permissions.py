"""Rights in a guild: one predicate per right, used by bot, web and services alike."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from guilds.enums import NO_PERMISSIONS, Permission
from guilds.errors import NotAllowed
from guilds.models import Guild, Member
from guilds.rules import unless_silenced


@dataclass(frozen=True)
class Standing:
    """The facts that decide a person's rights in one guild. An outsider has none of them.

    The silenced are in time-out, or have not accepted the server's rules yet. They see, answer
    and leave games, but may do nothing that the bot would say in their stead.
    """

    is_member: bool
    is_owner: bool = False
    is_silenced: bool = False
    permissions: Permission = NO_PERMISSIONS
    role_ids: frozenset[int] = frozenset()
    manager_role_ids: frozenset[int] = frozenset()
    host_role_ids: frozenset[int] = frozenset()

    @property
    def may_act(self) -> bool:
        return self.is_member and not self.is_silenced


OUTSIDER = Standing(is_member=False)


def is_silenced(member: Member) -> bool:
    """Whether Discord forbids the member to write anywhere on the server now."""
    until = member.timed_out_until
    is_exempt = bool(member.permissions & Permission.ADMINISTRATOR)
    return not is_exempt and (member.is_pending or (until is not None and until > timezone.now()))


def check_may_speak(member: Member) -> None:
    """Raise `NotAllowed` while Discord lets the member write nowhere on the server."""
    if not is_silenced(member):
        return
    if member.is_pending:
        raise NotAllowed(_("Accept this server's rules on Discord first."))
    raise NotAllowed(_("You are in time-out on this server. Try again when it is over."))


def standing_of(member: Member | None, guild: Guild) -> Standing:
    """Return what decides the member's rights. An account switched off has none, nor has anybody on
    a banned guild."""
    if member is None or member.guild_id != guild.id or member.left_at is not None:
        return OUTSIDER
    if guild.is_banned or not member.user.is_active:
        return OUTSIDER
    silenced = is_silenced(member)
    return Standing(
        is_member=True,
        is_owner=member.user.discord_id == guild.owner_id,
        is_silenced=silenced,
        permissions=unless_silenced(Permission(member.permissions), is_silenced=silenced),
        role_ids=frozenset(member.role_ids),
        manager_role_ids=frozenset(guild.manager_role_ids),
        host_role_ids=frozenset(guild.host_role_ids),
    )


def can_administer(standing: Standing) -> bool:
    """May the person change the guild's settings?"""
    if not standing.is_member:
        return False
    needed = Permission.ADMINISTRATOR | Permission.MANAGE_GUILD
    return standing.is_owner or bool(standing.permissions & needed)


def can_manage(standing: Standing) -> bool:
    """May the person change any game of the guild?"""
    if can_administer(standing):
        return True
    return standing.may_act and not standing.role_ids.isdisjoint(standing.manager_role_ids)


def can_configure_channel(standing: Standing) -> bool:
    return can_manage(standing) or (
        standing.is_member and bool(standing.permissions & Permission.MANAGE_CHANNELS)
    )


def can_host(standing: Standing, host_role_ids: Collection[int] = ()) -> bool:
    """May the person announce games? A template's `host_role_ids`, if any, replace the guild's."""
    wanted = frozenset(host_role_ids) or standing.host_role_ids
    if can_manage(standing):
        return True
    return standing.may_act and (not wanted or not standing.role_ids.isdisjoint(wanted))


def can_mention_roles(standing: Standing) -> bool:
    """May the person have every role mentioned, by Discord's permission or as a manager?"""
    return can_manage(standing) or bool(standing.permissions & Permission.MENTION_EVERYONE)


def can_edit_game(standing: Standing, *, is_host: bool) -> bool:
    """May the person edit, cancel or repost a game, or change its roster?"""
    return standing.may_act and (is_host or can_manage(standing))


def can_join(standing: Standing, player_role_ids: Collection[int] = ()) -> bool:
    return standing.is_member and (
        not player_role_ids or not standing.role_ids.isdisjoint(player_role_ids)
    )


def permission_names(permissions: Permission) -> str:
    """Name the permissions needed to announce, as Discord's own settings call them."""
    names = {
        Permission.VIEW_CHANNEL: _("View Channel"),
        Permission.SEND_MESSAGES: _("Send Messages"),
        Permission.EMBED_LINKS: _("Embed Links"),
    }
    return ", ".join(name for bit, name in names.items() if bit & permissions)
