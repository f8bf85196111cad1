"""`python -m tests.scale.fill`: makes a game with one player in every server of the input.

It uses the services, as bot and pages do, and reads JSON from standard input.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import django

THREADS = 4
# Far enough ahead that no game starts during the run, which would cost more requests.
REMIND_MINUTES = 10


def main() -> None:
    """Make the games. Reminders are due from `first_in` seconds on, spread over `over` seconds."""
    asked: dict[str, Any] = json.load(sys.stdin)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gamesched.settings")
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 -- Django comes first

    places: list[dict[str, int]] = asked["places"]
    first = timezone.now() + timedelta(seconds=asked["first_in"], minutes=REMIND_MINUTES)
    apart = timedelta(seconds=asked["over"]) / len(places)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda one: _make(one[1], first + one[0] * apart), enumerate(places)))


def _make(place: dict[str, int], starts_at: Any) -> None:
    from django.db import close_old_connections  # noqa: PLC0415 -- Django comes first

    from games.enums import Via  # noqa: PLC0415
    from games.new_game import NewGame  # noqa: PLC0415
    from games.services.game import create_game  # noqa: PLC0415
    from games.services.roster.signup import join_game  # noqa: PLC0415
    from guilds.models import Guild  # noqa: PLC0415
    from guilds.services.member import MemberFacts, UserFacts, see_member  # noqa: PLC0415

    guild = Guild.objects.get(id=place["guild"])

    def member(name: str) -> Any:
        who = UserFacts(discord_id=place[name], username=f"{name}{place[name]}")
        return see_member(guild=guild, facts=MemberFacts(user=who))

    game = create_game(
        host=member("host"),
        new=NewGame(
            channel_id=place["channel"],
            title=f"Night of {guild.name}",
            starts_at=starts_at,
            timezone="UTC",
            reminder_minutes=(REMIND_MINUTES,),
        ),
        via=Via.WEB,
        request_key=f"fill:{guild.id}",
    )
    join_game(game_id=game.id, member=member("player"), via=Via.WEB)
    close_old_connections()


if __name__ == "__main__":
    main()
