from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import Action, Decision, Status
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register
from notifications.messages.custom_ids import GameButton
from notifications.messages.wording import DANGER, PRIMARY, SECONDARY, Message, button


@register
class TooFew(ChangeNotice):
    """Asks the host what shall become of a game with too few players."""

    name = "too_few"
    label = gettext_lazy("Too few players: what now?")

    def recipients(self, event: GameEvent) -> Collection[int]:
        return event.host if event.change.action == Action.HOST_ASKED else ()

    def expires_at(self, event: GameEvent) -> datetime:
        return event.game.starts_at

    def outdated(self, context: Context) -> str:
        game = context.game
        if not game.is_upcoming:
            return super().outdated(context)
        is_open = game.status == Status.SCHEDULED and game.decision == Decision.ASKED
        return "" if is_open and game.missing_players else "nothing to decide any more"

    def text(self, context: Context) -> str:
        game = context.game
        words = context.words | {"count": len(game.playing), "least": game.min_players or 0}
        return (
            _(
                "%(title)s, %(when)s, has %(count)d of at least %(least)d players. What should "
                "happen?"
            )
            % words
        )

    def buttons(self, context: Context) -> list[Message]:
        game_id = context.game.id
        return [
            button(_("Play anyway"), GameButton(game_id, "run").custom_id, PRIMARY),
            button(_("New time"), GameButton(game_id, "move").custom_id, SECONDARY),
            button(_("Cancel game"), GameButton(game_id, "cancel").custom_id, DANGER),
        ]
