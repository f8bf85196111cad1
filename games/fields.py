"""The fields of a game, one row each: its names, the kind of its value, and where it appears.

Forms, templates, series, edits, the history, imports, exports and announcements take their lists
of fields from here. `tests/games/test_fields.py` checks that every row's claims hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from games.enums import SignupMethod
from games.models import CATEGORY_LENGTH, DESCRIPTION_LENGTH, LOCATION_LENGTH, TITLE_LENGTH
from guilds.enums import Archive
from guilds.models import RULES_LENGTH
from guilds.rules import DEFAULT_DURATION_MINUTES, DEFAULT_MAX_PLAYERS, DEFAULT_REMINDER_MINUTES

DEFAULT_ARCHIVE_MINUTES = 24 * 60


class Kind(Enum):
    """The kind of a field's value, which decides how it is cleaned, read, written and shown."""

    LINE = auto()
    TEXT = auto()  # of several lines
    NUMBER = auto()
    LENGTH = auto()  # in minutes
    REMINDERS = auto()  # minutes before the start
    MOMENT = auto()
    ZONE = auto()
    CHOICE = auto()
    CHANNEL = auto()
    ROLES = auto()
    RANKED_ROLES = auto()  # their order matters
    SLOTS = auto()
    COLOR = auto()
    IMAGE = auto()
    TEMPLATE = auto()


LISTS = frozenset({Kind.REMINDERS, Kind.ROLES, Kind.RANKED_ROLES, Kind.SLOTS})


@dataclass(frozen=True)
class Field:
    """One field of a game.

    `column` is its name in the database, in `NewGame` and in `Game`. `called` is its name in
    forms, commands and refusals if that differs.
    """

    column: str
    label: Any  # translated when it is shown
    kind: Kind
    called: str = ""
    longest: int = 0
    choices: type[TextChoices] | None = None

    # Who sets it.
    is_chosen: bool = True  # by the host of a new game
    is_editable: bool = True
    is_preset: bool = True  # by a template
    is_lockable: bool = False
    # The defaults below a template's: a column of the guild's settings, one of the channel's, and
    # Gamesched's own value.
    guild_setting: str = ""
    channel_setting: str = ""
    default: Any = None

    # The next session of a series takes it over. Series and templates store a moment as minutes
    # before the start, under the name `distance`.
    is_kept: bool = True
    distance: str = ""

    # Changing it reschedules the game's timers.
    moves_timers: bool = False

    is_cloned: bool = True

    # Where it appears.
    in_command: bool = False  # an option of /create-game; clones get it through `games.typed`
    in_modal: bool = False  # in Discord's modal, which has room for five
    panel: str = ""  # the panel of the web form that shows it without markup of its own
    is_fact: bool = False  # on a line of its own where a game is shown: label and text
    icon: str = "list"  # of that line, in the sprite
    table: str = ""  # its column in CSV exports and imports
    calendar: str = ""  # its iCalendar property (RFC 5545), written and read

    @property
    def name(self) -> str:
        return self.called or self.column

    @property
    def lock(self) -> str:
        """The field's name among a template's `locked_fields`."""
        return self.column.removesuffix("_id")

    @property
    def empty(self) -> Any:
        """Gamesched's own default. A list is a new one each time."""
        if self.kind in LISTS:
            return list(self.default or ())
        return "" if self.default is None and self.kind in {Kind.LINE, Kind.TEXT} else self.default

    @property
    def has_default(self) -> bool:
        """Whether a host may leave it open, so that `games.defaults` gives the value."""
        return (self.is_preset and not self.distance and self.kind != Kind.CHANNEL) or bool(
            self.guild_setting
        )


