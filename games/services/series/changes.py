"""Change a series from one session on: that session, those made already and those to come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from games.checks import check_rule, rule_of
from games.enums import Action, Status, Via
from games.models import Game, Series
from games.services.change import find_done, lock_game, record_change
from games.services.game_edit import ChangedMeanwhile, edit_game
from games.services.guards import check_may_edit, over_sentence
from games.services.series.edits import stop_series
from games.services.series.sessions import (
    DISTANCES,
    KEPT,
    begin_series,
    lock_series,
    minutes_before,
    pattern_of,
    unnumbered,
)
from guilds.errors import Refused
from guilds.models import Member
from when.repetitions import Pattern, Rule, count_before, moved, next_dates


@transaction.atomic
def repeat_game(
    *,
    game_id: int,
    member: Member,
    rule: str,
    via: Via,
    carry_over: bool = False,
    ask_host: bool = False,
    request_key: str | None = None,
) -> Game:
    """Repeat the game by `rule` from this session on, in a new series or in its own one.

    An empty rule stops the series. Raises `NotFound`, `NotAllowed` and `Refused`.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if find_done(request_key):
        return game
    is_running = game.series is not None and game.series.stopped_at is None
    if not rule:
        if is_running:
            stop_series(game_id=game_id, member=member, via=via, request_key=request_key)
        return game
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    if is_running and game.series_id is not None:
        options = {"carry_over": carry_over, "ask_host": ask_host}
        Series.objects.filter(id=game.series_id).update(**options)
        return change_all(
            game_id=game_id,
            member=member,
            values={},
            rule=rule,
            via=via,
            request_key=request_key,
        )
    first = game.starts_at.astimezone(ZoneInfo(game.timezone)).date()
    new_rule = rule_of(rule)
    check_rule(new_rule, first=first)
    begin_series(game, rule=new_rule, carry_over=carry_over, ask_host=ask_host)
    record_change(
        game,
        actor=member.user,
        via=via,
        action=Action.EDITED,
        after={"series": rule},
        request_key=request_key,
    )
    return game


@transaction.atomic
def change_all(
    *,
    game_id: int,
    member: Member,
    values: Mapping[str, Any],
    via: Via,
    rule: str | None = None,
    seen_revision: int | None = None,
    may_demote: bool = False,
    request_key: str | None = None,
) -> Game:
    """Edit this session and all later ones, those already made and those to come.

    A new start moves the series' weekday, date and time of day; `rule` replaces its rule.
    Raises as `edit_game` does.
    """
    sessions = _lock_sessions(member, game_id)
    game = next(one for one in sessions if one.id == game_id)
    check_may_edit(game, member)
    if find_done(request_key):
        return game
    assert game.series_id is not None
    series = lock_series(game.series_id)
    if _ahead(series.games.all()) - {one.id for one in sessions}:
        raise ChangedMeanwhile
    if rule == series.rule:
        rule = None
    later = [one for one in sessions if one.id != game_id]
    new_dates = _move(series, game, values, rule)
    starts = _redate(series, game, later, new_dates)
    edited = edit_game(
        game_id=game_id,
        member=member,
        values=values,
        via=via,
        seen_revision=seen_revision,
        may_demote=may_demote,
        request_key=request_key,
    )
    _store_values(series, edited, values)
    for one in later:
        edit_game(
            game_id=one.id,
            member=member,
            values=_for_later(series, one, values, starts.get(one.id) or one.starts_at),
            via=via,
            may_demote=may_demote,
        )
    if rule is not None and not find_done(request_key):
        after = {"series": series.rule}
        action = Action.EDITED
        record_change(
            edited, actor=member.user, via=via, action=action, after=after, request_key=request_key
        )
    return edited


def _lock_sessions(member: Member, game_id: int) -> list[Game]:
    """Lock the game and the later scheduled ones of its series; return them by date.

    They are locked in the order of their ids, so that two callers cannot deadlock.
    """
    first = Game.objects.filter(id=game_id, guild_id=member.guild_id).first()
    ids = {game_id}
    if first is not None and first.series_id is not None and first.series_date is not None:
        later = Game.objects.filter(series_id=first.series_id, series_date__gt=first.series_date)
        ids |= _ahead(later)
    sessions = [lock_game(member.guild_id, one) for one in sorted(ids)]
    if first is None or any(one.series_id is None for one in sessions):
        raise Refused(_("This game does not repeat."))
    game = next(one for one in sessions if one.id == game_id)
    assert game.series_date is not None
    kept = [one for one in sessions if one is game or one.status == Status.SCHEDULED]
    return sorted(kept, key=lambda one: one.series_date or date.max)


