"""Members as Discord describes them: in an interaction, a gateway event or over OAuth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F, Func, Model
from django.utils import timezone

from discord_api.answers import as_id, as_text
from guilds.models import Guild, Member, Role, User
from guilds.rules import guild_permissions
from guilds.services.ban import is_banned
from guilds.signals import member_left, roles_lost
from guilds.text import is_visible
from postgres.rows import Columns, first_row

# `refreshed_at` alone is written at most this often.
SIGHTING_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True)
class UserFacts:
    """A user as in Discord's payloads. `locale` is empty if the payload has none."""

    discord_id: int
    username: str
    global_name: str = ""
    avatar: str = ""
    locale: str = ""


@dataclass(frozen=True)
class MemberFacts:
    """A member as in Discord's payloads.

    `permissions` exclude channel overwrites; if None, they are computed from the mirrored roles.
    """

    user: UserFacts
    nick: str = ""
    avatar: str = ""
    role_ids: tuple[int, ...] = ()
    permissions: int | None = None
    timed_out_until: datetime | None = None
    is_pending: bool = False


def member_facts(payload: Mapping[str, Any], user: UserFacts) -> MemberFacts:
    """Read one of Discord's member objects, whose own permissions are those of one channel.

    Raises `KeyError`, `TypeError` or `ValueError` for what is none.
    https://discord.com/developers/docs/resources/guild#guild-member-object
    """
    until = payload.get("communication_disabled_until")
    return MemberFacts(
        user=user,
        nick=as_text(payload.get("nick"), 100),
        avatar=as_text(payload.get("avatar"), 64),
        role_ids=tuple(as_id(role_id) for role_id in payload.get("roles") or ()),
        timed_out_until=datetime.fromisoformat(until) if until else None,
        is_pending=bool(payload.get("pending")),
    )


_SIGHTING = """
select {member}, {user}, {guild} from guilds_member m
join guilds_user u on u.id = m.user_id join guilds_guild g on g.id = m.guild_id
where m.guild_id = %s and u.discord_id = %s"""


@cache
def _columns() -> tuple[Columns[Member], Columns[User], Columns[Guild]]:
    return Columns(Member, "m"), Columns(User, "u"), Columns(Guild, "g")


def find_seen(guild_id: int, discord_id: int) -> Member | None:
    """Return the member as last seen, with user and guild, even if they have left since."""
    members, users, guilds = _columns()
    sql = _SIGHTING.format(member=members.sql, user=users.sql, guild=guilds.sql)
    row = first_row(sql, [guild_id, discord_id])
    if row is None:
        return None
    ends = len(members), len(members) + len(users)
    member = members.read(row[: ends[0]])
    member.user, member.guild = users.read(row[ends[0] : ends[1]]), guilds.read(row[ends[1] :])
    return member


def is_seen_again(member: Member, facts: MemberFacts) -> bool:
    """Return whether the facts hold nothing new. If they do, call `see_member`.

    Unchanged roles mean unchanged permissions: when a role's own permissions change, all members
    are updated by `recompute_permissions`.
    """
    wanted = _known_by(facts) | {"permissions": member.permissions}
    if _differs(member.user, _user_known_by(facts.user)) or _differs(member, wanted):
        return False
    _note_sighting(member)
    return True


def _note_sighting(member: Member) -> None:
    now = timezone.now()
    if now - member.refreshed_at > SIGHTING_INTERVAL:
        Member.objects.filter(id=member.id).update(refreshed_at=now)
        member.refreshed_at = now


def _user_known_by(facts: UserFacts) -> dict[str, str]:
    name = facts.global_name if is_visible(facts.global_name) else facts.username
    wanted = {"display_name": name[:100], "avatar": facts.avatar}
    return wanted | ({"locale": facts.locale} if facts.locale else {})


def _known_by(facts: MemberFacts) -> dict[str, Any]:
    return {
        # Many call themselves by a blank; a roster would have an empty line.
        "nick": facts.nick[:100] if is_visible(facts.nick) else "",
        "avatar": facts.avatar,
        "role_ids": sorted(facts.role_ids),
        "permissions": facts.permissions,
        "timed_out_until": facts.timed_out_until,
        "is_pending": facts.is_pending,
        "left_at": None,
    }


def _differs(row: Model, wanted: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in wanted.items())


