"""Series: sessions that repeat."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from guilds.models import Guild

RULE_LENGTH = 120


class Series(models.Model):
    """Sessions that repeat by `rule` (an RRULE, see `when.repetitions`).

    The rule counts from `first_date`, at `start_time` in `timezone`. The next session is made
    from `values`, which `games.services.series.sessions` writes; editing one session alone does
    not change them.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="series")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="series"
    )
    rule = models.CharField(_("repeats"), max_length=RULE_LENGTH)
    first_date = models.DateField()
    start_time = models.TimeField()
    timezone = models.CharField(_("time zone"), max_length=64)
    values = models.JSONField(default=dict)
    carry_over = models.BooleanField(_("players stay signed up for the next game"), default=False)
    ask_host = models.BooleanField(_("announce a game only when the host confirms"), default=False)
    skipped_dates = ArrayField(models.DateField(), default=list, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(
        max_length=300, blank=True, help_text=_("Why the next game could not be created.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return str(self.values.get("title", ""))
