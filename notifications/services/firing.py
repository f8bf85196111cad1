"""What each kind of timer does when its time has come. The game is locked."""

from collections.abc import Callable
from datetime import datetime

from games.enums import Action, Status, Via
from games.models import Game
from games.services.change import record_change
from games.services.game import complete_game, start_game
from notifications.enums import TimerKind
from notifications.services.reminder import remind


def is_current(game: Game, kind: str, minutes_before: int, schedule_version: int) -> bool:
    """Whether the timer still means something, as the game stands now."""
    if schedule_version != game.schedule_version or not game.is_upcoming:
        return False
    if kind == TimerKind.REMIND:
        # "Starting now" may come a moment after the start itself.
        is_ahead = game.status == Status.SCHEDULED or minutes_before == 0
        return is_ahead and minutes_before in game.reminder_minutes
    return kind == TimerKind.FINISH or game.status == Status.SCHEDULED


def _start(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def _finish(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def _close_signup(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    record_change(game, actor=None, via=Via.WORKER, action=Action.SIGNUP_CLOSED)


def _post(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    record_change(game, actor=None, via=Via.WORKER, action=Action.POSTED)


def _nothing(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    """Kinds that are not planned yet."""


FIRE: dict[TimerKind, Callable[[Game, int, datetime, datetime], None]] = {
    TimerKind.POST: _post,
    TimerKind.CLOSE_SIGNUP: _close_signup,
    TimerKind.REMIND: remind,
    TimerKind.DECIDE: _nothing,
    TimerKind.START: _start,
    TimerKind.FINISH: _finish,
    TimerKind.ARCHIVE: _nothing,
}
