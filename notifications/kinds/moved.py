from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class Moved(ChangeNotice):
    """Told to everyone on the roster when the game goes to another channel."""

    name = "moved"
    label = gettext_lazy("New channel")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.everyone if "channel_id" in event.change.after else ()

    def text(self, context: Context) -> str:
        return _("%(title)s, %(when)s, has moved to %(channel)s.") % context.words
