"""Columns shared by games and templates."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from games.models.image import Image
from guilds.models import RULES_LENGTH

TITLE_LENGTH = 100
DESCRIPTION_LENGTH = 2000
LOCATION_LENGTH = 200
CATEGORY_LENGTH = 50
MAX_PRIORITY_ROLES = 8


class GameFields(models.Model):
    """The columns of a game that a template presets."""

    description = models.TextField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    location = models.CharField(_("location"), max_length=LOCATION_LENGTH, blank=True)
    rules = models.TextField(_("rules"), max_length=RULES_LENGTH, blank=True)
    category = models.CharField(_("category"), max_length=CATEGORY_LENGTH, blank=True)
    color = models.PositiveIntegerField(
        _("colour"), null=True, blank=True, validators=[MaxValueValidator(0xFFFFFF)]
    )
    image = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    min_players = models.PositiveSmallIntegerField(_("minimum players"), null=True, blank=True)
    player_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    priority_role_ids = ArrayField(
        models.BigIntegerField(), size=MAX_PRIORITY_ROLES, default=list, blank=True
    )
    notify_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    archive_channel_id = models.BigIntegerField(_("archive channel"), null=True, blank=True)

    class Meta:
        abstract = True
