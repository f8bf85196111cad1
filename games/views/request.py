"""Facts from a request's headers and cookies, and the rendering of a guild's pages."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from games.forms.choices import zone_for
from games.models import Game
from guilds.models import Member
from guilds.selectors import list_guilds_of
from guilds.web.access import Access

# Where the browser keeps its own time zone (static/js/month.js).
ZONE_COOKIE = "zone"


def number_in(data: Mapping[str, Any], name: str) -> int | None:
    """Return the id under that name, or None for anything that cannot be one."""
    text = str(data.get(name) or "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return int(text) if is_number else None


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx or a live update asks for the part that changes, not for the page.

    Going back in the browser's history sends htmx's headers too, but needs the whole page.
    """
    headers = request.headers
    return bool(headers.get("HX-Request")) and not headers.get("HX-History-Restore-Request")


def viewer_zone(request: HttpRequest, member: Member) -> ZoneInfo:
    """Return the zone in which the viewer's days begin."""
    return ZoneInfo(zone_for(member, request.COOKIES.get(ZONE_COOKIE, "")))


def show_game_form(
    request: HttpRequest, template: str, access: Access, game: Game, form: Form
) -> HttpResponse:
    """Show a page with one form about one game; 422 if the form was submitted and refused."""
    status = 422 if form.is_bound else 200
    return show_page(request, template, access, {"game": game, "form": form}, status=status)


def show_page(
    request: HttpRequest,
    template: str,
    access: Access,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Show a whole page of a guild: `context`, and what all pages show."""
    shared = {
        "access": access,
        "guild": access.guild,
        "nav_guilds": list(list_guilds_of(access.member.user)),
    }
    return render(request, template, shared | context, status=status)