def see_user(facts: UserFacts) -> User:
    """Make or update the user of these facts."""
    wanted = _user_known_by(facts)
    user, is_new = User.objects.get_or_create(
        discord_id=facts.discord_id,
        defaults={**wanted, "username": f"discord-{facts.discord_id}", "password": "!"},
    )
    if is_new and is_banned(user.discord_id):
        user.is_active = False
        user.save(update_fields=["is_active"])
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    if changed and not is_new:
        for name in changed:
            setattr(user, name, wanted[name])
        user.save(update_fields=changed)
    return user


@transaction.atomic
def see_member(*, guild: Guild, facts: MemberFacts) -> Member:
    """Make or update the member of these facts, and mark them as fresh."""
    user = see_user(facts.user)
    now = timezone.now()
    wanted = _known_by(facts)
    if facts.permissions is None:
        wanted["permissions"] = permissions_of(guild, facts.user.discord_id, facts.role_ids)
    member, is_new = Member.objects.get_or_create(
        guild=guild, user=user, defaults={**wanted, "refreshed_at": now}
    )
    lost = frozenset() if is_new else frozenset(member.role_ids) - frozenset(facts.role_ids)
    if not is_new and (_differs(member, wanted) or now - member.refreshed_at > SIGHTING_INTERVAL):
        for name, value in wanted.items():
            setattr(member, name, value)
        member.refreshed_at = now
        member.save()
    member.user, member.guild = user, guild
    if lost:
        _tell_of_lost_roles(member, lost)
    return member


def _tell_of_lost_roles(member: Member, lost: frozenset[int]) -> None:
    """Nobody loses a seat with a role that Discord deleted (`roles_gone`)."""
    kept = Role.objects.filter(guild_id=member.guild_id, id__in=lost)
    if role_ids := frozenset(kept.values_list("id", flat=True)):
        roles_lost.send(sender=Member, member=member, role_ids=role_ids)


def see_known_members(*, guild: Guild, facts: Collection[MemberFacts]) -> None:
    """Update the members that are already known, and make none."""
    known = set(
        Member.objects.filter(
            guild=guild, user__discord_id__in=[one.user.discord_id for one in facts]
        ).values_list("user__discord_id", flat=True)
    )
    for one in facts:
        if one.user.discord_id in known:
            see_member(guild=guild, facts=one)


def permissions_of(guild: Guild, discord_id: int, role_ids: Collection[int]) -> int:
    """Compute a member's permissions, without channel overwrites, from the mirrored roles."""
    roles = dict(
        Role.objects.filter(guild=guild, id__in=[guild.id, *role_ids]).values_list(
            "id", "permissions"
        )
    )
    is_owner = discord_id == guild.owner_id
    return int(
        guild_permissions(is_owner=is_owner, guild_id=guild.id, role_ids=role_ids, roles=roles)
    )


def recompute_permissions(guild: Guild) -> None:
    """Update the permissions of all known members after a change of roles or owner."""
    roles = dict(Role.objects.filter(guild=guild).values_list("id", "permissions"))
    changed = []
    for member in Member.objects.select_related("user").filter(guild=guild, left_at__isnull=True):
        now_has = guild_permissions(
            is_owner=member.user.discord_id == guild.owner_id,
            guild_id=guild.id,
            role_ids=member.role_ids,
            roles=roles,
        )
        if member.permissions != now_has:
            member.permissions = int(now_has)
            changed.append(member)
    Member.objects.bulk_update(changed, ["permissions"], batch_size=500)


@transaction.atomic
def lose_member(*, guild_id: int, discord_id: int) -> None:
    """Note that the user left the guild, which frees their seats there."""
    member = (
        Member.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(guild_id=guild_id, user__discord_id=discord_id, left_at__isnull=True)
        .first()
    )
    if member is None:
        return
    member.left_at, member.role_ids, member.permissions = timezone.now(), [], 0
    member.save(update_fields=["left_at", "role_ids", "permissions"])
    member_left.send(sender=Member, guild_id=guild_id, user=member.user)


def take_role_from_all(guild: Guild, role_id: int) -> None:
    """Take a deleted role from all members, since Discord need not send an event for each."""
    Member.objects.filter(guild=guild, role_ids__contains=[role_id]).update(
        role_ids=Func(F("role_ids"), role_id, function="array_remove")
    )
