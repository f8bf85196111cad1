"""Games: one session each."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from games.enums import Decision, SignupMethod, Status
from games.models.game_fields import TITLE_LENGTH, GameFields
from games.models.series import Series
from games.models.template import Template
from guilds.enums import Archive
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, Channel, Guild


class Game(GameFields):
    """One session.

    `revision` rises with every change; announcements and pages follow it. `schedule_version`
    rises when the times change, which makes older timers inert.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="games")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="games")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hosted_games"
    )
    template = models.ForeignKey(
        Template, on_delete=models.SET_NULL, null=True, blank=True, related_name="games"
    )
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="games"
    )
    series_date = models.DateField(
        null=True, blank=True, help_text=_("Its date in the series, whenever it is played.")
    )
    awaits_host = models.BooleanField(
        default=False, help_text=_("Announced only when the host confirms it.")
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    starts_at = models.DateTimeField(_("starts"))
    timezone = models.CharField(_("time zone"), max_length=64)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"))
    max_players = models.PositiveSmallIntegerField(
        _("maximum players"),
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PLAYERS_LIMIT)],
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(), size=MAX_REMINDERS, default=list, blank=True
    )
    signup_method = models.CharField(
        max_length=24, choices=SignupMethod.choices, default=SignupMethod.SELF
    )
    signup_closes_at = models.DateTimeField(_("sign-up closes"), null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SCHEDULED)
    post_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(
        max_length=8, choices=Decision.choices, blank=True, default=Decision.NONE
    )
    archive = models.CharField(max_length=8, choices=Archive.choices, default=Archive.KEEP)
    archive_after_minutes = models.PositiveIntegerField(default=24 * 60)
    revision = models.PositiveIntegerField(default=1, editable=False)
    schedule_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="game_min_players_not_above_max",
                condition=Q(min_players__isnull=True) | Q(min_players__lte=F("max_players")),
            ),
            models.CheckConstraint(
                name="game_max_players_in_range",
                condition=Q(max_players__gte=1, max_players__lte=MAX_PLAYERS_LIMIT),
            ),
            models.UniqueConstraint(
                fields=["series", "series_date"], name="one_game_per_series_and_date"
            ),
            models.CheckConstraint(name="game_has_duration", condition=Q(duration_minutes__gte=1)),
        ]
        indexes = [
            models.Index(fields=["guild", "starts_at", "id"], name="game_by_guild_and_start"),
            models.Index(
                fields=["guild", "starts_at", "id"],
                name="game_upcoming_by_guild",
                condition=Q(status__in=["scheduled", "in_progress"]),
            ),
            models.Index(
                fields=["channel", "starts_at", "id"],
                name="game_upcoming_by_channel",
                condition=Q(status__in=["scheduled", "in_progress"]),
            ),
            models.Index(fields=["host", "starts_at"], name="game_by_host"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    def is_draft(self, now: datetime) -> bool:
        """Whether the game is not announced yet, hence shown only to its host and managers."""
        return self.post_at is not None and self.post_at > now

    @property
    def is_upcoming(self) -> bool:
        return self.status in {Status.SCHEDULED, Status.IN_PROGRESS}
