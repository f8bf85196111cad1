from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.messages.custom_ids import GameButton
from notifications.messages.wording import DANGER, PRIMARY, Message, button
from notifications.models import Announcement, Delivery


@register
class PostLost(Notice):
    """Asks the host what to do after somebody deleted the announcement."""

    name = "post_lost"
    label = gettext_lazy("Announcement deleted")
    priority = Priority.UPKEEP

    def deliveries(self, *, game_id: int, post_number: int, now: datetime) -> list[Delivery]:
        return self.to_host(with_host(game_id), key=f"lost:{game_id}:{post_number}", due_at=now)

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        game_ids = [row.game_id for row in deliveries if row.game_id]
        lost = set(
            Announcement.objects.filter(game_id__in=game_ids, lost_at__isnull=False).values_list(
                "game_id", flat=True
            )
        )
        return {row.id: {"is_lost": row.game_id in lost} for row in deliveries}

    def outdated(self, context: Context) -> str:
        if not context.game.is_upcoming:
            return super().outdated(context)
        return "" if context.payload.get("is_lost") else "the announcement is there again"

    def text(self, context: Context) -> str:
        return (
            _(
                "The announcement of %(title)s, %(when)s, was deleted from %(channel)s. The game "
                "still takes place and everyone is still signed up. What should I do?"
            )
            % context.words
        )

    def buttons(self, context: Context) -> list[Message]:
        game_id = context.game.id
        return [
            button(_("Repost"), GameButton(game_id, "repost").custom_id, PRIMARY),
            button(_("Cancel game"), GameButton(game_id, "cancel").custom_id, DANGER),
        ]
