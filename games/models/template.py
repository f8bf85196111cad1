"""Templates: the named presets of a guild."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from games.enums import SignupMethod
from games.models.game_fields import TITLE_LENGTH, GameFields
from guilds.enums import Archive
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, Channel, Guild


class Template(GameFields):
    """A named preset of a guild. Null and empty mean "as the channel or server has it".

    `locked_fields` may not be changed by the host; `slots` is a list of
    `{"name", "emoji", "capacity"}`.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=50)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(_("used by default"), default=False)
    channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), null=True, blank=True)
    max_players = models.PositiveSmallIntegerField(
        _("maximum players"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PLAYERS_LIMIT)],
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(), size=MAX_REMINDERS, null=True, blank=True
    )
    signup_method = models.CharField(max_length=24, choices=SignupMethod.choices, blank=True)
    signup_closes_minutes = models.PositiveIntegerField(
        _("sign-up closes, minutes before"), null=True, blank=True
    )
    host_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    archive = models.CharField(
        _("finished games"), max_length=8, choices=Archive.choices, blank=True
    )
    archive_after_minutes = models.PositiveIntegerField(
        _("archive after, in minutes"), null=True, blank=True
    )
    slots = models.JSONField(default=list, blank=True)
    locked_fields = ArrayField(models.CharField(max_length=32), default=list, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["guild", "name"], name="one_template_per_name"),
            models.UniqueConstraint(
                fields=["guild"], condition=Q(is_default=True), name="one_default_template"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def usable_channel_id(self) -> int | None:
        """The channel it presets, unless that was deleted or takes no games any more."""
        channel = self.channel
        return channel.id if channel is not None and channel.takes_games else None
