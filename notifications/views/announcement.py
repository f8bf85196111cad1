"""The announcement on the web: a preview before it is sent, and the button to post it again."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from games.enums import Via
from games.forms.choices import Choices, choices_for
from games.forms.edited_game import EditGameForm
from games.forms.game import GameForm
from games.forms.new_game import NewGameForm
from games.models import Game
from games.new_game import prepare_game, warnings_of
from games.selectors import get_snapshot
from games.snapshot_rows import snapshot_unsaved
from games.snapshots import GameSnapshot, SlotSnapshot
from games.views import edits as editing
from games.views import new_game as creating
from games.views.request import is_fragment
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.permissions import check_may_speak
from guilds.web.access import Access, for_members
from notifications.followers.announcement.repost import repost_announcement
from notifications.messages import announcement


@creating.takes_pictures
@require_POST
@for_members
def preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the announcement of the game in the form, as Discord will; nothing is kept."""
    choices = choices_for(access)
    game = _game_in(request, access)
    if game is None and not choices.may_host:
        check_may_speak(access.member)
        raise NotAllowed(_("Only certain roles can announce games on this server."))
    origin = creating.origin_of(request, access)
    form: NewGameForm | EditGameForm
    if game is None:
        form = creating.bound_form(request.POST, choices, origin)
    else:
        form = editing.bound_form(request.POST, choices, game)
    context = _shown(form, choices)
    if is_fragment(request):
        return render(request, "notifications/_preview.html", context)
    shown = render_to_string("notifications/_preview.html", context, request)
    if game is None:
        filled: GameForm = creating.refilled(request.POST, choices, origin)
        return creating.show_form(request, access, filled, origin=origin, preview=shown)
    revision = editing.seen_revision(request.POST, game)
    filled = editing.refilled(request.POST, choices, game)
    return editing.show(request, access, filled, game, seen_revision=revision, preview=shown)


def _game_in(request: HttpRequest, access: Access) -> Game | None:
    text = request.GET.get("game", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound(_("That game does not exist on this server."))
    return creating.get_game_to_edit(access, int(text))


def _shown(form: NewGameForm | EditGameForm, choices: Choices) -> dict[str, Any]:
    """The message, or the reason why there is none yet."""
    if not form.is_valid():
        return {"why": next(iter(form.errors.values()))[0]}
    try:
        warnings: list[str] = []
        if isinstance(form, EditGameForm):
            snapshot = _edited(form)
        else:
            snapshot, warnings = _new(form, choices)
    except Refused as refused:
        return {"why": refused.message}
    image_id = snapshot.image_url.rstrip("/").rpartition("/")[2]
    return {
        "warnings": warnings,
        "message": announcement.render(snapshot, now=timezone.now()),
        "roles": {role.id: role.name for role in (*choices.roles, *choices.other_roles)},
        "image_path": reverse("image", args=[image_id]) if image_id else "",
        "post_at": snapshot.post_at,
        "is_announced": isinstance(form, EditGameForm) and not form.game.is_draft(timezone.now()),
        "channel_name": snapshot.channel_name,
    }


def _new(form: NewGameForm, choices: Choices) -> tuple[GameSnapshot, list[str]]:
    new = form.new_game()
    game = prepare_game(host=choices.member, new=new, basis=form.basis)
    snapshot = snapshot_unsaved(game, choices.member)
    slots = tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in new.slots or ())
    return replace(snapshot, slots=slots), warnings_of(game)


def _edited(form: EditGameForm) -> GameSnapshot:
    """The game as it is, with the changes of the form."""
    snapshot, values = get_snapshot(form.game.id), form.values()
    taken = {slot.id: slot.taken for slot in snapshot.slots}
    if "slots" in values:
        values["slots"] = tuple(
            SlotSnapshot(
                id=slot.get("id", 0),
                name=slot["name"],
                emoji=slot["emoji"],
                capacity=slot["capacity"],
                taken=taken.get(slot.get("id", 0), 0),
            )
            for slot in values["slots"]
        )
    if "image_id" in values:
        image_id = values.pop("image_id")
        values["image_url"] = reverse("image", args=[image_id]) if image_id else ""
    if choice := form.choices.find_channel(values.get("channel_id")):
        values["channel_name"] = choice.channel.name
    shown = {name: value for name, value in values.items() if hasattr(snapshot, name)}
    return replace(snapshot, **shown)


@require_POST
@for_members
def repost(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Post an announcement anew that was deleted on Discord, or never got there."""
    creating.get_game_to_edit(access, game_id)
    try:
        access.check_may_write()
        repost_announcement(
            game_id=game_id,
            member=access.member,
            request_key=_repost_key(request, game_id),
            via=Via.WEB,
        )
        messages.success(request, _("The announcement is on its way to its channel."))
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("game", guild_id=access.guild.id, game_id=game_id)


def _repost_key(request: HttpRequest, game_id: int) -> str | None:
    try:
        form_id = UUID(request.POST.get("form_id", ""))
    except ValueError:
        return None
    return f"f:{uuid5(form_id, f'repost:{game_id}')}"
