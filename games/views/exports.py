"""A server's games and rosters as files, for those who manage its games."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from games.exchange import calendar
from games.exchange.export import roster_pages
from games.exchange.export_calendar import calendar_pages
from games.exchange.export_csv import games_table, rosters_table
from games.exchange.own.cells import names_of
from games.exchange.streaming import streamed
from games.services.imports import check_may_import
from games.views.feed import CONTENT_TYPE
from guilds.throttle import is_too_often
from guilds.views.trouble import show_trouble
from guilds.web.access import Access, for_members

CSV = "text/csv; charset=utf-8"
# Files of one person: each is held until it has been received.
MOST, MOST_IN_SECONDS = 20, 600


@require_safe
@for_members
def games_csv(request: HttpRequest, access: Access) -> HttpResponseBase:
    check_may_import(access.member)
    parts = games_table(roster_pages(access.guild), names_of(access.guild))
    return _answer(request, access, parts, CSV, "games.csv")


@require_safe
@for_members
def rosters_csv(request: HttpRequest, access: Access) -> HttpResponseBase:
    parts = rosters_table(roster_pages(access.guild))
    return _answer(request, access, parts, CSV, "rosters.csv")


@require_safe
@for_members
def games_ics(request: HttpRequest, access: Access) -> HttpResponseBase:
    pages = calendar_pages(access.guild, access.member.user)
    parts = calendar.in_parts(access.guild.name, pages)
    return _answer(request, access, parts, CONTENT_TYPE, "games.ics")


def _answer(
    request: HttpRequest, access: Access, parts: Iterator[bytes], content_type: str, name: str
) -> HttpResponseBase:
    """Send the file. `parts` is lazy, so that nothing is read before the right is checked."""
    check_may_import(access.member)
    if is_too_often("exports", str(access.member.user_id), most=MOST, seconds=MOST_IN_SECONDS):
        return show_trouble(
            request,
            status=429,
            title=_("That was a lot of files"),
            sentence=_("Wait a few minutes, then try again."),
        )
    return streamed(request, parts, content_type=content_type, filename=name)