def _ahead(games: Any) -> set[int]:
    return set(games.filter(status=Status.SCHEDULED).values_list("id", flat=True))


def _move(
    series: Series, game: Game, values: Mapping[str, Any], rule: str | None
) -> dict[date, tuple[date, datetime | None]]:
    """Set the series' rule and times from this game on, as `values` move it.

    Returns, by each old date, the new date and the new start (None if the start stays).
    """
    assert game.series_date is not None
    old_day, old = game.series_date, pattern_of(series)
    zone = values.get("timezone", game.timezone)
    start = values.get("starts_at", game.starts_at)
    is_moved = start != game.starts_at or zone != series.timezone
    new_day = old_day
    if is_moved:
        local = start.astimezone(ZoneInfo(zone))
        series.start_time, series.timezone = local.time(), zone
        # A session that was moved alone takes the others along only to another day.
        is_other_day = local.date() != game.starts_at.astimezone(ZoneInfo(zone)).date()
        new_day = local.date() if is_other_day else old_day
    series.rule = rule if rule is not None else str(_continued(old, old_day, new_day))
    series.first_date = new_day
    check_rule(rule_of(series.rule), first=new_day)
    new = pattern_of(series)
    before = next_dates(old, 50, after=old_day)
    after = next_dates(new, 50, after=new_day)
    is_changed = is_moved or rule is not None
    # The nth date of the old rule becomes the nth of the new one.
    dates = {
        one.date: (other.date, other.starts_at if is_changed else None)
        for one, other in zip(before, after, strict=False)
    }
    dates[old_day] = (new_day, None)
    series.skipped_dates = sorted(dates[day][0] for day in series.skipped_dates if day in dates)
    series.save()
    return dates


def _continued(old: Pattern, old_day: date, new_day: date) -> Rule:
    """Return the rule from `new_day` on; a number of dates loses those before `old_day`."""
    rule = moved(old.rule, old_day, new_day)
    if rule.count is None:
        return rule
    return replace(rule, count=max(rule.count - count_before(old, old_day), 1))


def _redate(
    series: Series,
    game: Game,
    later: list[Game],
    dates: Mapping[date, tuple[date, datetime | None]],
) -> dict[int, datetime | None]:
    """Give the sessions their new dates; a session without one leaves the series.

    Returns the new starts by the games' ids.
    """
    sessions = [game, *later]
    ids = [one.id for one in sessions]
    # Two sessions may exchange dates, which are unique in a series: clear all of them first.
    Game.objects.filter(id__in=ids).update(series_date=None)
    starts: dict[int, datetime | None] = {}
    for one in sessions:
        day, start = dates.get(one.series_date or date.min, (None, None))
        starts[one.id] = _own_day(series, one, start) if day == one.series_date else start
        one.series_date = day
        if day is None:
            one.series = None
        one.save(update_fields=["series", "series_date"])
    return starts


def _own_day(series: Series, game: Game, start: datetime | None) -> datetime | None:
    """Return the new start; a session that was moved alone keeps its day where the dates stay."""
    local = game.starts_at.astimezone(ZoneInfo(game.timezone)).date()
    if start is None or local == game.series_date:
        return start
    return datetime.combine(local, series.start_time, ZoneInfo(series.timezone))


def _store_values(series: Series, game: Game, values: Mapping[str, Any]) -> None:
    """Store the changed values for later sessions, and nothing changed for one session alone."""
    for name in values.keys() & set(KEPT):
        value = getattr(game, name)
        series.values[name] = str(value) if name == "image_id" and value else value
    if "slots" in values:
        series.values["slots"] = unnumbered(game.slots.all())
    if "signup_closes_at" in values:
        closes = minutes_before(game.starts_at, game.signup_closes_at)
        series.values[DISTANCES["signup_closes_at"]] = closes
    series.save(update_fields=["values"])


def _for_later(
    series: Series, game: Game, values: Mapping[str, Any], start: datetime
) -> dict[str, Any]:
    """Return the same edit for a later session, with that session's times."""
    own = {"starts_at", "post_at", "signup_closes_at", "slots"}
    later = {name: value for name, value in values.items() if name not in own}
    later["starts_at"] = start
    if "signup_closes_at" in values:
        minutes = series.values[DISTANCES["signup_closes_at"]]
        later["signup_closes_at"] = minutes and start - timedelta(minutes=minutes)
    if "slots" in values:
        # A slot of the same name keeps its id, so that people keep their slot.
        ids = {slot.name: slot.id for slot in game.slots.all()}
        later["slots"] = [slot | {"id": ids.get(slot["name"])} for slot in series.values["slots"]]
    return later
