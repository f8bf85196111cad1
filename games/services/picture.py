"""Uploaded pictures: checked, limited in number and size, and stored."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from games.models import Game, Image, Series, Template
from games.pictures import shrunk
from guilds.errors import Refused
from guilds.models import Guild, Member

MAX_BYTES = 5 * 1024 * 1024
KEPT_UNUSED = timedelta(days=1)
# Of one server and of one person, in an hour.
MOST_AN_HOUR = 60
MOST_A_PERSON = 20
# Of one server, together; a stored picture has some 200 KB.
MOST_KEPT = 2000
MOST_BYTES_KEPT = 200 * 1024 * 1024


def store_image(*, member: Member, upload: "UploadedFile[Any]") -> Image:
    """Store the picture re-encoded as WebP; of an animation only the first frame.

    Raises `Refused` if it is no picture, is too large, or is one too many for the person or the
    guild, in one hour or at all. Deletes the guild's unused pictures that are older than a day.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise _refused(_("The picture is larger than 5 MB."))
    now = timezone.now()
    _check_pace(member, now)
    _unused(member.guild).filter(created_at__lt=now - KEPT_UNUSED).delete()
    _check_room(member.guild)
    try:
        data = shrunk(upload.open())
    except Refused as refused:
        raise _refused(refused.message) from refused
    return Image.objects.create(
        guild=member.guild, uploaded_by=member.user, content_type="image/webp", data=data
    )


def _check_pace(member: Member, now: datetime) -> None:
    recent = Image.objects.filter(guild=member.guild, created_at__gt=now - timedelta(hours=1))
    counted = recent.aggregate(
        all=Count("id"), own=Count("id", filter=Q(uploaded_by=member.user_id))
    )
    if counted["all"] >= MOST_AN_HOUR or counted["own"] >= MOST_A_PERSON:
        raise _refused(_("That is a lot of pictures at once. Try again in an hour."))


def _check_room(guild: Guild) -> None:
    kept = Image.objects.filter(guild=guild).aggregate(count=Count("id"), bytes=Sum(Length("data")))
    if kept["count"] >= MOST_KEPT or (kept["bytes"] or 0) >= MOST_BYTES_KEPT:
        raise _refused(_("This server has no room for more pictures. Use one that is there."))


def _unused(guild: Guild) -> "QuerySet[Image]":
    """Return the guild's pictures that no game, template or series shows."""
    return Image.objects.filter(guild=guild).exclude(
        Exists(Game.objects.filter(image=OuterRef("pk")))
        | Exists(Template.objects.filter(image=OuterRef("pk")))
        | Exists(
            Series.objects.filter(guild=guild, stopped_at=None)
            .alias(shown=KeyTextTransform("image_id", "values"))
            .filter(shown=Cast(OuterRef("pk"), TextField()))
        )
    )


def _refused(message: str) -> Refused:
    return Refused(message, field="image")
