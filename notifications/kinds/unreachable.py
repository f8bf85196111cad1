from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from games.enums import Answer
from games.models import Participant
from notifications.enums import State, Target
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.messages.limits import fit, join_lines
from notifications.messages.markdown import escape_line
from notifications.models import Delivery

# Others are found closed by the same messages, and all are named in one.
GATHER = timedelta(seconds=20)


@register
class Unreachable(Notice):
    """Tells the host, once a day, whose direct messages are closed."""

    name = "unreachable"
    label = gettext_lazy("People who cannot be written to")
    priority = Priority.UPKEEP
    may_mention = False

    def deliveries(self, *, game_id: int, person: int, now: datetime) -> list[Delivery]:
        game = with_host(game_id)
        if person == game.host.discord_id:
            return []
        key = f"{self.name}:{game_id}:{now.date().isoformat()}"
        return self.to_host(game, key=key, due_at=now + GATHER)

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """The names on the roster of those whose direct messages are known to be closed, or to whom
        Discord would not deliver one of this game for another reason."""
        names: defaultdict[int | None, list[str]] = defaultdict(list)
        failed = Delivery.objects.filter(
            game=OuterRef("game"),
            target=Target.USER,
            target_id=OuterRef("user__discord_id"),
            state=State.DEAD,
            created_at__gt=now - timedelta(days=1),
        )
        closed = Participant.objects.select_related("user").filter(
            Q(user__dm_blocked_until__gt=now) | Exists(failed),
            game_id__in=[row.game_id for row in deliveries],
            answer__in=[Answer.GOING, Answer.MAYBE],
        )
        for participant in closed:
            if participant.user:
                names[participant.game_id].append(participant.user.name)
        return {row.id: {"names": names[row.game_id]} for row in deliveries}

    def outdated(self, context: Context) -> str:
        reason = super().outdated(context)
        if not reason and not context.payload.get("names"):
            return "everybody can be written to again"
        return reason

    def text(self, context: Context) -> str:
        names = [fit(name, 80, escape=escape_line) for name in context.payload.get("names", ())]
        text = (
            _(
                "I can't send direct messages to these players of %(title)s, %(when)s, so they "
                "may miss changes. Please tell them yourself:"
            )
            % context.words
        )
        return text + "\n" + join_lines(names, 1000)
