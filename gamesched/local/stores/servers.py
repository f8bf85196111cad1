"""The two servers Gamesched needs, started unless the environment names others."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gamesched.local.stores.postgres import Postgres
from gamesched.local.stores.valkey import Valkey

Server = Postgres | Valkey


class LocalServers:
    """The servers that were started; none if both variables were set."""

    def __init__(self) -> None:
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables that a process needs to use these servers."""
        urls = {}
        if self.postgres:
            urls["DATABASE_URL"] = self.postgres.url()
        if self.valkey:
            urls["REDIS_URL"] = self.valkey.url()
        return urls

    def resume_stopped(self) -> list[str]:
        """Restart servers that crashed or were killed; returns their names."""
        stopped = [each for each in (self.postgres, self.valkey) if each and not each.is_running()]
        for server in stopped:
            server.resume()
        return [type(server).__name__ for server in stopped]


@contextlib.contextmanager
def local_servers(
    folder: Path, environment: Mapping[str, str] = os.environ, *, durable: bool = True
) -> Iterator[LocalServers]:
    """Run, within the block, the servers that `environment` does not name, with data in `folder`.

    `durable=False` is for tests: it is faster, but a power cut may cost the data.
    Raises `LocalError` if a server cannot start or another process uses the folder.
    """
    servers = LocalServers()
    with contextlib.ExitStack() as stack:
        if not environment.get("DATABASE_URL"):
            servers.postgres = Postgres(folder / "postgres", durable=durable)
            servers.postgres.start()
            stack.callback(servers.postgres.stop)
        if not environment.get("REDIS_URL"):
            servers.valkey = Valkey(folder / "valkey")
            servers.valkey.start()
            stack.callback(servers.valkey.stop)
        yield servers
