"""The log-in of the local admin, the only account with a password."""

from typing import Any

import structlog
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from guilds.models import User

log = structlog.get_logger(__name__)


class LocalBackend(ModelBackend):
    """Takes the passwords of local accounts. Where there is none, nothing is ever hashed."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user. Raises `PermissionDenied`, since no other backend takes passwords."""
        if username is None or password is None:
            return None
        found = super().authenticate(request, username, password, **kwargs) if _has_any() else None
        if not isinstance(found, User) or found.discord_id is not None:
            log.warning("password_refused", username=username[:150])
            raise PermissionDenied
        log.info("password_accepted", username=username)
        return found


def _has_any() -> bool:
    local = User.objects.filter(discord_id=None, is_active=True).exclude(password="")
    return local.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
