from enum import IntEnum, IntFlag

from django.db import models
from django.utils.translation import gettext_lazy as _


class DirectMessages(models.TextChoices):
    """How a member wants reminders: as the server decides, always by DM, or never by DM."""

    INHERIT = "inherit", _("Use the server's setting")
    ALWAYS = "always", _("By direct message")
    NEVER = "never", _("Never by direct message")


class Archive(models.TextChoices):
    """How the announcement of a finished game is archived."""

    KEEP = "keep", _("Stays where it is")
    MOVE = "move", _("Moves to the archive channel")
    REMOVE = "remove", _("Is removed")


class BelowMinimum(models.TextChoices):
    """How to go on with a game that has too few players if its host does not answer."""

    RUN = "run", _("Takes place")
    CANCEL = "cancel", _("Is cancelled")


class ChannelKind(models.IntegerChoices):
    """Discord's channel types that we mirror."""

    TEXT = 0, _("Text")
    VOICE = 2, _("Voice")
    CATEGORY = 4, _("Category")
    ANNOUNCEMENT = 5, _("Announcement")
    PUBLIC_THREAD = 11, _("Thread")
    STAGE = 13, _("Stage")
    FORUM = 15, _("Forum")
    MEDIA = 16, _("Media")


class Permission(IntFlag):
    """Discord's permission bits that the product uses.

    https://discord.com/developers/docs/topics/permissions
    """

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    MANAGE_EVENTS = 1 << 33
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


NO_PERMISSIONS = Permission(0)
SILENCED_PERMISSIONS = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
NEEDED_TO_ANNOUNCE = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.EMBED_LINKS
# The invite asks for exactly these permissions, the least that the bot needs.
BOT_PERMISSIONS = (
    NEEDED_TO_ANNOUNCE
    | Permission.READ_MESSAGE_HISTORY  # to find a message whose sending was interrupted
    | Permission.MENTION_EVERYONE  # to ping roles that are not mentionable by everyone
)
ALL_PERMISSIONS = Permission((1 << 53) - 1)


class BanKind(models.TextChoices):
    PERSON = "person", _("person")
    SERVER = "server", _("server")


class Overwrite(IntEnum):
    """Whether a channel's permission overwrite is for a role or a member."""

    ROLE = 0
    MEMBER = 1
