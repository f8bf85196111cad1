"""The viewer's own games, on all their servers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from games.browse.agenda import OLDEST_NEWS, list_ahead, list_news, list_past, with_clashes
from games.browse.filters import page_of, read_cursor
from games.browse.rows import game_rows
from games.services.visit import note_visit
from games.views.request import is_fragment
from guilds.models import Guild, User
from guilds.selectors import list_guilds_of
from guilds.web.access import Person, for_people


@require_safe
@for_people
def my_games(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the games ahead with what is new in them, or the past games.

    Live updates get only the part that changes.
    """
    guilds = list(list_guilds_of(person.user))
    is_past = request.GET.get("show") == "past"
    context = {
        "is_stale": person.is_stale,
        "is_past": is_past,
        "guilds": guilds,
        "nav_guilds": guilds,
        "address": request.get_full_path(),
        **(_past if is_past else _ahead)(request, person.user, guilds),
    }
    name = "games/_my_games.html" if is_fragment(request) else "games/my_games.html"
    return render(request, name, context)


def _ahead(request: HttpRequest, user: User, guilds: list[Guild]) -> dict[str, Any]:
    now = timezone.now()
    # A page that stays open is one visit, however long.
    since = user.games_seen_before if is_fragment(request) else note_visit(user, now=now)
    games = list_ahead(user, guilds, now)
    rows = with_clashes(game_rows([game for game in games if game.is_upcoming], user))
    groups = [
        (name, title, [row for row in rows if row.standing == name])
        for name, title in (
            ("playing", _("You play")),
            ("waiting", _("On the waitlist")),
            ("maybe", _("Maybe")),
        )
    ]
    groups.append(("hosting", _("Hosting"), [row for row in rows if row.is_hosting]))
    return {
        "groups": groups,
        "has_games": bool(rows),
        "since": since,
        "news": list_news(user, games, guilds, since=max(since, now - OLDEST_NEWS))
        if since
        else [],
    }


def _past(request: HttpRequest, user: User, guilds: list[Guild]) -> dict[str, Any]:
    cursor = read_cursor(request.GET)
    page = page_of(list_past(user, guilds), cursor, is_newest_first=True)
    address = f"{reverse('my-games')}?show=past"
    return {
        "rows": game_rows(page.games, user),
        "newer": f"{address}&before={page.before}" if page.before else "",
        "older": f"{address}&after={page.after}" if page.after else "",
    }
