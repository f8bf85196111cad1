"""The action of each kind of timer, once its time has come. The game is locked."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from games.enums import Action, Decision, Status, Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.cancellation import call_off
from games.services.change import record_change
from games.services.decision import decide
from games.services.game import complete_game, start_game
from games.services.game_archive import archive_game
from games.services.series.edits import skip_unconfirmed
from guilds.enums import BelowMinimum
from guilds.languages import in_language
from notifications.enums import TimerKind
from notifications.timers.reminders import remind, remind_own

_OVER = frozenset({Status.COMPLETED, Status.CANCELLED})


def is_current(game: Game, kind: str, minutes_before: int, schedule_version: int) -> bool:
    """Whether the timer still means something, as the game stands now."""
    if schedule_version != game.schedule_version:
        return False
    if kind == TimerKind.ARCHIVE:
        return game.status in _OVER
    if not game.is_upcoming:
        return False
    if kind == TimerKind.REMIND:
        # "Starting now" may come a moment after the start itself.
        is_ahead = game.status == Status.SCHEDULED or minutes_before == 0
        return is_ahead and minutes_before in game.reminder_minutes
    return kind == TimerKind.FINISH or game.status == Status.SCHEDULED


def _start(game: Game, _minutes: int, _expires_at: datetime, now: datetime) -> None:
    """Begin the game, or call it off for want of players if the server wants that and nobody
    objected."""
    is_past = now >= game.ends_at  # after a long absence: nobody is told what is no news
    missing = 0 if is_past else _missing_players(game)
    if missing and game.decision != Decision.RUN:
        if game.guild.below_minimum == BelowMinimum.CANCEL:
            with in_language(game.guild.locale):
                reason = _("Too few players signed up.")
            call_off(game, actor=None, via=Via.WORKER, reason=reason)
            return
        decide(game, Decision.RUN, actor=None, via=Via.WORKER)
    start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def _decide(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    if game.decision == Decision.NONE and _missing_players(game):
        decide(game, Decision.ASKED, actor=None, via=Via.WORKER)


def _missing_players(game: Game) -> int:
    return get_snapshot(game.id).missing_players if game.min_players else 0


def _finish(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def _close_signup(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    record_change(game, actor=None, via=Via.WORKER, action=Action.SIGNUP_CLOSED)


def _post(game: Game, _minutes: int, _expires_at: datetime, now: datetime) -> None:
    if game.awaits_host:
        skip_unconfirmed(game)
    elif now < game.ends_at:
        record_change(game, actor=None, via=Via.WORKER, action=Action.POSTED)


def _archive(game: Game, _minutes: int, _expires_at: datetime, _now: datetime) -> None:
    archive_game(game)


FIRE: dict[TimerKind, Callable[[Game, int, datetime, datetime], None]] = {
    TimerKind.POST: _post,
    TimerKind.CLOSE_SIGNUP: _close_signup,
    TimerKind.REMIND: remind,
    TimerKind.REMIND_OWN: remind_own,
    TimerKind.DECIDE: _decide,
    TimerKind.START: _start,
    TimerKind.FINISH: _finish,
    TimerKind.ARCHIVE: _archive,
}
