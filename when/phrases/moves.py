"""What a phrase means for something that has a time already: what it leaves unsaid stays."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from when.phrases.calendar import add_months
from when.phrases.instants import Scene, resolve
from when.phrases.phrase import Clock, OnDate, Phrase, Span
from when.reading import Reading, Reason, Refused
from when.zones.iana import get_zone


@dataclass(frozen=True, slots=True)
class Moved:
    """The moment that a phrase moves, and the zone that its day and clock are kept in.

    `start` is that of the game it belongs to, from which "2 hours before" is counted.
    """

    moment: datetime
    zone: str
    start: datetime | None = None

    @property
    def local(self) -> datetime:
        return self.moment.astimezone(get_zone(self.zone))


def resolve_move(phrase: Phrase, moved: Moved, *, now: datetime, zone: str) -> Reading:
    """The instant meant; raises Refused.

    A clock time alone keeps the day, a day alone the clock time; "an hour later" and "+1h" count
    from the moment itself, "in 2 hours" from now.
    """
    span = phrase.span
    if span and span.shift:
        return _shift(phrase, span, moved, now=now, zone=zone)
    if phrase.instant is not None or (span and span.seconds and span.starts_now):
        return resolve(phrase, now=now, zone=zone)
    if span and not (span.starts_now or span.counts_from):
        return _either_way(phrase, span, moved, now=now, zone=zone)
    if phrase.clock is None:
        return _at_own_time(phrase, moved, now=now, zone=zone)
    if phrase.day is None and span is None:
        return _on_own_day(phrase, moved, now=now, zone=zone)
    return resolve(phrase, now=now, zone=zone)


def _shift(phrase: Phrase, span: Span, moved: Moved, *, now: datetime, zone: str) -> Reading:
    """ "A week later", "-1h", and "a week later at 9pm"."""
    start = moved.start if span.is_before_start and moved.start else moved.moment
    local = start.astimezone(get_zone(moved.zone))
    sign = span.shift
    counted = Span(sign * span.months, sign * span.days, sign * span.seconds)
    if phrase.clock is not None:
        day = _counted_day(local.date(), counted)
        return resolve(replace(phrase, span=None, day=_on(day)), now=now, zone=zone)
    when = Scene(start.astimezone(UTC), get_zone(moved.zone)).add(counted)
    Scene(now.astimezone(UTC), get_zone(zone)).check(when)
    return Reading(when.astimezone(get_zone(zone)), zone, Reason.OK)


def _counted_day(day: date, span: Span) -> date:
    try:
        return date.fromordinal(add_months(day, span.months).toordinal() + span.days)
    except (ValueError, OverflowError):
        raise Refused(Reason.TOO_FAR) from None


def _either_way(phrase: Phrase, span: Span, moved: Moved, *, now: datetime, zone: str) -> Reading:
    """ "2 hours" alone may be two hours from now, or two hours later."""
    later, ahead = replace(span, shift=1), replace(span, starts_now=True)
    return _agreed(
        lambda: resolve_move(replace(phrase, span=later), moved, now=now, zone=zone),
        lambda: resolve_move(replace(phrase, span=ahead), moved, now=now, zone=zone),
    )


def _at_own_time(phrase: Phrase, moved: Moved, *, now: datetime, zone: str) -> Reading:
    """A day alone: the clock time stays as it is in the moment's own zone.

    The writer may be on another day than that zone: then both readings are offered.
    """
    there, here = moved.local, moved.moment.astimezone(get_zone(zone))

    def read(local: datetime, its_zone: str) -> Reading:
        whole = replace(phrase, clock=Clock(local.hour, local.minute, local.second))
        return _shown_in(zone, resolve(whole, now=now, zone=its_zone))

    if moved.zone == zone:
        return read(there, zone)
    return _agreed(lambda: read(there, moved.zone), lambda: read(here, zone), is_same=_is_same_day)


def _on_own_day(phrase: Phrase, moved: Moved, *, now: datetime, zone: str) -> Reading:
    """A clock time alone: the day stays, be it seen from the zone of the clock or its own.

    A day that is over cannot be meant.
    """
    clock_zone = phrase.zone.tz if phrase.zone else get_zone(zone)
    today = now.astimezone(clock_zone).date()
    days = {moved.moment.astimezone(clock_zone).date(), moved.local.date()}
    readings = [
        _reader(replace(phrase, day=_on(day)), now, zone) for day in sorted(days) if day >= today
    ]
    return _agreed(*readings) if readings else resolve(phrase, now=now, zone=zone)


def _reader(phrase: Phrase, now: datetime, zone: str) -> Callable[[], Reading]:
    return lambda: resolve(phrase, now=now, zone=zone)


def _on(day: date) -> OnDate:
    return OnDate(day.month, day.day, day.year)


def _shown_in(zone: str, reading: Reading) -> Reading:
    tz: ZoneInfo = get_zone(zone)
    return replace(
        reading,
        when=reading.when and reading.when.astimezone(tz),
        alternatives=tuple(other.astimezone(tz) for other in reading.alternatives),
        zone=zone,
    )


def _is_same(one: datetime, other: datetime) -> bool:
    return one == other


def _is_same_day(one: datetime, other: datetime) -> bool:
    """Both are in the writer's zone; the clocks of two zones may differ by an hour in between."""
    return one.date() == other.date()


def _agreed(
    *readers: Callable[[], Reading],
    is_same: Callable[[datetime, datetime], bool] = _is_same,
) -> Reading:
    """The first reading, if those that can be meant agree; raises Refused with all of them."""
    readings: list[Reading] = []
    refusals: list[Refused] = []
    for read in readers:
        try:
            readings.append(read())
        except Refused as refused:
            refusals.append(refused)
    if not readings:
        raise refusals[0]
    moments = [reading.when for reading in readings if reading.when is not None]
    if any(not is_same(moments[0], other) for other in moments):
        raise Refused(Reason.AMBIGUOUS_MOVE, alternatives=tuple(sorted(set(moments))))
    return readings[0]
