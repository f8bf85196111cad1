"""Drafts: games being previewed, and questions that wait for an answer."""

from django.conf import settings
from django.db import models

from guilds.models import Guild


class Draft(models.Model):
    """A game being previewed on Discord, or a question asked back there.

    It is kept so that its buttons outlive a restart. `values` is written by
    `games.services.draft` and `games.services.pending`.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.values.get("title", ""))
