"""Pictures that are kept. Reading new ones needs Pillow, which only the web process loads."""

from uuid import UUID

from django.utils.translation import gettext as _

from games.models import Image
from guilds.errors import NotFound
from guilds.models import Guild


def check_image(guild: Guild, image_id: UUID | str) -> None:
    """Raise `NotFound` unless the picture is the guild's own."""
    if not Image.objects.filter(id=image_id, guild=guild).exists():
        raise NotFound(_("That picture is not one of this server's."), field="image")
