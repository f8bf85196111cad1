"""Access to pages: who is asking, and how recent our facts about them are.

If facts are older than five minutes, or for a change than one, Discord is asked again with the
person's own token. While it does not answer, pages show the last known state, and changes are
refused.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from guilds.discord_login.api import DiscordError
from guilds.discord_login.token import find_token
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Guild, Member, User
from guilds.permissions import Standing, can_administer, can_configure_channel, standing_of
from guilds.services import recheck
from guilds.services.membership import (
    FRESH,
    FRESH_FOR_CHANGES,
    ask_for_guilds,
    is_fresh,
    refresh_guilds,
    refresh_member,
    roles_unknown,
)

ASKED_KEY = "discord_asked"
ASKED_MOST = 20
# Session keys: when Discord was asked for the person's servers, and that it did not answer.
MINE = "mine"
STALE_KEY = "discord_stale"
# Seconds until Discord is asked again: for a page or a change after no answer, and after the answer
# "not a member".
RETRY_READ = 30
RETRY_WRITE = 5
RETRY_STRANGER = 60


class SessionOver(Exception):
    """The session's token is revoked, expired or lost, so the person must log in again."""


@dataclass(frozen=True)
class Access:
    """The member who asks for a page. `is_stale` if their roles could not be confirmed."""

    member: Member
    guild: Guild
    standing: Standing
    is_stale: bool

    @property
    def can_configure(self) -> bool:
        return can_configure_channel(self.standing)

    @property
    def can_administer(self) -> bool:
        return can_administer(self.standing)

    def check_may_write(self) -> None:
        """Raise `Refused` if the bot left the server or the member's roles are stale."""
        if self.guild.left_at is not None:
            raise Refused(_("Gamesched is not on this server any more."))
        if self.is_stale:
            raise roles_unknown()


@dataclass(frozen=True)
class Person:
    """The logged-in person. `is_stale` if Discord could not confirm which servers they are on."""

    user: User
    is_stale: bool


def for_members[Answer: HttpResponseBase](
    view: Callable[..., Answer],
) -> Callable[..., Answer | HttpResponse]:
    """Call `view(request, access, …)` for members; others get the log-in or a 404."""

    @wraps(view)
    @never_cache
    def wrapper(request: HttpRequest, *, guild_id: int, **kwargs: Any) -> Answer | HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_log_in(request)
        try:
            return view(request, get_access(request, guild_id), **kwargs)
        except NotFound as error:
            raise Http404(error.message) from error
        except NotAllowed as refused:
            return render(request, "403.html", {"sentence": refused.message}, status=403)
        except SessionOver:
            return _log_in_again(request)

    return wrapper


def for_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call `view(request, person, …)` for anyone logged in; others get the log-in.

    Discord is asked for their servers again if the last answer is older than five minutes.
    """

    @wraps(view)
    @never_cache
    def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return ask_to_log_in(request)
        try:
            is_stale = _is_guild_list_stale(request, user)
        except SessionOver:
            return _log_in_again(request)
        return view(request, Person(user, is_stale), **kwargs)

    return wrapper


def _log_in_again(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("Please log in again: Discord asks for it now and then."))
    return ask_to_log_in(request)


def _is_guild_list_stale(request: HttpRequest, user: User) -> bool:
    """Refresh the person's servers if the last answer is old; True if Discord did not answer."""
    token = find_token(request.session)
    if token is None:  # a local account, unknown to Discord
        return False
    if not _may_ask(request.session, MINE, FRESH.seconds):
        return bool(request.session.get(STALE_KEY))
    try:
        ask_for_guilds(user, token)
    except DiscordError as error:
        if error.is_revoked:
            raise SessionOver from error
        request.session[ASKED_KEY][MINE] -= FRESH.seconds - RETRY_READ
        request.session[STALE_KEY] = True
        return True
    request.session.pop(STALE_KEY, None)
    return False


def note_guilds_asked(session: SessionBase) -> None:
    """Note that the log-in has just asked for the person's guilds."""
    _may_ask(session, MINE, 0)


def seconds_since_guilds_asked(session: SessionBase) -> float:
    asked: dict[str, float] = session.get(ASKED_KEY, {})
    return time.time() - asked.get(MINE, 0)


