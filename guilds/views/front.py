"""The landing page, logging out, and the page a browser shows while it is offline."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guilds.invite import invite_url
from guilds.web.access import is_safe_next
from guilds.web.outages import needs_no_database


@needs_no_database
@never_cache
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    next_url = request.GET.get("next", "")
    next_url = next_url if is_safe_next(next_url) else ""
    if request.user.is_authenticated and next_url:
        return HttpResponseRedirect(next_url)
    context = {"next": next_url, "invite_url": bot_invite_url(), "is_landing": True}
    return render(request, "guilds/landing.html", context)


def bot_invite_url() -> str:
    return invite_url(settings.DISCORD_BASE_URL, settings.DISCORD_CLIENT_ID)


@require_safe
def account_login(request: HttpRequest) -> HttpResponse:
    """Redirect allauth's log-in page to the landing page."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('landing')}{'?' if query else ''}{query}")


@require_POST
def account_logout(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("landing")


@needs_no_database
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show the offline page, which the service worker keeps in the reader's language."""
    return render(request, "offline.html")


@needs_no_database
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, since it controls only pages below its own path."""
    return render(request, "offline-worker.js", content_type="text/javascript")
