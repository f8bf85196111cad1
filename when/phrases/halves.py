"""Which half of the clock an hour is in, given the part of the day said besides."""

from dataclasses import replace

from when.languages.table import Part
from when.phrases.phrase import Clock, Sure
from when.reading import Reason, Refused

_MIDNIGHT = Clock(0, is_midnight=True)

# Twelve-hour readings a part of the day allows, and the 24-hour times that fit it.
_MORNING = {hour: hour for hour in range(1, 12)}
_EARLY = {hour: hour for hour in range(1, 7)}
_MIDDAY = {11: 11, 12: 12, 1: 13, 2: 14}
_AFTERNOON = {12: 12, **{hour: hour + 12 for hour in range(1, 9)}}
_EVENING = {hour: hour + 12 for hour in range(4, 12)}
_NIGHT = {**{hour: hour for hour in range(1, 6)}, **{hour: hour + 12 for hour in range(7, 12)}}
_TONIGHT = {hour: hour + 12 for hour in range(5, 12)}
_TWELVE_HOURS = {
    Part.EARLY: _EARLY,
    Part.MORNING: _MORNING,
    Part.MIDDAY: _MIDDAY,
    Part.AFTERNOON: _AFTERNOON,
    Part.EVENING: _EVENING,
    Part.NIGHT: _NIGHT,
    Part.TONIGHT: _TONIGHT,
}
_FITTING_HOURS = {
    Part.EARLY: frozenset(range(7)),
    Part.MORNING: frozenset(range(12)),
    Part.MIDDAY: frozenset(range(11, 15)),
    Part.AFTERNOON: frozenset(range(12, 20)),
    Part.EVENING: frozenset(range(16, 24)),
    Part.NIGHT: frozenset((*range(6), *range(18, 24))),
    Part.TONIGHT: frozenset((*range(6), *range(17, 24))),
}
SMALL_HOURS = range(6)
NIGHTS = (Part.NIGHT, Part.TONIGHT)  # parts that reach past midnight


def settle_half(clock: Clock, part: Part | None) -> Clock:
    """The clock time with its half of the day settled by the part; still ASK without one.

    Raises Refused where they contradict each other, as in "8am in the evening".
    """
    if part is None or clock.is_midnight:
        if part not in (None, Part.EVENING, *NIGHTS):
            raise Refused(Reason.CONTRADICTION, str(part))
        return clock
    if clock.sure is Sure.EXACT:
        if clock.hour not in _FITTING_HOURS[part]:
            raise Refused(Reason.CONTRADICTION, f"{clock.hour}:{clock.minute:02}")
        return clock
    if clock.hour == 12 and part in NIGHTS and not clock.minute:
        return _MIDNIGHT
    hour = _TWELVE_HOURS[part].get(clock.hour)
    if hour is None:
        raise Refused(Reason.NEEDS_AM_PM, str(clock.hour))
    return replace(clock, hour=hour, sure=Sure.EXACT)


def both_halves(clock: Clock) -> tuple[Clock, Clock]:
    """The morning and the evening reading of an hour from 1 to 12."""
    hour = clock.hour % 12
    return (
        replace(clock, hour=hour, sure=Sure.EXACT),
        replace(clock, hour=hour + 12, sure=Sure.EXACT),
    )
