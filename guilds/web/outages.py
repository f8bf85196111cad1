"""Pages while PostgreSQL cannot be reached: an honest 503, and those that need no database."""

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from postgres.outage import OUTAGES, is_away, note_outage

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5


def needs_no_database[V: Callable[..., Any]](view: V) -> V:
    """Mark a view that answers strangers without the database; outermost of its decorators."""
    view.needs_no_database = True  # type: ignore[attr-defined]
    return view


def asks_nobody[V: Callable[..., Any]](view: V) -> V:
    """Mark a view that is the same for everybody: not even its visitor's session is read."""
    view.asks_nobody = True  # type: ignore[attr-defined]
    return needs_no_database(view)


class UnreadSession(SessionBase):
    """A session that nobody could read. Django would delete the cookie of an empty one."""

    def load(self) -> dict[str, Any]:
        return {}

    def is_empty(self) -> bool:
        return False


class OutageMiddleware:
    """Answers 503 while the database is away, and shows strangers' pages to everybody.

    Comes after sessions and authentication, which read nothing before somebody asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _view_of(request)
        is_stranger = hasattr(view, "asks_nobody")
        if is_stranger or (hasattr(view, "needs_no_database") and _is_unknown(request)):
            request.user, request.session = AnonymousUser(), UnreadSession()
        elif is_away() or _is_unknown(request):
            return unavailable(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OUTAGES):
            return None
        note_outage(error)
        _say(error)
        return unavailable(request)


def _is_unknown(request: HttpRequest) -> bool:
    """Whether the database does not tell who is asking. Without a session, it is not asked."""
    if is_away():
        return True
    try:
        request.user.is_authenticated  # noqa: B018  (reads the session and the user)
    except OUTAGES as error:
        note_outage(error)
        _say(error)
        return True
    return False


def _view_of(request: HttpRequest) -> Callable[..., Any] | None:
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


def _say(error: InterfaceError | OperationalError) -> None:
    log.warning("postgres_unreachable", error=next(iter(str(error).splitlines()), "")[:200])


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that nothing was changed, and when to come back."""
    response = render(request, "503.html", {"seconds": RETRY_SECONDS}, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
