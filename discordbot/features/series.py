"""The host's decisions about a session of a series: Confirm, Skip and Stop, mostly in a DM."""

from collections.abc import Callable

from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_for_game
from discordbot.interactions.routes import on, update
from games.enums import Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.series.edits import confirm_session, next_session, skip_session, stop_series
from notifications.messages import series
from notifications.messages.custom_ids import SeriesButton


def confirm(interaction: Interaction, button: SeriesButton) -> Message:
    game = _change(confirm_session, interaction, button)
    return series.confirmed(get_snapshot(game.id))


def skip(interaction: Interaction, button: SeriesButton) -> Message:
    game = _change(skip_session, interaction, button)
    following = next_session(game)
    return series.skipped(get_snapshot(game.id), get_snapshot(following.id) if following else None)


def stop(interaction: Interaction, button: SeriesButton) -> Message:
    game = _change(stop_series, interaction, button)
    return series.stopped(get_snapshot(game.id))


def _change(change: Callable[..., Game], interaction: Interaction, button: SeriesButton) -> Game:
    return change(
        game_id=button.game_id,
        member=member_for_game(interaction, button.game_id),
        via=Via.BOT,
        request_key=interaction.request_key,
    )


BUTTONS = (
    on(SeriesButton, "confirm", run=update(confirm, defer=True)),
    on(SeriesButton, "skip", run=update(skip, defer=True)),
    on(SeriesButton, "stop", run=update(stop, defer=True)),
)
