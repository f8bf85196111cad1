"""What a browser says beside the address."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest

from games.form_choices import zone_for
from guilds.models import Member

# Where the browser keeps its own time zone (static/js/month.js).
ZONE_COOKIE = "zone"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx or a live update asks for the part that changes, not for the page.

    Going back in the browser's history asks with htmx's voice for the whole.
    """
    headers = request.headers
    return bool(headers.get("HX-Request")) and not headers.get("HX-History-Restore-Request")


def viewer_zone(request: HttpRequest, member: Member) -> ZoneInfo:
    """The zone the viewer's days are counted in."""
    return ZoneInfo(zone_for(member, request.COOKIES.get(ZONE_COOKIE, "")))
