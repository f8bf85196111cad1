"""The mirror of Discord's guilds, roles and channels, kept by the bot's gateway events.

An event may come twice or late, so only differences are written.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from guilds.enums import BanKind
from guilds.models import POSTABLE, Ban, Channel, Guild, Role
from guilds.selectors import find_bot_member, missing_bot_permissions
from guilds.services.ban import leave_for_good
from guilds.services.member import recompute_permissions, take_role_from_all
from guilds.signals import channels_closed, roles_gone


@dataclass(frozen=True)
class RoleFacts:
    id: int
    name: str
    color: int
    position: int
    permissions: int
    is_bot: bool = False
    is_mentionable: bool = False


@dataclass(frozen=True)
class ChannelFacts:
    id: int
    name: str
    kind: int
    position: int
    parent_id: int | None
    overwrites: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class GuildFacts:
    """A guild as described by the gateway's GUILD_CREATE. `locale` is used for a new row only."""

    id: int
    name: str
    icon: str
    owner_id: int
    locale: str
    roles: tuple[RoleFacts, ...]
    channels: tuple[ChannelFacts, ...]


@transaction.atomic
def mirror_guild(facts: GuildFacts) -> Guild:
    """Store the whole guild; roles and channels not among the facts are gone."""
    guild, is_new = Guild.objects.get_or_create(
        id=facts.id,
        defaults={
            "name": facts.name[:100],
            "icon": facts.icon,
            "owner_id": facts.owner_id,
            "locale": facts.locale,
        },
    )
    has_changed = not is_new and _update(
        guild,
        name=facts.name[:100],
        icon=facts.icon,
        owner_id=facts.owner_id,
        left_at=guild.left_at if guild.is_banned else None,
    )
    if is_new and Ban.objects.filter(kind=BanKind.SERVER, discord_id=guild.id).exists():
        _update(guild, is_banned=True, left_at=timezone.now())
    if guild.is_banned:
        leave_for_good(guild.id)
    gone = Role.objects.filter(guild=guild).exclude(id__in=[role.id for role in facts.roles])
    gone_ids = frozenset(gone.values_list("id", flat=True))
    has_other_roles = mirror_roles(guild.id, facts.roles)
    _forget_roles(guild, gone_ids)
    if has_changed or has_other_roles or gone_ids:
        recompute_permissions(guild)
    mirror_channels(guild.id, facts.channels)
    left = Channel.objects.filter(guild=guild).exclude(id__in=[c.id for c in facts.channels])
    _delete_channels(guild, left)
    return guild


@transaction.atomic
def update_guild(*, guild_id: int, name: str, icon: str, owner_id: int) -> None:
    """Store a new name, icon or owner, and note that the bot is on the guild."""
    guild = Guild.objects.filter(id=guild_id, is_banned=False).first()
    if guild and _update(guild, name=name[:100], icon=icon, owner_id=owner_id, left_at=None):
        recompute_permissions(guild)


def leave_guild(guild_id: int) -> None:
    """Note that the bot left the guild. Nothing is deleted, but nothing more is sent there."""
    Guild.objects.filter(id=guild_id, left_at__isnull=True).update(left_at=timezone.now())


def leave_guilds_except(guild_ids: Collection[int], *, shard_id: int, shard_count: int) -> int:
    """Leave the shard's other guilds, from which the bot was removed while it was away.

    Returns their number. The formula that assigns guilds to shards:
    https://discord.com/developers/docs/events/gateway#sharding-sharding-formula
    """
    shard = F("id").bitrightshift(22) % shard_count
    of_shard = Guild.objects.alias(shard=shard).filter(shard=shard_id, left_at__isnull=True)
    return of_shard.exclude(id__in=list(guild_ids)).update(left_at=timezone.now())


