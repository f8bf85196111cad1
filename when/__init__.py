"""Reads times, durations and reminder lists as people type them, strictly: unsure means refused.

Pure: no Django, no clock of its own, nothing read but the time-zone data. The road of a phrase:
`tokens` cuts it with the `lexicon` of a language, `grammar` (with `clocks`, `days`, `spans`) says
what it states, `resolve` (with `halves`, `calendar`, `zones`) finds the instant that means.
"""

from when.lengths import DurationReading, parse_duration
from when.phrases.reader import parse_when
from when.reading import Note, Reading, Reason
from when.reminders import RemindersReading, parse_reminders

__all__ = [
    "DurationReading",
    "Note",
    "Reading",
    "Reason",
    "RemindersReading",
    "parse_duration",
    "parse_reminders",
    "parse_when",
]
