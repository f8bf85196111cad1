"""A person logging in with Discord."""

from typing import Any

from django.conf import settings
from django.db import transaction

from guilds.models import User
from guilds.services.member import UserFacts, see_user


@transaction.atomic
def log_in_by_discord(profile: dict[str, Any]) -> User:
    """The user of this Discord profile, made or brought up to date.

    Those in DISCORD_OWNER_IDS become staff and superuser; those no longer in it stop being so.
    """
    user = see_user(user_facts(profile))
    is_operator = user.discord_id in settings.DISCORD_OWNER_IDS
    if (user.is_staff, user.is_superuser) != (is_operator, is_operator):
        user.is_staff = user.is_superuser = is_operator
        user.save(update_fields=["is_staff", "is_superuser"])
    return user


def user_facts(payload: dict[str, Any]) -> UserFacts:
    """The facts in one of Discord's user objects."""
    return UserFacts(
        discord_id=int(payload["id"]),
        username=str(payload.get("username") or payload["id"]),
        global_name=str(payload.get("global_name") or ""),
        avatar=str(payload.get("avatar") or "")[:64],
        locale=str(payload.get("locale") or "")[:16],
    )
