"""Deliveries held at each step of their way, so that a process can be killed just there.

One waits for its time, one for its direct message to be opened, one for Discord to take the
request, one for Discord's answer, and one for PostgreSQL to mark it sent.
"""

import time
from collections.abc import Callable

from tests.e2e.stack import Stack, wait_until
from tests.faults.conftest import Verify
from tests.faults.load import World, click, make_world

HELD = 20
SLOW_MARK = """
create or replace function slow_mark() returns trigger language plpgsql as
    $$ begin perform pg_sleep(4.5); return new; end $$;
create trigger slow_mark before update on notifications_delivery for each row
    when (new.state = 'done' and new.guild_id = {guild}) execute function slow_mark()"""


# All are due at once but for one, which is not yet when the process dies.
TOGETHER = """
update notifications_timer set due_at = (
    select max(due_at) from notifications_timer
    where kind = 'remind' and game_id = any(array{games})
) + interval '5 s' * (game_id = {last})::int
where kind = 'remind' and game_id = any(array{games})"""
MESSAGES = "POST /channels/*/messages"


def kill_at_each_step(
    stack: Stack,
    seed: int,
    verify: Verify,
    process: str,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """SIGKILL `process` with all five under way; every message comes, and comes once.

    `meanwhile` is done while the dead one's leases run out.
    """
    world = make_world(stack, seed, guilds=5, games=1, people=2, due_in=15, max_players=1)
    waiting, opening, asking, answered, marking = world.games
    sandbox = stack.sandbox
    for user in opening.place.members:
        click(opening, user, "join")
    sandbox.fault("POST /users/@me/channels", "latency", delay=HELD)
    sandbox.fault(MESSAGES, "latency", delay=HELD, channel_id=asking.place.channel)
    sandbox.fault(MESSAGES, "latency", when="after", delay=HELD, channel_id=answered.place.channel)
    stack.execute(SLOW_MARK.format(guild=marking.place.id))
    try:
        games = [game.id for game in world.games]
        stack.execute(TOGETHER.format(games=games, last=waiting.id))
        time.sleep(max(_due_at(stack, asking.id) - 1 - time.time(), 0))
        click(opening, opening.place.members[0], "decline")
        _wait_until_held(stack, world, 4)
        time.sleep(0.7)
        assert (came := _came(world)) == [0, 0, 0, 1, 1], came
        stack.kill(process)
    finally:
        stack.execute("drop trigger slow_mark on notifications_delivery")
    with world.bot_away():
        stack.start(process)
        sandbox.wait_for_bot(commands=1, timeout=60)
    meanwhile()
    wait_until(lambda: min(_came(world)) == 1, 60)
    verify(world, may_complain=True)


def _due_at(stack: Stack, game_id: int) -> float:
    rows = stack.rows(
        "select extract(epoch from due_at) from notifications_timer"
        " where kind = 'remind' and game_id = %s",
        game_id,
    )
    return float(str(rows[0][0]))


def _wait_until_held(stack: Stack, world: World, number: int) -> None:
    end = time.monotonic() + 10
    while True:
        rows = stack.rows(
            "select dedupe_key, state from notifications_delivery where guild_id = any(%s)",
            list(world.tokens),
        )
        if len([1 for _key, state in rows if state == "leased"]) == number:
            return
        assert time.monotonic() < end, f"not held: {rows}"
        time.sleep(0.05)


def _came(world: World) -> list[int]:
    """Of each game in its turn, how many messages have reached Discord by now."""
    sandbox = world.stack.sandbox
    _waiting, opening, *_ = world.games
    return [
        len(sandbox.dms(game.place.members[1]))
        if game is opening
        else len([m for m in sandbox.messages(game.place.channel) if m["mentions"]])
        for game in world.games
    ]
