"""Making a game: an empty form, a form filled from another game, and previews of typed times."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from games.enums import Via
from games.forms.choices import Choices, choices_for, zone_for
from games.forms.edited_game import initial_of
from games.forms.fields import PHRASE_LENGTH
from games.forms.game import MOMENTS, GameForm, phrases
from games.forms.new_game import NewGameForm, initial_for, switched, without_id
from games.forms.preset import PresetForm
from games.models import Game, Template
from games.selectors import can_see_game, game_not_found, get_game
from games.services.game import create_game
from games.services.guards import check_may_edit
from games.services.picture import store_image
from games.services.roster.slots import plain_slots
from games.typed.values import spell_out
from games.views.request import ZONE_COOKIE, is_fragment, show_page
from guilds.errors import NotAllowed, Refused
from guilds.models import Guild
from guilds.typed_values import SeveralReadings, read_when
from guilds.web.access import Access, for_members
from when import Reading

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
    return _make_game(request, access, None)


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def clone_game(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Make the same game at another time. Participants are not copied."""
    game = get_game_to_edit(access, game_id)
    return _make_game(request, access, game)


def _make_game(request: HttpRequest, access: Access, source: Game | None) -> HttpResponse:
    choices = choices_for(access)
    if not choices.may_host:
        raise NotAllowed(_("Only certain roles can announce games on this server."))
    if request.method != "POST":
        return show_form(request, access, _empty_form(request, choices, source), source=source)
    data, refused = read_upload(request, access)
    if wants_more(data):
        return show_form(request, access, refilled(data, choices), source=source)
    form = bound_form(data, choices)
    if refused:
        form.add_error("image_upload", refused.message)
    if form.is_valid():
        try:
            access.check_may_write()
            game = create_game(
                host=access.member,
                new=form.new_game(),
                basis=form.basis,
                via=Via.WEB,
                request_key=form.request_key,
            )
            return redirect("game", guild_id=access.guild.id, game_id=game.id)
        except Refused as reason:
            form.refuse(reason)
    return show_form(request, access, form, source=source, status=422)


def bound_form(data: QueryDict, choices: Choices) -> NewGameForm:
    """Return the submitted form, which the preview uses too."""
    template = _template_in(data, choices)
    return _form(data, choices, template, initial_for(choices, template))


def _empty_form(request: HttpRequest, choices: Choices, source: Game | None) -> NewGameForm:
    template = _template_in(request.GET, choices)
    channel_id = _number(request.GET.get("channel", ""))
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
    return _form(None, choices, template, initial)


def refilled(data: QueryDict, choices: Choices) -> NewGameForm:
    """Return the form with all that was typed, after a button that only changes the form."""
    old = choices.find_template(_number(data.get("shown_template", "")))
    new = _template_in(data, choices)
    typed = switched(with_rows(typed_in(NewGameForm, data), data), choices, old, new)
    return _form(None, choices, new, typed)


def _form(
    data: QueryDict | None, choices: Choices, template: Template | None, initial: dict[str, Any]
) -> NewGameForm:
    channel_id = (data if data is not None else initial).get("channel")
    chosen = choices.find_channel(_number(str(channel_id or "")))
    if chosen is None and choices.channels:
        chosen = choices.channels[0]
    zone = data.get("zone", "") if data is not None else str(initial.get("zone") or "")
    return NewGameForm(
        data,
        choices=choices,
        template=template,
        channel=chosen.channel if chosen else None,
        zone=zone_for(choices.member, zone),
        now=timezone.now(),
        initial=initial,
    )


def _template_in(data: QueryDict, choices: Choices) -> Template | None:
    """Return the template asked for, else the server's default, else one the person may use.

    None if there is no default and the person may host without a template.
    """
    asked = choices.find_template(_number(data.get("template", "")))
    if asked or choices.default_template or choices.may_host_freely:
        return asked or choices.default_template
    return choices.templates[0]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


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
    rows, removed = list(typed["slots"]), _number(data.get("remove_slot", ""))
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
    source: Game | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the page; to htmx the form alone."""
    context = {
        "access": access,
        "guild": access.guild,
        "form": form,
        "source": source,
        "clock": getattr(form, "clock", ""),
        "detects_zone": not access.member.user.timezone,
        "form_url": _form_url(access, source, more.get("game")),
        "preview_url": reverse("game-preview", args=[access.guild.id]),
        **more,
    }
    if is_fragment(request):
        return render(request, "games/_form.html", context, status=status)
    return show_page(request, "games/form.html", access, context, status=status)


def _form_url(access: Access, source: Game | None, game: Game | None) -> str:
    if game is not None:
        return reverse("game-edit", args=[access.guild.id, game.id])
    if source is not None:
        return reverse("game-clone", args=[access.guild.id, source.id])
    return reverse("game-new", args=[access.guild.id])


@require_safe
@for_members
def when_preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show how a time is understood while it is being typed."""
    name = next((each for each in MOMENTS if each in request.GET), "when")
    text = request.GET.get(name, "")[: PHRASE_LENGTH + 1]
    zone = zone_for(access.member, request.GET.get("zone", ""))
    context: dict[str, Any] = {"name": name, "guild": access.guild}
    if text.strip():
        context |= _reading(text, zone, access.guild)
    return render(request, "games/_when.html", context)


def _reading(text: str, zone: str, guild: Guild) -> dict[str, Any]:
    """Spell the time out in the person's zone, and in the server's if that differs."""
    try:
        reading: Reading = read_when(text, zone=zone, now=timezone.now())
    except SeveralReadings as several:
        return {"why": several.message, "readings": phrases(several.alternatives, several.zone)}
    except Refused as refused:
        return {"why": refused.message}
    moment, there = reading.when, guild.timezone
    assert moment is not None
    context: dict[str, Any] = {"moment": moment, "spelled": spell_out(moment, zone), "zone": zone}
    if there and spell_out(moment, there) != context["spelled"]:
        context |= {"there": spell_out(moment, there), "there_zone": there}
    if reading.note:
        context["readings"] = phrases(reading.alternatives, reading.zone)
    return context
