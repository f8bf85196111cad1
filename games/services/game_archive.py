"""Archiving, the last step of a game's life. Its post is moved, removed or kept."""

from games.enums import Action, Status, Via
from games.models import Game
from games.services.change import record_change
from guilds.enums import NO_PERMISSIONS, Archive
from guilds.models import Channel
from guilds.selectors import find_bot_member, missing_bot_permissions


def archive_game(game: Game) -> None:
    """Archive the locked game, which is over. `notifications` takes care of its post.

    If the archive channel is gone or closed to the bot, the post stays where it is.
    """
    if game.archive == Archive.MOVE and not _has_archive_channel(game):
        game.archive = Archive.KEEP
    before, game.status = game.status, Status.ARCHIVED
    game.save(update_fields=["status", "archive"])
    record_change(
        game,
        actor=None,
        via=Via.WORKER,
        action=Action.ARCHIVED,
        before={"status": before},
        after={"status": game.status, "archive": game.archive},
    )


def _has_archive_channel(game: Game) -> bool:
    channel = Channel.objects.filter(
        id=game.archive_channel_id or 0, guild_id=game.guild_id, deleted_at__isnull=True
    ).first()
    if channel is None or channel.id == game.channel_id:
        return False
    missing = missing_bot_permissions(channel, find_bot_member(game.guild))
    return missing == NO_PERMISSIONS
