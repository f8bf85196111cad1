import pytest
from django.utils import timezone

from games.enums import Via
from games.models import Game, Participant
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from guilds.models import Member
from notifications.models import Delivery
from tests.discordbot.stage import Actor, Heard, Json, Stage, set_stage
from tests.factories import make_game, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


def fill(stage: Stage, game: Game, count: int, name: str = "P") -> list[Member]:
    members = [make_member(stage.guild, make_user(f"{name}{i}")) for i in range(count)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.WEB)
    return members


def choose(host: Actor, panel: Heard, game: Game, place: int) -> Heard:
    snapshot = get_snapshot(game.id)
    person = (snapshot.playing + snapshot.waiting)[place]
    return host.press(panel.button("person"), person.participant_id)


def names(game: Game) -> tuple[list[str], list[str]]:
    snapshot = get_snapshot(game.id)
    return [p.name for p in snapshot.playing], [p.name for p in snapshot.waiting]


def notices(notice: str) -> set[int]:
    return set(Delivery.objects.filter(notice=notice).values_list("target_id", flat=True))


def person(discord_id: int, *, is_member: bool = True, bot: bool = False) -> Json:
    user_id = str(discord_id)
    people: Json = {"users": {user_id: {"id": user_id, "username": "new", "bot": bot}}}
    if is_member:
        people["members"] = {user_id: {"roles": [], "nick": "Newcomer"}}
    return people


def test_panel_moves_promotes_and_removes_and_tells(stage: Stage, host: Actor) -> None:
    game = make_game(stage.member("the_host"), stage.channel, max_players=2)
    members = fill(stage, game, 4)
    panel = host.command("roster", game=str(game.id))

    chosen = choose(host, panel, game, 1)
    moved = host.press(chosen.button("up"))
    assert names(game) == (["P1", "P0"], ["P2", "P3"])
    assert "**P1** has seat 1." in moved.text
    chosen = choose(host, moved, game, 3)
    promoted = host.press(chosen.button("promote"))
    assert names(game) == (["P1", "P3"], ["P0", "P2"])
    assert notices("promoted") == {members[3].user.discord_id}
    assert notices("demoted") == {members[0].user.discord_id}
    chosen = choose(host, promoted, game, 0)
    removed = host.press(chosen.button("remove"))

    assert names(game) == (["P3", "P0"], ["P2"])
    assert "**P1** is off the roster." in removed.text
    assert notices("removed") == {members[1].user.discord_id}


def test_only_members_of_this_server_are_added(stage: Stage, host: Actor) -> None:
    game = make_game(stage.member("the_host"), stage.channel)
    add = host.command("roster", game=str(game.id)).button("add")
    one = snowflake()

    stranger = host.press(add, one, people=person(one, is_member=False))
    robot = host.press(add, one, people=person(one, bot=True))
    forged = host.press(add, one)
    added = host.press(add, one, people=person(one))

    for refused in (stranger, robot, forged):
        assert "Only people who are on this server" in refused.text
    assert "**Newcomer** is on the roster." in added.text
    assert names(game) == (["Newcomer"], [])
    assert notices("added") == {one}


def test_refused_name_is_kept_for_another_try(stage: Stage, host: Actor) -> None:
    game = make_game(stage.member("the_host"), stage.channel)
    panel = host.command("roster", game=str(game.id))
    form = host.press(panel.button("placeholder"))
    host.resubmit(form, name="Bo")

    refused = host.resubmit(form, name="bo")
    again = host.press(refused.button("again"))
    added = host.resubmit(again, name="Bo the second")

    assert "already" in refused.text
    assert again.field("name") == "bo"
    assert "**Bo the second** is on the roster." in added.text
    assert names(game) == (["Bo", "Bo the second"], [])


def test_slot_chosen_in_the_panel_is_the_slot_of_those_added(stage: Stage, host: Actor) -> None:
    game = make_game(
        stage.member("the_host"),
        stage.channel,
        slots=({"name": "Tank", "emoji": "", "capacity": 1},),
    )
    tank = game.slots.get()
    panel = host.command("roster", game=str(game.id))

    chosen = host.press(panel.button("seat"), tank.id)
    one = snowflake()
    host.press(chosen.button("add"), one, people=person(one))

    assert game.participants.get().slot_id == tank.id


def test_roster_that_changed_meanwhile_is_said_in_the_panel(stage: Stage, host: Actor) -> None:
    game = make_game(stage.member("the_host"), stage.channel)
    fill(stage, game, 2)
    chosen = choose(host, host.command("roster", game=str(game.id)), game, 1)
    remove = chosen.button("remove")
    host.press(remove)

    again = host.press(remove)

    assert "not on the roster any more" in again.text
    assert names(game) == (["P0"], [])


@pytest.mark.parametrize("count", [0, 1, 26, 120])
def test_panel_stays_within_discords_limits(stage: Stage, host: Actor, count: int) -> None:
    game = make_game(
        stage.member("the_host"),
        stage.channel,
        title="𝔊" * 100,
        max_players=100,
        slots=tuple({"name": f"{n}{'🛡️' * 12}", "emoji": "", "capacity": 99} for n in range(20)),
    )
    slot = game.slots.first()
    assert slot is not None
    Participant.objects.bulk_create(
        Participant(
            game=game,
            user=make_user(f"@everyone **{number}** " + "𝔊" * 80),
            slot=slot,
            joined_at=timezone.now(),
        )
        for number in range(count)
    )

    pages = [host.command("roster", game=str(game.id))]
    for page in range(1, -(-count // 25)):
        pages.append(host.press(pages[-1].button("turn1")))
        assert f":{page}:" in pages[-1].button("person")

    assert all("roster:" in one.text for one in pages)  # the stage checks Discord's limits
