"""A host's edits of a series: confirm or skip a session, skip a date, stop.

Each needs a member who hosts the given game or manages the guild's games.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Action, Status, Via
from games.models import Game, Series
from games.services.cancellation import call_off
from games.services.change import find_done, lock_game, record_change
from games.services.guards import check_may_edit, over_sentence
from games.services.series.sessions import lock_series, pattern_of, post_at
from guilds.errors import Refused
from guilds.languages import in_language
from guilds.models import Member
from when.repetitions import next_dates

MOST_SKIPPED = 40


@transaction.atomic
def confirm_session(
    *, game_id: int, member: Member, via: Via, request_key: str | None = None
) -> Game:
    """Confirm the session: announce it now or at its planned time. Repeating it changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when it was called off or is over.
    """
    game = _lock_session(game_id, member)
    if find_done(request_key):
        return game
    _check_ahead(game)
    if not game.awaits_host:
        return game
    assert game.series is not None
    before = game.post_at
    game.awaits_host = False
    game.post_at = post_at(game.series, game, timezone.now())
    game.schedule_version += 1
    game.save(update_fields=["awaits_host", "post_at", "schedule_version"])
    record_change(
        game,
        actor=member.user,
        via=via,
        action=Action.EDITED if game.post_at else Action.POSTED,
        before={"post_at": before and before.isoformat()},
        after={"post_at": game.post_at and game.post_at.isoformat()},
        request_key=request_key,
    )
    return game


@transaction.atomic
def skip_session(*, game_id: int, member: Member, via: Via, request_key: str | None = None) -> Game:
    """Cancel this session; its roster is told and the next session made. Repeating changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when it has begun or is over.
    """
    game = _lock_session(game_id, member)
    if find_done(request_key) or game.status == Status.CANCELLED:
        return game
    _check_ahead(game)
    with in_language(game.guild.locale):
        reason = _("Skipped this time.")
    call_off(game, actor=member.user, via=via, reason=reason, request_key=request_key)
    return game


def skip_unconfirmed(game: Game) -> None:
    """Cancel the locked session, which its host did not confirm in time; the next one is made."""
    with in_language(game.guild.locale):
        reason = _("The host did not confirm it in time.")
    call_off(game, actor=None, via=Via.WORKER, reason=reason)


@transaction.atomic
def skip_date(*, game_id: int, member: Member, day: date, via: Via, is_skipped: bool) -> Series:
    """Skip a later date of the game's series, or restore it if not `is_skipped`.

    Raises `NotFound`, `NotAllowed`, and `Refused` if the day is none of the next dates or has a
    session already.
    """
    game = _lock_session(game_id, member)
    assert game.series_id is not None
    series = lock_series(game.series_id)
    # A date is forgotten once it has passed in every time zone.
    passed = timezone.now().date() - timedelta(days=2)
    skipped = {one for one in series.skipped_dates if one > passed}
    if series.games.filter(series_date=day).exists():
        raise Refused(_("That game already exists. Cancel it on its own page."))
    if is_skipped and day not in skipped:
        is_date = any(one.date == day for one in next_dates(pattern_of(series), 50, after=passed))
        if not is_date or len(skipped) >= MOST_SKIPPED:
            raise Refused(_("That is none of the next dates."))
    skipped = skipped | {day} if is_skipped else skipped - {day}
    if sorted(skipped) != series.skipped_dates:
        series.skipped_dates = sorted(skipped)
        series.save(update_fields=["skipped_dates"])
        after = {"skipped_date" if is_skipped else "restored_date": day.isoformat()}
        record_change(game, actor=member.user, via=via, action=Action.EDITED, after=after)
    return series


@transaction.atomic
def stop_series(*, game_id: int, member: Member, via: Via, request_key: str | None = None) -> Game:
    """Make no further sessions; existing ones stay. Repeating it changes nothing.

    Raises `NotFound` and `NotAllowed`.
    """
    game = _lock_session(game_id, member)
    assert game.series_id is not None
    series = lock_series(game.series_id)
    if find_done(request_key) or series.stopped_at is not None:
        return game
    series.stopped_at, series.trouble = timezone.now(), ""
    series.save(update_fields=["stopped_at", "trouble"])
    record_change(
        game,
        actor=member.user,
        via=via,
        action=Action.EDITED,
        after={"series": "stopped"},
        request_key=request_key,
    )
    return game


def _lock_session(game_id: int, member: Member) -> Game:
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if game.series_id is None:
        raise Refused(_("This game does not repeat."))
    return game


def _check_ahead(game: Game) -> None:
    if game.status == Status.IN_PROGRESS:
        raise Refused(_("The game has started already."))
    if game.status != Status.SCHEDULED:
        raise Refused(over_sentence(game))


def is_repeating(game: Game) -> bool:
    """Whether further sessions follow this one."""
    return game.series is not None and game.series.stopped_at is None


def next_session(game: Game) -> Game | None:
    """Return the session after this one, if it is made already."""
    if game.series_id is None or game.series_date is None:
        return None
    later = Game.objects.filter(
        series_id=game.series_id, guild_id=game.guild_id, series_date__gt=game.series_date
    )
    return later.order_by("series_date").first()
