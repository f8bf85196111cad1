"""The front door: landing, logging out, and what is shown when something is in the way."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guilds.access import is_safe_next
from guilds.enums import Permission

# What the bot needs in a server, and no more.
BOT_PERMISSIONS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
)


@never_cache
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    next_url = request.GET.get("next", "")
    next_url = next_url if is_safe_next(next_url) else ""
    if request.user.is_authenticated and next_url:
        return HttpResponseRedirect(next_url)
    return render(
        request, "guilds/landing.html", {"next": next_url, "invite_url": bot_invite_url()}
    )


def bot_invite_url() -> str:
    query = {
        "client_id": settings.DISCORD_CLIENT_ID,
        "scope": "bot applications.commands",
        "permissions": int(BOT_PERMISSIONS),
    }
    return f"{settings.DISCORD_BASE_URL}/oauth2/authorize?{urlencode(query)}"


@require_safe
def account_login(request: HttpRequest) -> HttpResponse:
    """allauth's name for the log-in page: it is the landing page."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('landing')}{'?' if query else ''}{query}")


@require_POST
def account_logout(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("landing")


def show_trouble(
    request: HttpRequest, *, status: int, title: str, sentence: str, offers_login: bool = False
) -> HttpResponse:
    """A page that says what is in the way, and the way out."""
    context = {"title": title, "sentence": sentence, "offers_login": offers_login}
    return render(request, "trouble.html", context, status=status)
