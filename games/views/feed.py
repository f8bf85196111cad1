"""Calendars: a game as a file, and feeds behind a secret address.

Calendar programs have no session: the address is the key, so it must not reach caches, logs or
other sites.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from games.exchange import calendar
from games.exchange.feeds import Feed, feed_of_guild, feed_of_person, get_calendar_game
from games.exchange.versions import risen
from guilds.languages import in_language
from guilds.models import Feed as Address
from guilds.models import Member
from guilds.selectors import find_member
from guilds.services import feed as addresses
from guilds.services.recheck import recheck_members
from guilds.throttle import is_too_often
from guilds.web.access import Access, for_members
from guilds.web.throttle import place_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
MOST_OF_AN_ADDRESS = 300
MOST_OF_A_TOKEN = 20
WINDOW_SECONDS = 60
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="gamesched.ics"',
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@require_safe
@for_members
def game_ics(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Return one game, as a file to import once."""
    game = get_calendar_game(access.member, game_id)
    headers = {"Content-Disposition": f'attachment; filename="game-{game.id}.ics"'}
    return HttpResponse(calendar.single(game), content_type=CONTENT_TYPE, headers=headers)


@require_safe
def feed(request: HttpRequest, *, token: str) -> HttpResponse:
    """Return the feed of the person who owns the address."""
    if _is_too_often(request, token):
        return _wait()
    found = addresses.find_feed(token, is_of_guild=False)
    if found is None:
        raise Http404
    members = Member.objects.select_related("user", "guild").filter(
        user=found.user, left_at__isnull=True, guild__left_at__isnull=True
    )
    recheck_members(list(members))
    with in_language(found.user.locale):
        return _answer(request, found, _("My games"), feed_of_person(found.user))


@require_safe
def guild_feed(request: HttpRequest, *, token: str) -> HttpResponse:
    """Return the feed of one server's games that the owner of the address may see."""
    if _is_too_often(request, token):
        return _wait()
    found = addresses.find_feed(token, is_of_guild=True)
    member = find_member(found.guild, found.user) if found and found.guild else None
    members = recheck_members([member]) if member else []
    if not members or found is None:
        raise Http404
    with in_language(members[0].user.locale):
        return _answer(request, found, members[0].guild.name, feed_of_guild(members[0]))


def _answer(request: HttpRequest, address: Address, name: str, games: Feed) -> HttpResponse:
    etag = calendar.etag(name, games.version())
    response = get_conditional_response(request, etag=etag)
    if response is None:
        body = calendar.feed(name, risen(address, games.fetch(), now=timezone.now()))
        response = HttpResponse(body, content_type=CONTENT_TYPE)
    for header, value in {"ETag": etag, **HEADERS}.items():
        response.headers[header] = value
    return response


def _is_too_often(request: HttpRequest, token: str) -> bool:
    """Limit guessing by network address, and excessive polling by token."""
    place = place_of(request)
    by_address = is_too_often("feeds", place, most=MOST_OF_AN_ADDRESS, seconds=WINDOW_SECONDS)
    return by_address or is_too_often("feed", token, most=MOST_OF_A_TOKEN, seconds=WINDOW_SECONDS)


def _wait() -> HttpResponse:
    headers = {"Retry-After": str(WINDOW_SECONDS), **HEADERS}
    return HttpResponse(status=429, content_type="text/plain", headers=headers)
