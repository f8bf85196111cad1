"""Begin series, and make the next session when the present one starts, ends or is cancelled.

A game is always locked before its series; code that holds a series never waits for a game.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from games.checks import check_game, clean_game, forget_gone_roles
from games.enums import Action, Answer, Status, Via
from games.fields import FIELDS, Kind
from games.models import Game, Image, Participant, Series, Slot, Template
from games.services.change import record_change
from games.signals import series_stuck
from guilds.errors import Refused
from guilds.languages import in_language
from guilds.models import Member
from guilds.permissions import can_host, can_join, standing_of
from guilds.selectors import find_member, get_postable_channel, gone_roles, may_announce_in
from postgres.outage import OUTAGES
from when.repetitions import Occurrence, Pattern, Rule, next_dates, read_rule

log = structlog.get_logger(__name__)

# Columns the next session copies from the series, and moments stored as minutes before the start.
KEPT = tuple(f.column for f in FIELDS if f.is_kept and not f.distance and f.kind != Kind.SLOTS)
DISTANCES = {field.column: field.distance for field in FIELDS if field.is_kept and field.distance}
_ENDS = frozenset({Action.STARTED, Action.COMPLETED, Action.CANCELLED})
# A session waits for its host until this long before the start, or until half the time is over.
CONFIRM_UNTIL = timedelta(hours=1)
MOST_RESUMED = 500


def begin_series(game: Game, *, rule: Rule, carry_over: bool, ask_host: bool) -> Series:
    """Make the saved game the first of a series, inside the caller's transaction.

    The caller has checked by `games.checks.check_rule` that the game's date is the rule's first.
    """
    local = game.starts_at.astimezone(ZoneInfo(game.timezone))
    series = Series.objects.create(
        guild=game.guild,
        host=game.host,
        rule=str(rule),
        first_date=local.date(),
        start_time=local.time(),
        timezone=game.timezone,
        values=values_of(game, list(game.slots.all())),
        carry_over=carry_over,
        ask_host=ask_host,
    )
    game.series, game.series_date = series, local.date()
    game.save(update_fields=["series", "series_date"])
    return series


def values_of(game: Game, slots: Sequence[Slot]) -> dict[str, Any]:
    """Return the values a session passes on to the next, moments as minutes before the start."""
    values = {name: getattr(game, name) for name in KEPT}
    values["image_id"] = str(game.image_id) if game.image_id else None
    for name, distance in DISTANCES.items():
        values[distance] = minutes_before(game.starts_at, getattr(game, name))
    return values | {"slots": unnumbered(slots)}


def unnumbered(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Return the slots as values without ids, from which another game's slots can be made."""
    return [{"name": slot.name, "emoji": slot.emoji, "capacity": slot.capacity} for slot in slots]


def minutes_before(start: datetime, moment: datetime | None) -> int | None:
    return None if moment is None else round((start - moment).total_seconds() / 60)


def pattern_of(series: Series) -> Pattern:
    rule = read_rule(series.rule)
    return Pattern(rule, series.first_date, series.start_time, series.timezone)


def dates_after(series: Series, after: date, *, now: datetime, n: int = 1) -> list[Occurrence]:
    """Return the next dates of the series, without those the host skipped."""
    skipped = {day for day in series.skipped_dates if day > after}
    dates = next_dates(pattern_of(series), n + len(skipped), after=after, now=now)
    return [one for one in dates if one.date not in skipped][:n]


def continue_series(game: Game) -> None:
    """Make the session after this one, in the transaction that starts, ends or cancels this one.

    If it cannot be made, the reason is stored and told to the host; this game goes on.
    """
    if game.series_id is None or game.series_date is None:
        return
    try:
        with transaction.atomic():
            make_next(series_id=game.series_id, after=game.series_date)
    except Refused as refused:
        _note_trouble(game, refused.message)
    except OUTAGES:
        raise
    except Exception:
        log.exception("next_session_failed", game_id=game.id)


def follow_session(game: Game, action: str) -> None:
    """Make the next session if this change of a game calls for it.

    It does if the game starts, ends, is cancelled, or is moved past the next date.
    """
    if game.series_id is None or game.series_date is None:
        return
    if action in _ENDS or (action == Action.RESCHEDULED and _is_overtaken(game)):
        continue_series(game)


def _is_overtaken(game: Game) -> bool:
    assert game.series is not None and game.series_date is not None
    dates = next_dates(pattern_of(game.series), 1, after=game.series_date)
    return bool(dates) and dates[0].starts_at <= game.starts_at


@transaction.atomic
def make_next(*, series_id: int, after: date) -> Game | None:
    """Return the first session after the date `after`, and make it if there is none.

    Dates that have passed meanwhile are left out. Returns None if the series is stopped; a series
    without further dates is stopped here. Raises `Refused` if host, channel or server no longer
    allow the session.
    """
    series = lock_series(series_id)
    made = series.games.filter(series_date__gt=after).order_by("series_date").first()
    if series.stopped_at is not None:
        return made
    now = timezone.now()
    found = dates_after(series, after, now=now)
    # A later session may be made before those between, for a date that was planned on its own.
    if made is not None and not (found and made.series_date and found[0].date < made.series_date):
        return made
    if not found:
        series.stopped_at, series.trouble = now, ""
        series.save(update_fields=["stopped_at", "trouble"])
        return None
    game = _make(series, _check_host(series), found[0], now)
    if series.carry_over:
        _carry_over(series, game, after)
    record_change(
        game,
        actor=None,
        via=Via.WORKER,
        action=Action.CREATED,
        after={"title": game.title, "starts_at": game.starts_at.isoformat()},
        request_key=f"series:{series.id}:{game.series_date}",
    )
    if series.trouble:
        series.trouble = ""
        series.save(update_fields=["trouble"])
    return game


