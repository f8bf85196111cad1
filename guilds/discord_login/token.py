"""The access token, kept only in the session and encrypted with a key derived from SECRET_KEY."""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac

SESSION_KEY = "discord_token"


def remember_token(session: SessionBase, token: str) -> None:
    session[SESSION_KEY] = _fernet().encrypt(token.encode()).decode()


def find_token(session: SessionBase | Mapping[str, Any]) -> str | None:
    """Return the token, or None if the log-in was not by Discord or SECRET_KEY has changed.

    Keys in SECRET_KEY_FALLBACKS still open it.
    """
    kept = session.get(SESSION_KEY)
    if not kept:
        return None
    try:
        return _fernet().decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def _fernet() -> MultiFernet:
    """The first key encrypts, and all decrypt."""
    return MultiFernet(
        [Fernet(_key_of(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key_of(secret: str) -> bytes:
    key = salted_hmac("guilds.discord_login.token", "key", secret=secret, algorithm="sha256")
    return base64.urlsafe_b64encode(key.digest())
