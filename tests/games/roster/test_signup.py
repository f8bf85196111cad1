import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from games.enums import Action, Answer, SignupMethod, Via
from games.models import Change, Game
from games.selectors import get_snapshot
from games.services.roster import signup as participant
from games.services.roster.signup import Signup, answer_maybe, decline_game, join_game
from games.signals import game_changed
from guilds.errors import Refused
from guilds.models import Member
from tests.factories import make_game, make_member


@pytest.mark.django_db
def test_join_beyond_limit_waits_in_order() -> None:
    game = make_game(max_players=2)
    members = [make_member(game.guild) for _ in range(4)]

    signups = [join_game(game_id=game.id, member=m, via=Via.BOT) for m in members]

    assert [(s.standing, s.place) for s in signups] == [
        ("playing", 1),
        ("playing", 2),
        ("waiting", 1),
        ("waiting", 2),
    ]


@pytest.mark.django_db
def test_decline_promotes_first_in_waitlist() -> None:
    game = make_game(max_players=1)
    first, second, third = [make_member(game.guild) for _ in range(3)]
    for member in (first, second, third):
        join_game(game_id=game.id, member=member, via=Via.BOT)

    decline_game(game_id=game.id, member=first, via=Via.BOT, request_key="i:1")

    change = game.changes.get(request_key="i:1")
    assert change.promoted == [second.user_id]
    assert [p.user_id for p in get_snapshot(game.id).waiting] == [third.user_id]


