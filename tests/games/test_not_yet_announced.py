"""Before `post_at` only its host and managers see a game."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.selectors import list_upcoming_for
from games.services.game_edit import edit_game
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.enums import Permission
from guilds.errors import NotFound, Refused
from guilds.models import Member
from tests.factories import make_game, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Game:
    now = timezone.now()
    return make_game(post_at=now + timedelta(hours=1), starts_at=now + timedelta(hours=9))


def host_of(game: Game) -> Member:
    return game.guild.members.select_related("user", "guild").get(user=game.host)


@pytest.mark.parametrize("answer", [join_game, answer_maybe, decline_game])
def test_others_are_answered_as_if_it_were_not_there(draft: Game, answer: Any) -> None:
    member = make_member(draft.guild)
    with pytest.raises(NotFound) as there:
        answer(game_id=draft.id, member=member, via=Via.BOT)
    with pytest.raises(NotFound) as nowhere:
        answer(game_id=draft.id + 999, member=member, via=Via.BOT)
    assert there.value.message == nowhere.value.message
    assert draft not in list_upcoming_for(member)


def test_host_and_managers_see_it(draft: Game) -> None:
    manager = make_member(draft.guild, permissions=Permission.MANAGE_GUILD)
    for member in (manager, host_of(draft)):
        join_game(game_id=draft.id, member=member, via=Via.WEB)
    assert draft in list_upcoming_for(manager)


def test_once_announced_it_is_everybody_s_and_cannot_be_hidden_again(draft: Game) -> None:
    Game.objects.filter(id=draft.id).update(post_at=timezone.now())
    join_game(game_id=draft.id, member=make_member(draft.guild), via=Via.BOT)
    later = {"post_at": timezone.now() + timedelta(hours=2)}
    with pytest.raises(Refused) as refused:
        edit_game(game_id=draft.id, member=host_of(draft), values=later, via=Via.WEB)
    assert refused.value.field == "post_at"
    plain = make_game()
    with pytest.raises(Refused):
        edit_game(game_id=plain.id, member=host_of(plain), values=later, via=Via.WEB)


def test_time_of_the_announcement_can_be_moved_before_it(draft: Game) -> None:
    later = timezone.now() + timedelta(hours=2)
    edit_game(game_id=draft.id, member=host_of(draft), values={"post_at": later}, via=Via.WEB)
    version = Game.objects.get(id=draft.id).schedule_version
    assert draft.timers.get(kind="post", schedule_version=version).due_at == later
