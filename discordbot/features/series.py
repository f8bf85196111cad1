"""The host's answers about a session of a series: Confirm, Skip and Stop, mostly in a DM."""

from collections.abc import Callable

from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_for_game
from discordbot.interactions.responder import Responder
from games.enums import Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.series_edit import confirm_session, next_session, skip_session, stop_series
from notifications.messages import series
from notifications.messages.custom_ids import SeriesButton


async def press_confirm(
    interaction: Interaction, responder: Responder, button: SeriesButton
) -> None:
    await responder.defer()
    await responder.update(await in_database(_confirm, interaction, button.game_id))


async def press_skip(interaction: Interaction, responder: Responder, button: SeriesButton) -> None:
    await responder.defer()
    await responder.update(await in_database(_skip, interaction, button.game_id))


async def press_stop(interaction: Interaction, responder: Responder, button: SeriesButton) -> None:
    await responder.defer()
    await responder.update(await in_database(_stop, interaction, button.game_id))


def _confirm(interaction: Interaction, game_id: int) -> Message:
    return series.confirmed(get_snapshot(_do(confirm_session, interaction, game_id).id))


def _skip(interaction: Interaction, game_id: int) -> Message:
    game = _do(skip_session, interaction, game_id)
    following = next_session(game)
    return series.skipped(get_snapshot(game.id), get_snapshot(following.id) if following else None)


def _stop(interaction: Interaction, game_id: int) -> Message:
    return series.stopped(get_snapshot(_do(stop_series, interaction, game_id).id))


def _do(act: Callable[..., Game], interaction: Interaction, game_id: int) -> Game:
    return act(
        game_id=game_id,
        member=member_for_game(interaction, game_id),
        via=Via.BOT,
        request_key=f"i:{interaction.id}",
    )
