"""Guilds and roles of a logged-in person, asked of Discord with their own token."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from guilds.discord_login import api
from guilds.errors import Refused
from guilds.models import Guild, Member, User
from guilds.services.login import user_facts
from guilds.services.member import lose_member, member_facts, see_member

log = structlog.get_logger(__name__)

# A change must rest on facts no older than this.
FRESH = timedelta(minutes=5)
# `refreshed_at` of a member whose roles were never asked for.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def roles_unknown() -> Refused:
    """Return the refusal of a change while only stale facts are known."""
    return Refused(
        _("Discord is not answering, so your roles cannot be checked. Try again shortly.")
    )


def is_fresh(member: Member, now: datetime) -> bool:
    return now - member.refreshed_at <= FRESH


def refresh_guilds(user: User, token: str) -> bool:
    """Ask Discord which guilds the user is on; returns False if it did not answer."""
    try:
        ask_for_guilds(user, token)
    except api.DiscordError:
        return False
    return True


def ask_for_guilds(user: User, token: str) -> None:
    """Ask Discord which guilds the user is on, and store them. Raises `api.DiscordError`."""
    try:
        listed = {int(g["id"]): int(g.get("permissions") or 0) for g in api.list_guilds(token)}
    except (KeyError, TypeError, ValueError):
        raise api.DiscordError(502) from None
    except api.DiscordError as error:
        log.warning("guilds_not_refreshed", user=user.id, error=str(error))
        raise
    see_guilds(user=user, listed=listed)


@transaction.atomic
def see_guilds(*, user: User, listed: Mapping[int, int]) -> None:
    """Store that the user is on these guilds (id to permission bits) and no others.

    Their roles stay unknown, and the members stale, until `refresh_member` asks for them.
    """
    guild_ids = Guild.objects.filter(id__in=listed, left_at__isnull=True).values_list(
        "id", flat=True
    )
    Member.objects.bulk_create(
        [
            Member(guild_id=i, user=user, permissions=listed[i] & (2**53 - 1), refreshed_at=NEVER)
            for i in guild_ids
        ],
        ignore_conflicts=True,
    )
    memberships = Member.objects.filter(user=user)
    memberships.filter(guild_id__in=listed, left_at__isnull=False).update(
        left_at=None, refreshed_at=NEVER
    )
    for guild_id in (
        memberships.filter(left_at__isnull=True)
        .exclude(guild_id__in=listed)
        .values_list("guild_id", flat=True)
    ):
        lose_member(guild_id=guild_id, discord_id=user.discord_id or 0)


def refresh_member(*, guild: Guild, user: User, token: str) -> Member | None:
    """Ask Discord for the user's nick and roles in the guild; None if they are not on it.

    Raises `api.DiscordError` if Discord refuses otherwise or does not answer.
    """
    try:
        payload = api.get_own_member(token, guild.id)
    except api.DiscordError as error:
        if not error.is_gone:
            raise
        lose_member(guild_id=guild.id, discord_id=user.discord_id or 0)
        return None
    try:
        facts = member_facts(payload, user_facts(payload["user"]))
    except (KeyError, TypeError, ValueError):
        raise api.DiscordError(502) from None
    return see_member(guild=guild, facts=facts)
