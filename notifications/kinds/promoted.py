from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class Promoted(ChangeNotice):
    """Told to those who moved up without their doing."""

    name = "promoted"
    label = gettext_lazy("Moved up from the waitlist")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.promoted

    def text(self, context: Context) -> str:
        return _("You moved up from the waitlist: you play in %(title)s, %(when)s.") % context.words

    def still_concerns(self, context: Context) -> bool:
        return context.plays
