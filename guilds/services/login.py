"""Log-in with Discord, and who may enter the admin."""

from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from discord_api.answers import as_id, as_text
from guilds.errors import Refused
from guilds.models import User
from guilds.services.member import UserFacts, see_user
from guilds.services.sessions import end_sessions

log = structlog.get_logger(__name__)


@transaction.atomic
def log_in_by_discord(profile: dict[str, Any]) -> User:
    """Make or update the user of this Discord profile.

    Those in DISCORD_OWNER_IDS become staff and superuser; those no longer in it cease to be, here
    or with their next request. Other staff, let in by `set_staff`, stay.
    """
    user = see_user(user_facts(profile))
    if is_operator_no_more(user):
        end_operator(user)
    elif user.discord_id in settings.DISCORD_OWNER_IDS and not user.is_superuser:
        _set_operator(user, is_operator=True)
    return user


def is_operator_no_more(user: User) -> bool:
    """Return whether the user was made superuser by an id that is not in DISCORD_OWNER_IDS now.

    A local account, made by `createsuperuser`, stays what it is.
    """
    is_of_discord = user.discord_id is not None
    return user.is_superuser and is_of_discord and user.discord_id not in settings.DISCORD_OWNER_IDS


@transaction.atomic
def end_operator(user: User) -> None:
    """Take away what DISCORD_OWNER_IDS gave, and end the sessions that had it."""
    _set_operator(user, is_operator=False)
    end_sessions(user)


def _set_operator(user: User, *, is_operator: bool) -> None:
    user.is_staff = user.is_superuser = is_operator
    user.save(update_fields=["is_staff", "is_superuser"])
    log.warning("operator_changed", user_id=user.id, is_operator=is_operator)


@transaction.atomic
def set_staff(*, user: User, is_staff: bool) -> User:
    """Set whether the user may enter the admin, for the guilds they administer on Discord.

    Raises `Refused` for superusers, whose access follows from DISCORD_OWNER_IDS.
    """
    user = User.objects.select_for_update(no_key=True).get(id=user.id)
    if user.is_superuser:
        raise Refused(_("DISCORD_OWNER_IDS decides who runs the site."))
    if user.discord_id is None:
        raise Refused(_("Only people who log in with Discord can have access."))
    user.is_staff = is_staff
    user.save(update_fields=["is_staff"])
    log.warning("staff_changed", user_id=user.id, is_staff=is_staff)
    if not is_staff:
        end_sessions(user)
    return user


def user_facts(payload: dict[str, Any]) -> UserFacts:
    """Read the facts from one of Discord's user objects. Raises `KeyError` and `ValueError`."""
    discord_id = as_id(payload["id"])
    return UserFacts(
        discord_id=discord_id,
        username=as_text(payload.get("username"), 100) or str(discord_id),
        global_name=as_text(payload.get("global_name"), 100),
        avatar=as_text(payload.get("avatar"), 64),
        locale=as_text(payload.get("locale"), 16),
    )
