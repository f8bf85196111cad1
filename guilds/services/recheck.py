"""Checks, with the bot's token, whether members are still on their server.

For people who come without a token of their own, such as those who press a button in a DM.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from django.core.cache import cache
from django.utils import timezone

from discord_api import loop
from discord_api.errors import UNKNOWN_MEMBER, DiscordError
from discord_api.routes import get_member
from guilds.models import Member
from guilds.services.login import user_facts
from guilds.services.member import lose_member, member_facts, see_member
from guilds.services.membership import is_fresh, roles_unknown

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 10
PATIENCE_SECONDS = 0.5
ANSWER_SECONDS = 2.0
# Seconds until Discord is asked about the same member again, even if it did not answer.
PAUSE = 60


def confirm_member(member: Member) -> Member | None:
    """Return the member with facts at most five minutes old, or None if Discord says they left.

    Raises `Refused` while Discord does not answer.
    """
    kept = next(iter(recheck_members([member], is_urgent=True)), None)
    if kept is not None and not is_fresh(kept, timezone.now()):
        raise roles_unknown()
    return kept


def recheck_members(members: Sequence[Member], *, is_urgent: bool = False) -> list[Member]:
    """Return those who are still members, without those of whom Discord says that they left.

    Discord is not asked about members whose facts are at most five minutes old or, unless
    `is_urgent`, about those it was asked about within the last minute. Those of whom it says
    nothing within two seconds count as members.
    """
    now = timezone.now()
    stale = [m for m in members if not is_fresh(m, now) and m.user.discord_id]
    old = [m for m in stale if is_urgent or _may_ask(m)]
    answers = dict(zip((m.id for m in old), _ask(old[:MOST_AT_ONCE]), strict=False))
    return [kept for m in members if (kept := _store_answer(m, answers.get(m.id))) is not None]


def _may_ask(member: Member) -> bool:
    try:
        return cache.add(f"recheck:{member.id}", 1, timeout=PAUSE)
    except Exception:  # noqa: BLE001  (whatever the cache's client raises)
        return True


def _ask(members: Sequence[Member]) -> list[Any]:
    if not members:
        return []
    client = loop.client()
    try:
        return loop.gather(
            [
                client.request(
                    get_member(m.guild_id, m.user.discord_id or 0), patience=PATIENCE_SECONDS
                )
                for m in members
            ],
            timeout=ANSWER_SECONDS,
        )
    except TimeoutError:
        log.warning("members_not_rechecked", count=len(members))
        return []


def _store_answer(member: Member, answer: Any) -> Member | None:
    """Store Discord's answer and return the member; None if it says that there is none."""
    if isinstance(answer, DiscordError) and answer.code == UNKNOWN_MEMBER:
        lose_member(guild_id=member.guild_id, discord_id=member.user.discord_id or 0)
        return None
    if not isinstance(answer, dict):
        return member
    try:
        facts = member_facts(answer, user_facts(answer["user"]))
    except (KeyError, TypeError, ValueError):
        return member
    return see_member(guild=member.guild, facts=facts)
