"""One server's thousands of games of one minute hold nobody else up."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from psycopg.errors import DeadlockDetected, ForeignKeyViolation

from tests.duration import stretched, wait_until
from tests.e2e.conftest import Tavern, make_tavern
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

GAMES, CHANNELS = 4200, 60
LATE_SECONDS = 2.0
# After the moment of the crowd, how many seconds later each of the others' reminders is due.
OTHERS = (0, 2, 4, 7, 10, 14)

# Half of them start at that minute, and their announcements follow; the others are reminded of,
# and changed so that their announcements are due as well.
CROWD = """
create temporary table crowd as
    select row_number() over () as n, c.id as channel, c.guild_id as guild
    from generate_series(1, {games} / {channels}) s, guilds_channel c
    where c.guild_id = {guild} and c.name like 'crowd-%';
insert into games_game select (jsonb_populate_record(g, jsonb_build_object(
        'id', 1000000 + crowd.n, 'guild_id', crowd.guild, 'channel_id', crowd.channel,
        'title', 'Crowd ' || crowd.n,
        'starts_at', case when crowd.n % 2 = 0 then '{moment}'
            else '{moment}'::timestamptz + interval '1 h' end))).*
    from games_game g, crowd where g.id = {game};
insert into notifications_announcement select (jsonb_populate_record(a, jsonb_build_object(
        'id', 1000000 + crowd.n, 'game_id', 1000000 + crowd.n, 'channel_id', crowd.channel,
        'render_at', case when crowd.n % 4 = 1 then '{moment}'::timestamptz end,
        'message_id', case when crowd.n % 4 = 1 then null else a.message_id end))).*
    from notifications_announcement a, crowd where a.game_id = {game};
insert into notifications_timer select (jsonb_populate_record(t, jsonb_build_object(
        'id', 1000000 + crowd.n, 'game_id', 1000000 + crowd.n, 'guild_id', crowd.guild,
        'due_at', '{moment}'::timestamptz, 'state', 'pending',
        'expires_at', '{moment}'::timestamptz + interval '10 min'))).*
    from notifications_timer t join crowd
        on t.kind = case when crowd.n % 2 = 0 then 'start' else 'remind' end
    where t.game_id = {game} and t.minutes_before in (0, 60);
analyze games_game, notifications_announcement, notifications_timer;
"""
OTHER = """
update notifications_timer set due_at = '{due}', expires_at = '{due}'::timestamptz
    + interval '10 min' where game_id = {game} and kind = 'remind' and minutes_before = 60"""


# Rows of the crowd are numbered beyond all others.
FORGET = """
delete from notifications_delivery where game_id > 1000000;
delete from notifications_announcement where game_id > 1000000;
delete from notifications_timer where game_id > 1000000;
delete from games_change where game_id > 1000000;
delete from games_game where id > 1000000;
"""


@pytest.fixture(autouse=True)
def _forget_the_crowd(stack: Stack) -> Iterator[None]:
    yield

    def forget() -> bool:
        # The worker is in the middle of it.
        with suppress(DeadlockDetected, ForeignKeyViolation):
            stack.execute(FORGET)
            return True
        return False

    wait_until(forget, 30)


def test_4200_games_of_one_minute_make_no_reminder_of_another_server_late(stack: Stack) -> None:
    crowd = make_tavern(stack, "Crowd")
    for number in range(CHANNELS):
        stack.sandbox.make_channel(crowd.id, f"crowd-{number}")
    query = "select 1 from guilds_channel where guild_id = %s and name like 'crowd-%%' offset %s"
    wait_until(lambda: stack.rows(query, crowd.id, CHANNELS - 1), 60)
    others = [make_tavern(stack, f"Other {number}") for number in range(len(OTHERS))]
    template = post_game(stack, crowd)
    games = [post_game(stack, tavern) for tavern in others]
    moment = time.time() + 12
    stack.execute(
        CROWD.format(
            games=GAMES, channels=CHANNELS, guild=crowd.id, game=template, moment=at(moment)
        )
    )
    dues = dict(zip(games, [moment + later for later in OTHERS], strict=True))
    for game, due in dues.items():
        stack.execute(OTHER.format(due=at(due), game=game))
    assert time.time() < moment - 2, "the crowd was not there in time"

    wait_until(lambda: len(sent(stack, games)) == len(games), 120)

    late = {game: at_last - dues[game] for game, at_last in sent(stack, games).items()}
    waiting = "select 1 from notifications_delivery where state = 'pending' and game_id > 1000000"
    assert stack.rows(waiting), "the crowd was over before the others' reminders"
    assert max(late.values()) <= stretched(LATE_SECONDS), late


def at(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def post_game(stack: Stack, tavern: Tavern) -> int:
    """Post a game that reminds its channel an hour before it starts; returns its id."""
    tavern.post_game(when="in 3 days")
    found = stack.rows("select id from games_game where guild_id = %s", tavern.id)
    return int(str(found[0][0]))


def sent(stack: Stack, games: list[int]) -> dict[int, float]:
    query = """select game_id, extract(epoch from sent_at)::float8 from notifications_delivery
        where notice = 'reminder' and state = 'done' and game_id = any(%s)"""
    return {int(str(game)): float(str(when)) for game, when in stack.rows(query, games)}
