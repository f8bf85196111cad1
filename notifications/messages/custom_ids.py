"""The ids our buttons and selects carry: all a click needs, so that any restart is harmless."""

import re
from collections.abc import Callable
from dataclasses import dataclass

JOIN, MAYBE, DECLINE, SLOT = "join", "maybe", "decline", "slot"
REPOST, CANCEL = "repost", "cancel"
RUN, MOVE = "run", "move"
POST, EDIT, DISCARD = "post", "edit", "discard"
AT = "at"
FORM, AGAIN, FRESH, CONFIRM, BACK = "form", "again", "fresh", "confirm", "back"
PERSON, UP, DOWN, PROMOTE, REMOVE = "person", "up", "down", "promote", "remove"
ADD, PLACEHOLDER, SEAT, TURN = "add", "placeholder", "seat", "turn"
MANAGERS, HOSTS = "managers", "hosts"
SKIP, STOP, ONE, ALL = "skip", "stop", "one", "all"

_ID = r"([1-9][0-9]{0,18})"
_GAME = re.compile(
    rf"g:{_ID}:({JOIN}|{MAYBE}|{DECLINE}|{SLOT}|{REPOST}|{CANCEL}|{RUN}|{MOVE})", re.ASCII
)
_DRAFT = re.compile(rf"draft:{_ID}:({POST}|{EDIT}|{DISCARD})", re.ASCII)
_MOMENT = r"([0-9]{1,11})"
_DRAFT_AT = re.compile(rf"draft:{_ID}:{AT}:{_MOMENT}", re.ASCII)
_EDIT = re.compile(rf"edit:{_ID}:([0-9]{{1,9}})", re.ASCII)
_ASK = re.compile(rf"ask:{_ID}:({FORM}|{AGAIN}|{FRESH}|{CONFIRM}|{BACK}|{ONE}|{ALL})", re.ASCII)
_ASK_AT = re.compile(rf"ask:{_ID}:{AT}:{_MOMENT}", re.ASCII)
_ROSTER = re.compile(
    rf"roster:{_ID}:([0-9]{{1,3}}):([0-9]{{1,18}}):([0-9]{{1,18}}):"
    rf"({PERSON}|{UP}|{DOWN}|{PROMOTE}|{REMOVE}|{ADD}|{PLACEHOLDER}|{SEAT}|{TURN}[01])",
    re.ASCII,
)
_SERIES = re.compile(rf"s:{_ID}:({CONFIRM}|{SKIP}|{STOP})", re.ASCII)
_ROLES = re.compile(rf"roles:({MANAGERS}|{HOSTS})", re.ASCII)
_LIST = re.compile(r"list:([a-z0-9:._-]{1,60}):([0-9]{1,6})", re.ASCII)
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class GameButton:
    game_id: int
    action: str


@dataclass(frozen=True)
class SeriesButton:
    """What becomes of one session of a series, or of the series it belongs to."""

    game_id: int
    action: str


@dataclass(frozen=True)
class DraftButton:
    """`moment`: the reading that was chosen, in seconds since 1970, for `AT` alone."""

    draft_id: int
    action: str
    moment: int = 0


@dataclass(frozen=True)
class ListButton:
    """A page of a list; `scope` says which list, in the list's own words."""

    scope: str
    page: int


@dataclass(frozen=True)
class EditForm:
    """The form that `/edit-game` opened when the game was at this revision."""

    game_id: int
    revision: int
    action: str = ""


@dataclass(frozen=True)
class AskButton:
    """An answer to something that was asked back; see `games.services.pending`."""

    pending_id: int
    action: str
    moment: int = 0


@dataclass(frozen=True)
class RosterButton:
    """A part of the roster panel, with what is chosen in it; 0 is nobody and no slot."""

    game_id: int
    page: int
    participant_id: int
    slot_id: int
    action: str


@dataclass(frozen=True)
class RolesSelect:
    action: str


type Meaning = (
    GameButton
    | SeriesButton
    | DraftButton
    | ListButton
    | EditForm
    | AskButton
    | RosterButton
    | RolesSelect
)


def game_button(game_id: int, action: str) -> str:
    return f"g:{game_id}:{action}"


def series_button(game_id: int, action: str) -> str:
    return f"s:{game_id}:{action}"


def draft_button(draft_id: int, action: str) -> str:
    return f"draft:{draft_id}:{action}"


def draft_at(draft_id: int, moment: int) -> str:
    return f"draft:{draft_id}:{AT}:{moment}"


def edit_form(game_id: int, revision: int) -> str:
    return f"edit:{game_id}:{revision}"


def ask_button(pending_id: int, action: str) -> str:
    return f"ask:{pending_id}:{action}"


def ask_at(pending_id: int, moment: int) -> str:
    return f"ask:{pending_id}:{AT}:{moment}"


def roster_button(
    game_id: int, action: str, *, page: int = 0, participant_id: int = 0, slot_id: int = 0
) -> str:
    return f"roster:{game_id}:{page}:{participant_id}:{slot_id}:{action}"


def roles_select(kind: str) -> str:
    return f"roles:{kind}"


def list_button(scope: str, page: int) -> str:
    return f"list:{scope}:{page}"


def parse(custom_id: str) -> Meaning | None:
    """What a pressed button means, or None for anything that is not one of ours."""
    for pattern, read in _READERS:
        if match := pattern.fullmatch(custom_id):
            is_possible = all(
                int(part) <= _LARGEST_ID for part in match.groups() if part.isdecimal()
            )
            return read(match) if is_possible else None
    return None


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning]], ...] = (
    (_GAME, lambda m: GameButton(int(m[1]), m[2])),
    (_SERIES, lambda m: SeriesButton(int(m[1]), m[2])),
    (_DRAFT, lambda m: DraftButton(int(m[1]), m[2])),
    (_DRAFT_AT, lambda m: DraftButton(int(m[1]), AT, int(m[2]))),
    (_LIST, lambda m: ListButton(m[1], int(m[2]))),
    (_EDIT, lambda m: EditForm(int(m[1]), int(m[2]))),
    (_ASK, lambda m: AskButton(int(m[1]), m[2])),
    (_ASK_AT, lambda m: AskButton(int(m[1]), AT, int(m[2]))),
    (_ROSTER, lambda m: RosterButton(int(m[1]), int(m[2]), int(m[3]), int(m[4]), m[5])),
    (_ROLES, lambda m: RolesSelect(m[1])),
)
