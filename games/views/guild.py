"""A server's games, as a list and as a month."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from games.browse.filters import (
    DRAFTS,
    STATES,
    Filters,
    Offer,
    filtered,
    list_categories,
    list_channels_seen,
    list_visible,
    page_of,
    read_cursor,
    read_filters,
)
from games.browse.month import MOST_GAMES, Grid, entries_of, read_month
from games.browse.rows import game_rows
from games.models import Game
from games.views.request import is_fragment, show_page, viewer_zone
from guilds.permissions import can_host, can_manage
from guilds.web.access import Access, for_members


@require_safe
@for_members
def guild_page(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the games asked for; to htmx and live updates only the part that changes."""
    now = timezone.now()
    zone = viewer_zone(request, access.member)
    filters = read_filters(request.GET)
    channels = list_channels_seen(access.member)
    visible = list_visible(access.member, channels, now=now)
    is_month = request.GET.get("view") == "month"
    context = {
        "access": access,
        "guild": access.guild,
        "filters": filters,
        "is_month": is_month,
        "is_fragment": is_fragment(request),
        "zone": zone.key,
        "zone_name": zone.key.replace("_", " "),
        "list_address": _address(access, filters.without_day()),
        "month_address": _address(access, filters.without_day(), view="month"),
        "can_manage": can_manage(access.standing),
        "can_host": can_host(access.standing) and not access.guild.left_at,
        **(_month if is_month else _list)(request, access, visible, filters, zone, now),
    }
    if is_fragment(request):
        response = render(request, "games/_guild.html", context)
        # The filter's form sends its empty fields too; this keeps the address short.
        response["HX-Push-Url"] = context["address"]
        return response
    open_channels = [c for c in channels if not c.deleted_at or c.id == filters.channel_id]
    context["offer"] = Offer(
        states=_states(access),
        channels=tuple((channel.id, channel.name) for channel in open_channels),
        categories=tuple(list_categories(visible, channels, filters.category)),
    )
    return show_page(request, "games/guild.html", access, context)


def _list(
    request: HttpRequest,
    access: Access,
    visible: QuerySet[Game],
    filters: Filters,
    zone: ZoneInfo,
    now: datetime,
) -> dict[str, Any]:
    games = filtered(visible, filters, zone=zone, now=now)
    cursor = read_cursor(request.GET)
    page = page_of(games, cursor, is_newest_first=filters.is_newest_first)
    here = {("before" if cursor.is_backward else "after"): cursor} if cursor else {}
    return {
        "rows": game_rows(page.games, access.member.user),
        "earlier": _address(access, filters, before=page.before) if page.before else "",
        "later": _address(access, filters, after=page.after) if page.after else "",
        "first": _address(access, filters),
        "is_first": cursor is None,
        "all_days_address": _address(access, filters.without_day()),
        "address": _address(access, filters, **here),
    }


def _month(
    request: HttpRequest,
    access: Access,
    visible: QuerySet[Game],
    filters: Filters,
    zone: ZoneInfo,
    now: datetime,
) -> dict[str, Any]:
    today = now.astimezone(zone).date()
    month = read_month(request.GET.get("month", ""), today)
    filters = filters.without_day()
    grid = Grid(month, (get_format("FIRST_DAY_OF_WEEK") - 1) % 7, zone)
    games = _games_in(grid, visible, filters, now)
    entries = entries_of(games, access.member.user)
    weeks = grid.weeks(entries[:MOST_GAMES], today)
    before, after = month.moved(-1), month.moved(1)
    return {
        "month": month,
        "weeks": weeks,
        "count": sum(len(d.entries) for week in weeks for d in week if not d.is_outside),
        "most": MOST_GAMES if len(entries) > MOST_GAMES else 0,
        "before": _address(access, filters, view="month", month=before) if before else "",
        "after": _address(access, filters, view="month", month=after) if after else "",
        "this_month": _address(access, filters, view="month"),
        "is_this_month": (today.year, today.month) == (month.year, month.number),
        "day_query": filters.query(),
        "address": _address(access, filters, view="month", month=month),
    }


def _games_in(
    grid: Grid, visible: QuerySet[Game], filters: Filters, now: datetime
) -> QuerySet[Game]:
    games = visible.filter(starts_at__gte=grid.begins_at, starts_at__lt=grid.ends_at)
    return filtered(games, filters, zone=grid.zone, now=now, is_period=True)


def _address(access: Access, filters: Filters, **more: object) -> str:
    query = filters.query(**more)
    return f"{reverse('guild', args=[access.guild.id])}{'?' if query else ''}{query}"


def _states(access: Access) -> tuple[tuple[str, str], ...]:
    names = dict(
        zip(
            STATES,
            (
                pgettext("games", "Sign-up open"),
                pgettext("games", "Under way"),
                pgettext("games", "Past"),
                pgettext("games", "Cancelled"),
                pgettext("games", "Not announced yet"),
            ),
            strict=True,
        )
    )
    is_manager = can_manage(access.standing)
    return tuple((s, n) for s, n in names.items() if s != DRAFTS or is_manager)
