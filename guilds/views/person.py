"""A person's own pages: settings, calendars, export of their data, and deletion."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guilds.errors import NotFound, Refused
from guilds.languages import language_of
from guilds.models import Feed, Guild
from guilds.selectors import list_guilds_of, list_sessions
from guilds.services.feed import make_feed, revoke_feed
from guilds.services.person import configure_person, data_of, delete_person
from guilds.services.sessions import end_session, end_sessions
from guilds.sessions import name_of_key, seconds_since_login
from guilds.settings.forms import CalendarForm, PersonForm, RevokeForm
from guilds.web.access import Person, for_people
from when import zone_names

# Seconds after a log-in in which a person may delete themselves.
FRESH_LOGIN = 10 * 60
GOOGLE = "https://calendar.google.com/calendar/r"


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def settings_page(request: HttpRequest, person: Person) -> HttpResponse:
    if request.method != "POST":
        return _page(request, person)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form=form)
    try:
        configure_person(user=person.user, values=form.values())
    except Refused as refused:
        field = "quiet_until" if refused.field == "quiet_hours" else refused.field
        form.add_error(field if field in form.fields else None, refused.message)
        return _page(request, person, form=form)
    messages.success(request, _("Saved. It counts on every server."))
    return redirect("settings")


@require_POST
@for_people
def make_calendar(request: HttpRequest, person: Person) -> HttpResponse:
    """Make a secret address and show it in this response only, since it is not stored."""
    form = CalendarForm(request.POST)
    guild = None
    try:
        if not form.is_valid():
            raise _no_such_server()
        if guild_id := form.cleaned_data["guild_id"]:
            guild = list_guilds_of(person.user).filter(id=guild_id).first()
            if guild is None:
                raise _no_such_server()
        token = make_feed(user=person.user, guild=guild)
    except NotFound as refused:
        messages.error(request, refused.message)
        return redirect("settings")
    return _page(request, person, made=_addresses(token, guild))


@require_POST
@for_people
def revoke_calendar(request: HttpRequest, person: Person) -> HttpResponse:
    form = RevokeForm(request.POST)
    if form.is_valid():
        revoke_feed(user=person.user, feed_id=form.cleaned_data["feed_id"])
        messages.success(request, _("That calendar address no longer works."))
    return redirect(f"{reverse('settings')}#calendar")


@require_safe
@for_people
def download_data(request: HttpRequest, person: Person) -> HttpResponse:
    response = JsonResponse(data_of(person.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="gamesched-my-data.json"'
    return response


@require_POST
@for_people
def log_out_everywhere(request: HttpRequest, person: Person) -> HttpResponse:
    """End all sessions, and with the box ticked the calendar addresses too."""
    end_sessions(person.user, with_calendars=request.POST.get("calendars") == "yes")
    logout(request)
    messages.success(request, _("You are logged out everywhere."))
    return redirect("landing")


@require_POST
@for_people
def log_out_session(request: HttpRequest, person: Person) -> HttpResponse:
    """End another of the person's sessions."""
    if end_session(person.user, request.POST.get("session", "")):
        messages.success(request, _("That browser is logged out."))
    return redirect(f"{reverse('settings')}#sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def delete_me(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask for a fresh log-in and for confirmation, then delete the person and end their sessions.

    A session that somebody else got hold of is not enough: Discord must know them too.
    """
    is_fresh = seconds_since_login(request.session) < FRESH_LOGIN
    context: dict[str, Any] = {
        "nav_guilds": list(list_guilds_of(person.user)),
        "needs_login": not is_fresh,
        "next": reverse("delete-me"),
    }
    if not is_fresh:
        status = 403 if request.method == "POST" else 200
        return render(request, "guilds/delete_me.html", context, status=status)
    if request.method != "POST":
        return render(request, "guilds/delete_me.html", context)
    if request.POST.get("sure") != "yes":
        context["error"] = _("Tick the box to say that you are sure.")
        return render(request, "guilds/delete_me.html", context, status=422)
    try:
        delete_person(user=person.user)
    except Refused as refused:
        context["error"] = refused.message
        return render(request, "guilds/delete_me.html", context, status=422)
    logout(request)
    messages.success(request, _("You are deleted. Thank you for having played."))
    return redirect("landing")


def _no_such_server() -> NotFound:
    return NotFound(_("There is no such server, or you are not on it."))


def _page(
    request: HttpRequest,
    person: Person,
    *,
    form: PersonForm | None = None,
    made: dict[str, str] | None = None,
) -> HttpResponse:
    user = person.user
    guilds = list(list_guilds_of(user))
    feeds = {feed.guild_id: feed for feed in Feed.objects.filter(user=user)}
    context = {
        "is_stale": person.is_stale,
        "form": form or PersonForm.of(user),
        "made": made,
        "own_language": get_language_info(language_of(user.locale))["name_local"],
        "zones": sorted(zone_names()),
        "calendars": [(None, feeds.get(None)), *((g, feeds.get(g.id)) for g in guilds)],
        "nav_guilds": guilds,
        "now": timezone.now(),
        "sessions": list_sessions(user),
        "own_session": name_of_key(request.session.session_key),
    }
    is_refused = form is not None and bool(form.errors)
    return render(request, "guilds/person.html", context, status=422 if is_refused else 200)


def _addresses(token: str, guild: Guild | None) -> dict[str, str]:
    """Return the calendar's address for programs, as a one-click link, and for Google."""
    path = reverse("guild-feed" if guild else "feed", args=[token])
    site = urlsplit(settings.SITE_URL)
    webcal = f"webcal://{site.netloc}{path}"
    return {
        "name": guild.name if guild else _("My games"),
        "https": f"{settings.SITE_URL}{path}",
        "webcal": webcal,
        "google": f"{GOOGLE}?{urlencode({'cid': webcal})}",
    }
