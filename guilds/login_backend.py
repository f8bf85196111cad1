"""The person of a session, asked anew for each request and each socket, and the local admin."""

from typing import Any

import structlog
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from guilds.models import User
from guilds.services.login import end_operator, is_operator_no_more

log = structlog.get_logger(__name__)


class LoginBackend(AuthenticationBackend):  # type: ignore[misc]
    """Lets in who comes from Discord, and with a password the local admin alone.

    Operators lose their rights with the first request after their id has been taken out. Where
    there is no local account, no password is ever hashed.
    """

    def get_user(self, user_id: Any) -> User | None:
        user: User | None = super().get_user(user_id)
        if user is not None and is_operator_no_more(user):
            end_operator(user)
            return None
        return user

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user. Raises `PermissionDenied`, so that no other backend is asked."""
        if username is None or password is None:
            return None
        found = None
        if _has_local_account():
            found = ModelBackend.authenticate(self, request, username, password, **kwargs)
        if not isinstance(found, User) or found.discord_id is not None:
            log.warning("password_refused", username=username[:150])
            raise PermissionDenied
        log.info("password_accepted", username=username)
        return found


def _has_local_account() -> bool:
    local = User.objects.filter(discord_id=None, is_active=True).exclude(password="")
    return local.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
