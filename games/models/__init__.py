"""The models of games, one module for each."""

from games.models.change import Change
from games.models.draft import Draft
from games.models.game import Game
from games.models.game_fields import (
    CATEGORY_LENGTH,
    DESCRIPTION_LENGTH,
    LOCATION_LENGTH,
    MAX_PRIORITY_ROLES,
    TITLE_LENGTH,
    GameFields,
)
from games.models.image import Image
from games.models.participant import PLACEHOLDER_LENGTH, Participant
from games.models.series import RULE_LENGTH, Series
from games.models.slot import MAX_SLOTS, SLOT_NAME_LENGTH, Slot
from games.models.template import Template

__all__ = [
    "CATEGORY_LENGTH",
    "DESCRIPTION_LENGTH",
    "LOCATION_LENGTH",
    "MAX_PRIORITY_ROLES",
    "MAX_SLOTS",
    "PLACEHOLDER_LENGTH",
    "RULE_LENGTH",
    "SLOT_NAME_LENGTH",
    "TITLE_LENGTH",
    "Change",
    "Draft",
    "Game",
    "GameFields",
    "Image",
    "Participant",
    "Series",
    "Slot",
    "Template",
]
