from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class GoesAhead(ChangeNotice):
    """Told to everyone on the roster of a game with few players that takes place."""

    name = "goes_ahead"
    label = gettext_lazy("Takes place with few players")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.everyone if event.change.action == Action.CONFIRMED else ()

    def text(self, context: Context) -> str:
        return _("%(title)s, %(when)s, takes place, though few players signed up.") % context.words
