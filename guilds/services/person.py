"""A person's own settings, the same on every server; their data; and their leaving."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guilds.enums import DirectMessages
from guilds.errors import Refused
from guilds.models import FORMER_MEMBER, User
from guilds.services.settings import clean_reminders
from guilds.signals import person_asks_for_data, person_configured, person_leaving, sessions_ended
from when import is_zone

PERSONAL = frozenset(
    {"direct_messages", "quiet_from", "quiet_until", "reminder_minutes", "timezone"}
)
# What those who run the site may change of anybody's account.
ACCOUNT = frozenset({"is_active", "locale", "timezone"})


@transaction.atomic
def configure_person(*, user: User, values: Mapping[str, Any]) -> User:
    """Set these of `PERSONAL`; None (an empty text for the time zone) means "as the server has it".

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
    """Set these of `ACCOUNT`. Switching the account off logs the user out everywhere, at once,
    and old sessions stay ended when it is switched on again (but those of a password).

    Raises `Refused` with the field.
    """
    user = User.objects.select_for_update(no_key=True).get(id=user.id)
    was_active = user.is_active
    _write(user, values, ACCOUNT)
    if was_active and not user.is_active:
        _hang_up(user)
    return user


@transaction.atomic
def end_sessions(user: User) -> None:
    """Log the user out in every browser; their open pages are hung up on.

    Raises `Refused` for an operator with a password, whose sessions end by changing it.
    """
    if user.has_usable_password():
        raise Refused(
            _("Your sessions end when your password is changed: manage.py changepassword.")
        )
    _hang_up(user)


def _hang_up(user: User) -> None:
    # Sessions carry a hash of the password: another unusable one makes them all invalid. With a
    # password of their own they are only of no use while the account is off.
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    sessions_ended.send(sender=User, user=user)


@transaction.atomic
def delete_person(*, user: User) -> None:
    """Forget the user for good. Their sign-ups become "former member"; games they host and
    that are not over are cancelled, and those who signed up are told. Twice is once.

    Raises `Refused` for an operator's local account.
    """
    if user.discord_id is None:
        raise Refused(_("This account is for running the site. Delete it with manage.py."))
    person_leaving.send(sender=User, user=user, former=_former_member())
    # After their games: whoever signs them up holds a game, and then looks whether they exist.
    if User.objects.select_for_update().filter(id=user.id).exists():
        sessions_ended.send(sender=User, user=user)
        user.delete()


def _former_member() -> User:
    return User.objects.get_or_create(
        username=FORMER_MEMBER, defaults={"password": "!", "is_active": False}
    )[0]


def data_of(user: User) -> dict[str, Any]:
    """Everything stored about the user, as plain values, the parts named by who holds them."""
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
    }
    for _receiver, parts in person_asks_for_data.send(sender=User, user=user):
        data.update(parts)  # type: ignore[arg-type]  # what receivers return is typed as text
    return data
