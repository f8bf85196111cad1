"""Games that name roles which Discord has deleted."""

from collections.abc import Collection

from django.db.models import Q

from games.checks import ADDING_ROLES, forget_roles
from games.enums import Action, Via
from games.models import Game
from games.selectors import UPCOMING
from games.services.change import lock_games, record_change
from guilds.models import Guild


def give_up_gone_roles(guild: Guild, role_ids: Collection[int]) -> None:
    """Take the roles out of those lists of the guild's coming games that let nobody in."""
    names = Q()
    for column in ADDING_ROLES:
        names |= Q(**{f"{column}__overlap": list(role_ids)})
    games = Game.objects.filter(names, guild=guild, status__in=UPCOMING)
    for game in lock_games(games.values_list("id", flat=True)):
        before = {column: getattr(game, column) for column in ADDING_ROLES}
        forget_roles(game, role_ids)
        changed = [column for column in ADDING_ROLES if getattr(game, column) != before[column]]
        game.save(update_fields=changed)
        record_change(
            game,
            actor=None,
            via=Via.WORKER,
            action=Action.EDITED,
            before={column: before[column] for column in changed},
            after={column: getattr(game, column) for column in changed},
        )
