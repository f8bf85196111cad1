"""Edit the slots of an existing game. They keep their ids, so that people keep their slot."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from games.models import Game, Slot
from games.services.template import clean_slots


def plain_slots(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    return [
        {"id": slot.id, "name": slot.name, "emoji": slot.emoji, "capacity": slot.capacity}
        for slot in slots
    ]


def slots_from(
    game: Game, wanted: Sequence[Mapping[str, Any]], before: Sequence[Slot]
) -> list[Slot]:
    """Build the game's slots as `wanted` (by `id` where they exist), unsaved. Raises `Refused`."""
    known = {slot.id: slot for slot in before}
    slots = []
    for position, (asked, values) in enumerate(zip(wanted, clean_slots(wanted), strict=True)):
        kept = known.pop(asked.get("id") or 0, None)
        slots.append(Slot(id=kept.id if kept else None, game=game, position=position, **values))
    return slots


def save_slots(game: Game, slots: Sequence[Slot]) -> None:
    """Replace the game's slots by `slots`. The game must be locked.

    People whose slot is gone keep their place without one.
    """
    kept = [slot for slot in slots if slot.id]
    game.slots.exclude(id__in=[slot.id for slot in kept]).delete()
    # Two slots may exchange names, which are unique: give each a name first that nobody can type.
    unique = Concat(Value("\x01"), Cast("id", CharField()), output_field=CharField())
    game.slots.update(name=unique)
    Slot.objects.bulk_update(kept, ["name", "emoji", "capacity", "position"])
    Slot.objects.bulk_create(slot for slot in slots if not slot.id)
