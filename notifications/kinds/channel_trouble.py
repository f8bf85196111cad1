from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from guilds.enums import Permission
from guilds.models import Channel
from guilds.permissions import permission_names
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.models import Delivery


@register
class ChannelTrouble(Notice):
    """Tells the host, once a day, that a channel cannot be written to."""

    name = "channel_trouble"
    label = gettext_lazy("Trouble in a channel")
    priority = Priority.UPKEEP
    may_mention = False

    def deliveries(self, *, game_id: int, channel_id: int, now: datetime) -> list[Delivery]:
        key = f"trouble:{channel_id}:{now.date().isoformat()}"
        return self.to_host(
            with_host(game_id), key=key, due_at=now, payload={"channel_id": channel_id}
        )

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """Whether the channel is gone, and what the bot lacks in it as far as the mirror tells."""
        ids = {row.payload.get("channel_id") for row in deliveries}
        channels = {channel.id: channel for channel in Channel.objects.filter(id__in=ids)}
        bots = bot_members({row.guild_id for row in deliveries})
        facts: dict[int, dict[str, Any]] = {}
        for row in deliveries:
            channel = channels.get(row.payload.get("channel_id", 0))
            if channel is not None:
                missing = missing_bot_permissions(channel, bots.get(row.guild_id))
                is_gone = channel.deleted_at is not None
                facts[row.id] = {"is_gone": is_gone, "missing": int(missing)}
        return facts

    def text(self, context: Context) -> str:
        words = context.words
        if channel_id := context.payload.get("channel_id"):
            words["channel"] = f"<#{channel_id}>"
        if context.payload.get("is_gone"):
            return (
                _(
                    "The channel of %(title)s, %(when)s, is gone. The game still takes place, "
                    "and sign-ups on the dashboard go on. Choose another channel on the "
                    "dashboard."
                )
                % words
            )
        if missing := context.payload.get("missing"):
            words["permissions"] = permission_names(Permission(missing))
            return (
                _(
                    "I cannot post properly in %(channel)s, where %(title)s belongs. I lack: "
                    "%(permissions)s. Sign-ups on the dashboard go on. Ask a moderator to allow me "
                    "that in the channel's settings."
                )
                % words
            )
        return (
            _(
                "I cannot post in %(channel)s, where %(title)s belongs: the channel is gone, or I "
                "may not see it or write there. Sign-ups on the dashboard go on. Ask a moderator "
                "to let me view the channel, send messages and embed links."
            )
            % words
        )
