"""The options of `/config-guild` and `/config-channel` as settings (`guilds.services.settings`)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from discordbot.interactions.interaction import Interaction
from games.typed.values import read_duration
from guilds.errors import Refused
from guilds.models import Guild
from guilds.typed_values import read_length, read_reminders, read_zone

# The values that "unset" puts in place of settings that cannot be inherited.
WITHOUT: dict[str, Any] = {"is_active": True} | {
    name: getattr(Guild(), name)
    for name in (
        "archive",
        "archive_after_minutes",
        "below_minimum",
        "decide_minutes",
        "may_post_read_only",
        "mention_unreachable",
        "remind_by_dm",
    )
}

type Reader = Callable[[Interaction, str], Any]


def _of_option(read: Callable[[str], Any], name: str) -> Reader:
    """Read a text. A refusal is about this option, whatever the reader calls it."""

    def reader(interaction: Interaction, option: str) -> Any:
        try:
            return read(interaction.text(option))
        except Refused as refused:
            raise Refused(refused.message, field=name) from refused

    return reader


def _length_up_to_a_week(text: str) -> int:
    return read_length(text, field="", out_of_range=_("That lasts from 1 minute to 7 days."))


def _zone_or_none(text: str) -> str:
    return read_zone(text) if text.strip() else ""


# Each option with the setting it is about and the function that reads it.
GUILD_OPTIONS: dict[str, tuple[str, Reader]] = {
    "max_players": ("max_players", Interaction.number),
    "reminder_minutes": ("reminder_minutes", _of_option(read_reminders, "reminder_minutes")),
    "default_rules": ("default_rules", Interaction.text),
    "duration": ("duration_minutes", _of_option(read_duration, "duration_minutes")),
    "timezone": ("timezone", _of_option(_zone_or_none, "timezone")),
    "language": ("locale", Interaction.text),
    "remind_by_dm": ("remind_by_dm", Interaction.flag),
    "archive": ("archive", Interaction.text),
    "archive_channel": ("archive_channel_id", Interaction.snowflake),
    "archive_after": (
        "archive_after_minutes",
        _of_option(_length_up_to_a_week, "archive_after_minutes"),
    ),
    "below_minimum": ("below_minimum", Interaction.text),
    "decide_minutes": ("decide_minutes", _of_option(_length_up_to_a_week, "decide_minutes")),
    "read_only_channels": ("may_post_read_only", Interaction.flag),
    "mention_unreachable": ("mention_unreachable", Interaction.flag),
}
CHANNEL_OPTIONS: dict[str, tuple[str, Reader]] = {
    "max_players": ("max_players", Interaction.number),
    "reminder_minutes": ("reminder_minutes", _of_option(read_reminders, "reminder_minutes")),
    "default_rules": ("default_rules", Interaction.text),
    "duration": ("duration_minutes", _of_option(read_duration, "duration_minutes")),
    "game_category": ("game_category", Interaction.text),
    "is_active": ("is_active", Interaction.flag),
}


def read_settings(
    interaction: Interaction, options: Mapping[str, tuple[str, Reader]]
) -> dict[str, Any]:
    """The settings that were set or unset, as the services take them. Raises `Refused`."""
    values: dict[str, Any] = {}
    unset = interaction.text("unset")
    if unset:
        if unset not in options:
            raise Refused(_("There is no such setting."), field="unset")
        name = options[unset][0]
        values[name] = WITHOUT.get(name)
    for option, (name, read) in options.items():
        if option in interaction.options:
            value = read(interaction, option)
            values[name] = list(value) if isinstance(value, tuple) else value
    return values
