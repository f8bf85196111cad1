"""Templates: a guild's named presets for games."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.checks import check_game, check_image, clean_game
from games.enums import SignupMethod
from games.fields import FIELDS
from games.models import MAX_SLOTS, SLOT_NAME_LENGTH, Game, Template
from games.selectors import get_template
from games.text import clean_line
from guilds.errors import NotAllowed, Refused
from guilds.models import MAX_PLAYERS_LIMIT, Guild, Member
from guilds.permissions import can_manage, check_may_speak, standing_of
from guilds.selectors import get_postable_channel
from guilds.services.settings import check_archive_after


@transaction.atomic
def save_template(
    *, member: Member, template_id: int | None = None, values: Mapping[str, Any]
) -> Template:
    """Create or change a template: `values` by field name; other fields stay as they are.

    Raises `NotAllowed`, `NotFound`, and `Refused` for a name that is taken.
    """
    _check_may_manage(member)
    _lock_templates(member.guild)
    template = (
        get_template(member.guild, template_id)
        if template_id
        else Template(guild=member.guild, position=member.guild.templates.count())
    )
    before = {name: getattr(template, name) for name in values}
    for name, value in values.items():
        setattr(template, name, value)
    template.name = clean_line(template.name)
    template.slots = clean_slots(template.slots)
    if not template.name:
        raise Refused(_("The template needs a name."), field="name")
    _check_values(template)
    if values.get("image_id"):
        check_image(member.guild, values["image_id"])
    for name in ("channel_id", "archive_channel_id"):
        channel_id = values.get(name)
        if channel_id is not None and channel_id != before.get(name):
            get_postable_channel(member.guild, channel_id)
    if template.is_default:
        member.guild.templates.exclude(id=template.id).update(is_default=False)
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise Refused(_("There is a template of that name already."), field="name") from error
    return template


@transaction.atomic
def delete_template(*, member: Member, template_id: int) -> None:
    """Delete the template. Games made from it stay as they are."""
    _check_may_manage(member)
    get_template(member.guild, template_id).delete()


@transaction.atomic
def order_templates(*, member: Member, template_ids: Sequence[int]) -> None:
    """Put the guild's templates in this order. Raises `Refused` unless it names each once."""
    _check_may_manage(member)
    _lock_templates(member.guild)
    templates = {t.id: t for t in member.guild.templates.all()}
    if sorted(template_ids) != sorted(templates):
        raise Refused(_("The templates changed meanwhile. Look again."))
    for position, template_id in enumerate(template_ids):
        templates[template_id].position = position
    Template.objects.bulk_update(templates.values(), ["position"])


def _lock_templates(guild: Guild) -> None:
    """Admit one writer at a time, since default and order concern all of a guild's templates."""
    Guild.objects.select_for_update(no_key=True).get(id=guild.id)


def clean_slots(slots: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the slots as stored. Raises `Refused` for empty or repeated names and bad numbers."""
    if len(slots) > MAX_SLOTS:
        raise Refused(_("A game has at most %(most)d slots.") % {"most": MAX_SLOTS}, field="slots")
    clean: list[dict[str, Any]] = [
        {
            "name": clean_line(str(slot["name"]))[:SLOT_NAME_LENGTH],
            "emoji": clean_line(str(slot.get("emoji", "")))[:64],
            "capacity": int(slot["capacity"]),
        }
        for slot in slots
    ]
    names = [slot["name"].casefold() for slot in clean]
    if not all(names) or len(set(names)) < len(names):
        raise Refused(_("Each slot needs a name of its own."), field="slots")
    if any(not 1 <= slot["capacity"] <= MAX_PLAYERS_LIMIT for slot in clean):
        raise Refused(_("A slot has 1 to 100 seats."), field="slots")
    return clean


def _check_values(template: Template) -> None:
    """Raise `Refused` for presets that no game could have, checked on a game made of them."""
    texts = [field.column for field in FIELDS if field.longest]
    game = Game(
        **{name: getattr(template, name) for name in texts}
        | {"title": template.title or template.name},
        starts_at=timezone.now(),
        timezone="UTC",
        duration_minutes=template.duration_minutes or 1,
        max_players=MAX_PLAYERS_LIMIT if template.max_players is None else template.max_players,
        min_players=template.min_players,
        signup_method=template.signup_method or SignupMethod.SELF,
        reminder_minutes=template.reminder_minutes or [],
    )
    clean_game(game)
    check_game(game)
    if template.archive_after_minutes is not None:
        check_archive_after(template.archive_after_minutes)
    for name in texts:
        if name != "title":
            setattr(template, name, getattr(game, name))
    template.title = clean_line(template.title)


def _check_may_manage(member: Member) -> None:
    if not can_manage(standing_of(member, member.guild)):
        check_may_speak(member)
        raise NotAllowed(_("Only this server's game managers can change templates."))
