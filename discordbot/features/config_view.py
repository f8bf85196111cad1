"""Settings of servers and channels as the bot shows them, and options as it reads them
(synchronous)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from discordbot.features.drafts import missing_permissions_in
from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from games.typed import read_duration, read_length, read_reminders
from guilds.enums import Archive, BelowMinimum
from guilds.errors import Refused
from guilds.languages import NAMES
from guilds.models import Channel, Guild
from guilds.rules import (
    DEFAULT_DURATION_MINUTES,
    DEFAULT_MAX_PLAYERS,
    DEFAULT_REMINDER_MINUTES,
    Setting,
    inherit,
)
from guilds.selectors import duration_minutes_of, max_players_of, reminder_minutes_of, rules_of
from notifications.messages.configuration import (
    Shown,
    channel_settings,
    guild_settings,
    quoted,
    reminders,
    yes_or_no,
)
from notifications.messages.wording import duration

# What "unset" puts in place of a setting that cannot be inherited.
_WITHOUT: dict[str, Any] = {"is_active": True} | {
    name: getattr(Guild(), name)
    for name in (
        "archive",
        "archive_after_minutes",
        "below_minimum",
        "decide_minutes",
        "mention_unreachable",
        "remind_by_dm",
    )
}

type Reader = Callable[[Interaction, str], Any]


def _of_option(read: Callable[[str], Any], name: str) -> Reader:
    """Read a text; what is refused is about this option, whatever the reader calls it."""

    def reader(interaction: Interaction, option: str) -> Any:
        try:
            return read(interaction.text(option))
        except Refused as refused:
            raise Refused(refused.message, field=name) from refused

    return reader


def _length_up_to_a_week(text: str) -> int:
    return read_length(text, out_of_range=_("That lasts from 1 minute to 7 days."))


# Each option: the setting it is about, and how it is read.
GUILD_OPTIONS: dict[str, tuple[str, Reader]] = {
    "max_players": ("max_players", Interaction.number),
    "reminder_minutes": ("reminder_minutes", _of_option(read_reminders, "reminder_minutes")),
    "default_rules": ("default_rules", Interaction.text),
    "duration": ("duration_minutes", _of_option(read_duration, "duration_minutes")),
    "timezone": ("timezone", Interaction.text),
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
    """What was set and what was unset, as the services take it. Raises `Refused`."""
    values: dict[str, Any] = {}
    unset = interaction.text("unset")
    if unset:
        if unset not in options:
            raise Refused(_("There is no such setting."), field="unset")
        name = options[unset][0]
        values[name] = _WITHOUT.get(name)
    for option, (name, read) in options.items():
        if option in interaction.options:
            value = read(interaction, option)
            values[name] = list(value) if isinstance(value, tuple) else value
    return values


def guild_view(guild: Guild, *, is_saved: bool) -> Message:
    known = set(guild.roles.values_list("id", flat=True))
    return guild_settings(
        _guild_lines(guild),
        guild_name=guild.name,
        manager_role_ids=[one for one in guild.manager_role_ids if one in known],
        host_role_ids=[one for one in guild.host_role_ids if one in known],
        is_saved=is_saved,
    )


def channel_view(interaction: Interaction, channel: Channel, *, is_saved: bool) -> Message:
    return channel_settings(
        _channel_lines(channel),
        channel_name=channel.name,
        missing=missing_permissions_in(interaction, channel),
        is_saved=is_saved,
    )


def _guild_lines(guild: Guild) -> list[Shown]:
    most = inherit(DEFAULT_MAX_PLAYERS, here=guild.max_players)
    minutes = inherit(list(DEFAULT_REMINDER_MINUTES), here=guild.reminder_minutes)
    length = inherit(DEFAULT_DURATION_MINUTES, here=guild.duration_minutes)
    zone = inherit("UTC", here=guild.timezone)
    language = inherit("en-US", here=guild.locale)
    lines = [
        Shown(_("Most players"), str(most.value), most.source),
        Shown(_("Reminders"), reminders(minutes.value), minutes.source),
        Shown(_("Duration"), duration(length.value), length.source),
        Shown(_("Rules"), quoted(guild.default_rules), _here(bool(guild.default_rules))),
        Shown(_("Time zone"), quoted(zone.value), zone.source),
        Shown(_("Language"), NAMES.get(language.value, quoted(language.value)), language.source),
        Shown(
            _("Remind by direct message"),
            yes_or_no(guild.remind_by_dm),
            _own(guild, "remind_by_dm"),
        ),
        Shown(
            _("Mention people whose direct messages are closed"),
            yes_or_no(guild.mention_unreachable),
            _own(guild, "mention_unreachable"),
        ),
        Shown(
            _("With too few players a game"),
            str(BelowMinimum(guild.below_minimum).label),
            _own(guild, "below_minimum"),
        ),
        Shown(
            _("The host is asked so long before"),
            duration(guild.decide_minutes),
            _own(guild, "decide_minutes"),
        ),
        Shown(_("Finished games"), _archive(guild), _own(guild, "archive")),
    ]
    if guild.archive != Archive.KEEP:
        after = duration(guild.archive_after_minutes) or "–"
        lines.append(Shown(_("Archive after"), after, _own(guild, "archive_after_minutes")))
    return lines


def _archive(guild: Guild) -> str:
    text = str(Archive(guild.archive).label)
    if guild.archive == Archive.MOVE and guild.archive_channel_id:
        text += f": <#{guild.archive_channel_id}>"
    return text


def _channel_lines(channel: Channel) -> list[Shown]:
    most, minutes = max_players_of(channel), reminder_minutes_of(channel)
    length, rules = duration_minutes_of(channel), rules_of(channel)
    return [
        Shown(_("Most players"), str(most.value), _source(most)),
        Shown(_("Reminders"), reminders(minutes.value), _source(minutes)),
        Shown(_("Duration"), duration(length.value), _source(length)),
        Shown(_("Rules"), quoted(rules.value), _source(rules)),
        Shown(_("Category"), quoted(channel.game_category), _here(bool(channel.game_category))),
        Shown(
            _("Games may be announced here"),
            yes_or_no(channel.is_active),
            _here(not channel.is_active),
        ),
    ]


def _source(setting: Setting[Any]) -> str:
    return "here" if setting.source == "channel" else setting.source


def _own(guild: Guild, name: str) -> str:
    """Whether a setting that cannot be inherited differs from what servers begin with."""
    return _here(getattr(guild, name) != _WITHOUT[name])


def _here(is_set: bool) -> str:
    return "here" if is_set else "default"
