"""No command and no button answers somebody whose account is switched off, nor a banned server."""

import pytest

from guilds.models import Guild, User
from tests.discordbot.stage import set_stage
from tests.discordbot.test_table import TABLE, Try

pytestmark = pytest.mark.django_db(transaction=True)

# It asks nothing of the database, and tells nobody anything of anybody.
OPEN = {"/help"}


def owner_of(name: str) -> str:
    """The person who may do it, best the owner."""
    who = TABLE[name][0]
    return "owner" if "owner" in who else next(iter(sorted(who)), "player")


@pytest.mark.parametrize("name", sorted(TABLE.keys() - OPEN))
def test_nothing_is_done_for_an_account_that_is_switched_off(name: str) -> None:
    stage = set_stage()
    actor = stage.actors[owner_of(name)]
    attempt = Try(stage, actor)
    User.objects.filter(id=actor.user.id).update(is_active=False)

    heard = TABLE[name][1](attempt)

    if "completion" in name:
        assert not heard.message.get("choices")
    else:
        assert "switched off" in heard.text
    assert not attempt.changed()
    assert not (heard.is_modal or "Dungeon night" in heard.text)


@pytest.mark.parametrize("name", ["/create-game", "/list-games", "/config-guild", "Join"])
def test_nothing_is_done_on_a_banned_server(name: str) -> None:
    stage = set_stage()
    attempt = Try(stage, stage.actors["owner" if name != "Join" else "player"])
    Guild.objects.filter(id=stage.guild.id).update(is_banned=True)

    heard = TABLE[name][1](attempt)

    assert "may not use" in heard.text
    assert not attempt.changed()
