"""An empty database with the project's tables, and Django set up to use it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gamesched.local.stores.servers import local_servers
from tests.environment import VARIABLES

VAR = Path(__file__).resolve().parent.parent / "var" / "bench"


@contextmanager
def database(*, durable: bool = True, more: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run the servers within the block, at most one per process; `more` are settings' variables.

    `durable=False` makes data faster, for benches that do not measure writing.
    """
    folder = VAR / ("durable" if durable else "volatile")
    with local_servers(folder, {}, durable=durable) as servers:
        given = {"DEBUG": "0", "DISCORD_BOT_TOKEN": "no token"}
        set_up_django(VARIABLES | servers.variables | given | dict(more or {}))
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("drop schema public cascade; create schema public")
        call_command("migrate", verbosity=0)
        yield
        connection.close()


def set_up_django(variables: Mapping[str, str]) -> None:
    """Set up Django with these variables. It logs only errors, to keep the table readable."""
    os.environ.update({**variables, "LOG_LEVEL": "ERROR"})
    import django  # noqa: PLC0415  (needs the environment first)

    django.setup()
