from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from games.enums import Action, Status, Via
from games.models import Game, Template
from games.new_game import NewGame, prepare_game
from games.services.cancellation import cancel_game
from games.services.game import complete_game, create_game, start_game
from games.services.template import save_template
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from tests.factories import make_channel, make_game, make_guild, make_member, make_user

pytestmark = pytest.mark.django_db


def new_game(host: Member, **fields: Any) -> NewGame:
    channel = fields.pop("channel", None) or make_channel(host.guild)
    values = {
        "channel_id": channel.id,
        "title": "Dungeon night",
        "starts_at": timezone.now() + timedelta(hours=3),
        "timezone": "Europe/Berlin",
        **fields,
    }
    return NewGame(**values)


@pytest.fixture
def host() -> Member:
    return make_member(make_guild())


def test_create_inherits_channel_before_guild(host: Member) -> None:
    host.guild.max_players, host.guild.reminder_minutes = 8, [30]
    host.guild.save()
    channel = make_channel(host.guild, max_players=3, game_category="RPG")

    game = prepare_game(host=host, new=new_game(host, channel=channel))

    assert (game.max_players, game.reminder_minutes, game.category) == (3, [30], "RPG")


def test_create_same_request_twice_makes_one_game(host: Member) -> None:
    new = new_game(host)
    first = create_game(host=host, new=new, via=Via.BOT, request_key="draft:1")
    second = create_game(host=host, new=new, via=Via.BOT, request_key="draft:1")
    assert first.id == second.id
    assert Game.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_create_same_request_at_once_makes_one_game(host: Member) -> None:
    new = new_game(host)

    def create(_: int) -> int:
        try:
            return create_game(host=host, new=new, via=Via.WEB, request_key="f:once").id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(create, range(4)))

    assert len(ids) == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": "  \u200b "}),
        ("title", {"title": "x" * 101}),
        ("description", {"description": "x" * 2001}),
        ("when", {"starts_at": timezone.now() - timedelta(minutes=1)}),
        ("when", {"starts_at": timezone.now() + timedelta(days=800)}),
        ("timezone", {"timezone": "Mars/Base"}),
        ("timezone", {"timezone": "../../etc/passwd"}),
        ("timezone", {"timezone": "EST5EDT"}),
        ("max_players", {"max_players": 101}),
        ("min_players", {"max_players": 3, "min_players": 4}),
        ("duration", {"duration_minutes": 20_000}),
        ("remind", {"reminder_minutes": (1, 2, 3, 4, 5, 6)}),
    ],
)
def test_create_refuses_naming_the_field(
    host: Member, field: str, values: dict[str, object]
) -> None:
    with pytest.raises(Refused) as refused:
        prepare_game(host=host, new=new_game(host, **values))
    assert refused.value.field == field


def test_create_refuses_another_guilds_channel(host: Member) -> None:
    elsewhere = make_channel(make_guild())
    with pytest.raises(NotFound):
        prepare_game(host=host, new=new_game(host, channel=elsewhere))


def test_create_asks_for_the_host_role(host: Member) -> None:
    host.guild.host_role_ids = [7]
    with pytest.raises(NotAllowed):
        prepare_game(host=host, new=new_game(host))
    host.role_ids = [7]
    assert prepare_game(host=host, new=new_game(host)).host == host.user


def test_create_from_template_presets_and_locks(host: Member) -> None:
    owner = Member.objects.select_related("guild", "user").get(
        guild=host.guild, user__discord_id=host.guild.owner_id
    )
    template: Template = save_template(
        member=owner,
        values={
            "name": "One-shot",
            "max_players": 4,
            "locked_fields": ["max_players"],
            "slots": [{"name": "Tank", "emoji": "", "capacity": 1}],
        },
    )
    new = new_game(host, template_id=template.id)

    game = create_game(host=host, new=new, via=Via.BOT, request_key="t")

    assert game.max_players == 4
    assert [slot.name for slot in game.slots.all()] == ["Tank"]
    with pytest.raises(Refused):
        prepare_game(host=host, new=replace(new, max_players=9))


def test_start_and_complete_happen_once(host: Member) -> None:
    game = make_game(host)
    for _ in range(2):
        start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
        complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    game.refresh_from_db()
    assert game.status == Status.COMPLETED
    actions = list(game.changes.order_by("id").values_list("action", flat=True))
    assert actions == [Action.CREATED, Action.STARTED, Action.COMPLETED]


def test_cancel_is_for_host_and_managers(host: Member) -> None:
    game = make_game(host)
    with pytest.raises(NotAllowed):
        cancel_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT)
    stranger = make_member(make_guild(), make_user())
    with pytest.raises(NotFound):
        cancel_game(game_id=game.id, member=stranger, via=Via.BOT)
    assert cancel_game(game_id=game.id, member=host, via=Via.BOT).status == Status.CANCELLED
