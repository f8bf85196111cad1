from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class Added(ChangeNotice):
    """Told to the person the host added, once the game is announced."""

    name = "added"
    label = gettext_lazy("Added by the host")

    def recipients(self, event: GameEvent) -> Collection[int]:
        if event.is_announced_now:
            return event.added_before
        return event.subject if event.change.action == Action.ADDED else ()

    def text(self, context: Context) -> str:
        if context.waits and context.game.host_selects:
            return (
                _(
                    "The host put you on the waitlist of %(title)s, %(when)s. The host picks the "
                    "players."
                )
                % context.words
            )
        if context.waits:
            return (
                _(
                    "The host put you on the waitlist of %(title)s, %(when)s. You move up when a "
                    "seat is free."
                )
                % context.words
            )
        return _("The host added you to %(title)s, %(when)s.") % context.words

    def still_concerns(self, context: Context) -> bool:
        return context.is_going