FIELDS = (
    Field(
        "title", _("Title"), Kind.LINE,
        longest=TITLE_LENGTH, is_lockable=True,
        in_command=True, in_modal=True, panel="what", table="title", calendar="SUMMARY",
    ),
    Field(
        "starts_at", _("When"), Kind.MOMENT,
        called="when", is_preset=False, is_kept=False, moves_timers=True,
        in_command=True, in_modal=True, table="starts_at", calendar="DTSTART",
    ),
    # Not kept: a series has a time zone of its own.
    Field(
        "timezone", _("Time zone"), Kind.ZONE,
        is_preset=False, is_kept=False, in_command=True, table="timezone",
    ),
    Field(
        "duration_minutes", _("Duration"), Kind.LENGTH,
        called="duration", is_lockable=True, moves_timers=True,
        guild_setting="duration_minutes", channel_setting="duration_minutes",
        default=DEFAULT_DURATION_MINUTES,
        in_command=True, in_modal=True, table="duration", calendar="DTEND",
    ),
    Field(
        "max_players", _("Maximum players"), Kind.NUMBER,
        is_lockable=True, guild_setting="max_players", channel_setting="max_players",
        default=DEFAULT_MAX_PLAYERS, in_command=True, in_modal=True, table="max_players",
    ),
    Field(
        "min_players", _("Minimum players"), Kind.NUMBER,
        is_lockable=True, moves_timers=True, in_command=True, table="min_players",
    ),
    Field(
        "description", _("Description"), Kind.TEXT,
        longest=DESCRIPTION_LENGTH, is_lockable=True,
        in_command=True, in_modal=True, panel="what", table="description",
    ),
    Field(
        "location", _("Location"), Kind.LINE,
        longest=LOCATION_LENGTH, is_lockable=True, in_command=True,
        panel="where", is_fact=True, icon="pin", table="location", calendar="LOCATION",
    ),
    Field(
        "category", pgettext_lazy("of a game", "Category"), Kind.LINE,
        longest=CATEGORY_LENGTH, is_lockable=True, channel_setting="game_category",
        table="category", calendar="CATEGORIES",
    ),
    Field(
        "channel_id", _("Channel"), Kind.CHANNEL,
        called="channel", is_lockable=True, in_command=True, table="channel",
    ),
    Field(
        "reminder_minutes", _("Reminders"), Kind.REMINDERS,
        called="remind", is_lockable=True, moves_timers=True,
        guild_setting="reminder_minutes", channel_setting="reminder_minutes",
        default=DEFAULT_REMINDER_MINUTES, in_command=True, table="reminders",
    ),
    Field(
        "rules", _("Rules"), Kind.TEXT,
        longest=RULES_LENGTH, guild_setting="default_rules", channel_setting="default_rules",
        table="rules",
    ),
    Field("slots", _("Slots"), Kind.SLOTS, is_lockable=True, table="slots"),
    Field(
        "signup_method", _("How people sign up"), Kind.CHOICE,
        choices=SignupMethod, is_lockable=True, default=str(SignupMethod.SELF),
        table="signup_method",
    ),
    Field(
        "signup_closes_at", _("Sign-up until"), Kind.MOMENT,
        distance="signup_closes_minutes", moves_timers=True, table="signup_until",
    ),
    Field(
        "post_at", _("Announced at"), Kind.MOMENT,
        is_preset=False, distance="post_minutes", moves_timers=True, is_cloned=False,
        table="announced_at",
    ),
    Field("notify_role_ids", _("Roles to mention"), Kind.ROLES, table="notified_roles"),
    Field("player_role_ids", _("Who may join"), Kind.ROLES, table="player_roles"),
    Field("priority_role_ids", _("Priority roles"), Kind.RANKED_ROLES, table="priority_roles"),
    Field("color", _("Colour"), Kind.COLOR, table="color"),
    Field("image_id", _("Picture"), Kind.IMAGE, called="image", table="picture"),
    Field(
        "template_id", _("Template"), Kind.TEMPLATE,
        called="template", is_editable=False, is_preset=False, table="template",
    ),
    Field(
        "archive", _("After the game, the announcement"), Kind.CHOICE,
        choices=Archive, is_chosen=False, is_editable=False,
        guild_setting="archive", default=str(Archive.KEEP), table="archive",
    ),
    Field(
        "archive_channel_id", _("Archive channel"), Kind.CHANNEL,
        called="archive_channel", is_chosen=False, is_editable=False,
        guild_setting="archive_channel_id", table="archive_channel",
    ),
    Field(
        "archive_after_minutes", _("Archive after"), Kind.LENGTH,
        called="archive_after", is_chosen=False, is_editable=False,
        guild_setting="archive_after_minutes", default=DEFAULT_ARCHIVE_MINUTES,
        table="archive_after",
    ),
)  # fmt: skip

BY_COLUMN = {field.column: field for field in FIELDS}


def name_of(column: str) -> str:
    """Return the column's name in forms, commands and refusals."""
    return BY_COLUMN[column].name if column in BY_COLUMN else column


def facts_of(game: object) -> Iterator[tuple[Field, str]]:
    """Yield the fact fields that are not empty in a game or snapshot, each with its text."""
    for field in FIELDS:
        if field.is_fact and (text := getattr(game, field.column)):
            yield field, text
