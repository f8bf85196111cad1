from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.base import ChangeNotice, register
from notifications.kinds.context import Context
from notifications.kinds.event import GameEvent


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
