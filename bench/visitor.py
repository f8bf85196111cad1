"""A logged-in visitor who requests pages, in this process and through all middleware."""

from importlib import import_module
from time import perf_counter
from typing import Any


class Visitor:
    def __init__(self, user_id: int) -> None:
        from django.test import Client  # noqa: PLC0415

        self._client = Client()
        self._client.cookies["sessionid"] = session_of(user_id)

    def milliseconds(self, path: str, *, is_part: bool = False) -> float:
        """Return how long the page takes. Fails if its status is not 200."""
        began = perf_counter()
        self.get(path, status=200, **({"HX-Request": "true"} if is_part else {}))
        return 1000 * (perf_counter() - began)

    def get(self, path: str, *, status: int, **headers: str) -> Any:
        """Request a page and return the response. Fails if it has another status."""
        response = self._client.get(path, headers={"host": "localhost", **headers})
        assert response.status_code == status, (path, response.status_code)
        return response


def session_of(user_id: int) -> str:
    """Make a session as after a log-in, and return its key."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )

    from guilds.models import User  # noqa: PLC0415

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User.objects.get(id=user_id).get_session_auth_hash()
    session.create()
    return str(session.session_key)
