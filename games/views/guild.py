"""A server's games."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.listing import rows_of
from games.selectors import list_upcoming
from guilds.access import Access, for_members
from guilds.selectors import list_guilds_of

PAGE_SIZE = 24
MOST_PAGES = 400


@require_safe
@for_members
def guild_page(request: HttpRequest, access: Access) -> HttpResponse:
    """The server's upcoming games, soonest first; the list alone for htmx and live updates."""
    page = _page_number(request)
    first = (page - 1) * PAGE_SIZE
    games = list(list_upcoming(access.guild)[first : first + PAGE_SIZE + 1])
    context = {
        "access": access,
        "guild": access.guild,
        "rows": rows_of(games[:PAGE_SIZE], access.member.user),
        "page": page,
        "has_more": len(games) > PAGE_SIZE,
    }
    if request.headers.get("HX-Request"):
        return render(request, "games/_guild.html", context)
    context["nav_guilds"] = list(list_guilds_of(access.member.user))
    return render(request, "games/guild.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), 1), MOST_PAGES) if is_number else 1
