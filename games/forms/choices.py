"""The templates, channels and roles that a form offers to a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from games.models import Game, Template
from guilds.models import Channel, Member, Role, User
from guilds.permissions import can_host, can_mention_roles, permission_names
from guilds.selectors import (
    find_bot_member,
    list_postable_channels,
    may_announce_in,
    missing_bot_permissions,
    pings_every_role,
)
from guilds.web.access import Access
from when import is_zone


@dataclass(frozen=True)
class ChannelChoice:
    """A channel, and in `missing` the permissions the bot lacks to announce there, if any.

    `pings_every_role` is false where the bot pings only roles that everybody may mention.
    """

    channel: Channel
    missing: str
    pings_every_role: bool


@dataclass(frozen=True)
class Choices:
    """The choices of one member.

    `other_roles` are those that Discord has deleted, and bots' own: a form shows them where they
    are chosen, and offers them nowhere else. `may_host_freely` is the right to host without a
    template, `may_notify` the right to have roles mentioned that the template does not mention
    anyway.
    """

    member: Member
    templates: Sequence[Template]
    channels: Sequence[ChannelChoice]
    roles: Sequence[Role]
    may_host_freely: bool
    may_notify: bool
    other_roles: Sequence[Role] = ()

    def find_channel(self, channel_id: int | None) -> ChannelChoice | None:
        return next((c for c in self.channels if c.channel.id == channel_id), None)

    def find_gone_channel(self, channel_id: Any) -> Channel | None:
        """Return the channel if it is chosen still and Discord has deleted it. One query."""
        gone = Channel.objects.filter(guild=self.member.guild_id, deleted_at__isnull=False)
        return gone.filter(id=channel_id).first() if channel_id else None

    def find_template(self, template_id: int | None) -> Template | None:
        return next((t for t in self.templates if t.id == template_id), None)

    def pings_nobody(self, role_id: int, channel_id: int | None) -> bool:
        """Whether mentioning the role in the channel would reach nobody."""
        found = self.find_channel(channel_id)
        if found is None or found.pings_every_role:
            return False
        mentionable = {role.id for role in self.roles if role.is_mentionable}
        return role_id not in mentionable

    def known_roles(self, role_ids: Iterable[int]) -> list[int]:
        """Return the ids without those of roles that were never this server's."""
        known = {role.id for role in (*self.roles, *self.other_roles)} | {self.member.guild_id}
        return [role_id for role_id in role_ids if role_id in known]

    @property
    def may_host(self) -> bool:
        return bool(self.templates) or self.may_host_freely

    @property
    def default_template(self) -> Template | None:
        return next((t for t in self.templates if t.is_default), None)


def choices_for(access: Access) -> Choices:
    """Return the choices, in four queries, without templates the member may not announce with."""
    member, standing, guild = access.member, access.standing, access.guild
    templates = list(guild.templates.select_related("channel"))
    usable = [t for t in templates if can_host(standing, t.host_role_ids)]
    roles = list(Role.everything.filter(guild=guild).exclude(id=guild.id))
    return Choices(
        member=member,
        templates=usable,
        channels=_channels(member),
        roles=[role for role in roles if role.is_offered],
        other_roles=[role for role in roles if not role.is_offered],
        may_host_freely=can_host(standing) and not any(t.is_default for t in templates),
        may_notify=can_mention_roles(standing),
    )


def _channels(member: Member) -> list[ChannelChoice]:
    bot = find_bot_member(member.guild)
    choices = []
    for channel in list_postable_channels(member.guild):
        channel.guild = member.guild
        if may_announce_in(channel, member):
            missing = missing_bot_permissions(channel, bot)
            pings = pings_every_role(channel, bot)
            choices.append(ChannelChoice(channel, permission_names(missing), pings))
    return choices


def known_zone_for(member: Member, browser_zone: str = "") -> str:
    """Return the zone the member has set, else their browser's, else the server's, else nothing."""
    user: User = member.user
    zones = (user.timezone, browser_zone, member.guild.timezone)
    return next((zone for zone in zones if zone and is_zone(zone)), "")


def clock_for(member: Member, game: Game, browser_zone: str = "") -> str:
    """Return the zone in which the member types times of the game: its own if none is theirs."""
    return known_zone_for(member, browser_zone) or game.timezone


def zone_for(member: Member, browser_zone: str = "") -> str:
    """Return the zone in which times are shown to the member: UTC where none is known."""
    return known_zone_for(member, browser_zone) or "UTC"
