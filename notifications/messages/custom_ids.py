"""The ids that buttons, selects and forms carry, each declared as a dataclass.

An id holds all that its press needs, so a button outlives any restart. Ids that stand on Discord
are pressed years later: a `form` that was ever sent stays as it is.
"""

import re
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

LONGEST = 100  # Discord's limit
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Whole:
    """A whole number within these bounds, written without leading zeros."""

    least: int
    most: int

    @property
    def longest(self) -> int:
        return len(str(self.most))

    @property
    def pattern(self) -> str:
        return f"0|[1-9][0-9]{{0,{self.longest - 1}}}"

    def read(self, text: str) -> int | None:
        number = int(text)
        return number if self.least <= number <= self.most else None


@dataclass(frozen=True)
class Text:
    """One to `longest` characters of a class of regular expressions."""

    characters: str
    longest: int

    @property
    def pattern(self) -> str:
        return f"[{self.characters}]{{1,{self.longest}}}"

    def read(self, text: str) -> str | None:
        """Digits alone are taken for an id, and are no larger than one."""
        return None if text.isdecimal() and int(text) > LARGEST_ID else text


@dataclass(frozen=True)
class OneOf:
    """One of the words of a `Literal`."""

    words: tuple[str, ...]

    @property
    def longest(self) -> int:
        return max(map(len, self.words))

    @property
    def pattern(self) -> str:
        return "|".join(map(re.escape, self.words))

    def read(self, text: str) -> str | None:
        return text


type Part = Whole | Text | OneOf

_BY_PREFIX: dict[str, list[type["CustomId"]]] = {}


class CustomId:
    """Base of the ids below. `form` is the id with its fields in braces, all of them.

    A subclass that could outgrow Discord's limit, or whose form does not hold its fields, raises
    `TypeError` when it is declared.
    """

    form: ClassVar[str]
    parts: ClassVar[dict[str, Part]]
    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, form: str) -> None:
        cls.form, cls.parts = form, _parts_of(cls)
        pattern, longest, named = "", 0, set()
        for literal, name, _spec, _conversion in Formatter().parse(form):
            pattern += re.escape(literal)
            longest += len(literal)
            if name is not None:
                named.add(name)
            if part := cls.parts.get(name or ""):
                pattern += f"(?P<{name}>{part.pattern})"
                longest += part.longest
        if named != cls.parts.keys() or longest > LONGEST:
            raise TypeError(f"{form} cannot be the custom id of a {cls.__name__}")
        cls._pattern = re.compile(pattern, re.ASCII)
        _BY_PREFIX.setdefault(form.partition(":")[0], []).append(cls)

    @property
    def custom_id(self) -> str:
        return self.form.format_map(vars(self))

    @classmethod
    def read(cls, custom_id: str) -> Self | None:
        """Returns None for anything but an id of this form."""
        match = cls._pattern.fullmatch(custom_id)
        if match is None:
            return None
        values = {name: part.read(match[name]) for name, part in cls.parts.items()}
        return None if None in values.values() else cls(**values)


def parse(custom_id: str) -> CustomId | None:
    """Returns None for anything that is not one of our ids."""
    for kind in _BY_PREFIX.get(custom_id.partition(":")[0], ()):
        if found := kind.read(custom_id):
            return found
    return None


def _parts_of(kind: type[CustomId]) -> dict[str, Part]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: _part_of(hint) for name, hint in hints.items() if get_origin(hint) is not ClassVar
    }


def _part_of(hint: Any) -> Part:
    if get_origin(hint) is Literal:
        return OneOf(get_args(hint))
    part: Part = hint.__metadata__[0]
    return part


Id = Annotated[int, Whole(1, LARGEST_ID)]
IdOrNone = Annotated[int, Whole(0, 10**18 - 1)]
# Seconds since 1970.
Moment = Annotated[int, Whole(0, 10**11 - 1)]
GameAction = Literal["join", "maybe", "decline", "slot", "repost", "cancel", "run", "move"]
SeriesAction = Literal["confirm", "skip", "stop"]
RosterAction = Literal[
    "person", "up", "down", "promote", "remove", "add", "placeholder", "seat", "turn0", "turn1"
]
RolesAction = Literal["managers", "hosts"]


@dataclass(frozen=True)
class GameButton(CustomId, form="g:{game_id}:{action}"):
    """A button or select below an announcement, or below a notice to the host."""

    game_id: Id
    action: GameAction


@dataclass(frozen=True)
class SeriesButton(CustomId, form="s:{game_id}:{action}"):
    """The host's decision about one session of a series, or about the series it belongs to."""

    game_id: Id
    action: SeriesAction


@dataclass(frozen=True)
class DraftButton(CustomId, form="draft:{draft_id}:{action}"):
    """A part of the preview of a game. The forms that some of them open have the same id.

    "zone" and "channel" are selects; "search" looks for a zone by name, "server" makes the chosen
    zone the server's too.
    """

    draft_id: Id
    action: Literal["post", "edit", "more", "discard", "channel", "zone", "search", "server"]


@dataclass(frozen=True)
class DraftReading(CustomId, form="draft:{draft_id}:at:{moment}"):
    """One reading of the time that was typed for a new game."""

    draft_id: Id
    moment: Moment


@dataclass(frozen=True)
class EditForm(CustomId, form="edit:{game_id}:{revision}"):
    """The form that `/edit-game` opened when the game was at this revision."""

    game_id: Id
    revision: Annotated[int, Whole(0, 10**9 - 1)]


@dataclass(frozen=True)
class AskButton(CustomId, form="ask:{pending_id}:{action}"):
    """An answer to a question of the bot's (`games.services.pending`).

    "again" opens the form with the id "form". "one" and "all" say which sessions are meant.
    """

    pending_id: Id
    action: Literal["form", "again", "fresh", "confirm", "back", "one", "all"]


@dataclass(frozen=True)
class AskReading(CustomId, form="ask:{pending_id}:at:{moment}"):
    """One reading of the time that was typed into an edit."""

    pending_id: Id
    moment: Moment


@dataclass(frozen=True)
class RosterButton(CustomId, form="roster:{game_id}:{page}:{participant_id}:{slot_id}:{action}"):
    """A part of the roster panel, with what is chosen in it; 0 is nobody and no slot.

    Two actions turn pages, since Discord refuses a message in which two buttons have one id.
    """

    game_id: Id
    action: RosterAction
    page: Annotated[int, Whole(0, 999)] = 0
    participant_id: IdOrNone = 0
    slot_id: IdOrNone = 0


@dataclass(frozen=True)
class RolesSelect(CustomId, form="roles:{action}"):
    """A role select below the server's settings."""

    action: RolesAction


@dataclass(frozen=True)
class ListButton(CustomId, form="list:{scope}:{page}"):
    """A page of a list; `scope` says which list, in the list's own words."""

    scope: Annotated[str, Text("a-z0-9:._-", 60)]
    page: Annotated[int, Whole(0, 10**6 - 1)]
