"""Members as Discord tells of them: in an interaction, a gateway event or over OAuth."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from guilds.models import Guild, Member, User

# A sighting that changes nothing is written down at most this often.
SIGHTING_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True)
class UserFacts:
    """A user as in Discord's payloads. `locale` is empty where the payload has none."""

    discord_id: int
    username: str
    global_name: str = ""
    avatar: str = ""
    locale: str = ""


@dataclass(frozen=True)
class MemberFacts:
    """A member as in Discord's payloads; `permissions` without channel overwrites."""

    user: UserFacts
    nick: str = ""
    avatar: str = ""
    role_ids: tuple[int, ...] = ()
    permissions: int = 0


def see_user(facts: UserFacts) -> User:
    """The user of these facts, made or brought up to date."""
    wanted = {"display_name": (facts.global_name or facts.username)[:100], "avatar": facts.avatar}
    if facts.locale:
        wanted["locale"] = facts.locale
    user, is_new = User.objects.get_or_create(
        discord_id=facts.discord_id,
        defaults={**wanted, "username": f"discord-{facts.discord_id}", "password": "!"},
    )
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    if changed and not is_new:
        for name in changed:
            setattr(user, name, wanted[name])
        user.save(update_fields=changed)
    return user


@transaction.atomic
def see_member(*, guild: Guild, facts: MemberFacts) -> Member:
    """The member of these facts, made or brought up to date; fresh as of now."""
    user = see_user(facts.user)
    now = timezone.now()
    wanted = {
        "nick": facts.nick[:100],
        "avatar": facts.avatar,
        "role_ids": sorted(facts.role_ids),
        "permissions": facts.permissions,
        "left_at": None,
    }
    member, is_new = Member.objects.get_or_create(
        guild=guild, user=user, defaults={**wanted, "refreshed_at": now}
    )
    is_changed = any(getattr(member, name) != value for name, value in wanted.items())
    if not is_new and (is_changed or now - member.refreshed_at > SIGHTING_INTERVAL):
        for name, value in wanted.items():
            setattr(member, name, value)
        member.refreshed_at = now
        member.save()
    member.user, member.guild = user, guild
    return member


def lose_member(*, guild_id: int, discord_id: int) -> None:
    """The user is no longer in the guild. Their sign-ups stay until the game needs the seat."""
    Member.objects.filter(
        guild_id=guild_id, user__discord_id=discord_id, left_at__isnull=True
    ).update(left_at=timezone.now(), role_ids=[], permissions=0)
