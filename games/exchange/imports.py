"""Games from a file made elsewhere: what the file says, line by line, before anything is made.

`importing_file` reads a file, with `importing_csv` or `importing_ics`; `importing_plan` says what
would become of each line. Nothing is ever fetched: an address in a file stays a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guilds.errors import Refused
from when.repetitions import Rule

MOST_BYTES = 1_000_000
MOST_GAMES = 200


@dataclass(frozen=True)
class Event:
    """A game as a file has it; `zone` is IANA.

    `channel` is a name or id as it was written. `values` are further fields by their columns;
    what the file does not say is as the server has it.
    """

    title: str
    starts_at: datetime
    zone: str
    channel: str = ""
    repeat: Rule | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """Where an event begins in the file, and the event, or why it is none."""

    number: int
    title: str
    event: Event | None = None
    why: str = ""


@dataclass(frozen=True)
class File:
    """`is_guessed`: the text was no UTF-8 and may have the wrong accents."""

    lines: Sequence[Line]
    is_guessed: bool


def too_many() -> Refused:
    return Refused(
        _("That file has more than %(most)d games. Take it in parts.") % {"most": MOST_GAMES},
        field="file",
    )


def is_past() -> Refused:
    return Refused(_("That time is already past."), field="when")
