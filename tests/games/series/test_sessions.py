"""Series: the next session made once and in time, confirmed, skipped, changed, stopped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from games.checks import rule_of
from games.enums import Action, Answer, Status, Via
from games.models import Game, Participant, Series
from games.new_game import NewGame
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from games.services.draft import game_in, save_draft
from games.services.game import complete_game, start_game
from games.services.game_edit import WouldDemote, edit_game
from games.services.person import forget_person
from games.services.roster.host import add_placeholder
from games.services.roster.signup import answer_maybe, decline_game, join_game
from games.services.series import sessions as series
from games.services.series.changes import change_all, repeat_game
from games.services.series.edits import (
    confirm_session,
    next_session,
    skip_date,
    skip_session,
    skip_unconfirmed,
    stop_series,
)
from games.services.series.sessions import make_next, resume_series
from games.typed.game import TypedGame
from guilds.enums import Permission
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from tests.factories import SPEAKS, make_channel, make_game, make_guild, make_member, make_user

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2027, 3, 16, 19, 0, tzinfo=BERLIN)  # the clocks go forward on the 28th
WEEKLY = "FREQ=WEEKLY;BYDAY=TU"


@pytest.fixture
def host() -> Member:
    return make_member(make_guild())


@pytest.fixture(autouse=True)
def day() -> Any:
    """Set the clock to some days before the first session."""
    with time_machine.travel(TUESDAY - timedelta(days=5), tick=False) as traveller:
        yield traveller


def make_series(host: Member, **fields: Any) -> Game:
    fields = {"starts_at": TUESDAY.astimezone(UTC), "repeat": WEEKLY, **fields}
    return make_game(host, **fields)


def start(game: Game) -> None:
    start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def finish(game: Game) -> None:
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)


def following(game: Game) -> Game:
    found = next_session(game)
    assert found is not None
    return found


def dates(game: Game) -> list[date | None]:
    return [one.series_date for one in Game.objects.filter(series=game.series).order_by("id")]


def series_of(game: Game) -> Series:
    return Series.objects.get(games=game)


def local(game: Game) -> str:
    return f"{game.starts_at.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def test_start_makes_the_next_session_once_and_end_no_more(host: Member) -> None:
    game = make_series(host, title="Weekly", duration_minutes=90, max_players=3)
    start(game)
    finish(game)
    assert dates(game) == [date(2027, 3, 16), date(2027, 3, 23)]
    after = following(game)
    assert (after.title, after.duration_minutes, after.max_players) == ("Weekly", 90, 3)
    assert after.status == Status.SCHEDULED
    assert after.changes.get().action == Action.CREATED


def test_weekly_19_00_stays_19_00_from_session_to_session(host: Member) -> None:
    game = make_series(host)
    for expected in ("2027-03-23 19:00", "2027-03-30 19:00", "2027-04-06 19:00"):
        start(game)
        game = following(game)
        assert local(game) == expected


def test_after_weeks_away_only_the_next_date_to_come_is_made(host: Member, day: Any) -> None:
    game = make_series(host)
    day.move_to(TUESDAY + timedelta(days=24))
    start(game)
    finish(game)
    assert dates(game) == [date(2027, 3, 16), date(2027, 4, 13)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_the_next_session_once(host: Member) -> None:
    game = make_series(host)
    series_id = series_of(game).id

    def make(_: int) -> int:
        try:
            made = make_next(series_id=series_id, after=date(2027, 3, 16))
            assert made is not None
            return made.id
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        ids = set(threads.map(make, range(12)))

    assert len(ids) == 1
    assert Game.objects.filter(series_id=series_id).count() == 2


@pytest.mark.django_db(transaction=True)
def test_start_skip_and_a_change_of_all_at_once_leave_one_next_session(host: Member) -> None:
    for round_ in range(4):
        game = make_series(host, title=f"Round {round_}")

        def begin(game: Game = game) -> None:
            start(game)

        def change(game: Game = game) -> None:
            change_all(game_id=game.id, member=host, values={"title": "New"}, via=Via.WEB)

        def skip(game: Game = game) -> None:
            skip_session(game_id=game.id, member=host, via=Via.BOT)

        def run(act: Any) -> None:
            try:
                act()
            except Refused:
                pass
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(run, (begin, change, skip, begin)))

        assert dates(game) == [date(2027, 3, 16), date(2027, 3, 23)]
        assert series_of(game).trouble == ""


def test_series_ends_with_its_count(host: Member) -> None:
    game = make_series(host, repeat=f"{WEEKLY};COUNT=2")
    start(game)
    last = following(game)
    start(last)
    finish(last)
    assert dates(game) == [date(2027, 3, 16), date(2027, 3, 23)]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=WE", "nonsense", "X" * 500])
def test_create_refuses_a_rule_that_leaves_out_the_first_date(host: Member, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        make_series(host, repeat=rule)
    assert refused.value.field == "repeat"
    assert not Game.objects.exists()
    assert not Series.objects.exists()


def test_a_draft_keeps_the_rule(host: Member) -> None:
    new = NewGame(
        channel_id=make_channel(host.guild).id,
        title="Weekly",
        starts_at=TUESDAY,
        timezone="Europe/Berlin",
        repeat=rule_of(WEEKLY),
        ask_host=True,
    )
    typed = TypedGame(channel_id=new.channel_id, title="Weekly", when="tue 7pm")
    assert game_in(save_draft(author=host, typed=typed, new=new)) == new


def test_slots_deadline_and_announcement_keep_their_distance(host: Member) -> None:
    game = make_series(
        host,
        slots=({"name": "Tank", "emoji": "", "capacity": 1},),
        signup_closes_at=TUESDAY - timedelta(hours=2),
        post_at=TUESDAY - timedelta(days=3),
    )
    start(game)
    after = following(game)
    assert after.starts_at - (after.signup_closes_at or after.starts_at) == timedelta(hours=2)
    assert after.starts_at - (after.post_at or after.starts_at) == timedelta(days=3)
    assert [slot.name for slot in after.slots.all()] == ["Tank"]


def test_roster_is_carried_over_in_its_order_where_the_series_says_so(host: Member) -> None:
    game = make_series(host, carry_over=True, max_players=2)
    members = [make_member(host.guild) for _ in range(5)]
    for member in members[:3]:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    answer_maybe(game_id=game.id, member=members[3], via=Via.BOT)
    decline_game(game_id=game.id, member=members[4], via=Via.BOT)
    add_placeholder(game_id=game.id, member=host, name="Cousin", via=Via.WEB)
    before = get_snapshot(game.id)
    start(game)

    after = get_snapshot(following(game).id)

    assert [p.name for p in after.playing] == [p.name for p in before.playing]
    assert [p.name for p in after.waiting] == [p.name for p in before.waiting]
    assert not after.maybe
    assert not after.declined


def test_roster_is_not_carried_over_otherwise(host: Member) -> None:
    game = make_series(host)
    join_game(game_id=game.id, member=make_member(host.guild), via=Via.BOT)
    start(game)
    assert not following(game).participants.exists()


def test_who_left_or_lost_the_role_is_not_carried_over(host: Member) -> None:
    game = make_series(host, carry_over=True, player_role_ids=(7,))
    gone, changed, stays = (make_member(host.guild, role_ids=[7]) for _ in range(3))
    for member in (gone, changed, stays):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    Member.objects.filter(id=gone.id).update(left_at=timezone.now())
    Member.objects.filter(id=changed.id).update(role_ids=[])
    start(game)
    people = following(game).participants
    assert list(people.values_list("user_id", flat=True)) == [stays.user_id]


def test_a_slot_is_carried_over_by_its_name(host: Member) -> None:
    slots = (
        {"name": "Tank", "emoji": "", "capacity": 1},
        {"name": "Healer", "emoji": "", "capacity": 1},
    )
    game = make_series(host, carry_over=True, slots=slots)
    healer = game.slots.get(name="Healer")
    member = make_member(host.guild)
    join_game(game_id=game.id, member=member, slot_id=healer.id, via=Via.BOT)
    start(game)
    slot = following(game).participants.get().slot
    assert slot is not None
    assert (slot.name, slot.id == healer.id) == ("Healer", False)


def test_a_session_waits_for_its_host_and_is_announced_when_confirmed(host: Member) -> None:
    game = make_series(host, ask_host=True)
    start(game)
    waiting = following(game)
    assert waiting.awaits_host
    assert waiting.is_draft(timezone.now())

    for _ in range(2):
        confirm_session(game_id=waiting.id, member=host, via=Via.BOT)

    confirmed = Game.objects.get(id=waiting.id)
    assert (confirmed.awaits_host, confirmed.post_at) == (False, None)
    posted = waiting.changes.filter(action=Action.POSTED)
    assert posted.count() == 1


def test_a_session_nobody_confirms_is_skipped_and_the_next_one_asked_for(
    host: Member, day: Any
) -> None:
    game = make_series(host, ask_host=True)
    start(game)
    waiting = following(game)
    assert waiting.post_at == waiting.starts_at - timedelta(hours=1)
    day.move_to(waiting.post_at)
    skip_unconfirmed(waiting)
    waiting.refresh_from_db()
    assert waiting.status == Status.CANCELLED
    assert following(waiting).series_date == date(2027, 3, 30)
    with pytest.raises(Refused):
        confirm_session(game_id=waiting.id, member=host, via=Via.WEB)


def test_skip_calls_the_session_off_and_makes_the_one_after_it(host: Member) -> None:
    game = make_series(host)
    start(game)
    skipped = following(game)
    for _ in range(2):
        skip_session(game_id=skipped.id, member=host, via=Via.BOT, request_key="i:1")
    finish(game)
    skipped.refresh_from_db()
    assert skipped.status == Status.CANCELLED
    assert dates(game) == [date(2027, 3, 16), date(2027, 3, 23), date(2027, 3, 30)]


def test_a_cancelled_session_does_not_end_the_series(host: Member) -> None:
    game = make_series(host)
    cancel_game(game_id=game.id, member=host, via=Via.WEB)
    assert following(game).series_date == date(2027, 3, 23)


def test_a_later_date_can_be_left_out_and_taken_back(host: Member) -> None:
    game = make_series(host)

    def leave_out(day: date, *, is_skipped: bool = True) -> Series:
        return skip_date(game_id=game.id, member=host, day=day, via=Via.WEB, is_skipped=is_skipped)

    leave_out(date(2027, 3, 23))
    leave_out(date(2027, 3, 30))
    series = leave_out(date(2027, 3, 30), is_skipped=False)
    assert series.skipped_dates == [date(2027, 3, 23)]
    with pytest.raises(Refused):
        leave_out(date(2027, 3, 24))
    with pytest.raises(Refused):
        leave_out(date(2027, 3, 16))
    start(game)
    assert following(game).series_date == date(2027, 3, 30)


def test_stop_makes_no_more_sessions_and_leaves_those_there_are(host: Member) -> None:
    game = make_series(host)
    start(game)
    after = following(game)
    for _ in range(2):
        stop_series(game_id=game.id, member=host, via=Via.BOT)
    start(after)
    finish(after)
    assert dates(game) == [date(2027, 3, 16), date(2027, 3, 23)]


def test_changing_one_session_changes_no_other(host: Member) -> None:
    game = make_series(host, title="Weekly")
    values = {"title": "Special", "starts_at": TUESDAY + timedelta(hours=2)}
    edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)
    start(game)
    after = following(game)
    assert (after.title, local(after)) == ("Weekly", "2027-03-23 19:00")


def test_a_session_moved_beyond_the_next_date_does_not_hold_the_series_up(host: Member) -> None:
    game = make_series(host)
    values = {"starts_at": TUESDAY + timedelta(days=9)}
    edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)
    assert following(game).series_date == date(2027, 3, 23)


def test_changing_all_from_now_on_moves_those_made_and_those_to_come(host: Member) -> None:
    game = make_series(host, title="Weekly")
    start(game)
    second = following(game)
    cancel_game(game_id=second.id, member=host, via=Via.WEB)
    third = following(second)
    values = {"title": "Late", "starts_at": third.starts_at + timedelta(days=1, minutes=30)}

    change_all(game_id=third.id, member=host, values=values, via=Via.WEB)

    third.refresh_from_db()
    assert (third.title, local(third), third.series_date) == (
        "Late",
        "2027-03-31 19:30",
        date(2027, 3, 31),
    )
    start(third)
    fourth = following(third)
    assert (fourth.title, local(fourth)) == ("Late", "2027-04-07 19:30")
    game.refresh_from_db()
    assert (game.title, game.series_date) == ("Weekly", date(2027, 3, 16))


def test_changing_all_while_the_present_one_plays_moves_the_next_one(host: Member) -> None:
    """The second session is there because the first was moved past its date."""
    game = make_series(host, repeat="FREQ=WEEKLY;BYDAY=TU,TH")
    values = {"starts_at": TUESDAY + timedelta(days=9)}
    edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)
    second = following(game)
    assert local(second) == "2027-03-18 19:00"

    change_all(
        game_id=game.id,
        member=host,
        values={"starts_at": TUESDAY + timedelta(hours=1), "max_players": 9},
        via=Via.WEB,
    )

    second.refresh_from_db()
    assert (local(second), second.max_players) == ("2027-03-18 20:00", 9)
    assert second.changes.latest("id").action == Action.RESCHEDULED


def test_changing_all_without_a_new_time_leaves_a_moved_session_where_it_is(host: Member) -> None:
    game = make_series(host, repeat="FREQ=WEEKLY;BYDAY=TU,TH")
    skip = {"starts_at": TUESDAY + timedelta(days=3)}
    edit_game(game_id=game.id, member=host, values=skip, via=Via.WEB)
    change_all(game_id=game.id, member=host, values={"title": "Raid"}, via=Via.WEB)
    game.refresh_from_db()
    assert (game.title, local(game)) == ("Raid", "2027-03-19 19:00")
    assert following(game).title == "Raid"
    assert local(following(game)) == "2027-03-18 19:00"


def test_a_new_rule_from_now_on_counts_from_this_session(host: Member) -> None:
    game = make_series(host, repeat=f"{WEEKLY};COUNT=5")
    start(game)
    second = following(game)

    repeat_game(
        game_id=second.id,
        member=host,
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=2",
        via=Via.WEB,
        carry_over=True,
    )

    start(second)
    third = following(second)
    assert third.series_date == date(2027, 4, 6)
    start(third)
    assert next_session(third) is None


def test_moving_all_leaves_what_is_left_of_a_count(host: Member) -> None:
    game = make_series(host, repeat=f"{WEEKLY};COUNT=3")
    start(game)
    second = following(game)
    values = {"starts_at": second.starts_at + timedelta(days=1)}
    change_all(game_id=second.id, member=host, values=values, via=Via.BOT)
    series = series_of(game)
    assert series.rule == "FREQ=WEEKLY;BYDAY=WE;COUNT=2"


def test_a_change_of_all_that_demotes_is_asked_back_and_changes_nothing(host: Member) -> None:
    game = make_series(host, max_players=2)
    for _ in range(2):
        join_game(game_id=game.id, member=make_member(host.guild), via=Via.BOT)
    with pytest.raises(WouldDemote):
        change_all(game_id=game.id, member=host, values={"max_players": 1}, via=Via.WEB)
    series = series_of(game)
    assert series.values["max_players"] == 2
    game.refresh_from_db()
    assert game.series_date == date(2027, 3, 16)


def test_a_change_of_all_twice_by_the_same_request_is_once(host: Member) -> None:
    game = make_series(host)
    for _ in range(2):
        change_all(
            game_id=game.id, member=host, values={"title": "New"}, via=Via.WEB, request_key="f:1"
        )
    assert game.changes.filter(action=Action.EDITED).count() == 1


def test_a_single_game_can_begin_to_repeat_and_stop(host: Member) -> None:
    game = make_game(host, starts_at=TUESDAY)
    repeat_game(game_id=game.id, member=host, rule=WEEKLY, via=Via.WEB)
    start(game)
    game.refresh_from_db()
    assert following(game).series_date == date(2027, 3, 23)
    repeat_game(game_id=game.id, member=host, rule="", via=Via.WEB)
    assert series_of(game).stopped_at is not None


def test_what_keeps_the_next_session_from_being_made_is_told_once_and_mended(
    host: Member,
) -> None:
    game = make_series(host)
    host.guild.host_role_ids = [7]
    host.guild.save()
    start(game)
    game.refresh_from_db()
    assert game.status == Status.IN_PROGRESS
    assert next_session(game) is None
    assert "announce" in series_of(game).trouble

    Member.objects.filter(id=host.id).update(role_ids=[7])
    finish(game)
    assert following(game).status == Status.SCHEDULED
    assert series_of(game).trouble == ""


def test_a_channel_that_is_gone_or_switched_off_stops_the_next_session(host: Member) -> None:
    for fields in ({"deleted_at": timezone.now()}, {"is_active": False}):
        game = make_series(host)
        type(game.channel).objects.filter(id=game.channel_id).update(**fields)
        start(game)
        assert next_session(game) is None
        assert series_of(game).trouble


def test_no_session_comes_where_its_host_may_not_write_any_more(host: Member) -> None:
    game = make_series(host)
    Member.objects.filter(id=host.id).update(permissions=Permission.VIEW_CHANNEL)
    start(game)
    assert next_session(game) is None
    assert "announce" in series_of(game).trouble

    Member.objects.filter(id=host.id).update(permissions=SPEAKS)
    finish(game)
    assert following(game).status == Status.SCHEDULED


def test_a_guild_without_the_bot_gets_no_sessions(host: Member) -> None:
    game = make_series(host)
    host.guild.left_at = timezone.now()
    host.guild.save()
    start(game)
    assert next_session(game) is None


def test_what_was_missed_is_made_once_all_is_well_again(host: Member, day: Any) -> None:
    game = make_series(host)
    ended = make_series(host, repeat=f"{WEEKLY};COUNT=1")
    host.guild.left_at = timezone.now()
    host.guild.save()
    for one in (game, ended):
        start(one)
        finish(one)
    assert resume_series() == 0
    host.guild.left_at = None
    host.guild.save()
    day.move_to(TUESDAY + timedelta(days=24))
    assert resume_series() == 1
    assert following(game).series_date == date(2027, 4, 13)
    assert resume_series() == 0
    assert series_of(ended).stopped_at is not None


def test_series_in_trouble_take_no_turn_from_others(
    host: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_RESUMED", 1)
    stuck = [make_series(make_member(host.guild)) for _ in range(3)]
    Member.objects.exclude(id=host.id).update(left_at=timezone.now())
    for one in stuck:
        start(one)
    game = make_series(host)
    Game.objects.filter(id=game.id).update(status=Status.COMPLETED)

    resume_series()

    assert next_session(game) is not None


def test_a_host_who_is_deleted_takes_the_series_along(host: Member) -> None:
    game = make_series(host)
    forget_person(user=host.user, former=make_user("Former"))
    assert dates(game) == [date(2027, 3, 16)]
    assert series_of(game).stopped_at is not None


def _acts(game: Game) -> dict[str, Any]:
    return {
        "confirm": confirm_session,
        "skip": skip_session,
        "stop": stop_series,
        "skip a date": lambda **who: skip_date(day=date(2027, 3, 30), is_skipped=True, **who),
        "repeat": lambda **who: repeat_game(rule=WEEKLY, **who),
        "change all": lambda **who: change_all(values={"title": "Mine"}, **who),
    }


@pytest.mark.parametrize("act", ["confirm", "skip", "stop", "skip a date", "repeat", "change all"])
def test_only_host_and_managers_may_and_strangers_see_nothing(host: Member, act: str) -> None:
    game = make_series(host, ask_host=True)
    start(game)
    session = following(game)
    call = _acts(session)[act]
    with pytest.raises(NotFound):  # it waits for its host, and is not announced yet
        call(game_id=session.id, member=make_member(host.guild), via=Via.BOT)
    Game.objects.filter(id=session.id).update(post_at=None)
    with pytest.raises(NotAllowed):
        call(game_id=session.id, member=make_member(host.guild), via=Via.BOT)
    with pytest.raises(NotFound):
        call(game_id=session.id, member=make_member(make_guild()), via=Via.BOT)
    owner = Member.objects.select_related("guild", "user").get(
        guild=host.guild, user__discord_id=host.guild.owner_id
    )
    call(game_id=session.id, member=owner, via=Via.WEB)


def test_a_game_that_does_not_repeat_has_nothing_to_skip(host: Member) -> None:
    game = make_game(host, starts_at=TUESDAY)
    for act in (confirm_session, skip_session, stop_series):
        with pytest.raises(Refused):
            act(game_id=game.id, member=host, via=Via.WEB)
    start(game)
    assert Game.objects.count() == 1


def test_joined_people_keep_their_answers_when_all_are_changed(host: Member) -> None:
    slots = ({"name": "Tank", "emoji": "", "capacity": 1},)
    game = make_series(host, repeat="FREQ=WEEKLY;BYDAY=TU,TH", slots=slots)
    values = {"starts_at": TUESDAY + timedelta(days=3)}
    edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)
    second = following(game)
    join_game(
        game_id=second.id,
        member=make_member(host.guild),
        slot_id=second.slots.get().id,
        via=Via.BOT,
    )
    new = (
        {"id": game.slots.get().id, "name": "Tank", "emoji": "", "capacity": 2},
        {"name": "Healer", "emoji": "", "capacity": 1},
    )
    change_all(game_id=game.id, member=host, values={"slots": new}, via=Via.WEB)
    person = Participant.objects.get(game=second)
    assert person.answer == Answer.GOING
    assert person.slot is not None
    assert (person.slot.name, person.slot.capacity) == ("Tank", 2)
    assert second.slots.count() == 2
