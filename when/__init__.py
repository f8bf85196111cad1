"""Times, lengths, reminder lists, zones and repetitions as people type them, read and written.

Strictly: unsure means refused. Needs nothing of the project, and no Django but its translations,
with which `repetitions.words` says a rule to people; there is no clock here, and nothing is read
but the time-zone data. What a writer writes, the reader of the same thing reads back.

`phrases` reads a point in time: `tokens` cuts the phrase with the `lexicon` of a language,
`grammar` (with `clocks`, `days`, `spans`) says what it states, `instants` (with `halves`,
`calendar`) finds the instant that means, and `moves` the one it means
for something that has a time already. `zones` knows the names of zones, `repetitions` the
rules of series, `languages` the words of all; a module each has `lengths`, `reminders` and
`clock_ranges`.
"""

from when.clock_ranges import parse_clock, parse_clock_range, write_clock_range
from when.lengths import DurationReading, length_in_words, parse_duration, write_length
from when.phrases.moves import Moved
from when.phrases.reader import parse_when
from when.phrases.writer import write_when
from when.reading import Note, Reading, Reason
from when.reminders import RemindersReading, parse_reminders, write_reminders
from when.repetitions.phrases import RepetitionReading, parse_repetition, write_repetition
from when.zones import (
    ZoneReading,
    is_zone,
    likely_zones,
    parse_zone,
    search_zones,
    zone_names,
)

__all__ = [
    "DurationReading",
    "Moved",
    "Note",
    "Reading",
    "Reason",
    "RemindersReading",
    "RepetitionReading",
    "ZoneReading",
    "is_zone",
    "length_in_words",
    "likely_zones",
    "parse_clock",
    "parse_clock_range",
    "parse_duration",
    "parse_reminders",
    "parse_repetition",
    "parse_when",
    "parse_zone",
    "search_zones",
    "write_clock_range",
    "write_length",
    "write_reminders",
    "write_repetition",
    "write_when",
    "zone_names",
]
