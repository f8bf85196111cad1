from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register


@register
class Removed(ChangeNotice):
    """Told to the person whom the host, or a lost role, took off the roster.

    Those who leave the server are not told: they cannot be written to.
    """

    name = "removed"
    label = gettext_lazy("Removed from the game")

    def recipients(self, event: GameEvent) -> Collection[int]:
        is_removal = event.change.action in {Action.REMOVED, Action.ROLE_LOST}
        return event.subject if is_removal else ()

    def payload(self, event: GameEvent) -> dict[str, Any]:
        is_role_lost = event.change.action == Action.ROLE_LOST
        return super().payload(event) | ({"is_role_lost": True} if is_role_lost else {})

    def text(self, context: Context) -> str:
        if context.payload.get("is_role_lost"):
            return (
                _(
                    "You no longer have a role that %(title)s, %(when)s, asks for, so your seat is "
                    "free."
                )
                % context.words
            )
        return _("The host took you off the roster of %(title)s, %(when)s.") % context.words

    def still_concerns(self, context: Context) -> bool:
        return not context.is_going
