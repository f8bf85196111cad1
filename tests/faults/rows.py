"""Direct access to the database: scenarios change and read their games' rows."""

from sandbox.world.snowflakes import snowflake_time
from tests.e2e.stack import Stack
from tests.faults.load import Posted, World

AGE = """
update games_game set starts_at = starts_at - interval '{by}',
    created_at = created_at - interval '{by}' where guild_id = any(array{guilds});
update notifications_timer set due_at = due_at - interval '{by}',
    expires_at = expires_at - interval '{by}' where guild_id = any(array{guilds});
update notifications_delivery set due_at = due_at - interval '{by}',
    expires_at = expires_at - interval '{by}', created_at = created_at - interval '{by}',
    first_attempt_at = first_attempt_at - interval '{by}' where guild_id = any(array{guilds})"""


def pass_time(world: World, by: str) -> None:
    """Shift all times of the games into the past, as if so much time had passed."""
    world.stack.execute(AGE.format(by=by, guilds=list(world.tokens)))


def hold_reminders(world: World) -> None:
    """Hold all reminders until `release_reminders`, however long the preparations take."""
    held = world.stack.rows(
        "update notifications_timer set due_at = now() + interval '1 h'"
        " where kind = 'remind' and state = 'pending' and game_id = any(%s) returning id",
        [game.id for game in world.games],
    )
    assert len(held) == len(world.games), "the machine was too slow for `due_in`"


def release_reminders(world: World, *games: Posted) -> None:
    world.stack.rows(
        "update notifications_timer set due_at = now()"
        " where kind = 'remind' and state = 'pending' and game_id = any(%s) returning id",
        [game.id for game in games],
    )


def reminders(world: World) -> list[str]:
    """Return the state of each game's reminder timer."""
    rows = world.stack.rows(
        "select state from notifications_timer where kind = 'remind' and guild_id = any(%s)",
        list(world.tokens),
    )
    return [str(state) for (state,) in rows]


def statuses(world: World) -> set[str]:
    rows = world.stack.rows(
        "select status from games_game where guild_id = any(%s)", list(world.tokens)
    )
    return {str(status) for (status,) in rows}


def due_at(stack: Stack, game: Posted) -> float:
    """Return when the game's reminder is due, in Unix seconds."""
    rows = stack.rows(
        "select extract(epoch from due_at) from notifications_timer"
        " where kind = 'remind' and game_id = %s",
        game.id,
    )
    return float(str(rows[0][0]))


def sent_at(message: dict[str, object]) -> float:
    """Return when Discord received the message, in Unix seconds."""
    return snowflake_time(int(str(message["id"])))
