"""A person's own settings, the same on every server."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guilds.enums import DirectMessages
from guilds.errors import Refused
from guilds.models import MAX_REMINDERS, User
from guilds.rules import is_zone

PERSONAL = frozenset(
    {"direct_messages", "quiet_from", "quiet_until", "reminder_minutes", "timezone"}
)
LONGEST_REMINDER_MINUTES = 30 * 24 * 60


@transaction.atomic
def configure_person(*, user: User, values: Mapping[str, Any]) -> User:
    """Set these of `PERSONAL`; None (an empty text for the time zone) means "as the server has it".

    Quiet hours may pass midnight. Raises `Refused` with the field.
    """
    if unknown := values.keys() - PERSONAL:
        raise ValueError(f"not a personal setting: {sorted(unknown)}")
    user = User.objects.select_for_update(no_key=True).get(id=user.id)
    for name, value in values.items():
        setattr(user, name, value)
    _check(user)
    user.save(update_fields=[*values])
    return user


def _check(user: User) -> None:
    if user.timezone and not is_zone(user.timezone):
        raise Refused(_("I do not know that time zone. Try Europe/Berlin."), field="timezone")
    if user.direct_messages not in DirectMessages.values:
        raise Refused(_("Choose how you want to be reminded."), field="direct_messages")
    if (user.quiet_from is None) != (user.quiet_until is None):
        raise Refused(_("Quiet hours have a beginning and an end."), field="quiet_hours")
    if user.quiet_from is not None and user.quiet_from == user.quiet_until:
        raise Refused(_("Quiet hours must not last all day."), field="quiet_hours")
    reminders = user.reminder_minutes
    if reminders is not None:
        is_in_range = all(1 <= minutes <= LONGEST_REMINDER_MINUTES for minutes in reminders)
        if len(reminders) > MAX_REMINDERS or not is_in_range:
            raise Refused(
                _("Up to 5 reminders, each 1 minute to 30 days before."), field="reminder_minutes"
            )
        user.reminder_minutes = sorted(set(reminders), reverse=True)
