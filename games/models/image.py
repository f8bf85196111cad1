"""Pictures of games and templates."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from guilds.models import Guild


class Image(models.Model):
    """A picture of a game or template: re-encoded on upload, and served by us."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)
