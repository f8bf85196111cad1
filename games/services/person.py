"""A person's games, when they delete their account or ask for their data."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Action, Answer, Via
from games.fields import FIELDS, Kind
from games.models import Change, Draft, Game, Image, Participant, Series
from games.selectors import UPCOMING
from games.services.cancellation import call_off
from games.services.change import lock_games
from games.services.roster.locked import roster_of
from games.signals import names_removed
from guilds.languages import in_language
from guilds.models import User


def forget_person(*, user: User, former: User) -> None:
    """Rename the user's sign-ups "Former member", inside the transaction that deletes the user.

    In games not over yet this frees their seat, and those who move up are told. Games they host
    are cancelled unless they are over. `former` becomes the host of all their games. Games are
    locked in the order of their ids.
    """
    hosted = Game.objects.filter(host=user, status__in=UPCOMING)
    joined = Game.objects.filter(participants__user=user, status__in=UPCOMING)
    games = lock_games([*hosted.values_list("id", flat=True), *joined.values_list("id", flat=True)])
    # Stopped before its session is cancelled below, a series makes no next one.
    Series.objects.filter(host=user).update(stopped_at=timezone.now(), host=former)
    for game in games:
        with in_language(game.guild.locale):
            _give_up_seat(game, user)
            if game.host_id == user.id and game.is_upcoming:
                reason = _("The host has left Gamesched.")
                call_off(game, actor=None, via=Via.WEB, reason=reason)
    is_over = Game.objects.exclude(status__in=UPCOMING)
    named = is_over.filter(host=user).union(is_over.filter(participants__user=user))
    game_ids = sorted(named.values_list("id", flat=True))
    _rename_in_past_games(user)
    Game.objects.filter(host=user).update(host=former)
    names_removed.send(sender=Game, game_ids=game_ids)


def _give_up_seat(game: Game, user: User) -> None:
    roster = roster_of(game)
    mine = roster.entry_of(user.id)
    if mine is None or not game.is_upcoming:
        return
    roster.replace(mine._replace(answer=Answer.DECLINED))
    roster.forget(mine.id, _("Former member"))
    roster.record(
        actor=None,
        via=Via.WEB,
        action=Action.DECLINED,
        before={"answer": mine.answer},
        after={"answer": Answer.DECLINED},
    )


def _rename_in_past_games(user: User) -> None:
    """Remove the name from games that are over, in each guild's language; the answer stays."""
    mine = Participant.objects.filter(user=user)
    for locale in set(mine.values_list("game__guild__locale", flat=True)):
        with in_language(locale):
            mine.filter(game__guild__locale=locale).update(user=None, name=_("Former member"))


def games_of(user: User) -> dict[str, Any]:
    """Return everything stored about the user's games, as plain values."""
    return {
        "hosted_games": list(
            Game.objects.filter(host=user)
            .order_by("id")
            .values(
                "id",
                "guild_id",
                *(field.column for field in FIELDS if field.kind != Kind.SLOTS),
                "status",
                "cancel_reason",
                "created_at",
            )
        ),
        "sign_ups": list(
            Participant.objects.filter(user=user)
            .order_by("id")
            .values(
                "game_id",
                "game__title",
                "game__guild_id",
                "game__starts_at",
                "answer",
                "origin",
                "slot__name",
                "joined_at",
                "attended",
            )
        ),
        "series": list(
            Series.objects.filter(host=user)
            .order_by("id")
            .values("id", "guild_id", "rule", "timezone", "values", "created_at")
        ),
        "changes_made": _changes(actor=user),
        "changes_about": _changes(subject=user),
        "pictures": list(
            Image.objects.filter(uploaded_by=user)
            .order_by("created_at")
            .values("id", "guild_id", "created_at")
        ),
        "drafts": list(
            Draft.objects.filter(author=user)
            .order_by("id")
            .values("id", "guild_id", "values", "created_at")
        ),
    }


def _changes(**who: User) -> list[Any]:
    return list(
        Change.objects.filter(**who)
        .order_by("id")
        .values("game_id", "action", "via", "before", "after", "at")
    )
