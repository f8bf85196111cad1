"""The same game at another time."""

from dataclasses import replace

from games.models import Game
from games.services.game import NewGame


def as_clone(new: NewGame, game: Game) -> NewGame:
    """`new` with everything from `game` that a host does not type: who may join, how, slots.

    A sign-up deadline keeps its distance to the start. Participants do not come along.
    """
    closes_at = game.signup_closes_at
    return replace(
        new,
        template_id=game.template_id,
        rules=game.rules,
        category=game.category,
        signup_method=game.signup_method,
        signup_closes_at=closes_at and new.starts_at - (game.starts_at - closes_at),
        slots=tuple(
            {"name": slot.name, "emoji": slot.emoji, "capacity": slot.capacity}
            for slot in game.slots.all()
        ),
        notify_role_ids=tuple(game.notify_role_ids),
        player_role_ids=tuple(game.player_role_ids),
        priority_role_ids=tuple(game.priority_role_ids),
        color=game.color,
        image_id=str(game.image_id) if game.image_id else None,
    )
