"""Bans of people and servers, by their Discord ids, so that they outlast every row."""

from concurrent.futures import Future
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discord_api import loop
from discord_api.routes import leave_guild
from guilds.enums import BanKind
from guilds.errors import Refused
from guilds.models import Ban, Guild, User
from guilds.services.sessions import end_sessions

log = structlog.get_logger(__name__)


def is_banned(discord_id: int | None) -> bool:
    """Return whether the person is banned."""
    return Ban.objects.filter(kind=BanKind.PERSON, discord_id=discord_id or 0).exists()


@transaction.atomic
def ban(*, kind: BanKind, discord_id: int, reason: str = "", by: User) -> Ban:
    """Ban a person or a server, known or not. Banning twice keeps the first ban.

    A person's sessions end, and bot, pages and calendars refuse them. The bot leaves a server, and
    nobody sees its pages. Games and seats stay as they are, for those who manage them. Raises
    `Refused` for somebody who runs the site.
    """
    if discord_id < 1:
        raise Refused(_("Only what Discord knows can be banned."), field="discord_id")
    if kind == BanKind.PERSON:
        refuse_operators(discord_id)
    row, is_new = Ban.objects.get_or_create(
        kind=kind, discord_id=discord_id, defaults={"reason": reason, "made_by": by.name}
    )
    if kind == BanKind.PERSON:
        _switch_off(discord_id)
    else:
        _shut_out(discord_id)
    if is_new:
        log.warning("banned", kind=kind, discord_id=discord_id, by=by.id)
    return row


def lift(row: Ban, *, by: User) -> None:
    """Lift the ban. The person may log in again; somebody has to invite the bot again."""
    with transaction.atomic():
        row.delete()
        if row.kind == BanKind.PERSON:
            User.objects.filter(discord_id=row.discord_id).update(is_active=True)
        else:
            Guild.objects.filter(id=row.discord_id).update(is_banned=False)
    log.warning("ban_lifted", kind=row.kind, discord_id=row.discord_id, by=by.id)


def leave_for_good(guild_id: int) -> None:
    """Have the bot leave a banned server, after the commit. Discord's refusal is only logged.

    The bot tries again whenever Discord tells it of the server.
    """
    transaction.on_commit(partial(_leave, guild_id), robust=True)


def _leave(guild_id: int) -> None:
    # Not waited for: the bot and the admin's page have better things to do.
    loop.submit(loop.client().request(leave_guild(guild_id))).add_done_callback(_note_left)


def _note_left(leaving: Future[Any]) -> None:
    if error := leaving.exception():
        log.warning("banned_guild_not_left", error=repr(error)[:200])


def refuse_operators(discord_id: int) -> None:
    """Raise `Refused` if this is somebody who runs the site."""
    is_superuser = User.objects.filter(discord_id=discord_id, is_superuser=True).exists()
    if is_superuser or discord_id in settings.DISCORD_OWNER_IDS:
        raise Refused(_("Whoever runs the site cannot be banned."), field="discord_id")


def _switch_off(discord_id: int) -> None:
    user = User.objects.select_for_update(no_key=True).filter(discord_id=discord_id).first()
    if user is not None:
        User.objects.filter(id=user.id).update(is_active=False)
        end_sessions(user)


def _shut_out(guild_id: int) -> None:
    """The bot counts as gone at once, so nothing more is sent there, whenever it leaves."""
    guild = Guild.objects.select_for_update(no_key=True).filter(id=guild_id).first()
    if guild is not None:
        guild.is_banned = True
        guild.left_at = guild.left_at or timezone.now()
        guild.save(update_fields=["is_banned", "left_at"])
    leave_for_good(guild_id)
