"""Deliveries held at each of their steps, so that a process can be killed during all of them.

Of six deliveries, one waits for its time, one's timer is claimed and waits for the game's lock, one
waits for its direct message to be opened, one for Discord to receive the request, one for
Discord's answer, and one for PostgreSQL to mark it sent.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.duration import wait_until
from tests.e2e.stack import Stack
from tests.faults.conftest import Verify
from tests.faults.load import Posted, World, click, make_world
from tests.faults.rows import hold_reminders, release_reminders

HELD = 20
SLOW_MARK = """
create or replace function slow_mark() returns trigger language plpgsql as
    $$ begin perform pg_sleep(4.5); return new; end $$;
create trigger slow_mark before update on notifications_delivery for each row
    when (new.state = 'done' and new.guild_id = {guild}) execute function slow_mark()"""
IS_MARKING = "select 1 from pg_stat_activity where wait_event = 'PgSleep'"
IS_FIRING = "select 1 from pg_stat_activity where %s = any(pg_blocking_pids(pid))"
OPEN_DM, MESSAGES = "POST /users/@me/channels", "POST /channels/*/messages"


def kill_at_each_step(
    stack: Stack,
    seed: int,
    verify: Verify,
    process: str,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Kill all of `process` while all six are under way; every message must come once.

    `meanwhile` is called while the dead processes' leases run out.
    """
    world = make_world(stack, seed, guilds=6, games=1, people=2, due_in=25, max_players=1)
    hold_reminders(world)
    waiting, firing, opening, asking, answered, marking = world.games
    for user in opening.place.members:
        assert click(opening, user, "join").acked
    delay = stack.sandbox.fault
    delay(OPEN_DM, "latency", delay=HELD)
    delay(MESSAGES, "latency", delay=HELD, channel_id=asking.place.channel)
    delay(MESSAGES, "latency", when="after", delay=HELD, channel_id=answered.place.channel)
    with _slow_mark(stack, marking):
        click(opening, opening.place.members[0], "decline")
        release_reminders(world, opening, asking, answered)
        wait_until(lambda: _under_way(world) >= {OPEN_DM, asking.id, answered.id}, 7)
        release_reminders(world, marking)
        wait_until(lambda: stack.rows(IS_MARKING), 7)
        with _kept_from_firing(stack, firing) as backend:
            release_reminders(world, firing)
            wait_until(lambda: stack.rows(IS_FIRING, backend), 4)
            assert stack.rows(IS_MARKING)
            assert (came := _came(world)) == [0, 0, 0, 0, 1, 1], came
            dead = stack.all_of(process)
            for name in dead:
                stack.kill(name)
    with world.bot_away():
        stack.start(*dead)
        stack.sandbox.wait_for_bot(commands=1, timeout=60)
    release_reminders(world, waiting)
    meanwhile()
    wait_until(lambda: min(_came(world)) == 1, 60)
    verify(world, may_complain=True)


@contextlib.contextmanager
def _slow_mark(stack: Stack, game: Posted) -> Iterator[None]:
    stack.execute(SLOW_MARK.format(guild=game.place.id))
    try:
        yield
    finally:
        stack.execute("drop trigger slow_mark on notifications_delivery")


@contextlib.contextmanager
def _kept_from_firing(stack: Stack, game: Posted) -> Iterator[int]:
    """Lock the game's row, for which a worker firing its timer waits; yields our backend's pid."""
    with stack.connect() as connection:
        connection.execute("select 1 from games_game where id = %s for update", [game.id])
        yield connection.info.backend_pid


def _under_way(world: World) -> set[Any]:
    """Return what Discord holds back: games by their messages, and the opening of a DM."""
    requests = world.stack.sandbox.requests(since=world.since_request, route="POST /")
    open_ = [entry for entry in requests if entry["fault"] and entry["status"] is None]
    channels = {game.place.channel: game.id for game in world.games}
    return {channels.get(int(entry["channel_id"] or 0), entry["route"]) for entry in open_}


def _came(world: World) -> list[int]:
    """Return for each game how many messages have reached Discord."""
    sandbox = world.stack.sandbox
    _waiting, _firing, opening, *_ = world.games
    return [
        len(sandbox.dms(game.place.members[1]))
        if game is opening
        else len([m for m in sandbox.messages(game.place.channel) if m["mentions"]])
        for game in world.games
    ]
