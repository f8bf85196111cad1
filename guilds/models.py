"""People and places as Discord last described them, and each server's defaults."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guilds.enums import Archive, BanKind, BelowMinimum, ChannelKind, DirectMessages
from guilds.sessions import Session as Session  # noqa: PLC0414  (Django finds models here alone)

MAX_PLAYERS_LIMIT = 100
MAX_REMINDERS = 5
RULES_LENGTH = 1000
# The kinds of channels that take an announcement.
POSTABLE = (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT)
# A filter for channels in which the bot may announce, as far as the mirror tells.
OPEN: dict[str, Any] = {"deleted_at__isnull": True, "closed_at__isnull": True}
# The user that replaces deleted people in rows that must name somebody.
FORMER_MEMBER = "former-member"


class Accounts(BaseUserManager["User"]):
    """Makes the local admin, the only user with a password; `see_user` makes all others."""

    def create_superuser(self, username: str, password: str | None = None) -> "User":
        user = self.model(username=username, is_staff=True, is_superuser=True)
        user.set_password(password)
        user.save(using=self._db)
        return user


def name_of_user(username: str, display_name: str) -> str:
    """Return the name of a user outside any server, hence without a nick."""
    if username == FORMER_MEMBER:
        return gettext("Former member")
    return display_name or username


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `discord_id` is null only for a local admin."""

    username = models.CharField(_("username"), max_length=150, unique=True)
    discord_id = models.BigIntegerField(_("Discord id"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name"), max_length=100, blank=True)
    avatar = models.CharField(max_length=64, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    reminder_minutes = ArrayField(models.PositiveIntegerField(), null=True, blank=True)
    direct_messages = models.CharField(
        max_length=8, choices=DirectMessages.choices, default=DirectMessages.INHERIT
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    games_seen_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When they last came to look.")
    )
    games_seen_before = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("And the time before that.")
    )
    dm_channel_id = models.BigIntegerField(null=True, blank=True, editable=False)
    dm_blocked_until = models.DateTimeField(null=True, blank=True, editable=False)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Accounts()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return name_of_user(self.username, self.display_name)


class GameDefaults(models.Model):
    """Defaults for new games. Null or an empty text means "inherit" (`guilds.rules`)."""

    max_players = models.PositiveSmallIntegerField(
        _("maximum players"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PLAYERS_LIMIT)],
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("reminders, minutes before"),
        size=MAX_REMINDERS,
        null=True,
        blank=True,
    )
    default_rules = models.TextField(_("rules"), max_length=RULES_LENGTH, blank=True)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), null=True, blank=True)

    class Meta:
        abstract = True


