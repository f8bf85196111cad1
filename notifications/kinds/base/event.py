"""A change of a game, and the people who may be told of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from games.enums import Action, Answer, Origin
from games.models import Change, Game
from guilds.models import User

_LISTED = [Answer.GOING, Answer.MAYBE]
# The subject is told of these themselves, and not of the seat that came or went with them.
_OF_SUBJECT = frozenset({Action.ADDED, Action.REMOVED, Action.ROLE_LOST})


@dataclass
class GameEvent:
    """People are Discord ids, and never the one who made the change, but for `host`.

    Each group is asked for once, when a notice first needs it: a plain sign-up asks nothing.
    """

    game: Game
    change: Change
    now: datetime

    @property
    def host(self) -> list[int]:
        return [self.game.host.discord_id] if self.game.host.discord_id else []

    @property
    def subject(self) -> list[int]:
        """The one whom somebody else, or a role, put on the roster or took off it."""
        return self._ids_of([self.change.subject_id or 0])

    @property
    def promoted(self) -> list[int]:
        return self._moved(self.change.promoted)

    @property
    def demoted(self) -> list[int]:
        return self._moved(self.change.demoted)

    @cached_property
    def everyone(self) -> list[int]:
        """The host and all who go, may go or wait. Nobody where this change announces the game:
        they were not told of it before."""
        if self.is_announced_now:
            return []
        on_roster = Q(participations__game=self.game) & Q(participations__answer__in=_LISTED)
        users = User.objects.filter(on_roster | Q(id=self.game.host_id), discord_id__isnull=False)
        if self.change.actor_id:
            users = users.exclude(id=self.change.actor_id)
        return [one or 0 for one in users.distinct().values_list("discord_id", flat=True)]

    @cached_property
    def added_before(self) -> list[int]:
        """Those whom the host put on the roster while nobody else saw the game."""
        users = User.objects.filter(
            participations__game=self.game,
            participations__answer__in=_LISTED,
            participations__origin=Origin.HOST_ADDED,
            discord_id__isnull=False,
        ).exclude(id__in=[self.game.host_id, self.change.actor_id or 0])
        return [one or 0 for one in users.values_list("discord_id", flat=True)]

    @property
    def is_announced_now(self) -> bool:
        """The announcement's time has come, or was given up; see `Game.is_draft`."""
        was_draft = bool(self.change.before.get("post_at")) and "post_at" in self.change.after
        return self.change.action == Action.POSTED or was_draft

    def _moved(self, user_ids: Iterable[int]) -> list[int]:
        change = self.change
        told_of_it = change.subject_id if change.action in _OF_SUBJECT else None
        return self._ids_of(user_id for user_id in user_ids if user_id != told_of_it)

    def _ids_of(self, user_ids: Iterable[int]) -> list[int]:
        wanted = [one for one in user_ids if one and one != self.change.actor_id]
        return [self._known[user_id] for user_id in wanted if user_id in self._known]

    @cached_property
    def _known(self) -> dict[int, int]:
        """Discord ids of those the change names, by user."""
        named = {*self.change.promoted, *self.change.demoted, self.change.subject_id or 0}
        users = User.objects.filter(id__in=named, discord_id__isnull=False)
        return {user_id: one or 0 for user_id, one in users.values_list("id", "discord_id")}
