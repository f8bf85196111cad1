"""Forms (modals) for a game and for a placeholder's name, filled with the values typed before."""

from django.utils.translation import gettext as _

from games.fields import BY_COLUMN, FIELDS, Kind
from games.models import PLACEHOLDER_LENGTH
from games.typed.edit import TypedEdit
from games.typed.fields import WORDS
from games.typed.game import TypedGame
from notifications.messages.limits import length
from notifications.messages.wording import Message, row
from when.repetitions.phrases import MOST_CHARACTERS as REPETITION_LENGTH

SHORT, PARAGRAPH = 1, 2
_NAME_LENGTH = 50  # of a template
# The second page of a new game: what is typed into its command beside the fields of the first.
MORE = tuple(
    field for field in FIELDS if field.in_command and not field.in_modal and field.kind in WORDS
)


def game_form(typed: TypedGame | TypedEdit, *, custom_id: str, is_new: bool) -> Message:
    """A new game may leave length and players to the defaults; an existing one has its own."""
    return {
        "custom_id": custom_id,
        "title": _("Edit the game"),
        "components": [
            text_input(
                field.name,
                str(field.label),
                getattr(typed, field.name),
                longest=field.longest or (3 if field.kind == Kind.NUMBER else 80),
                style=PARAGRAPH if field.kind == Kind.TEXT else SHORT,
                required=field.kind != Kind.TEXT and not (is_new and field.default),
            )
            for field in FIELDS
            if field.in_modal
        ],
    }


def more_form(typed: TypedGame, *, custom_id: str) -> Message:
    """The second page of a new game. All of it may be left open."""
    texts = [(field.name, str(field.label), field.longest or 80) for field in MORE]
    texts += [
        ("template", str(BY_COLUMN["template_id"].label), _NAME_LENGTH),
        ("repeat", _("Repeats"), REPETITION_LENGTH),
    ]
    return {
        "custom_id": custom_id,
        "title": _("Edit the game"),
        "components": [
            text_input(name, label, getattr(typed, name), longest=longest, required=False)
            for name, label, longest in texts
        ],
    }


def zone_form(*, custom_id: str) -> Message:
    return {
        "custom_id": custom_id,
        "title": _("Find a time zone"),
        "components": [text_input("zone", _("City, country or abbreviation"), "", longest=64)],
    }


def name_form(name: str, *, custom_id: str) -> Message:
    return {
        "custom_id": custom_id,
        "title": _("Add somebody by name"),
        "components": [
            text_input(
                "name", _("Name, for somebody without Discord"), name, longest=PLACEHOLDER_LENGTH
            )
        ],
    }


def text_input(
    name: str,
    label: str,
    value: str,
    *,
    longest: int,
    style: int = SHORT,
    required: bool = True,
) -> Message:
    field: Message = {
        "type": 4,
        "custom_id": name,
        "label": label,
        "style": style,
        "required": required,
        # A text stored elsewhere may count more here, in UTF-16 units.
        "max_length": max(longest, length(value)),
    }
    if value:
        field["value"] = value
    return row(field)
