"""The mirror of Discord's guilds, roles and channels, kept by the bot's gateway events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from guilds.models import Channel, Guild, Role


@dataclass(frozen=True)
class RoleFacts:
    id: int
    name: str
    color: int
    position: int
    permissions: int


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
    """A guild as the gateway's GUILD_CREATE tells it. `locale` seeds a new row only."""

    id: int
    name: str
    icon: str
    owner_id: int
    locale: str
    roles: tuple[RoleFacts, ...]
    channels: tuple[ChannelFacts, ...]


@transaction.atomic
def mirror_guild(facts: GuildFacts) -> Guild:
    """Write down the whole guild: it is there, with these roles and channels and no others."""
    guild, is_new = Guild.objects.get_or_create(
        id=facts.id,
        defaults={
            "name": facts.name[:100],
            "icon": facts.icon,
            "owner_id": facts.owner_id,
            "locale": facts.locale,
        },
    )
    if not is_new:
        update_guild(guild_id=facts.id, name=facts.name, icon=facts.icon, owner_id=facts.owner_id)
        guild.refresh_from_db()
    mirror_roles(facts.id, facts.roles)
    _forget_other_roles(facts.id, facts.roles)
    mirror_channels(facts.id, facts.channels)
    Channel.objects.filter(guild_id=facts.id, deleted_at__isnull=True).exclude(
        id__in=[channel.id for channel in facts.channels]
    ).update(deleted_at=timezone.now())
    return guild


def update_guild(*, guild_id: int, name: str, icon: str, owner_id: int) -> None:
    """The guild was renamed, or changed hands, or the bot is back on it."""
    wanted = {"name": name[:100], "icon": icon, "owner_id": owner_id, "left_at": None}
    changed = Guild.objects.filter(id=guild_id).exclude(**wanted)
    changed.update(**wanted)


def leave_guild(guild_id: int) -> None:
    """The bot is no longer on the guild: nothing is deleted, nothing more is sent there."""
    Guild.objects.filter(id=guild_id, left_at__isnull=True).update(left_at=timezone.now())


def mirror_roles(guild_id: int, roles: Iterable[RoleFacts]) -> None:
    Role.objects.bulk_create(
        [
            Role(
                id=role.id,
                guild_id=guild_id,
                name=role.name[:100],
                color=role.color,
                position=max(role.position, 0),
                permissions=role.permissions,
            )
            for role in roles
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "color", "position", "permissions"],
    )


def forget_role(role_id: int) -> None:
    Role.objects.filter(id=role_id).delete()


def _forget_other_roles(guild_id: int, roles: Sequence[RoleFacts]) -> None:
    Role.objects.filter(guild_id=guild_id).exclude(id__in=[role.id for role in roles]).delete()


def mirror_channels(guild_id: int, channels: Iterable[ChannelFacts]) -> None:
    Channel.objects.bulk_create(
        [
            Channel(
                id=channel.id,
                guild_id=guild_id,
                name=channel.name[:100],
                kind=channel.kind,
                position=max(channel.position, 0),
                parent_id=channel.parent_id,
                overwrites=list(channel.overwrites),
                deleted_at=None,
            )
            for channel in channels
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "kind", "position", "parent_id", "overwrites", "deleted_at"],
    )


def delete_channel(channel_id: int) -> None:
    """The channel is gone on Discord; its games stay and can be moved."""
    Channel.objects.filter(id=channel_id, deleted_at__isnull=True).update(deleted_at=timezone.now())
