"""Events read from a file made elsewhere, line by line, before any game is made.

`import_file` reads a file by `import_csv` or `import_ics`; `import_plan` plans the game of each
line. Nothing is ever fetched: an address in a file stays a text.
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
    """A game as a file has it. `zone` is an IANA name.

    `channel` is a name or id as it was written. `values` are further fields by column; fields
    that the file leaves out take the server's defaults.
    """

    title: str
    starts_at: datetime
    zone: str
    channel: str = ""
    repeat: Rule | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """An event with the number of its first line in the file, or the reason why there is none."""

    number: int
    title: str
    event: Event | None = None
    why: str = ""


@dataclass(frozen=True)
class File:
    """`is_guessed` means that the text was not UTF-8 and may have wrong accents."""

    lines: Sequence[Line]
    is_guessed: bool


def too_many() -> Refused:
    return Refused(
        _("That file has more than %(most)d games. Split it into smaller files.")
        % {"most": MOST_GAMES},
        field="file",
    )


def is_past() -> Refused:
    return Refused(_("That time is already past."), field="when")
