"""The fate of a game's announcement, for those who wait for it."""

from dataclasses import dataclass

from games.models import Game
from guilds.selectors import find_bot_member, missing_bot_permissions
from notifications.messages.trouble import Trouble
from notifications.models import Announcement


@dataclass(frozen=True)
class Outcome:
    """The post's id once it stands, or why nothing will bring it there by itself.

    With neither of them it is on its way.
    """

    channel_id: int
    message_id: int | None = None
    trouble: Trouble | None = None

    @property
    def is_settled(self) -> bool:
        return self.message_id is not None or self.trouble is not None


def outcome_of(game_id: int) -> Outcome:
    """Return where the announcement is. At most three queries."""
    row = Announcement.objects.filter(game_id=game_id).first()
    if row is None:
        return Outcome(Game.objects.values_list("channel_id", flat=True).get(id=game_id))
    if row.last_error and row.render_at is None and row.lost_at is None:
        return Outcome(row.channel_id, trouble=trouble_of(row))
    return Outcome(row.channel_id, row.message_id if row.lost_at is None else None)


def trouble_of(announcement: Announcement) -> Trouble:
    """Return why the announcement was given up, with what the mirror tells of its channel."""
    game = Game.objects.select_related("guild", "channel").get(id=announcement.game_id)
    channel = game.channel
    is_same = channel.id == announcement.channel_id
    bot = find_bot_member(game.guild) if is_same else None
    return Trouble(
        channel_id=announcement.channel_id,
        code=announcement.error_code or 0,
        said=announcement.last_error,
        is_gone=is_same and channel.deleted_at is not None,
        missing=int(missing_bot_permissions(channel, bot)),
    )
