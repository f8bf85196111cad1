"""Changes: the audit of games, which also remembers the requests already handled."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from games.enums import Action, Via
from games.models.game import Game


class Change(models.Model):
    """One change of a game: an audit entry, and the record that a request was handled.

    `request_key` names the click or form that caused it (`i:<interaction id>`,
    `f:<form uuid>`). A request that arrives twice finds its first effect here.
    """

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="changes")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    via = models.CharField(max_length=8, choices=Via.choices)
    action = models.CharField(max_length=16, choices=Action.choices)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    promoted = ArrayField(models.BigIntegerField(), default=list, blank=True)
    demoted = ArrayField(models.BigIntegerField(), default=list, blank=True)
    revision = models.PositiveIntegerField(help_text=_("The game's revision after it."))
    request_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["game", "-at"], name="change_by_game")]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_action_display()}"
