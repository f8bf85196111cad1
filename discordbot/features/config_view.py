"""The settings of a server or a channel as the bot shows them."""

from typing import Any

from django.utils.translation import gettext as _

from discordbot.features.channels import missing_permissions_in
from discordbot.features.config_options import WITHOUT
from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from guilds.enums import Archive, BelowMinimum
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
from when import length_in_words


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
        Shown(_("Duration"), length_in_words(length.value), length.source),
        Shown(_("Rules"), quoted(guild.default_rules), _here(bool(guild.default_rules))),
        Shown(_("Time zone"), quoted(zone.value), zone.source),
        Shown(_("Language"), NAMES.get(language.value, quoted(language.value)), language.source),
        Shown(
            _("Remind by direct message"),
            yes_or_no(guild.remind_by_dm),
            _own(guild, "remind_by_dm"),
        ),
        Shown(
            _("Hosts may announce in channels where they cannot write"),
            yes_or_no(guild.may_post_read_only),
            _own(guild, "may_post_read_only"),
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
            length_in_words(guild.decide_minutes),
            _own(guild, "decide_minutes"),
        ),
        Shown(_("Finished games"), _archive(guild), _own(guild, "archive")),
    ]
    if guild.archive != Archive.KEEP:
        after = length_in_words(guild.archive_after_minutes) or "–"
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
        Shown(_("Duration"), length_in_words(length.value), _source(length)),
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
    """The source of a setting that cannot be inherited."""
    return _here(getattr(guild, name) != WITHOUT[name])


def _here(is_set: bool) -> str:
    return "here" if is_set else "default"
