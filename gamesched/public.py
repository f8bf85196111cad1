"""Pages about the site itself, open to everyone: privacy, and where to report faults."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gamesched.privacy import list_kinds
from guilds.selectors import list_guilds_of

# RFC 9116 wants less than a year. The text is made anew for each reader, so it is never older.
VALID = timedelta(days=90)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    user = request.user
    context = {
        "kinds": list_kinds(),
        "nav_guilds": list(list_guilds_of(user)) if user.is_authenticated else [],
    }
    return render(request, "privacy.html", context)


@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """Say where to report faults of this site (RFC 9116); 404 where its operator set no contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID).replace(microsecond=0)
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
