from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from games.snapshots import GameSnapshot
from guilds.enums import Permission
from guilds.models import Channel
from guilds.permissions import permission_names
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.models import Announcement, Delivery


@register
class PostStale(Notice):
    """Tells the host that the announcement still shows an earlier state of the game.

    Once for each state and time of the game, not for every change.
    """

    name = "post_stale"
    label = gettext_lazy("Announcement not up to date")
    priority = Priority.NEWS
    may_mention = False
    outlives_start = True

    def deliveries(
        self, snapshot: GameSnapshot, *, channel_id: int, now: datetime
    ) -> list[Delivery]:
        key = f"stale:{snapshot.id}:{snapshot.schedule_version}:{snapshot.status}"
        return self.to_host(
            with_host(snapshot.id), key=key, due_at=now, payload={"channel_id": channel_id}
        )

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """Whether the post is still behind, and what the bot lacks as far as the mirror tells."""
        game_ids = [row.game_id for row in deliveries if row.game_id]
        behind = set(
            Announcement.objects.filter(
                game_id__in=game_ids,
                lost_at__isnull=True,
                message_id__isnull=False,
                posted_revision__lt=F("wanted_revision"),
            ).values_list("game_id", flat=True)
        )
        ids = {row.payload.get("channel_id") for row in deliveries}
        channels = {channel.id: channel for channel in Channel.objects.filter(id__in=ids)}
        bots = bot_members({row.guild_id for row in deliveries})
        facts: dict[int, dict[str, Any]] = {}
        for row in deliveries:
            channel = channels.get(row.payload.get("channel_id", 0))
            bot = bots.get(row.guild_id)
            missing = int(missing_bot_permissions(channel, bot)) if channel else 0
            facts[row.id] = {"is_behind": row.game_id in behind, "missing": missing}
        return facts

    def outdated(self, context: Context) -> str:
        """A game that was called off is no less worth telling of."""
        return "" if context.payload.get("is_behind") else "the announcement is up to date"

    def text(self, context: Context) -> str:
        words = context.words
        if channel_id := context.payload.get("channel_id"):
            words["channel"] = f"<#{channel_id}>"
        said = [_stands(context) % words]
        if missing := context.payload.get("missing"):
            words["permissions"] = permission_names(Permission(missing))
            said.append(
                _(
                    "I lack there: %(permissions)s. Ask a moderator to allow me that in the "
                    "channel's settings."
                )
                % words
            )
        else:
            said.append(
                _(
                    "Discord took my change and does not show it. Ask a moderator whether I may "
                    "embed links there."
                )
            )
        return " ".join(said)


def _stands(context: Context) -> str:
    if context.game.is_cancelled:
        return _(
            "%(title)s, %(when)s, is cancelled, but its announcement in %(channel)s still shows "
            "it as before."
        )
    return _(
        "The announcement of %(title)s, %(when)s, in %(channel)s still shows an earlier state of "
        "the game."
    )
