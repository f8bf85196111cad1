"""Create the games of an import, each once and in a transaction of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Via
from games.models import Game, Series
from games.new_game import Basis, NewGame, find_basis, prepare_game
from games.services.cancellation import call_off
from games.services.change import find_done
from games.services.game import create_game
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.permissions import can_manage, check_may_speak, standing_of
from guilds.rules import Setting
from guilds.throttle import check_pace

MOST_AN_HOUR = 20
MOST_SESSIONS = 50
# In times of UTC, a date that may still be to come in some zone.
_PASSED = timedelta(days=2)


@dataclass(frozen=True)
class Imported:
    """A game as a file has it: beside the host's choices, what only imports decide.

    `unchosen` are values that no host chooses, by column. A series leaves out `skipped` dates and
    has `sessions` that its rule does not give, by their date in the series.
    """

    new: NewGame
    is_cancelled: bool = False
    reason: str = ""
    unchosen: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[date, ...] = ()
    sessions: tuple[tuple[date, "Imported"], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `from_json`."""
        return {
            "new": self.new.as_json(),
            "is_cancelled": self.is_cancelled,
            "reason": self.reason,
            "unchosen": dict(self.unchosen),
            "skipped": [day.isoformat() for day in self.skipped],
            "sessions": [(day.isoformat(), one.as_json()) for day, one in self.sessions],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        sessions = (
            (date.fromisoformat(day), cls.from_json(one)) for day, one in values["sessions"]
        )
        return cls(
            new=NewGame.from_json(values["new"]),
            is_cancelled=values["is_cancelled"],
            reason=values["reason"],
            unchosen=values["unchosen"],
            skipped=tuple(date.fromisoformat(day) for day in values["skipped"]),
            sessions=tuple(sessions),
        )


@dataclass
class Made:
    """The games that were made, and the reason for each line that made none."""

    games: list[Game] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def check_may_import(member: Member) -> None:
    """Raise `NotAllowed` unless the member manages the guild's games."""
    if not can_manage(standing_of(member, member.guild)):
        check_may_speak(member)
        raise NotAllowed(_("Only this server's game managers can import and export games."))


def make_games(
    *, member: Member, games: Sequence[tuple[int, Imported]], import_id: UUID, via: Via
) -> Made:
    """Make each line's game in a transaction of its own, a series with its sessions.

    A repeated `import_id` finds the games made already and makes the missing ones, so that a plan
    confirmed twice, or interrupted halfway, ends as one confirmed once.
    """
    check_may_import(member)
    check_pace("imports", str(member.user_id), most=MOST_AN_HOUR, minutes=60)
    made = Made()
    times: Counter[int] = Counter()  # one line may make several games
    for number, game in games:
        place = f":{times[number]}" if times[number] else ""
        times[number] += 1
        key = uuid5(import_id, f"{member.user_id}:{member.guild_id}:{number}{place}")
        try:
            made.games.append(_make(member, game, via, key))
        except Refused as refused:
            made.refused.append((number, refused.message))
    return made


def prepare_imported(member: Member, imported: Imported) -> Game:
    """Return the game that would be made, unsaved and checked with its sessions.

    Raises as `prepare_game` does.
    """
    for _day, one in imported.sessions:
        prepare_game(host=member, new=one.new, basis=_basis(member, one))
    return prepare_game(host=member, new=imported.new, basis=_basis(member, imported))


@transaction.atomic
def _make(member: Member, imported: Imported, via: Via, key: UUID) -> Game:
    if done := find_done(f"f:{key}"):
        return done.game
    game = _create(member, imported, via, key)
    if game.series is None or game.series_id is None:
        return game
    for day, one in imported.sessions:
        session = _create(member, one, via, uuid5(key, day.isoformat()))
        Game.objects.filter(id=session.id).update(series=game.series, series_date=day)
    passed = timezone.now().date() - _PASSED
    skipped = sorted(day for day in set(imported.skipped) if day > passed)
    Series.objects.filter(id=game.series_id).update(skipped_dates=skipped)
    return game


def _create(member: Member, imported: Imported, via: Via, key: UUID) -> Game:
    """Create one game. One that is cancelled is never announced, nor is anybody told."""
    new, now = imported.new, timezone.now()
    if imported.is_cancelled:
        new = replace(new, post_at=_before_start(new.starts_at, now))
    game = create_game(
        host=member,
        new=new,
        via=via,
        request_key=f"f:{key}",
        basis=_basis(member, imported),
        is_counted=False,
    )
    if imported.is_cancelled:
        call_off(game, actor=member.user, via=via, reason=imported.reason)
        game.post_at = imported.new.post_at
        game.save(update_fields=["post_at"])
    return game


def _before_start(start: datetime, now: datetime) -> datetime:
    return now + (start - now) / 2


def _basis(member: Member, imported: Imported) -> Basis:
    """Return the game's defaults, with those replaced that only imports decide."""
    basis = find_basis(member, imported.new)
    given = {name: Setting(value, "file") for name, value in imported.unchosen.items()}
    return replace(basis, defaults={**basis.defaults, **given})