def simultaneously[T, R](act: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Run each call in a thread with a connection of its own."""

    def acted(item: T) -> R:
        try:
            return act(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(items)) as threads:
        return list(threads.map(acted, items))


@pytest.mark.parametrize("is_apart", [True, False], ids=["two transactions", "as they come"])
@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_leaves_promote_the_first_two_once(is_apart: bool) -> None:
    game = make_game(max_players=2)
    members = [make_member(game.guild) for _ in range(5)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)

    def leave(member: Member) -> None:
        with transaction.atomic() if is_apart else nullcontext():
            decline_game(game_id=game.id, member=member, via=Via.BOT)

    simultaneously(leave, members[:2])

    promoted = [u for change in game.changes.all() for u in change.promoted]
    assert sorted(promoted) == sorted(m.user_id for m in members[2:4])


def while_locked[R](game: Game, act: Callable[[Member], R], members: Sequence[Member]) -> list[R]:
    """Return the results when all of them act while the game is locked, in no certain order."""
    key = (game.id, game.guild_id)
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            Game.objects.select_for_update().get(id=game.id)
            pressing = others.submit(simultaneously, act, members)
            while len(participant._batches._waiting.get(key, [])) < len(members) - 1:
                time.sleep(0.01)
        return pressing.result()


@pytest.mark.django_db(transaction=True)
def test_those_who_wait_for_a_game_share_one_transaction() -> None:
    game = make_game(max_players=3)

    def join(member: Member) -> Signup:
        return join_game(game_id=game.id, member=member, via=Via.BOT, request_key=f"i:{member.id}")

    signups = while_locked(game, join, [make_member(game.guild) for _ in range(8)])

    in_order = sorted(signups, key=lambda signup: signup.revision)
    assert [(signup.standing, signup.place) for signup in in_order] == [
        *(("playing", place) for place in range(1, 4)),
        *(("waiting", place) for place in range(1, 6)),
    ]
    snapshot = get_snapshot(game.id)
    joined = game.changes.filter(action="joined").order_by("revision")
    seated = [person.user_id for person in (*snapshot.playing, *snapshot.waiting)]
    assert seated == [change.subject_id for change in joined]
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from games_participant")
        assert cursor.fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
def test_who_joins_in_one_transaction_is_seated_by_who_came_first_not_by_who_was_known() -> None:
    game = make_game(max_players=1)
    known, newcomer = make_member(game.guild), make_member(game.guild)
    answer_maybe(game_id=game.id, member=known, via=Via.BOT)
    answers = [
        participant._Wanted(Answer.GOING, Action.JOINED, member, Via.BOT, None)
        for member in (newcomer, known)
    ]

    taken = participant._take_all((game.id, game.guild_id), answers)

    assert [one.standing for one in taken if isinstance(one, Signup)] == ["playing", "waiting"]
    snapshot = get_snapshot(game.id)
    assert [p.user_id for p in snapshot.playing] == [newcomer.user_id]
    assert [p.user_id for p in snapshot.waiting] == [known.user_id]


@pytest.mark.django_db(transaction=True)
def test_who_waits_with_others_is_refused_alone_and_in_their_language() -> None:
    game = make_game(signup_method=SignupMethod.HOST_SELECTED)

    def try_both(member: Member) -> Signup | str:
        if member.user_id % 2:
            return decline_game(game_id=game.id, member=member, via=Via.BOT)
        with translation.override("de"), pytest.raises(Refused) as refused:
            join_game(game_id=game.id, member=member, via=Via.BOT)
        return refused.value.message

    outcomes = while_locked(game, try_both, [make_member(game.guild) for _ in range(8)])

    declined = [one for one in outcomes if isinstance(one, Signup)]
    assert [one.standing for one in declined] == ["declined"] * 4
    (sentence,) = {one for one in outcomes if isinstance(one, str)}
    assert sentence.startswith("Bei dieser Runde")


@pytest.mark.django_db(transaction=True)
def test_a_mistake_with_one_of_those_who_wait_undoes_nobody_elses_answer() -> None:
    game = make_game(max_players=3)
    members = [make_member(game.guild) for _ in range(8)]

    def fail_for_one(*, change: Change, **_kwargs: object) -> None:
        if change.subject_id == members[5].user_id:
            raise RuntimeError("a mistake")

    def join(member: Member) -> Signup | str:
        try:
            return join_game(game_id=game.id, member=member, via=Via.BOT)
        except RuntimeError as error:
            return str(error)

    game_changed.connect(fail_for_one)
    try:
        outcomes = while_locked(game, join, members)
    finally:
        game_changed.disconnect(fail_for_one)

    assert [one for one in outcomes if isinstance(one, str)] == ["a mistake"]
    assert game.participants.count() == game.changes.filter(action="joined").count() == 7


def join_together(game: Game, members: Sequence[Member]) -> list[Signup | Refused]:
    answers = [
        participant._Wanted(Answer.GOING, Action.JOINED, member, Via.BOT, None)
        for member in members
    ]
    return participant._take_all((game.id, game.guild_id), answers)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("shows", "via", "is_known", "in_crowd"),
    [
        (True, Via.BOT, False, False),
        (False, Via.BOT, False, True),
        (True, Via.BOT, True, True),
        (True, Via.WEB, False, True),
    ],
)
def test_a_crowd_is_one_where_nobody_whose_answer_changed_something_shows_the_game(
    shows: bool, via: Via, is_known: bool, in_crowd: bool
) -> None:
    game = make_game(max_players=3)
    first, second = make_member(game.guild), make_member(game.guild)
    if is_known:
        join_game(game_id=game.id, member=first, via=Via.BOT)
    told: list[bool] = []

    def listen(*, in_crowd: bool, **_kwargs: object) -> None:
        told.append(in_crowd)

    wants = partial(participant._Wanted, Answer.GOING, Action.JOINED)
    answers = [
        wants(first, via, None, in_crowd=not shows),
        wants(second, Via.BOT, None, in_crowd=True),
    ]
    game_changed.connect(listen)
    try:
        participant._take_all((game.id, game.guild_id), answers)
    finally:
        game_changed.disconnect(listen)

    assert set(told) == {in_crowd}


@pytest.mark.django_db(transaction=True)
def test_those_who_share_a_transaction_share_its_round_trips() -> None:
    game = make_game(max_players=3)

    def trips(count: int) -> int:
        members = [make_member(game.guild) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            join_together(game, members)
        return len(captured)

    assert trips(1) == trips(8)


@pytest.mark.django_db(transaction=True)
def test_those_who_share_a_transaction_are_told_of_one_by_one_in_their_order() -> None:
    game, heard = make_game(max_players=3), []

    def listen(*, game: Game, change: Change, is_last: bool, **_kwargs: object) -> None:
        heard.append((change.subject_id, change.revision, game.revision, is_last))

    game_changed.connect(listen)
    try:
        taken = join_together(game, [make_member(game.guild) for _ in range(3)])
    finally:
        game_changed.disconnect(listen)

    changes = game.changes.filter(action="joined").order_by("revision")
    newest = game.revision + 3
    assert heard == [
        (change.subject_id, change.revision, newest, change.revision == newest)
        for change in changes
    ]
    assert [one.revision for one in taken if isinstance(one, Signup)] == [
        change.revision for change in changes
    ]
