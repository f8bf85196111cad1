"""Participants: people's answers to a game."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from games.enums import Answer, Origin
from games.models.game import Game
from games.models.slot import Slot

PLACEHOLDER_LENGTH = 80


class Participant(models.Model):
    """The answer of a user, or of a placeholder: a name for somebody without Discord.

    Whether they play or wait is never stored: `games.rules.seat` derives it.
    """

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="participations",
    )
    name = models.CharField(_("placeholder"), max_length=PLACEHOLDER_LENGTH, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.GOING)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.SELF)
    priority = models.PositiveSmallIntegerField(
        default=0, help_text=_("Position of the matched role; 0 is first.")
    )
    position = models.IntegerField(
        null=True, blank=True, help_text=_("Where the host moved them; lower is earlier.")
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.SET_NULL, null=True, blank=True, related_name="participants"
    )
    joined_at = models.DateTimeField()
    attended = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="participant_is_user_or_name",
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
            ),
            models.UniqueConstraint(fields=["game", "user"], name="one_participant_per_user"),
        ]
        indexes = [models.Index(fields=["user", "answer"], name="participant_by_user")]

    def __str__(self) -> str:
        return self.name or str(self.user)
