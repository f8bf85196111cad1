"""The access token, kept only in the session and encrypted with a key derived from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac

SESSION_KEY = "discord_token"


def remember_token(session: SessionBase, token: str) -> None:
    session[SESSION_KEY] = _fernet().encrypt(token.encode()).decode()


def find_token(session: SessionBase) -> str | None:
    """Return the token, or None if the log-in was not by Discord or SECRET_KEY has changed."""
    kept = session.get(SESSION_KEY)
    if not kept:
        return None
    try:
        return _fernet().decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def _fernet() -> Fernet:
    key = salted_hmac("guilds.discord_login.token", "key", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
