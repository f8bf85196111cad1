"""Making a game: an empty form, a form filled from another game, and previews of typed times."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from games.enums import Via
from games.forms.choices import Choices, choices_for, known_zone_for, zone_for
from games.forms.edited_game import initial_of
from games.forms.game import MOMENTS, GameForm, moved_from
from games.forms.new_game import (
    NewGameForm,
    initial_for,
    initial_of_draft,
    switched,
    without_id,
)
from games.forms.preset import PresetForm
from games.models import Draft, Game, Template
from games.selectors import can_see_game, game_not_found, get_game
from games.services.draft import draft_key, find_posted, get_draft
from games.services.draft import typed_in as typed_in_draft
from games.services.game import create_game
from games.services.guards import check_may_edit
from games.services.picture import store_image
from games.services.roster.slots import plain_slots
from games.typed.game import TypedGame
from games.views.request import ZONE_COOKIE, is_fragment, number_in, show_page
from guilds.errors import NotAllowed, Refused
from guilds.permissions import check_may_speak
from guilds.services.person import configure_person
from guilds.services.settings import configure_guild
from guilds.web.access import Access, for_members
from when import zone_names

View = Callable[..., HttpResponse]
# In bytes: a picture and the texts beside it. Other pages take far less.
MAX_BODY = 6 * 1024 * 1024


def takes_pictures(view: View) -> View:
    """Let a picture through `gamesched.workarounds.body_limit.BodyLimitMiddleware`."""
    view.max_body = MAX_BODY  # type: ignore[attr-defined]
    return view


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def new_game(request: HttpRequest, access: Access) -> HttpResponse:
    """Make a game, also one that was begun on Discord, whose draft the address names."""
    return _make_game(request, access, origin_of(request, access))


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def clone_game(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Make the same game at another time. Participants are not copied."""
    game = get_game_to_edit(access, game_id)
    return _make_game(request, access, replace(origin_of(request, access), source=game))


@dataclass(frozen=True)
class Origin:
    """The origin of a new game: a game that it repeats, or a draft that was begun on Discord."""

    source: Game | None = None
    draft: Draft | None = None


NOTHING = Origin()


def origin_of(request: HttpRequest, access: Access) -> Origin:
    """Return what the query names. Raises `NotFound` for what is not this person's to see."""
    source_id, draft_id = (number_in(request.GET, name) for name in ("source", "draft"))
    return Origin(
        source=get_game_to_edit(access, source_id) if source_id else None,
        draft=get_draft(access.member, draft_id) if draft_id else None,
    )


def _make_game(request: HttpRequest, access: Access, origin: Origin) -> HttpResponse:
    choices = choices_for(access)
    if not choices.may_host:
        check_may_speak(access.member)
        raise NotAllowed(_("Only certain roles can announce games on this server."))
    if origin.draft and (posted := find_posted(origin.draft.id)):
        messages.info(request, _("This game is posted already."))
        return redirect("game", guild_id=access.guild.id, game_id=posted.id)
    if request.method != "POST":
        return show_form(request, access, _empty_form(request, choices, origin), origin=origin)
    data, refused = read_upload(request, access)
    if wants_more(data):
        return show_form(request, access, refilled(data, choices, origin), origin=origin)
    form = bound_form(data, choices, origin)
    if refused:
        form.add_error("image_upload", refused.message)
    if form.is_valid():
        try:
            access.check_may_write()
            _keep_zone(access, form)
            game = create_game(
                host=access.member,
                new=form.new_game(),
                basis=form.basis,
                via=Via.WEB,
                request_key=draft_key(origin.draft.id) if origin.draft else form.request_key,
            )
            return redirect("game", guild_id=access.guild.id, game_id=game.id)
        except Refused as reason:
            form.refuse(reason)
    return show_form(request, access, form, origin=origin, status=422)


def _keep_zone(access: Access, form: NewGameForm) -> None:
    """Keep the time zone that was asked for, for the person and, if they say so, the server."""
    zone = form.cleaned_data.get("own_zone")
    if not zone:
        return
    configure_person(user=access.member.user, values={"timezone": zone})
    if form.cleaned_data.get("zone_for_server"):
        configure_guild(member=access.member, values={"timezone": zone})


def bound_form(data: QueryDict, choices: Choices, origin: Origin) -> NewGameForm:
    """Return the submitted form, which the preview uses too."""
    template = _template_in(data, choices)
    return _form(data, choices, template, initial_for(choices, template), origin)


def _empty_form(request: HttpRequest, choices: Choices, origin: Origin) -> NewGameForm:
    source, typed = origin.source, typed_in_draft(origin.draft) if origin.draft else None
    template = _template_in(request.GET, choices)
    channel_id = number_in(request.GET, "channel")
    if typed is not None:
        template = _template_of(typed, choices) or template
        channel_id = typed.channel_id or typed.place_id
    initial = initial_for(choices, template, channel_id)
    initial["zone"] = request.COOKIES.get(ZONE_COOKIE, "")
    if source is not None:
        template = choices.find_template(source.template_id) or template
        slots = [without_id(slot) for slot in plain_slots(list(source.slots.all()))]
        zone = zone_for(choices.member, initial["zone"])
        initial |= initial_of(source, slots, zone, choices)
        initial |= {"when": "", "signup_closes_at": "", "post_at": "", "template": ""}
        if template is not None:
            initial["template"] = str(template.id)
    if typed is not None:
        initial |= initial_of_draft(typed)
    return _form(None, choices, template, initial, origin)


