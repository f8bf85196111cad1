"""Reads a list of reminder times: "1d, 2h, 15m", "60, 15", "off"."""

import re
from dataclasses import dataclass

from when.lengths import UnreadLength, read_minutes
from when.phrases.tokens import normalize
from when.reading import Reason

SHORTEST_MINUTES = 1
LONGEST_MINUTES = 30 * 24 * 60
MOST_REMINDERS = 5
MOST_CHARACTERS = 200
_OFF = frozenset(
    {"off", "none", "no", "never", "-"}  # en
    | {"aus", "keine", "nie", "non", "aucun", "jamais"}  # de, fr
    | {"no", "ninguno", "nada", "nenhum", "nessuno"}  # es, pt, it
    | {"uit", "geen", "brak", "нет", "выкл"}  # nl, pl, ru
    | {"yok", "kapali", "なし", "av", "inga"}  # tr, ja, sv
)
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
    if said.lower() in _OFF or normalize(said) in _OFF:
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
