"""Slots: the named kinds of seat of a game."""

from django.core.validators import MinValueValidator
from django.db import models

from games.models.game import Game

MAX_SLOTS = 20
SLOT_NAME_LENGTH = 40


class Slot(models.Model):
    """A named kind of seat (Tank ×2). A game without slots has `max_players` equal seats."""

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="slots")
    name = models.CharField(max_length=SLOT_NAME_LENGTH)
    emoji = models.CharField(max_length=64, blank=True)
    capacity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["game", "name"], name="one_slot_per_game_and_name"),
        ]

    def __str__(self) -> str:
        return self.name
