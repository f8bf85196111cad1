"""`/config-guild`, with its role selects, and `/config-channel`. Without options they show."""

from django.utils.translation import gettext_lazy as _

from discordbot.features.channels import seen_channel
from discordbot.features.completions import complete_zone
from discordbot.features.config_options import CHANNEL_OPTIONS, GUILD_OPTIONS, read_settings
from discordbot.features.config_view import channel_view, guild_view
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import (
    Command,
    boolean,
    channel,
    choice,
    completed,
    text,
    whole,
)
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.routes import on, reply, update
from games.models import CATEGORY_LENGTH
from guilds.enums import Archive, BelowMinimum, Permission
from guilds.languages import NAMES
from guilds.models import MAX_PLAYERS_LIMIT, RULES_LENGTH
from guilds.selectors import POSTABLE
from guilds.services.settings import (
    check_may_configure_channel,
    check_may_configure_guild,
    configure_channel,
    configure_guild,
)
from notifications.messages.custom_ids import RolesSelect

_NAMES = {
    "max_players": _("Most players"),
    "reminder_minutes": _("Reminders"),
    "default_rules": _("Rules"),
    "duration": _("Duration"),
    "timezone": _("Time zone"),
    "language": _("Language"),
    "read_only_channels": _("Announcing in read-only channels"),
    "remind_by_dm": _("Remind by direct message"),
    "archive": _("Finished games"),
    "archive_channel": _("Archive channel"),
    "archive_after": _("Archive after"),
    "below_minimum": _("Too few players"),
    "decide_minutes": _("When the host is asked"),
    "mention_unreachable": _("Mentions instead of direct messages"),
    "game_category": _("Category"),
    "is_active": _("Games may be announced there"),
}


def config_guild(interaction: Interaction) -> Message:
    member = member_of(interaction)
    check_may_configure_guild(member)
    values = read_settings(interaction, GUILD_OPTIONS)
    guild = configure_guild(member=member, values=values) if values else member.guild
    return guild_view(guild, is_saved=bool(values))


def config_channel(interaction: Interaction) -> Message:
    member = member_of(interaction)
    check_may_configure_channel(member)
    place = seen_channel(member, interaction.snowflake("channel") or interaction.place_id)
    values = read_settings(interaction, CHANNEL_OPTIONS)
    if values:
        place = configure_channel(member=member, channel_id=place.id, values=values)
    place.guild = member.guild
    return channel_view(interaction, place, is_saved=bool(values))


def choose_roles(interaction: Interaction, select: RolesSelect) -> Message:
    """Everyone as host is the same as no host role; the service refuses everyone as managers."""
    member = member_of(interaction)
    role_ids = list(interaction.chosen_ids)
    if select.action == "managers":
        values = {"manager_role_ids": role_ids}
    else:
        values = {"host_role_ids": [] if member.guild_id in role_ids else role_ids}
    return guild_view(configure_guild(member=member, values=values), is_saved=True)


_DEFAULTS = (
    whole("max_players", _("Seats of a new game"), least=1, most=MAX_PLAYERS_LIMIT),
    text("reminder_minutes", _("“1d, 2h, 15m” before, or “off”"), longest=80),
    text("default_rules", _("Rules that new games start with"), longest=RULES_LENGTH),
    text("duration", _("“90”, “2h”, “1h 30m”"), longest=80),
)
CONFIG_GUILD = Command(
    name="config-guild",
    description=_("This server's settings: show them, or change some"),
    run=reply(config_guild),
    options=(
        *_DEFAULTS,
        completed("timezone", _("In which times are read, like Europe/Berlin"), complete_zone),
        choice("language", _("Of announcements"), NAMES),
        boolean("remind_by_dm", _("Remind players by direct message")),
        choice("archive", _("What becomes of finished games"), dict(Archive.choices)),
        channel("archive_channel", _("Where finished games move to"), POSTABLE),
        text("archive_after", _("How long after the end: “90”, “2h”, “1d”"), longest=80),
        choice(
            "below_minimum",
            _("With too few players, and no word from the host, a game"),
            dict(BelowMinimum.choices),
        ),
        text("decide_minutes", _("How long before, the host is asked: “1h”"), longest=80),
        boolean("read_only_channels", _("Let hosts announce where they cannot write")),
        boolean("mention_unreachable", _("Mention people whose direct messages are closed")),
        choice(
            "unset",
            _("Go back to the default of this"),
            {name: _NAMES[name] for name in GUILD_OPTIONS},
        ),
    ),
    permissions=Permission.MANAGE_GUILD,
)
CONFIG_CHANNEL = Command(
    name="config-channel",
    description=_("A channel's settings: show them, or change some"),
    run=reply(config_channel),
    options=(
        channel("channel", _("Which one; otherwise this"), POSTABLE),
        *_DEFAULTS,
        text("game_category", _("What is played there"), longest=CATEGORY_LENGTH),
        boolean("is_active", _("Whether games may be announced there")),
        choice(
            "unset",
            _("Go back to the server's setting of this"),
            {name: _NAMES[name] for name in CHANNEL_OPTIONS},
        ),
    ),
    permissions=Permission.MANAGE_CHANNELS,
)
BUTTONS = (on(RolesSelect, run=update(choose_roles)),)
