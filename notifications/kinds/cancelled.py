from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register
from notifications.messages.limits import fit
from notifications.messages.markdown import escape_block


@register
class Cancelled(ChangeNotice):
    """Told to everyone on the roster; after quiet hours even when the game would have begun."""

    name = "cancelled"
    label = gettext_lazy("Cancelled")
    outlives_start = True

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.everyone if event.change.action == Action.CANCELLED else ()

    def outdated(self, context: Context) -> str:
        return "" if context.game.is_cancelled else "the game is not cancelled"

    def text(self, context: Context) -> str:
        text = _("%(title)s, %(when)s, was cancelled.") % context.words
        if context.game.cancel_reason:
            reason = fit(context.game.cancel_reason, 600, escape=escape_block)
            text += "\n" + _("Reason: %(reason)s") % {"reason": reason}
        return text
