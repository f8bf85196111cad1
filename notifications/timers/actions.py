"""The action of each kind of timer, for those of one moment together. Their games are locked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from games.enums import Action, Decision, Status, Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.cancellation import call_off
from games.services.change import record_change
from games.services.decision import decide
from games.services.game import complete_games, start_games
from games.services.game_archive import archive_game
from games.services.series.edits import skip_unconfirmed
from guilds.enums import BelowMinimum
from guilds.languages import in_language
from notifications.enums import TimerKind
from notifications.kinds.reminder import DueReminder
from notifications.timers.reminders import remind_all

_OVER = frozenset({Status.COMPLETED, Status.CANCELLED})


@dataclass(frozen=True)
class Due:
    """What a timer, whose time has come, says of its game."""

    game: Game
    minutes: int
    expires_at: datetime


type Fire = Callable[[Sequence[Due], datetime], None]


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


def _remind(due: Sequence[Due], now: datetime) -> None:
    remind_all([DueReminder(one.game, one.minutes, one.expires_at) for one in due], now)


def _remind_own(due: Sequence[Due], now: datetime) -> None:
    own = [DueReminder(one.game, one.minutes, one.expires_at, is_own=True) for one in due]
    remind_all(own, now)


def _start(due: Sequence[Due], now: datetime) -> None:
    start_games([one.game for one in due if _goes_ahead(one.game, now)], via=Via.WORKER)


def _goes_ahead(game: Game, now: datetime) -> bool:
    """Call the game off for want of players if the server wants that and nobody objected."""
    is_past = now >= game.ends_at  # after a long absence: nobody is told what is no news
    if is_past or game.decision == Decision.RUN or not _missing_players(game):
        return True
    if game.guild.below_minimum == BelowMinimum.CANCEL:
        with in_language(game.guild.locale):
            reason = _("Too few players signed up.")
        call_off(game, actor=None, via=Via.WORKER, reason=reason)
        return False
    decide(game, Decision.RUN, actor=None, via=Via.WORKER)
    return True


def _decide(game: Game, _now: datetime) -> None:
    if game.decision == Decision.NONE and _missing_players(game):
        decide(game, Decision.ASKED, actor=None, via=Via.WORKER)


def _missing_players(game: Game) -> int:
    return get_snapshot(game.id).missing_players if game.min_players else 0


def _finish(due: Sequence[Due], _now: datetime) -> None:
    complete_games([one.game for one in due], via=Via.WORKER)


def _close_signup(game: Game, _now: datetime) -> None:
    record_change(game, actor=None, via=Via.WORKER, action=Action.SIGNUP_CLOSED)


def _post(game: Game, now: datetime) -> None:
    if game.awaits_host:
        skip_unconfirmed(game)
    elif now < game.ends_at:
        record_change(game, actor=None, via=Via.WORKER, action=Action.POSTED)


def _archive(game: Game, _now: datetime) -> None:
    archive_game(game)


def _each(action: Callable[[Game, datetime], None]) -> Fire:
    def fire(due: Sequence[Due], now: datetime) -> None:
        for one in due:
            action(one.game, now)

    return fire


FIRE: dict[TimerKind, Fire] = {
    TimerKind.POST: _each(_post),
    TimerKind.CLOSE_SIGNUP: _each(_close_signup),
    TimerKind.REMIND: _remind,
    TimerKind.REMIND_OWN: _remind_own,
    TimerKind.DECIDE: _each(_decide),
    TimerKind.START: _start,
    TimerKind.FINISH: _finish,
    TimerKind.ARCHIVE: _each(_archive),
}
