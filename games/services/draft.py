"""Drafts of games being previewed, kept as rows so that the buttons outlive any restart."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Via
from games.models import Draft, Game
from games.new_game import NewGame
from games.services.change import find_done
from games.services.game import create_game
from games.typed.game import TypedGame
from guilds.errors import NotFound, Refused
from guilds.models import Member

KEPT = timedelta(days=2)
MOST_A_MINUTE = 10


@transaction.atomic
def save_draft(
    *, author: Member, typed: TypedGame, new: NewGame | None, draft_id: int | None = None
) -> Draft:
    """Store the typed texts, and the game they mean if they mean one.

    Replaces the draft with `draft_id` if that is given. Raises `Refused` if one person makes too
    many, and `NotFound` if the draft is not theirs.
    """
    now = timezone.now()
    values = {"typed": asdict(typed), "game": None if new is None else new.as_json()}
    if draft_id is not None:
        draft = get_draft(author, draft_id)
        draft.values = values
        draft.save(update_fields=["values"])
        return draft
    mine = Draft.objects.filter(author=author.user)
    mine.filter(created_at__lt=now - KEPT).delete()
    if mine.filter(created_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
        raise Refused(_("That is a lot at once. Wait a minute."))
    return Draft.objects.create(guild=author.guild, author=author.user, values=values)


def get_draft(author: Member, draft_id: int) -> Draft:
    """Return the author's own draft on this server. Raises `NotFound`, also for others'."""
    draft = (
        Draft.objects.filter(id=draft_id, author=author.user, guild=author.guild)
        .exclude(values__has_key="about")  # those are `games.services.pending`'s
        .first()
    )
    if draft is None:
        raise NotFound(_("This preview is outdated. Use /create-game again."))
    return draft


def get_draft_to_edit(author: Member, draft_id: int) -> Draft:
    """Return the draft. Raises `NotFound`, and `Refused` once its game is posted."""
    draft = get_draft(author, draft_id)
    if find_done(draft_key(draft_id)):
        raise Refused(_("This game is posted already."))
    return draft


def typed_in(draft: Draft) -> TypedGame:
    return TypedGame(**draft.values["typed"])


def game_in(draft: Draft) -> NewGame:
    """Return the draft's game. Raises `Refused` while the typed texts make none."""
    values: dict[str, Any] | None = draft.values["game"]
    if values is None:
        raise Refused(_("This game has a mistake. Press Edit to correct it."))
    return NewGame.from_json(values)


def post_draft(*, author: Member, draft_id: int) -> Game:
    """Create the game; posting again returns the same game. Raises as `create_game` does."""
    new = game_in(get_draft(author, draft_id))
    return create_game(host=author, new=new, via=Via.BOT, request_key=draft_key(draft_id))


def discard_draft(*, author: Member, draft_id: int) -> None:
    """Delete the draft. Raises `NotFound`, and `Refused` once its game is posted."""
    get_draft_to_edit(author, draft_id).delete()


def with_typed(draft: Draft, fields: Mapping[str, Any]) -> TypedGame:
    """Return the draft's typed texts, with some fields replaced."""
    return TypedGame(**(draft.values["typed"] | dict(fields)))


def find_posted(draft_id: int) -> Game | None:
    """Return the game that the draft has become."""
    done = find_done(draft_key(draft_id))
    return done.game if done else None


def draft_key(draft_id: int) -> str:
    """The request key of the draft's game, which is made once, on Discord or the web."""
    return f"draft:{draft_id}"
