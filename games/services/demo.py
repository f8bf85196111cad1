"""Give games a past, for `manage.py demo` alone."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from games.enums import Via
from games.models import Change, Game, Participant
from games.services.change import lock_game
from games.services.game import complete_game, start_game


@transaction.atomic
def age_game(*, guild_id: int, game_id: int, by: timedelta) -> None:
    """Date the game's history back by `by`. The times of the game itself stay."""
    game = lock_game(guild_id, game_id)
    Change.objects.filter(game=game).update(at=F("at") - by)
    Participant.objects.filter(game=game).update(joined_at=F("joined_at") - by)
    Game.objects.filter(id=game.id).update(created_at=F("created_at") - by)


@transaction.atomic
def play_game(*, guild_id: int, game_id: int, starts_at: datetime) -> Game:
    """Move the game with its history to `starts_at`, which is past.

    It starts then, and is completed if its end is past too. Its timers become inert, and nobody
    is told.
    """
    game = lock_game(guild_id, game_id)
    now, back = timezone.now(), game.starts_at - starts_at
    age_game(guild_id=guild_id, game_id=game_id, by=back)
    game.starts_at = starts_at
    if game.signup_closes_at:
        game.signup_closes_at -= back
    game.schedule_version += 1
    game.save(update_fields=["starts_at", "signup_closes_at", "schedule_version"])
    game = start_game(guild_id=guild_id, game_id=game_id, via=Via.WORKER)
    _date_last_change(game, game.starts_at)
    if game.ends_at <= now:
        game = complete_game(guild_id=guild_id, game_id=game_id, via=Via.WORKER)
        _date_last_change(game, game.ends_at)
    return game


def _date_last_change(game: Game, at: datetime) -> None:
    Change.objects.filter(game=game, revision=game.revision).update(at=at)
