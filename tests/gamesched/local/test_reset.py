from pathlib import Path

import psycopg
import pytest

from gamesched.local.errors import LocalError
from gamesched.local.reset import check_may_forget, forget_everything
from gamesched.local.stores.servers import local_servers


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"DISCORD_BOT_TOKEN": "real"}, "real Discord"),
        ({"DISCORD_BASE_URL": "https://discord.com"}, "real Discord"),
        ({"DATABASE_URL": "postgres://elsewhere/games"}, "DATABASE_URL"),
    ],
)
def test_only_the_sandbox_is_forgotten(given: dict[str, str], reason: str) -> None:
    with pytest.raises(LocalError, match=reason):
        check_may_forget(given)


def test_the_sandbox_may_be_forgotten() -> None:
    check_may_forget({"SECRET_KEY": "own"})


def test_database_and_world_are_empty_afterwards(folder: Path) -> None:
    world = folder / "sandbox"
    folder.mkdir(exist_ok=True)
    world.write_text("{}")
    with local_servers(folder, {"REDIS_URL": "redis://none"}, durable=False) as servers:
        assert servers.postgres is not None
        with psycopg.connect(servers.postgres.url(), autocommit=True) as connection:
            connection.execute("create table games_game ()")
            forget_everything(servers, {"SANDBOX_DATA": str(world)})
            left = connection.execute(
                "select tablename from pg_tables where schemaname = 'public'"
            ).fetchall()
    assert left == []
    assert not world.exists()
