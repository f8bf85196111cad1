"""Pure decisions about servers: inherited settings and computed permissions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from guilds.enums import ALL_PERMISSIONS, SILENCED_PERMISSIONS, Overwrite, Permission

DEFAULT_MAX_PLAYERS = 5
DEFAULT_REMINDER_MINUTES = (60, 15)
DEFAULT_DURATION_MINUTES = 120
# A time so long past is taken for the present: typing and pressing take a moment.
GRACE = timedelta(seconds=60)
LONGEST_GAME_MINUTES = 7 * 24 * 60
LONGEST_REMINDER_MINUTES = 30 * 24 * 60


@dataclass(frozen=True)
class Setting[T]:
    """A value and its source: `channel`, `guild` or `default`."""

    value: T
    source: str


def inherit[T](default: T, **layers: T | None) -> Setting[T]:
    """Return the innermost layer that is set; layers are given from the outermost inwards.

    None and the empty text mean "not set"; an empty list is a choice ("no reminders").
    """
    for source, value in reversed(layers.items()):
        if value is not None and value != "":
            return Setting(value, source)
    return Setting(default, "default")


def guild_permissions(
    *, is_owner: bool, guild_id: int, role_ids: Iterable[int], roles: Mapping[int, int]
) -> Permission:
    """Return a member's permissions before channel overwrites; `roles` maps role ids to bits.

    https://discord.com/developers/docs/topics/permissions#permission-hierarchy
    """
    bits = reduce(or_, (roles.get(role_id, 0) for role_id in (guild_id, *role_ids)), 0)
    if is_owner or bits & Permission.ADMINISTRATOR:
        return ALL_PERMISSIONS
    return Permission(bits & ALL_PERMISSIONS)


def channel_permissions(
    base: Permission,
    *,
    guild_id: int,
    user_id: int,
    role_ids: Iterable[int],
    overwrites: Sequence[Mapping[str, Any]],
) -> Permission:
    """Apply a channel's overwrites to `base`, in the order Discord prescribes.

    First that of `@everyone`, then those of all roles together (allow wins over deny), then the
    member's own. Without View Channel, nothing is left.
    """
    if base & Permission.ADMINISTRATOR:
        return ALL_PERMISSIONS
    by_id = {int(o["id"]): o for o in overwrites}
    bits = int(base)
    everyone = by_id.get(guild_id)
    if everyone:
        bits = bits & ~int(everyone["deny"]) | int(everyone["allow"])
    mine = [
        by_id[r]
        for r in role_ids
        if r != guild_id and r in by_id and int(by_id[r]["type"]) == Overwrite.ROLE
    ]
    bits &= ~reduce(or_, (int(o["deny"]) for o in mine), 0)
    bits |= reduce(or_, (int(o["allow"]) for o in mine), 0)
    own = by_id.get(user_id)
    if own and int(own["type"]) == Overwrite.MEMBER:
        bits = bits & ~int(own["deny"]) | int(own["allow"])
    if not bits & Permission.VIEW_CHANNEL:
        return Permission(0)
    return Permission(bits & ALL_PERMISSIONS)


def unless_silenced(permissions: Permission, *, is_silenced: bool) -> Permission:
    """Return what is left to a member in time-out, or who has not accepted the server's rules.

    Administrators, and so owners, are exempt.
    https://discord.com/developers/docs/topics/permissions#permissions-for-timed-out-members
    """
    if not is_silenced or permissions & Permission.ADMINISTRATOR:
        return permissions
    return permissions & SILENCED_PERMISSIONS
