"""Lists of reminder times, read and written: "1d, 2h, 15m", "60, 15", "off"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from when.lengths import UnreadLength, read_minutes, write_length
from when.reading import Reason
from when.spelling import normalize
from when.switches import is_off

SHORTEST_MINUTES = 1
LONGEST_MINUTES = 30 * 24 * 60
MOST_REMINDERS = 5
MOST_CHARACTERS = 200
_BETWEEN = re.compile(r"[,;、，]|\n|(?<=[^\W\d_])\s+(?:and|und|&)\s+")
_DECIMAL_COMMA = re.compile(r"\d,\d{1,2}\s?(?!m)[^\W\d_]+")  # "1,5h": one item or two?


@dataclass(frozen=True, slots=True)
class RemindersReading:
    """Minutes before the start, the longest first; or None, why, and the item that offended.

    Reminders turned off are an empty tuple.
    """

    minutes: tuple[int, ...] | None
    reason: Reason
    detail: str = ""


def parse_reminders(text: str) -> RemindersReading:
    """At most five different times from a minute to 30 days before; raises for no text."""
    if len(text) > MOST_CHARACTERS:
        return RemindersReading(None, Reason.TOO_LONG)
    said = text.strip()
    if not said:
        return RemindersReading(None, Reason.EMPTY)
    if is_off(said):
        return RemindersReading((), Reason.OK)
    unclear = _DECIMAL_COMMA.search(said.lower())
    if unclear:
        return RemindersReading(None, Reason.BAD_NUMBER, unclear.group())
    found: set[int] = set()
    for item in (part.strip() for part in _BETWEEN.split(said)):
        try:
            minutes = read_minutes(normalize(item))
        except UnreadLength as unread:
            return RemindersReading(None, unread.reason, item)
        if not item or minutes < SHORTEST_MINUTES:
            return RemindersReading(None, Reason.BAD_NUMBER, item)
        if minutes > LONGEST_MINUTES:
            return RemindersReading(None, Reason.TOO_FAR, item)
        found.add(minutes)
    if len(found) > MOST_REMINDERS:
        return RemindersReading(None, Reason.SEVERAL, str(len(found)))
    return RemindersReading(tuple(sorted(found, reverse=True)), Reason.OK)


def write_reminders(minutes: Iterable[int]) -> str:
    """ "1d, 15m", or "off" for none, as `parse_reminders` reads it."""
    return ", ".join(write_length(count) for count in minutes) or "off"
