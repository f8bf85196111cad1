"""A server's games as a calendar that can be imported again, whole."""

from collections.abc import Iterator
from dataclasses import replace

from games.exchange.calendar import CalendarGame
from games.exchange.export import pages_of, with_rosters
from games.exchange.feeds import calendar_game
from games.exchange.own.cells import cells_of, names_of
from guilds.models import Guild, User


def calendar_pages(guild: Guild, viewer: User) -> Iterator[list[CalendarGame]]:
    """Yield the games as everybody sees them: without the viewer's own standing and alarms."""
    names = names_of(guild)
    for page in pages_of(guild):
        yield [
            replace(
                calendar_game(one.game, one.host_name, "", viewer),
                cells=tuple(cells_of(one, names).items()),
            )
            for one in with_rosters(page)
        ]
