"""Search for a server's members by name, in the database and at Discord."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from discord_api import loop
from discord_api.errors import DiscordError, Uncertain
from discord_api.routes import search_members as search_route
from guilds.models import Guild, Member
from guilds.services.login import user_facts
from guilds.services.member import member_facts, see_member

log = structlog.get_logger(__name__)

MOST = 8
PATIENCE_SECONDS = 0.5
ANSWER_SECONDS = 1.5
# Seconds until Discord is asked for the same words again.
ASKED_FOR = 300
SHORTEST = 2


def search_members(guild: Guild, text: str) -> list[Member]:
    """Return up to eight members whose nick or name contains `text`, best first.

    Discord is asked for members not seen before, and they are stored. If it does not answer within
    1.5 seconds, only known members are found.
    """
    text = text.strip()
    if not text:
        return []
    if len(text) >= SHORTEST and _may_ask(guild, text):
        _see_found(guild, _ask(guild, text))
    found = (
        Member.objects.select_related("user")
        .filter(Q(nick__icontains=text) | Q(user__display_name__icontains=text))
        .filter(guild=guild, left_at__isnull=True, user__discord_id__isnull=False)
        .exclude(user__discord_id=settings.DISCORD_CLIENT_ID)
        .order_by("id")[: MOST * 8]
    )
    return sorted(found, key=lambda member: _rank(member, text))[:MOST]


def is_called(member: Member, text: str) -> bool:
    """Return whether `text` is their whole name, on this server or on Discord."""
    wanted = text.strip().casefold()
    return wanted in {member.nick.casefold(), member.user.name.casefold()}


def _rank(member: Member, text: str) -> tuple[bool, bool, str, int]:
    begins = member.name.casefold().startswith(text.casefold())
    return not is_called(member, text), not begins, member.name.casefold(), member.id


def _may_ask(guild: Guild, text: str) -> bool:
    try:
        key = f"member-search:{guild.id}:{text.casefold().encode().hex()[:120]}"
        return cache.add(key, 1, timeout=ASKED_FOR)
    except Exception:  # noqa: BLE001  (whatever the cache's client raises)
        return True


def _ask(guild: Guild, text: str) -> Sequence[Any]:
    request = loop.client().request(
        search_route(guild.id), params={"query": text, "limit": MOST}, patience=PATIENCE_SECONDS
    )
    try:
        answer = loop.call(request, timeout=ANSWER_SECONDS)
    except (DiscordError, Uncertain, TimeoutError) as error:
        log.warning("members_not_searched", guild=guild.id, error=str(error))
        return []
    return answer if isinstance(answer, list) else []


def _see_found(guild: Guild, found: Sequence[Any]) -> None:
    for payload in found:
        try:
            if payload["user"].get("bot"):
                continue
            facts = member_facts(payload, user_facts(payload["user"]))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        see_member(guild=guild, facts=facts)
