"""Sessions of the web, each with its person, so that they can be listed and ended.

Django's own sessions name their person only inside their data. Apart from that these are Django's,
kept in the database.
"""

from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

log = structlog.get_logger(__name__)

BEGAN = "began_at"
BROWSER = "browser"
# The first that a browser's header holds: most name others, to be treated like them.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class Session(AbstractBaseSession):
    """A browser's session. `user` and `began_at`, the log-in, are null before there is one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore

    @property
    def name(self) -> str:
        """A name for pages and forms, from which nobody can make the session's key."""
        return name_of_key(self.session_key)


class SessionStore(DatabaseStore):
    """Ends every session `SESSION_LIFETIME` after its log-in, however much it is used."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.seen_at = timezone.now()
        row.browser = data.get(BROWSER, "")
        if data.get(BEGAN):
            row.began_at = datetime.fromtimestamp(data[BEGAN], UTC)
            row.expire_date = min(row.expire_date, row.began_at + settings.SESSION_LIFETIME)
        return row


def name_of_key(session_key: str | None) -> str:
    return salted_hmac("guilds.sessions", session_key or "", algorithm="sha256").hexdigest()[:32]


def seconds_since_login(session: SessionBase) -> float:
    """Return how long ago the session's person logged in; endless without a log-in."""
    began: float | None = session.get(BEGAN)
    return timezone.now().timestamp() - began if began else float("inf")


def browser_of(user_agent: str) -> str:
    """Return the browser and the system of a header, such as `Firefox, Linux`; nothing finer."""
    known = (
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, known))


@receiver(user_logged_in, dispatch_uid="guilds.note_login")
def note_login(*, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    request.session[BEGAN] = timezone.now().timestamp()
    request.session[BROWSER] = browser_of(request.headers.get("User-Agent", ""))
    log.info("logged_in", user_id=user.pk, is_staff=user.is_staff)