def resume_series() -> int:
    """Make the sessions that trouble, a fault or the bot's absence kept from being made.

    Returns how many series had no session ahead. Each has a transaction of its own.
    """
    coming = Game.objects.filter(series=OuterRef("pk"), status=Status.SCHEDULED)
    running = Series.objects.filter(stopped_at=None, guild__left_at=None)
    waiting = running.filter(~Exists(coming) | ~Q(trouble=""))
    # Trouble may last for ever: those series come last, and in random order, so that none of them
    # keeps another from its turn.
    in_turn = waiting.alias(is_troubled=~Q(trouble="")).order_by("is_troubled", "?")
    ids = list(in_turn.values_list("id", flat=True)[:MOST_RESUMED])
    for series_id in ids:
        games = Game.objects.filter(series=series_id, series_date__isnull=False)
        by_date = games.select_related("guild", "host", "series").order_by("-series_date")
        last = by_date.exclude(status=Status.SCHEDULED).first() or by_date.first()
        if last is not None:
            continue_series(last)
    return len(ids)


def lock_series(series_id: int) -> Series:
    return (
        Series.objects.select_for_update(of=("self",), no_key=True)
        .select_related("guild", "host")
        .get(id=series_id)
    )


def _check_host(series: Series) -> Member:
    """Return the host. Raises `Refused` if they may not announce games now."""
    with in_language(series.guild.locale):
        if series.guild.left_at is not None:
            raise Refused(_("Gamesched is not on this server any more."))
        host = find_member(series.guild, series.host)
        if host is None:
            raise Refused(_("The host is not on this server any more."))
        template = _template_of(series)
        roles = template.host_role_ids if template else ()
        if not can_host(standing_of(host, series.guild), roles):
            raise _host_may_not()
        return host


def _host_may_not() -> Refused:
    return Refused(_("The host may not announce games here any more."))


def _template_of(series: Series) -> Template | None:
    template_id = series.values.get("template_id")
    return Template.objects.filter(id=template_id, guild=series.guild).first()


def _has_image(series: Series, image_id: str) -> bool:
    return Image.objects.filter(id=image_id, guild=series.guild).exists()


def _make(series: Series, host: Member, occurrence: Occurrence, now: datetime) -> Game:
    """Save the session's game and slots. Raises `Refused`."""
    values: dict[str, Any] = series.values
    with in_language(series.guild.locale):
        channel = get_postable_channel(series.guild, values["channel_id"])
        if not channel.is_active:
            raise Refused(_("Games are switched off in that channel."), field="channel")
        if not may_announce_in(channel, host):
            raise _host_may_not()
        game = Game(
            guild=series.guild,
            host=series.host,
            series=series,
            series_date=occurrence.date,
            timezone=series.timezone,
            starts_at=occurrence.starts_at,
            awaits_host=series.ask_host,
            **{name: values[name] for name in KEPT if name in values},
        )
        game.template = _template_of(series)
        if game.image_id and not _has_image(series, str(game.image_id)):
            game.image_id = None
        closes = values.get(DISTANCES["signup_closes_at"])
        game.signup_closes_at = _before(game.starts_at, closes)
        game.post_at = confirm_until(game, now) if series.ask_host else post_at(series, game, now)
        forget_gone_roles(game)
        clean_game(game)
        check_game(game)
    game.save()
    Slot.objects.bulk_create(
        Slot(game=game, position=place, **slot) for place, slot in enumerate(values["slots"])
    )
    return game


def confirm_until(game: Game, now: datetime) -> datetime:
    return game.starts_at - min(CONFIRM_UNTIL, (game.starts_at - now) / 2)


def post_at(series: Series, game: Game, now: datetime) -> datetime | None:
    """Return when to announce the session, as long before as the first; None means at once."""
    moment = _before(game.starts_at, series.values.get(DISTANCES["post_at"]))
    return moment if moment and moment > now else None


def _before(start: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else start - timedelta(minutes=minutes)


def _carry_over(series: Series, game: Game, after: date) -> None:
    """Copy the places of those who were going and may still join, and of placeholders."""
    last = series.games.filter(series_date__lte=after).order_by("-series_date").first()
    if last is None:
        return
    names = {slot.id: slot.name for slot in last.slots.all()}
    slots = {slot.name: slot.id for slot in game.slots.all()}
    members = {
        member.user_id: member
        for member in Member.objects.select_related("user").filter(
            guild=series.guild, left_at__isnull=True, user__participations__game=last
        )
    }
    kept, gone = [], gone_roles(game.player_role_ids)
    for person in last.participants.filter(answer=Answer.GOING):
        member = members.get(person.user_id or 0)
        standing = standing_of(member, series.guild)
        # Nobody loses the place by a role that was deleted: they may have come in by it.
        may_come = can_join(standing, game.player_role_ids) or (standing.is_member and gone)
        if person.user_id is None or may_come:
            kept.append(_copied(person, game, slots.get(names.get(person.slot_id or 0, ""))))
    Participant.objects.bulk_create(kept)


def _copied(person: Participant, game: Game, slot_id: int | None) -> Participant:
    return Participant(
        game=game,
        user_id=person.user_id,
        name=person.name,
        answer=person.answer,
        origin=person.origin,
        priority=person.priority,
        position=person.position,
        slot_id=slot_id,
        joined_at=person.joined_at,
    )


def _note_trouble(game: Game, sentence: str) -> None:
    """Store the sentence, and signal it once however often the same attempt fails."""
    sentence = sentence[:300]
    assert game.series_id is not None
    fresh = Series.objects.filter(id=game.series_id).exclude(trouble=sentence)
    if fresh.update(trouble=sentence):
        series_stuck.send(sender=Series, game=game)
