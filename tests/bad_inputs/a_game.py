"""A game on the stage's server."""

from typing import Any

from games.models import Game
from tests.discordbot.stage import Stage
from tests.factories import make_game


def new_game(stage: Stage, **fields: Any) -> Game:
    return make_game(stage.member("the_host"), stage.channel, **fields)
