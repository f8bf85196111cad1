"""The servers in the menu of every page, pages that refuse something included."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from guilds.models import Guild, User
from guilds.selectors import list_guilds_of


def menu(request: HttpRequest) -> dict[str, Any]:
    """Return `nav_guilds`, read only where a page shows it and gives none of its own."""
    return {"nav_guilds": SimpleLazyObject(lambda: _guilds(request))}


def _guilds(request: HttpRequest) -> list[Guild]:
    """Return the viewer's servers; none while the database is away, so that a page still shows."""
    try:
        user = getattr(request, "user", None)
        return list(list_guilds_of(user)) if isinstance(user, User) else []
    except DatabaseError:
        return []
