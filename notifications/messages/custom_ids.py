"""The ids our buttons and selects carry: all a click needs, so that any restart is harmless."""

import re
from dataclasses import dataclass

JOIN, MAYBE, DECLINE, SLOT = "join", "maybe", "decline", "slot"
REPOST, CANCEL = "repost", "cancel"
POST, EDIT, DISCARD = "post", "edit", "discard"

_ID = r"([1-9][0-9]{0,18})"
_GAME = re.compile(rf"g:{_ID}:({JOIN}|{MAYBE}|{DECLINE}|{SLOT}|{REPOST}|{CANCEL})", re.ASCII)
_DRAFT = re.compile(rf"draft:{_ID}:({POST}|{EDIT}|{DISCARD})", re.ASCII)
_LIST = re.compile(r"list:([a-z0-9:._-]{1,60}):([0-9]{1,6})", re.ASCII)
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class GameButton:
    game_id: int
    action: str


@dataclass(frozen=True)
class DraftButton:
    draft_id: int
    action: str


@dataclass(frozen=True)
class ListButton:
    """A page of a list; `scope` says which list, in the list's own words."""

    scope: str
    page: int


def game_button(game_id: int, action: str) -> str:
    return f"g:{game_id}:{action}"


def draft_button(draft_id: int, action: str) -> str:
    return f"draft:{draft_id}:{action}"


def list_button(scope: str, page: int) -> str:
    return f"list:{scope}:{page}"


def parse(custom_id: str) -> GameButton | DraftButton | ListButton | None:
    """What a pressed button means, or None for anything that is not one of ours."""
    if match := _GAME.fullmatch(custom_id):
        game_id = int(match[1])
        return GameButton(game_id, match[2]) if game_id <= _LARGEST_ID else None
    if match := _DRAFT.fullmatch(custom_id):
        draft_id = int(match[1])
        return DraftButton(draft_id, match[2]) if draft_id <= _LARGEST_ID else None
    if match := _LIST.fullmatch(custom_id):
        return ListButton(match[1], int(match[2]))
    return None
