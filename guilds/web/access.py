"""Who is asking for a page, and how fresh what we know of them is.

Facts older than five minutes are asked for again with the person's own token. While Discord
does not answer, pages show what was known last; changes are refused.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
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
from guilds.services.membership import (
    FRESH,
    ask_for_guilds,
    is_fresh,
    refresh_guilds,
    refresh_member,
    roles_unknown,
)

ASKED_KEY = "discord_asked"
ASKED_MOST = 20
# Under these the session notes when the person's own servers were asked for, and without answer.
MINE = "mine"
STALE_KEY = "discord_stale"
# Seconds until Discord is asked again after it gave no answer, or the answer "not a member".
RETRY_READ = 30
RETRY_WRITE = 5
RETRY_STRANGER = 60


class SessionOver(Exception):
    """Discord no longer vouches for this session: its token is revoked, run out or lost."""


@dataclass(frozen=True)
class Access:
    """A member of the guild, asking. `is_stale`: their roles could not be confirmed just now."""

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
        """Raise `Refused` where nothing may be changed on what is known."""
        if self.guild.left_at is not None:
            raise Refused(_("Gamesched is not on this server any more."))
        if self.is_stale:
            raise roles_unknown()


@dataclass(frozen=True)
class Person:
    """Whoever is logged in. `is_stale`: Discord does not say just now which servers they are on."""

    user: User
    is_stale: bool


def for_members[Answer: HttpResponseBase](
    view: Callable[..., Answer],
) -> Callable[..., Answer | HttpResponse]:
    """Give `view(request, access, …)` the member; send others to log in, or 404."""

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
    """Give `view(request, person, …)` whoever is logged in; send others to log in.

    Which servers they are on is asked for again when it was known for five minutes.
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
    """Ask Discord anew where the answer is old; true where it gave none."""
    token = find_token(request.session)
    if token is None:  # a local account, which Discord knows nothing of
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
    """The log-in asked already."""
    _may_ask(session, MINE, 0)


def seconds_since_guilds_asked(session: SessionBase) -> float:
    asked: dict[str, float] = session.get(ASKED_KEY, {})
    return time.time() - asked.get(MINE, 0)


def get_access(request: HttpRequest, guild_id: int) -> Access:
    """Raises `NotFound` for people outside and guilds unknown alike, and `SessionOver`."""
    user = request.user
    assert isinstance(user, User)
    member = _find_member(guild_id, user) or _find_newcomer(request, guild_id, user)
    if member is None:
        raise NotFound(_("There is no such server, or you are not on it."))
    guild = member.guild
    member, is_stale = confirm_member(request, member)
    return Access(member, guild, standing_of(member, guild), is_stale)


def confirm_member(request: HttpRequest, member: Member) -> tuple[Member, bool]:
    """The requester's own member, at most five minutes old, or true where Discord gave no answer.

    Raises `NotFound` when they have left, and `SessionOver`.
    """
    return (member, False) if is_fresh(member, timezone.now()) else _refreshed(request, member)


def _find_member(guild_id: int, user: User) -> Member | None:
    found = Member.objects.select_related("guild").filter(
        guild_id=guild_id, user=user, left_at__isnull=True
    )
    member = found.first()
    if member:
        member.user = user  # read already, with the session
    return member


def _find_newcomer(request: HttpRequest, guild_id: int, user: User) -> Member | None:
    """Somebody who joined the guild after they logged in here."""
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
    wait = RETRY_READ if request.method in {"GET", "HEAD"} else RETRY_WRITE
    if not _may_ask(request.session, str(member.guild_id), wait):
        return member, True
    try:
        fresh = refresh_member(guild=member.guild, user=member.user, token=token)
    except DiscordError as error:
        if error.is_revoked:
            raise SessionOver from error
        return member, True
    request.session[ASKED_KEY].pop(str(member.guild_id))
    if fresh is None:
        raise NotFound(_("You are not on this server any more."))
    return fresh, False


def _may_ask(session: SessionBase, what: str, wait: int) -> bool:
    """Whether Discord may be asked `what` now; notes that it is. Also keeps the session alive."""
    asked: dict[str, float] = session.get(ASKED_KEY, {})
    now = time.time()
    if now - asked.get(what, 0) < wait:
        return False
    asked[what] = now
    newest = sorted(asked.items(), key=lambda item: item[1])[-ASKED_MOST:]
    session[ASKED_KEY] = dict(newest)
    return True


def is_safe_next(url: str | None) -> bool:
    """Whether a log-in may end at `url`: a path of this site, spelled without tricks."""
    return bool(
        url
        and url.startswith("/")
        and url.isprintable()
        and "\\" not in url
        and "//" not in url.partition("?")[0]
        and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    )


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the log-in, and back here afterwards."""
    path = request.get_full_path() if request.method == "GET" else ""
    is_htmx = bool(request.headers.get("HX-Request"))
    if is_htmx:
        path = getattr(request, "htmx").current_url_abs_path or ""  # noqa: B009
    query = f"?{urlencode({'next': path})}" if is_safe_next(path) else ""
    url = f"{reverse('landing')}{query}"
    if is_htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
