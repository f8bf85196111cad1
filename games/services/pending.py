"""Questions asked back on Discord: an edit that was refused, a cancellation to confirm.

They are kept as rows beside the drafts, so that their buttons outlive a restart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.models import Draft
from guilds.errors import NotFound, Refused
from guilds.models import Member

EDIT, CANCEL, NAME = "edit", "cancel", "name"
KEPT = timedelta(days=2)
MOST_A_MINUTE = 20


@dataclass(frozen=True)
class Pending:
    """One question. `about` is its kind (`EDIT`, `CANCEL`, `NAME`); `values` are its own."""

    id: int
    about: str
    game_id: int
    values: Mapping[str, Any]


@transaction.atomic
def save_pending(
    *,
    member: Member,
    about: str,
    game_id: int,
    values: Mapping[str, Any],
    pending_id: int | None = None,
) -> Pending:
    """Store the question, in place of the one with `pending_id` if that is given.

    Raises `Refused` if one person makes too many, and `NotFound` if `pending_id` is not theirs.
    """
    now = timezone.now()
    kept = {"about": about, "game_id": game_id, **values}
    if pending_id is not None:
        row = _get(member, pending_id)
        row.values = kept
        row.save(update_fields=["values"])
        return _read(row)
    mine = Draft.objects.filter(author=member.user)
    mine.filter(created_at__lt=now - KEPT).delete()
    if mine.filter(created_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
        raise Refused(_("That is a lot at once. Wait a minute."))
    return _read(Draft.objects.create(guild=member.guild, author=member.user, values=kept))


def get_pending(member: Member, pending_id: int) -> Pending:
    """Return the member's own question on this server. Raises `NotFound`, also for others'."""
    return _read(_get(member, pending_id))


def get_author(pending_id: int, discord_id: int) -> Member:
    """Return the author as a member of the question's server, for DMs, which name no server.

    Raises `NotFound`.
    """
    row = Draft.objects.filter(
        id=pending_id, author__discord_id=discord_id, values__has_key="about"
    ).first()
    member = (
        row
        and Member.objects.select_related("user", "guild")
        .filter(
            guild_id=row.guild_id,
            guild__is_banned=False,
            user_id=row.author_id,
            left_at__isnull=True,
        )
        .first()
    )
    if not member:
        raise outdated()
    return member


def _get(member: Member, pending_id: int) -> Draft:
    row = Draft.objects.filter(
        id=pending_id, author=member.user, guild=member.guild, values__has_key="about"
    ).first()
    if row is None:
        raise outdated()
    return row


def outdated() -> NotFound:
    return NotFound(_("This button is outdated. Use the command again."))


def _read(row: Draft) -> Pending:
    values = dict(row.values)
    return Pending(row.id, values.pop("about"), values.pop("game_id"), values)
