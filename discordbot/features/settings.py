"""`/settings`, a person's own, on a server or in a DM. Without options it shows them."""

from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discordbot.features.completions import complete_zone
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import IN_DMS, IN_SERVERS, Command, choice, completed, text
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import user_of
from discordbot.interactions.routes import reply
from guilds.enums import DirectMessages
from guilds.models import User
from guilds.services.person import configure_person
from guilds.typed_values import read_quiet_hours, read_reminders, read_zone
from notifications.messages.configuration import Shown, personal_settings, quoted, reminders
from when import write_clock_range
from when.switches import is_default


def show_settings(interaction: Interaction) -> Message:
    user = user_of(interaction)
    values = _read(interaction)
    if values:
        user = configure_person(user=user, values=values)
    return personal_settings(_lines(user), is_saved=bool(values))


def _read(interaction: Interaction) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if zone := interaction.text("timezone").strip():
        values["timezone"] = "" if is_default(zone) else read_zone(zone)
    if said := interaction.text("reminders").strip():
        values["reminder_minutes"] = (
            None if is_default(said) else list(read_reminders(said, field="reminders"))
        )
    if wish := interaction.text("direct_messages"):
        values["direct_messages"] = wish
    if hours := interaction.text("quiet_hours").strip():
        values["quiet_from"], values["quiet_until"] = _read_quiet(hours)
    return values


def _read_quiet(text: str) -> tuple[time | None, time | None]:
    if is_default(text):
        return None, None
    return read_quiet_hours(text)


def _lines(user: User) -> list[Shown]:
    inherited = _("the server's setting")
    minutes = inherited if user.reminder_minutes is None else reminders(user.reminder_minutes)
    quiet = "–"
    if user.quiet_from is not None and user.quiet_until is not None:
        quiet = write_clock_range(user.quiet_from, user.quiet_until)
    return [
        Shown(_("Time zone"), quoted(user.timezone) if user.timezone else inherited),
        Shown(_("Reminders"), minutes),
        Shown(_("Direct messages"), str(DirectMessages(user.direct_messages).label)),
        Shown(_("Quiet hours"), quiet),
    ]


SETTINGS = Command(
    name="settings",
    description=gettext_lazy("Your own time zone, reminders and quiet hours"),
    run=reply(show_settings),
    options=(
        completed(
            "timezone",
            gettext_lazy("Your time zone, like Europe/Berlin, or “default”"),
            complete_zone,
        ),
        text("reminders", gettext_lazy("“1d, 2h, 15m” before, “off”, or “default”"), longest=80),
        choice(
            "direct_messages",
            gettext_lazy("How you want to be reminded"),
            dict(DirectMessages.choices),
        ),
        text("quiet_hours", gettext_lazy("“22:00-07:00” in your time zone, or “off”"), longest=40),
    ),
    contexts=(IN_SERVERS, IN_DMS),
)