def get_access(request: HttpRequest, guild_id: int) -> Access:
    """Return the person's access to the guild.

    Raises `NotFound` for outsiders and for unknown guilds alike, and `SessionOver`.
    """
    user = request.user
    assert isinstance(user, User)
    member = _find_member(guild_id, user) or _find_newcomer(request, guild_id, user)
    if member is None:
        raise NotFound(_("There is no such server, or you are not on it."))
    guild = member.guild
    member, is_stale = confirm_member(request, member)
    return Access(member, guild, standing_of(member, guild), is_stale)


def confirm_member(request: HttpRequest, member: Member) -> tuple[Member, bool]:
    """Return the requester's own member, refreshed if older than five minutes, and `is_stale`.

    For a change they are refreshed if older than one. `is_stale` is True if Discord did not answer.
    Raises `NotFound` if they have left, and `SessionOver`.
    """
    within = FRESH if _is_reading(request) else FRESH_FOR_CHANGES
    is_known = is_fresh(member, timezone.now(), within)
    return (member, False) if is_known else _refreshed(request, member)


def _is_reading(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"}


def _find_member(guild_id: int, user: User) -> Member | None:
    found = Member.objects.select_related("guild").filter(
        guild_id=guild_id, user=user, left_at__isnull=True, guild__is_banned=False
    )
    member = found.first()
    if member:
        member.user = user  # already read with the session
    return member


def _find_newcomer(request: HttpRequest, guild_id: int, user: User) -> Member | None:
    """Find a member who joined the guild after logging in here, by asking Discord."""
    token = find_token(request.session)
    if token is None or not Guild.objects.filter(id=guild_id, left_at__isnull=True).exists():
        return None
    if not _may_ask(request.session, "guilds", RETRY_STRANGER) or not refresh_guilds(user, token):
        return None
    return _find_member(guild_id, user)


def _refreshed(request: HttpRequest, member: Member) -> tuple[Member, bool]:
    token = find_token(request.session)
    if token is None:
        raise SessionOver
    wait = RETRY_READ if _is_reading(request) else RETRY_WRITE
    if not _may_ask(request.session, str(member.guild_id), wait):
        return member, True
    try:
        fresh = refresh_member(guild=member.guild, user=member.user, token=token)
    except DiscordError as error:
        if error.is_revoked:
            raise SessionOver from error
        if error.status == HTTPStatus.TOO_MANY_REQUESTS and not _is_reading(request):
            return _refreshed_by_bot(member)
        return member, True
    request.session[ASKED_KEY].pop(str(member.guild_id))
    if fresh is None:
        raise NotFound(_("You are not on this server any more."))
    return fresh, False


def _refreshed_by_bot(member: Member) -> tuple[Member, bool]:
    """Ask with the bot's token. Discord limits the person's own, and this question is another."""
    try:
        fresh = recheck.confirm_member(member)
    except Refused:
        return member, True
    if fresh is None:
        raise NotFound(_("You are not on this server any more."))
    return fresh, False


def _may_ask(session: SessionBase, what: str, wait: int) -> bool:
    """Return whether Discord may be asked for `what` now, and if so note it in the session.

    Writing the session also extends its life.
    """
    asked: dict[str, float] = session.get(ASKED_KEY, {})
    now = time.time()
    if now - asked.get(what, 0) < wait:
        return False
    asked[what] = now
    newest = sorted(asked.items(), key=lambda item: item[1])[-ASKED_MOST:]
    session[ASKED_KEY] = dict(newest)
    return True


def is_safe_next(url: str | None) -> bool:
    """Return whether a log-in may lead to `url`: a path of this site, spelled without tricks."""
    return bool(
        url
        and url.startswith("/")
        and url.isprintable()
        and "\\" not in url
        and "//" not in url.partition("?")[0]
        and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    )


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Redirect the browser to the log-in, which leads back here afterwards."""
    path = request.get_full_path() if request.method == "GET" else ""
    is_htmx = bool(request.headers.get("HX-Request"))
    if is_htmx:
        path = getattr(request, "htmx").current_url_abs_path or ""  # noqa: B009
    query = f"?{urlencode({'next': path})}" if is_safe_next(path) else ""
    url = f"{reverse('landing')}{query}"
    if is_htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
