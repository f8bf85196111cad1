"""Everyone is answered in the language of their Discord, whichever thread translates."""

import pytest

from games.enums import Via
from games.services.cancellation import cancel_game
from notifications.messages.custom_ids import GameButton
from tests.discordbot.stage import set_stage
from tests.factories import make_game

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("de", "Diese Runde wurde abgesagt."),
        ("es-419", "Esta partida se ha cancelado."),
        ("ja", "This game was cancelled."),
    ],
)
def test_a_refusal_is_in_the_language_of_whoever_pressed(locale: str, sentence: str) -> None:
    stage = set_stage()
    host = stage.member("the_host")
    game = make_game(host, stage.channel)
    cancel_game(game_id=game.id, member=host, via=Via.BOT)
    player = stage.actors["player"]
    player.locale = locale

    heard = player.press(GameButton(game.id, "join").custom_id)

    assert sentence in heard.text
