from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action, Answer
from games.models import Change
from guilds.models import User
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register
from notifications.messages.limits import fit
from notifications.messages.markdown import escape_line
from notifications.models import Delivery

# All who are found to have left within so long are named in one message.
GATHER = timedelta(minutes=1)
MOST_NAMES = 10


@register
class Departed(ChangeNotice):
    """Tells the host who has left the server and so is off the roster, and who moved up."""

    name = "departed"
    label = gettext_lazy("Players who left the server")

    def recipients(self, event: GameEvent) -> Collection[int]:
        change = event.change
        was_going = change.before.get("answer") == Answer.GOING
        is_host = change.subject_id == event.game.host_id
        is_departure = change.action == Action.LEFT and was_going and not is_host
        return event.host if is_departure else ()

    def deliveries(self, event: GameEvent) -> list[Delivery]:
        """One row a game and minute, due when the minute is over."""
        begun = event.change.at.replace(second=0, microsecond=0)
        return [
            self.direct_message(
                event.game,
                host,
                key=f"{self.name}:{event.game.id}:{begun:%Y%m%d%H%M}:{host}",
                due_at=begun + GATHER,
                expires_at=self.expires_at(event),
                payload={"begun": int(begun.timestamp())},
            )
            for host in self.recipients(event)
        ]

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """The names of those who left in each row's minute, and of those who moved up by it."""
        begun = {row.id: datetime.fromtimestamp(row.payload["begun"], UTC) for row in deliveries}
        changes = list(
            Change.objects.filter(
                game_id__in=[row.game_id for row in deliveries],
                action=Action.LEFT,
                before__answer=Answer.GOING,
                at__gte=min(begun.values()),
                at__lt=max(begun.values()) + GATHER,
            ).order_by("id")
        )
        ids = {change.subject_id or 0 for change in changes}
        ids |= {user_id for change in changes for user_id in change.promoted}
        names = {user.id: user.name for user in User.objects.filter(id__in=ids)}
        by_game: defaultdict[int, list[Change]] = defaultdict(list)
        for change in changes:
            by_game[change.game_id].append(change)
        found = {}
        for row in deliveries:
            ours = [
                change
                for change in by_game[row.game_id or 0]
                if begun[row.id] <= change.at < begun[row.id] + GATHER
            ]
            found[row.id] = {
                "left": _named([change.subject_id for change in ours], names),
                "promoted": _named([user for change in ours for user in change.promoted], names),
            }
        return found

    def text(self, context: Context) -> str:
        words = context.words | {"names": _listed(context.payload.get("left", ()))}
        text = _("No longer on the server, and so off the roster of %(title)s, %(when)s:") % words
        text += f"\n{words['names']}"
        if promoted := context.payload.get("promoted"):
            text += "\n" + _("Moved up from the waitlist: %(names)s") % {"names": _listed(promoted)}
        return text


def _named(user_ids: Iterable[int | None], names: Mapping[int, str]) -> list[str]:
    return [names[user_id] for user_id in user_ids if user_id and user_id in names]


def _listed(names: Sequence[str]) -> str:
    shown = [fit(name, 80, escape=escape_line) for name in names[:MOST_NAMES]]
    more = len(names) - MOST_NAMES
    return ", ".join([*shown, f"+{more}"] if more > 0 else shown)
