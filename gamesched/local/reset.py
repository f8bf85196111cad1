"""`make reset`: deletes the sandbox's world and its games, and nothing else."""

from collections.abc import Mapping
from pathlib import Path

import psycopg

from gamesched.local.environment import uses_sandbox
from gamesched.local.errors import LocalError
from gamesched.local.stores.servers import LocalServers


def check_may_forget(given: Mapping[str, str]) -> None:
    """Raise `LocalError` unless the data is the sandbox's and on local servers."""
    if not uses_sandbox(given):
        raise LocalError("This is connected to a real Discord; only the sandbox can be reset.")
    if given.get("DATABASE_URL"):
        raise LocalError("DATABASE_URL names a database of yours; nothing was deleted there.")


def forget_everything(servers: LocalServers, environment: Mapping[str, str]) -> None:
    """Empty the local database and the sandbox's world. Valkey stores nothing on disk."""
    assert servers.postgres is not None
    with psycopg.connect(servers.postgres.url(), autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    Path(environment["SANDBOX_DATA"]).unlink(missing_ok=True)
