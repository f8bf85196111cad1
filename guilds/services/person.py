"""A person's own settings for all servers, the export of their data, and their deletion."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from guilds.enums import DirectMessages
from guilds.errors import Refused
from guilds.models import FORMER_MEMBER, User
from guilds.services.ban import is_banned
from guilds.services.sessions import end_sessions
from guilds.services.settings import clean_reminders
from guilds.signals import person_asks_for_data, person_configured, person_leaving
from when import is_zone

log = structlog.get_logger(__name__)

PERSONAL = frozenset(
    {"direct_messages", "quiet_from", "quiet_until", "reminder_minutes", "timezone"}
)
# Fields of any account that superusers may change.
ACCOUNT = frozenset({"is_active", "locale", "timezone"})


@transaction.atomic
def configure_person(*, user: User, values: Mapping[str, Any]) -> User:
    """Set some of `PERSONAL`. None (for the time zone, an empty text) means the server's setting.

    Quiet hours may pass midnight. Raises `Refused` with the field.
    """
    user = User.objects.select_for_update(no_key=True).get(id=user.id)
    _write(user, values, PERSONAL)
    person_configured.send(sender=User, user=user)
    return user


def _write(user: User, values: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if unknown := values.keys() - allowed:
        raise ValueError(f"not a setting: {sorted(unknown)}")
    for name, value in values.items():
        setattr(user, name, value)
    _check(user)
    user.save(update_fields=[*values])


def _check(user: User) -> None:
    if user.timezone and not is_zone(user.timezone):
        raise Refused(_("I do not know that time zone. Try Europe/Berlin."), field="timezone")
    if user.direct_messages not in DirectMessages.values:
        raise Refused(_("Choose how you want to be reminded."), field="direct_messages")
    if (user.quiet_from is None) != (user.quiet_until is None):
        raise Refused(_("Quiet hours have a beginning and an end."), field="quiet_hours")
    if user.quiet_from is not None and user.quiet_from == user.quiet_until:
        raise Refused(_("Quiet hours must not last all day."), field="quiet_hours")
    if user.reminder_minutes is not None:
        user.reminder_minutes = clean_reminders(user.reminder_minutes)


@transaction.atomic
def configure_account(*, user: User, values: Mapping[str, Any]) -> User:
    """Set some of `ACCOUNT`. Raises `Refused` with the field.

    Switching the account off ends the user's sessions at once, and the bot refuses them too. Who
    is banned is switched on by lifting the ban.
    """
    user = User.objects.select_for_update(no_key=True).get(id=user.id)
    was_active = user.is_active
    _write(user, values, ACCOUNT)
    if user.is_active and not was_active and is_banned(user.discord_id):
        raise Refused(_("They are banned. Lift the ban instead."), field="is_active")
    if was_active != user.is_active:
        log.warning("account_switched", user_id=user.id, is_active=user.is_active)
    if was_active and not user.is_active:
        end_sessions(user)
    return user


@transaction.atomic
def delete_person(*, user: User) -> None:
    """Delete the user for good. Deleting them twice is harmless.

    "Former member" takes their place in sign-ups. Games they host that are not over are cancelled,
    and those who signed up are told. Raises `Refused` for a superuser's local account.
    """
    if user.discord_id is None:
        raise Refused(_("This account is for running the site. Delete it with manage.py."))
    person_leaving.send(sender=User, user=user, former=_former_member())
    # The user is locked after their games: a sign-up locks a game first and the user second.
    if User.objects.select_for_update().filter(id=user.id).exists():
        end_sessions(user)
        log.warning("person_deleted", user_id=user.id)
        user.delete()


def _former_member() -> User:
    return User.objects.get_or_create(
        username=FORMER_MEMBER, defaults={"password": "!", "is_active": False}
    )[0]


def data_of(user: User) -> dict[str, Any]:
    """Return everything stored about the user as plain values, one part for each kind of data."""
    memberships = user.memberships.select_related("guild").order_by("guild_id")
    data: dict[str, Any] = {
        "person": {
            name: getattr(user, name)
            for name in (
                "discord_id",
                "display_name",
                "avatar",
                "locale",
                "timezone",
                "reminder_minutes",
                "direct_messages",
                "quiet_from",
                "quiet_until",
                "games_seen_at",
                "games_seen_before",
                "dm_channel_id",
                "dm_blocked_until",
                "is_staff",
                "date_joined",
                "last_login",
            )
        },
        "servers": [
            {
                "id": member.guild_id,
                "name": member.guild.name,
                "nick": member.nick,
                "avatar": member.avatar,
                "role_ids": member.role_ids,
                "permissions": member.permissions,
                "refreshed_at": member.refreshed_at,
                "left_at": member.left_at,
            }
            for member in memberships
        ],
        "calendar_addresses": [
            {"server_id": feed.guild_id, "created_at": feed.created_at}
            for feed in user.feeds.order_by("id")
        ],
        "log_ins": list(
            user.sessions.order_by("began_at").values(
                "began_at", "seen_at", "expire_date", "browser"
            )
        ),
    }
    for _receiver, parts in person_asks_for_data.send(sender=User, user=user):
        data.update(parts)  # type: ignore[arg-type]  # what receivers return is typed as text
    return data
