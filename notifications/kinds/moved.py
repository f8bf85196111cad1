from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.base import ChangeNotice, register
from notifications.kinds.context import Context
from notifications.kinds.event import GameEvent


@register
class Moved(ChangeNotice):
    """Told to everyone on the roster when the game goes to another channel."""

    name = "moved"
    label = gettext_lazy("New channel")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.everyone if "channel_id" in event.change.after else ()

    def text(self, context: Context) -> str:
        return _("%(title)s, %(when)s, has moved to %(channel)s.") % context.words
