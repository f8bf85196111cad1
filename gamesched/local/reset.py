"""`make reset`: what the sandbox and its games have become is forgotten, and nothing else."""

from collections.abc import Mapping
from pathlib import Path

import psycopg

from gamesched.local.environment import uses_sandbox
from gamesched.local.errors import LocalError
from gamesched.local.stores.servers import LocalServers


def check_may_forget(given: Mapping[str, str]) -> None:
    """Raise `LocalError` unless the data is the sandbox's, on servers of our own."""
    if not uses_sandbox(given):
        raise LocalError("This is connected to a real Discord; only the sandbox can be reset.")
    if given.get("DATABASE_URL"):
        raise LocalError("DATABASE_URL names a database of yours; nothing was deleted there.")


def forget_everything(servers: LocalServers, environment: Mapping[str, str]) -> None:
    """Empty the local database and the sandbox's world. Valkey keeps nothing by itself."""
    assert servers.postgres is not None
    with psycopg.connect(servers.postgres.url(), autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    Path(environment["SANDBOX_DATA"]).unlink(missing_ok=True)
