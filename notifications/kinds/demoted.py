from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class Demoted(ChangeNotice):
    """Told to those who lost their seat and wait again."""

    name = "demoted"
    label = gettext_lazy("Moved back to the waitlist")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.demoted

    def text(self, context: Context) -> str:
        if context.game.host_selects:
            return (
                _(
                    "You moved back to the waitlist of %(title)s, %(when)s. The host picks the "
                    "players."
                )
                % context.words
            )
        return (
            _(
                "You moved back to the waitlist of %(title)s, %(when)s. You move up when a seat "
                "is free."
            )
            % context.words
        )

    def still_concerns(self, context: Context) -> bool:
        return context.waits