def _template_of(typed: TypedGame, choices: Choices) -> Template | None:
    """Return the template that was typed, if it is one they may use."""
    name = typed.template.strip().casefold()
    offered = (each for each in choices.templates if name in {str(each.id), each.name.casefold()})
    return next(offered, None) or choices.find_template(typed.template_id)


def refilled(data: QueryDict, choices: Choices, origin: Origin) -> NewGameForm:
    """Return the form with all that was typed, after a button that only changes the form."""
    old = choices.find_template(number_in(data, "shown_template"))
    new = _template_in(data, choices)
    typed = switched(with_rows(typed_in(NewGameForm, data), data), choices, old, new)
    return _form(None, choices, new, typed, origin)


def _form(
    data: QueryDict | None,
    choices: Choices,
    template: Template | None,
    initial: dict[str, Any],
    origin: Origin,
) -> NewGameForm:
    chosen = choices.find_channel(number_in(data if data is not None else initial, "channel"))
    if chosen is None and choices.channels:
        chosen = choices.channels[0]
    zone = data.get("zone", "") if data is not None else str(initial.get("zone") or "")
    return NewGameForm(
        data,
        choices=choices,
        template=template,
        channel=chosen.channel if chosen else None,
        zone=known_zone_for(choices.member, zone)
        or (origin.source.timezone if origin.source else ""),
        now=timezone.now(),
        initial=initial,
        moved=moved_from(origin.source),
    )


def _template_in(data: QueryDict, choices: Choices) -> Template | None:
    """Return the template asked for, else the server's default, else one the person may use.

    None if there is no default and the person may host without a template.
    """
    asked = choices.find_template(number_in(data, "template"))
    if asked or choices.default_template or choices.may_host_freely:
        return asked or choices.default_template
    return choices.templates[0]


# --- Shared by making and editing ----------------------------------------------------------------


def get_game_to_edit(access: Access, game_id: int) -> Game:
    """Return the game. Raises `NotFound` if the member may not see it, else `NotAllowed`."""
    game = get_game(access.guild.id, game_id)
    now = timezone.now()
    if not can_see_game(game, access.member, now=now, is_on_roster=False):
        raise game_not_found()
    check_may_edit(game, access.member)
    return game


def read_upload(request: HttpRequest, access: Access) -> tuple[QueryDict, Refused | None]:
    """Return what was typed, with the uploaded picture's id, and the refusal of a bad picture.

    The picture is stored at once: a browser does not send a file again if another field is wrong.
    """
    data = request.POST.copy()
    upload = request.FILES.get("image_upload")
    if upload is None:
        return data, None
    try:
        access.check_may_write()
        data["image"] = str(store_image(member=access.member, upload=upload).id)
    except Refused as refused:
        return data, refused
    data.pop("image_remove", None)
    return data, None


def wants_more(data: QueryDict) -> bool:
    """Whether a button only changes the form: its template, its slots, or a time's reading."""
    picks = [f"pick_{name}" for name in MOMENTS]
    return any(name in data for name in ("do", "remove_slot", *picks))


def typed_in(form_class: type[PresetForm], data: QueryDict) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(data, {}, name)
        for name, field in form_class.base_fields.items()
        if name != "image_upload"
    }


def with_rows(typed: dict[str, Any], data: QueryDict) -> dict[str, Any]:
    """Apply the form's buttons: add or remove a slot's row, or pick the reading that was meant."""
    rows, removed = list(typed["slots"]), number_in(data, "remove_slot")
    if removed is not None and removed < len(rows):
        del rows[removed]
    if data.get("do") == "add-slot":
        rows.append({"id": "", "name": "", "emoji": "", "capacity": "1"})
    picked = {name: data[f"pick_{name}"] for name in MOMENTS if f"pick_{name}" in data}
    return typed | {"slots": rows} | picked


def show_form(
    request: HttpRequest,
    access: Access,
    form: GameForm,
    *,
    origin: Origin = NOTHING,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the page; to htmx the form alone."""
    context = {
        "access": access,
        "guild": access.guild,
        "form": form,
        "source": origin.source,
        "clock": form.clock,
        "detects_zone": not access.member.user.timezone,
        "form_url": _form_url(access, origin, more.get("game")),
        "zones": sorted(zone_names()) if getattr(form, "asks_zone", False) else (),
        "origin_query": _origin_query(origin, more.get("game")),
        **more,
    }
    if is_fragment(request):
        return render(request, "games/_form.html", context, status=status)
    return show_page(request, "games/form.html", access, context, status=status)


def _form_url(access: Access, origin: Origin, game: Game | None) -> str:
    if game is not None:
        return reverse("game-edit", args=[access.guild.id, game.id])
    query = f"?draft={origin.draft.id}" if origin.draft else ""
    if origin.source is not None:
        return reverse("game-clone", args=[access.guild.id, origin.source.id]) + query
    return reverse("game-new", args=[access.guild.id]) + query


def _origin_query(origin: Origin, game: Game | None) -> str:
    """Return what previews need to know of the form, as they find it in the query."""
    ids = {"game": game, "source": origin.source, "draft": origin.draft}
    query = urlencode({name: row.id for name, row in ids.items() if row is not None})
    return f"?{query}" if query else ""
