from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register
from notifications.messages.wording import when


@register
class Rescheduled(ChangeNotice):
    """Told to everyone on the roster, with the time it was before."""

    name = "rescheduled"
    label = gettext_lazy("New time")
    is_of_one_time = True

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.everyone if event.change.action == Action.RESCHEDULED else ()

    def payload(self, event: GameEvent) -> dict[str, Any]:
        return super().payload(event) | {"starts_at": event.change.before.get("starts_at")}

    def text(self, context: Context) -> str:
        if old := context.payload.get("starts_at"):
            words = context.words | {"old": when(datetime.fromisoformat(str(old)))}
            return _("%(title)s has a new time: %(when)s. It was %(old)s.") % words
        return _("%(title)s has a new time: %(when)s.") % context.words
