from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.models import Delivery


@register
class PostStays(Notice):
    """Tells the host of a post that should have gone with its successor or into the archive."""

    name = "post_stays"
    label = gettext_lazy("Old announcement could not be deleted")
    priority = Priority.UPKEEP
    may_mention = False

    def deliveries(
        self, *, game_id: int, channel_id: int, message_id: int, now: datetime
    ) -> list[Delivery]:
        key, payload = f"{self.name}:{message_id}", {"channel_id": channel_id}
        return self.to_host(with_host(game_id), key=key, due_at=now, payload=payload)

    def outdated(self, context: Context) -> str:
        """Never: the post stands there, whatever has become of the game."""
        return ""

    def text(self, context: Context) -> str:
        words = context.words | {"channel": f"<#{context.payload.get('channel_id', 0)}>"}
        return (
            _(
                "The old announcement of %(title)s, %(when)s, still stands in %(channel)s: Discord "
                "does not let me delete it. Please delete it yourself, or ask a moderator."
            )
            % words
        )
