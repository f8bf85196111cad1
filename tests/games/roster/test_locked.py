"""A locked roster writes what was changed in memory, and reports whose seat moved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from games.enums import Action, Answer, Origin, Via
from games.models import Game, Slot
from games.services.roster.departures import release_seats_of_departed
from games.services.roster.host import add_placeholder, remove_player, reorder_players
from games.services.roster.locked import LockedRoster, lock_roster, roster_of
from games.services.roster.signup import decline_game, join_game
from guilds.errors import NotFound, Refused
from guilds.models import Member
from tests.factories import make_game, make_guild, make_member


def join_all(game: Game, count: int) -> list[Member]:
    members = [make_member(game.guild) for _ in range(count)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    return members


def record(roster: LockedRoster, **more: object) -> None:
    given = {"actor": None, "via": Via.WORKER, "action": Action.REORDERED}
    roster.record(**given | more)  # type: ignore[arg-type]


def assert_is_written(roster: LockedRoster) -> None:
    stored = roster_of(roster.game)
    for name in ("entries", "user_ids", "names", "slots", "seating"):
        assert getattr(stored, name) == getattr(roster, name), name


@pytest.mark.django_db
def test_what_was_changed_in_memory_is_what_is_written() -> None:
    game = make_game(max_players=2)
    tank, healer = (
        Slot.objects.create(game=game, name=name, capacity=1) for name in ("Tank", "Healer")
    )
    first, second, third = (make_member(game.guild) for _ in range(3))
    for member, slot in ((first, tank), (second, tank), (third, healer)):
        join_game(game_id=game.id, member=member, via=Via.BOT, slot_id=slot.id)
    newcomer = make_member(game.guild)
    roster = lock_roster(game.id, game.guild, ["f:1", None])

    waiting = roster.entry_of(second.user_id)
    assert waiting is not None and waiting.id in roster.seating.waiting
    going = roster.answer(newcomer.user_id, Answer.GOING, origin=Origin.ROLE_MATCHED, priority=1)
    named = roster.add_placeholder("Mum's friend", slot_id=healer.id)
    roster.replace(waiting._replace(slot_id=healer.id))
    roster.arrange([named.id, *(i for i in roster.order() if i != named.id)])
    record(roster, request_key="f:1")
    assert_is_written(roster)
    assert going.id in roster.entries and "f:1" in roster.done

    mine = roster.entry_of(first.user_id)
    assert mine is not None
    roster.remove(mine.id)
    roster.forget(waiting.id, "Former member")
    roster.keep_slots({tank.id: 1})
    healer.delete()
    record(roster)
    assert_is_written(roster)
    assert {entry.slot_id for entry in roster.entries.values()} == {None}
    assert roster.names == {named.id: "Mum's friend", waiting.id: "Former member"}


@pytest.mark.django_db
def test_each_record_compares_with_the_one_before_and_comes_later() -> None:
    game = make_game(max_players=1)
    first, second, third = join_all(game, 3)
    roster = lock_roster(game.id, game.guild)
    moments = []

    for member in (first, second):
        entry = roster.answer(member.user_id, Answer.DECLINED)
        moments.append(entry.joined_at)
        record(roster, own=entry.id)

    changes = list(game.changes.order_by("revision"))[-2:]
    assert [change.promoted for change in changes] == [[second.user_id], [third.user_id]]
    assert moments[0] < moments[1]
    assert [p.joined_at for p in game.participants.filter(answer=Answer.DECLINED)] == moments


@pytest.mark.django_db
def test_who_changed_their_own_seat_is_not_among_those_moved() -> None:
    game = make_game(max_players=1)
    first, second = join_all(game, 2)
    roster = lock_roster(game.id, game.guild)
    own = roster.entry_of(second.user_id)
    assert own is not None

    roster.arrange([own.id, *(i for i in roster.order() if i != own.id)])
    assert roster.moves().promoted == (own.id,)
    record(roster, own=own.id)

    change = game.changes.latest("id")
    assert (change.promoted, change.demoted) == ([], [first.user_id])


@pytest.mark.django_db
def test_a_slot_or_person_that_is_not_there_is_refused() -> None:
    game, other = make_game(), make_game()
    strange = Slot.objects.create(game=other, name="Tank", capacity=1)
    roster = lock_roster(game.id, game.guild)
    roster.check_slot(None)
    with pytest.raises(Refused):
        roster.check_slot(strange.id)
    with pytest.raises(NotFound):
        roster.get(0)
    with pytest.raises(NotFound):
        lock_roster(game.id, other.guild)


@pytest.mark.django_db
def test_the_host_reads_and_writes_a_roster_in_one_round_trip_each() -> None:
    host = make_member(make_guild())
    game = make_game(host)
    join_all(game, 4)
    ids = [p.id for p in game.participants.all()]

    with CaptureQueriesContext(connection) as queries:
        reorder_players(game_id=game.id, member=host, participant_ids=ids[::-1], via=Via.WEB)

    about = [query["sql"] for query in queries if "games_participant" in query["sql"]]
    assert ["for no key update" in sql for sql in about] == [True, False]
    assert "insert into games_change" in about[1]


def leave(game: Game, gone: Member) -> None:
    decline_game(game_id=game.id, member=gone, via=Via.BOT)


def leave_the_server(game: Game, gone: Member) -> None:
    release_seats_of_departed(guild_id=game.guild_id, user=gone.user)


def be_removed(game: Game, gone: Member) -> None:
    host = Member.objects.get(guild=game.guild, user=game.host)
    own = game.participants.get(user=gone.user)
    remove_player(game_id=game.id, member=host, participant_id=own.id, via=Via.WEB)


@pytest.mark.parametrize("also", [leave_the_server, be_removed])
@pytest.mark.django_db(transaction=True)
def test_two_who_go_in_different_ways_at_once_make_room_for_two(
    also: Callable[[Game, Member], None],
) -> None:
    game = make_game(max_players=2)
    members = join_all(game, 5)

    def act(what: Callable[[Game, Member], None], gone: Member) -> None:
        try:
            what(game, gone)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            Game.objects.select_for_update().get(id=game.id)
            going = [
                threads.submit(act, what, gone)
                for what, gone in zip((leave, also), members, strict=False)
            ]
        for one in going:
            one.result()

    promoted = [user for change in game.changes.all() for user in change.promoted]
    assert sorted(promoted) == sorted(member.user_id for member in members[2:4])


@pytest.mark.django_db
def test_a_placeholder_of_a_taken_name_is_refused_whatever_its_case() -> None:
    host = make_member(make_guild())
    game = make_game(host)
    add_placeholder(game_id=game.id, member=host, name="Robin", via=Via.WEB)
    with pytest.raises(Refused) as refused:
        add_placeholder(game_id=game.id, member=host, name="ROBIN", via=Via.WEB)
    assert refused.value.field == "name"
