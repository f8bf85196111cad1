"""A server's templates: the list and its order, one template's form, and its deletion."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from games.forms.choices import choices_for
from games.forms.template import TemplateForm, initial_of_template
from games.models import Template
from games.selectors import get_template, gone_in_templates
from games.services.template import delete_template, order_templates, save_template
from games.views.new_game import read_upload, takes_pictures, typed_in, wants_more, with_rows
from games.views.request import is_fragment, show_page
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.permissions import can_manage, check_may_speak
from guilds.web.access import Access, for_members


def _check_may_manage(access: Access) -> None:
    if not can_manage(access.standing):
        check_may_speak(access.member)
        raise NotAllowed(_("Only this server's game managers can change templates."))


@require_safe
@for_members
def template_list(request: HttpRequest, access: Access) -> HttpResponse:
    _check_may_manage(access)
    return _show_list(request, access)


def _show_list(request: HttpRequest, access: Access, why: str = "") -> HttpResponse:
    templates = list(access.guild.templates.select_related("channel"))
    gone = gone_in_templates(templates)
    return _render(
        request,
        access,
        "games/templates.html",
        "games/_templates.html",
        status=422 if why else 200,
        templates=[(template, ", ".join(gone[template.id])) for template in templates],
        why=why,
    )


@require_POST
@for_members
def move_template(request: HttpRequest, access: Access, *, template_id: int) -> HttpResponse:
    """Move the template one place up or down."""
    _check_may_manage(access)
    ids = list(access.guild.templates.values_list("id", flat=True))
    if template_id not in ids:
        raise NotFound(_("That template does not exist on this server."))
    place = ids.index(template_id)
    other = place + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
    try:
        access.check_may_write()
        order_templates(member=access.member, template_ids=ids)
    except Refused as refused:
        return _show_list(request, access, refused.message)
    return _after_change(request, access)


@require_POST
@for_members
def make_default(request: HttpRequest, access: Access, *, template_id: int) -> HttpResponse:
    """Make the template the default or, if it is already, leave the server without one."""
    _check_may_manage(access)
    template = get_template(access.guild, template_id)
    try:
        access.check_may_write()
        values = {"is_default": not template.is_default}
        save_template(member=access.member, template_id=template_id, values=values)
    except Refused as refused:
        return _show_list(request, access, refused.message)
    return _after_change(request, access)


def _after_change(request: HttpRequest, access: Access) -> HttpResponse:
    if is_fragment(request):
        return _show_list(request, access)
    return redirect("template-list", guild_id=access.guild.id)


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def new_template(request: HttpRequest, access: Access) -> HttpResponse:
    _check_may_manage(access)
    return _edit(request, access, None)


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit_template(request: HttpRequest, access: Access, *, template_id: int) -> HttpResponse:
    _check_may_manage(access)
    return _edit(request, access, get_template(access.guild, template_id))


def _edit(request: HttpRequest, access: Access, template: Template | None) -> HttpResponse:
    choices = choices_for(access)
    initial = initial_of_template(template or Template(), choices)
    if request.method != "POST":
        form = TemplateForm(choices=choices, initial=initial)
        return _show_form(request, access, form, template)
    data, refused = read_upload(request, access)
    if wants_more(data):
        typed = with_rows(typed_in(TemplateForm, data), data)
        form = TemplateForm(choices=choices, initial=typed)
        return _show_form(request, access, form, template)
    form = TemplateForm(data, choices=choices, initial=initial)
    if refused:
        form.add_error("image_upload", refused.message)
    if form.is_valid():
        try:
            access.check_may_write()
            save_template(
                member=access.member,
                template_id=template.id if template else None,
                values=form.values(),
            )
            return redirect("template-list", guild_id=access.guild.id)
        except (NotFound, NotAllowed):
            raise
        except Refused as reason:
            form.refuse(reason)
    return _show_form(request, access, form, template, status=422)


def _show_form(
    request: HttpRequest,
    access: Access,
    form: TemplateForm,
    template: Template | None,
    status: int = 200,
) -> HttpResponse:
    return _render(
        request,
        access,
        "games/template_form.html",
        "games/_template_form.html",
        status=status,
        form=form,
        template=template,
        form_url=_form_url(access, template),
    )


def _form_url(access: Access, template: Template | None) -> str:
    if template is None:
        return reverse("template-new", args=[access.guild.id])
    return reverse("template-edit", args=[access.guild.id, template.id])


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def remove_template(request: HttpRequest, access: Access, *, template_id: int) -> HttpResponse:
    """Ask for confirmation, then delete the template. Games made from it stay as they are."""
    _check_may_manage(access)
    template = get_template(access.guild, template_id)
    if request.method == "POST":
        try:
            access.check_may_write()
            delete_template(member=access.member, template_id=template_id)
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            return _show_list(request, access, refused.message)
        messages.info(request, _("“%(name)s” is gone.") % {"name": template.name})
        return redirect("template-list", guild_id=access.guild.id)
    page = "games/template_delete.html"
    return _render(request, access, page, page, template=template)


def _render(
    request: HttpRequest,
    access: Access,
    page: str,
    fragment: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {"access": access, "guild": access.guild}
    if is_fragment(request):
        return render(request, fragment, context, status=status)
    return show_page(request, page, access, context, status=status)
