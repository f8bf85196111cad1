"""Checks, with the bot's token, whether members are still on their server.

For people who come without a token of their own, such as those who press a button in a DM, and
for those who may have left without a word.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

import structlog
from django.core.cache import cache
from django.utils import timezone

from discord_api import loop
from discord_api.budget import Priority
from discord_api.errors import GONE, DiscordError, RateLimited, Uncertain
from discord_api.routes import Route, get_member
from guilds.models import Member
from guilds.services.login import user_facts
from guilds.services.member import lose_member, member_facts, see_member
from guilds.services.membership import FRESH, FRESH_FOR_CHANGES, is_fresh, roles_unknown

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 10
PATIENCE_SECONDS = 0.5
ANSWER_SECONDS = 2.0
# Seconds until Discord is asked about the same member again, even if it did not answer.
PAUSE = 60


def confirm_member(member: Member) -> Member | None:
    """Return the member with facts at most a minute old, or None if Discord says they left.

    Raises `Refused` while Discord does not answer.
    """
    within = FRESH_FOR_CHANGES
    kept = next(iter(recheck_members([member], is_urgent=True, within=within)), None)
    if kept is not None and not is_fresh(kept, timezone.now(), within):
        raise roles_unknown()
    return kept


def recheck_members(
    members: Sequence[Member], *, is_urgent: bool = False, within: timedelta = FRESH
) -> list[Member]:
    """Return those who are still members, without those of whom Discord says that they left.

    Discord is not asked about members whose facts are no older than `within` or, unless
    `is_urgent`, about those it was asked about within the last minute. Those of whom it says
    nothing within two seconds count as members.
    """
    now = timezone.now()
    stale = [m for m in members if not is_fresh(m, now, within) and m.user.discord_id]
    old = [m for m in stale if is_urgent or _may_ask(m)]
    answers = dict(zip((m.id for m in old), _ask(old[:MOST_AT_ONCE]), strict=False))
    return [kept for m in members if (kept := _store_answer(m, answers.get(m.id))) is not None]


def look_up(
    members: Sequence[Member], *, most: int = MOST_AT_ONCE, seconds: float = ANSWER_SECONDS
) -> list[Member]:
    """Ask Discord about up to `most` of them, one after the other, and return those of whom it says
    that they left.

    What waits for its answer at once passes these, and they leave of a server's limit what the next
    click in a direct message needs. Whom there is no room for is left out, and takes no place.
    """
    answers: dict[int, Any] = {}
    old: list[Member] = []
    try:
        known = [member for member in members if member.user.discord_id]
        askable = loop.call(_with_room(known), timeout=seconds)
        old = list(islice(filter(_may_ask, askable), most))
        loop.call(_ask_in_turn(old, answers), timeout=seconds)
    except TimeoutError:
        log.info("members_not_all_looked_up", asked=len(answers), wanted=len(old))
    return [m for m in old if m.id in answers and _store_answer(m, answers[m.id]) is None]


async def _with_room(members: Sequence[Member]) -> list[Member]:
    return [member for member in members if loop.client().has_room_to_spare(_route_of(member))]


def _route_of(member: Member) -> Route:
    return get_member(member.guild_id, member.user.discord_id or 0)


async def _ask_in_turn(members: Sequence[Member], answers: dict[int, Any]) -> None:
    client = loop.client()
    for member in members:
        route = _route_of(member)
        if not client.has_room_to_spare(route):
            continue
        try:
            answers[member.id] = await client.request(
                route, priority=Priority.UPKEEP, channel_patience=0
            )
        except RateLimited:
            continue
        except (DiscordError, Uncertain) as error:
            answers[member.id] = error


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
            [client.request(_route_of(member), patience=PATIENCE_SECONDS) for member in members],
            timeout=ANSWER_SECONDS,
        )
    except TimeoutError:
        log.warning("members_not_rechecked", count=len(members))
        return []


def _store_answer(member: Member, answer: Any) -> Member | None:
    """Store Discord's answer and return the member; None if it says that there is none."""
    if isinstance(answer, DiscordError) and answer.code in GONE:
        lose_member(guild_id=member.guild_id, discord_id=member.user.discord_id or 0)
        return None
    if not isinstance(answer, dict):
        return member
    try:
        facts = member_facts(answer, user_facts(answer["user"]))
    except (KeyError, TypeError, ValueError):
        return member
    return see_member(guild=member.guild, facts=facts)