class Guild(GameDefaults):
    """A Discord server. `left_at` is set while the bot is not on it; the row is kept.

    `is_banned` says that there is a `Ban` of it, since every click asks.
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=100)
    icon = models.CharField(max_length=64, blank=True)
    owner_id = models.BigIntegerField(_("owner's Discord id"))
    left_at = models.DateTimeField(null=True, blank=True)
    is_banned = models.BooleanField(default=False, db_default=False, editable=False)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    remind_by_dm = models.BooleanField(_("remind by direct message"), default=False)
    archive = models.CharField(
        _("finished games"), max_length=8, choices=Archive.choices, default=Archive.KEEP
    )
    archive_channel_id = models.BigIntegerField(_("archive channel"), null=True, blank=True)
    archive_after_minutes = models.PositiveIntegerField(
        _("archive after, in minutes"), default=24 * 60
    )
    decide_minutes = models.PositiveIntegerField(
        _("ask about too few players, minutes before"), default=60
    )
    below_minimum = models.CharField(
        _("if there are too few players and the host does not answer"),
        max_length=8,
        choices=BelowMinimum.choices,
        default=BelowMinimum.RUN,
    )
    mention_unreachable = models.BooleanField(
        _("mention people whose direct messages are closed"), default=True
    )
    may_post_read_only = models.BooleanField(
        _("hosts may announce in channels where they cannot write"),
        default=False,
        db_default=False,
    )
    manager_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    host_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guild_max_players_in_range",
                condition=Q(max_players__isnull=True)
                | Q(max_players__gte=1, max_players__lte=MAX_PLAYERS_LIMIT),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Channel(GameDefaults):
    """A channel or thread of a guild. `deleted_at` is set once Discord has deleted it.

    `closed_at` is set while the bot may not announce there, as far as the mirror tells.
    """

    id = models.BigIntegerField(primary_key=True)
    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="channels")
    name = models.CharField(max_length=100)
    kind = models.PositiveSmallIntegerField(choices=ChannelKind.choices)
    position = models.PositiveIntegerField(default=0)
    parent_id = models.BigIntegerField(null=True, blank=True)
    overwrites = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Discord's permission overwrites: id, type, allow, deny."),
    )
    game_category = models.CharField(_("category of games"), max_length=50, blank=True)
    is_active = models.BooleanField(_("games may be posted here"), default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="channel_max_players_in_range",
                condition=Q(max_players__isnull=True)
                | Q(max_players__gte=1, max_players__lte=MAX_PLAYERS_LIMIT),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.name}"

    @property
    def label(self) -> str:
        """Its name, with a word about it if Discord has deleted it."""
        return deleted_label(self.name) if self.deleted_at else self.name

    @property
    def takes_games(self) -> bool:
        """Whether a game can be announced here, unless the bot lacks a permission."""
        return self.kind in POSTABLE and self.is_active and self.deleted_at is None

    @property
    def is_open(self) -> bool:
        """Whether it is there and the bot may announce in it, as far as the mirror tells."""
        return self.deleted_at is None and self.closed_at is None


def deleted_label(name: str) -> str:
    """Return the name of a role or channel that is still chosen somewhere, but gone."""
    return gettext("%(name)s (deleted on Discord)") % {"name": name}


class LiveRoles(models.Manager["Role"]):
    """The roles that Discord has not deleted."""

    def get_queryset(self) -> models.QuerySet["Role"]:
        return super().get_queryset().filter(deleted_at__isnull=True)


class Role(models.Model):
    """A role of a guild. The role with the guild's own id is `@everyone`.

    Discord never gives an id out again. A deleted role keeps its row, so that whatever still
    names it can say which role it was; only `everything` finds it.
    """

    id = models.BigIntegerField(primary_key=True)
    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=100)
    color = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    permissions = models.BigIntegerField(default=0)
    is_bot = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("A bot's own role, which nobody else can have."),
    )
    is_mentionable = models.BooleanField(
        default=True,
        db_default=True,
        help_text=_("Everybody may mention it, so the bot may too."),
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LiveRoles()
    everything = models.Manager["Role"]()

    class Meta:
        ordering = ["-position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name, with a word about it if Discord has deleted it."""
        return deleted_label(self.name) if self.deleted_at else self.name

    @property
    def is_offered(self) -> bool:
        """Whether it can be chosen anew: it is not deleted, and people can have it."""
        return self.deleted_at is None and not self.is_bot


class Member(models.Model):
    """A user in a guild, as Discord described them at `refreshed_at`."""

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    nick = models.CharField(max_length=100, blank=True)
    avatar = models.CharField(max_length=64, blank=True)
    role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    permissions = models.BigIntegerField(
        default=0, help_text=_("Of the guild's roles together, without channel overwrites.")
    )
    timed_out_until = models.DateTimeField(null=True, blank=True)
    is_pending = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Has not accepted the server's rules yet."),
    )
    refreshed_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guild", "user"], name="one_member_per_guild_and_user"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.nick or self.user.name


class Feed(models.Model):
    """A person's secret calendar address, for their own games or one guild's.

    Only the SHA-256 of its token is stored, so the address can be shown only once. `told` is what
    its readers were told of each game (`games.exchange.versions`), empty before the first time.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds"
    )
    guild = models.ForeignKey(
        Guild, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    told = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "guild"], name="one_feed_per_user_and_guild", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.id} of {self.user_id}"


class Ban(models.Model):
    """A person or a server that may not use the site, by Discord's id, whether known or not."""

    kind = models.CharField(_("kind"), max_length=8, choices=BanKind.choices)
    discord_id = models.BigIntegerField(_("Discord id"), validators=[MinValueValidator(1)])
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("For operators; nobody else sees it.")
    )
    made_by = models.CharField(max_length=150, editable=False)
    made_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "discord_id"], name="one_ban_per_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.discord_id}"
