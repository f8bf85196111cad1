"""The templates, channels and roles that a form offers to a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from games.models import Template
from guilds.models import Channel, Member, Role, User
from guilds.permissions import can_host, can_mention_roles, permission_names
from guilds.selectors import (
    find_bot_member,
    list_postable_channels,
    list_roles,
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

    `may_host_freely` is the right to host without a template, `may_notify` the right to have roles
    mentioned that the template does not mention anyway.
    """

    member: Member
    templates: Sequence[Template]
    channels: Sequence[ChannelChoice]
    roles: Sequence[Role]
    may_host_freely: bool
    may_notify: bool

    def find_channel(self, channel_id: int | None) -> ChannelChoice | None:
        return next((c for c in self.channels if c.channel.id == channel_id), None)

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
        """Return the ids without those of roles deleted on Discord."""
        known = {role.id for role in self.roles} | {self.member.guild_id}
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
    templates = list(guild.templates.all())
    usable = [t for t in templates if can_host(standing, t.host_role_ids)]
    return Choices(
        member=member,
        templates=usable,
        channels=_channels(member),
        roles=list(list_roles(guild)),
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


def zone_for(member: Member, browser_zone: str = "") -> str:
    """Return the zone the member has set, else their browser's, else the server's, else UTC."""
    user: User = member.user
    zones = (user.timezone, browser_zone, member.guild.timezone)
    return next((zone for zone in zones if zone and is_zone(zone)), "UTC")