def mirror_roles(guild_id: int, roles: Collection[RoleFacts]) -> bool:
    """Store these roles; returns whether any permissions changed."""
    known = {role.id: role for role in Role.objects.filter(id__in=[role.id for role in roles])}
    wanted = [
        Role(
            id=role.id,
            guild_id=guild_id,
            name=role.name[:100],
            color=role.color,
            position=max(role.position, 0),
            permissions=role.permissions,
            is_bot=role.is_bot,
            is_mentionable=role.is_mentionable,
        )
        for role in roles
    ]
    fields = [
        *("name", "color", "position", "permissions", "is_bot", "is_mentionable", "deleted_at")
    ]
    Role.objects.bulk_create(
        [role for role in wanted if _differs(known.get(role.id), role, fields)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=fields,
    )
    return any(_differs(known.get(role.id), role, ["permissions"]) for role in wanted)


@transaction.atomic
def mirror_role(guild_id: int, role: RoleFacts) -> None:
    """Store a new or changed role. Ignored while the guild itself is unknown."""
    guild = Guild.objects.filter(id=guild_id).first()
    if guild and mirror_roles(guild_id, [role]):
        recompute_permissions(guild)


@transaction.atomic
def forget_role(guild_id: int, role_id: int) -> None:
    """Note that Discord deleted the role, and take away the rights it gave."""
    guild = Guild.objects.filter(id=guild_id).first()
    if guild and Role.objects.filter(id=role_id, guild=guild).exists():
        _forget_roles(guild, frozenset({role_id}))
        recompute_permissions(guild)


def _forget_roles(guild: Guild, role_ids: frozenset[int]) -> None:
    """Where such a role lets people in, its id stays: without any role, everyone would be let in.

    Those are the host roles of the server and its templates, and the player roles of games.
    """
    if not role_ids:
        return
    Role.objects.filter(guild=guild, id__in=role_ids).update(deleted_at=timezone.now())
    guild.manager_role_ids = (
        Guild.objects.select_for_update(no_key=True).get(id=guild.id).manager_role_ids
    )
    if not role_ids.isdisjoint(guild.manager_role_ids):
        guild.manager_role_ids = [one for one in guild.manager_role_ids if one not in role_ids]
        guild.save(update_fields=["manager_role_ids"])
    for role_id in role_ids:
        take_role_from_all(guild, role_id)
    roles_gone.send(sender=Role, guild=guild, role_ids=role_ids)


def mirror_channels(guild_id: int, channels: Sequence[ChannelFacts]) -> None:
    """Store these channels. The guild must be known."""
    known = {
        channel.id: channel
        for channel in Channel.objects.filter(id__in=[channel.id for channel in channels])
    }
    wanted = [
        Channel(
            **asdict(channel)
            | {
                "guild_id": guild_id,
                "name": channel.name[:100],
                "position": max(channel.position, 0),
                "overwrites": list(channel.overwrites),
                "deleted_at": None,
            }
        )
        for channel in channels
    ]
    fields = ["name", "kind", "position", "parent_id", "overwrites", "deleted_at"]
    Channel.objects.bulk_create(
        [channel for channel in wanted if _differs(known.get(channel.id), channel, fields)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=fields,
    )


def mirror_channel(guild_id: int, channel: ChannelFacts) -> None:
    """Store a new or changed channel. Ignored while the guild itself is unknown."""
    if Guild.objects.filter(id=guild_id).exists():
        mirror_channels(guild_id, [channel])


@transaction.atomic
def delete_channel(channel_id: int) -> None:
    """Note that Discord deleted the channel. Its games stay and can be moved."""
    channel = Channel.objects.select_related("guild").filter(id=channel_id).first()
    if channel is not None:
        _delete_channels(channel.guild, Channel.objects.filter(id=channel_id))


def _delete_channels(guild: Guild, channels: QuerySet[Channel]) -> None:
    gone = channels.filter(deleted_at__isnull=True)
    if gone_ids := frozenset(gone.values_list("id", flat=True)):
        gone.update(deleted_at=timezone.now())
        channels_closed.send(sender=Channel, guild=guild, channel_ids=gone_ids)


@transaction.atomic
def note_closed_channels(guild_id: int, channel_id: int | None = None) -> None:
    """Compare what the bot may do in each channel, or in one, with what it might before.

    Call it after any change of channels, roles or of the bot's own member. While the bot's member
    is unknown nothing is noted. Three queries where nothing has changed.
    """
    guild = Guild.objects.filter(id=guild_id).first()
    bot = find_bot_member(guild) if guild else None
    if guild is None or bot is None:
        return
    closed, opened = [], []
    channels = guild.channels.filter(kind__in=POSTABLE, deleted_at__isnull=True)
    for channel in channels.filter(id=channel_id) if channel_id else channels:
        is_closed = bool(missing_bot_permissions(channel, bot))
        if is_closed and channel.closed_at is None:
            closed.append(channel.id)
        elif not is_closed and channel.closed_at is not None:
            opened.append(channel.id)
    if opened:
        Channel.objects.filter(id__in=opened).update(closed_at=None)
    if closed:
        Channel.objects.filter(id__in=closed).update(closed_at=timezone.now())
        channels_closed.send(sender=Channel, guild=guild, channel_ids=frozenset(closed))


def _update(guild: Guild, **wanted: Any) -> bool:
    """Write the fields that differ; returns whether any did."""
    changed = [name for name, value in wanted.items() if getattr(guild, name) != value]
    for name in changed:
        setattr(guild, name, wanted[name])
    if changed:
        guild.save(update_fields=changed)
    return bool(changed)


def _differs(old: Model | None, new: Model, fields: Sequence[str]) -> bool:
    return old is None or any(getattr(old, name) != getattr(new, name) for name in fields)
